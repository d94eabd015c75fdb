using Hone.Learning;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>
/// A journal in one SQLite file. One connection on a thread of its own writes, with group commit and a sync per commit; a lock file keeps a second process out, and an epoch, compared in
/// every transaction, fences a writer that was overtaken all the same.
/// </summary>
public sealed class SqliteJournal : IJournal
{
    private readonly SqliteJournalOptions _options;
    private readonly JournalLock? _lock;
    private readonly SqliteWriter _writer;
    private readonly SqliteReader _reader;
    private int _disposed;

    private SqliteJournal(SqliteJournalOptions options, JournalLock? held, SqliteDatabase database, long epoch)
    {
        _options = options;
        _lock = held;
        _writer = new SqliteWriter(database, options, epoch);
        _reader = new SqliteReader(options);
    }

    /// <inheritdoc/>
    public string Description => $"SQLite {_options.Path}";

    /// <inheritdoc/>
    public long Epoch => _writer.Epoch;

    /// <inheritdoc/>
    public JournalHealth Health => _writer.Health;

    /// <summary>Opens the journal for writing: makes or updates its tables, and looks at the last entries of every session.</summary>
    /// <exception cref="JournalOpenException">Another process has it, its tables are newer, it is damaged, or the file cannot be used.</exception>
    public static SqliteJournal Open(SqliteJournalOptions options)
    {
        Options.Validated("The SQLite journal", options);
        options = options with { Path = Path.GetFullPath(options.Path) };
        JournalLock? held = null;
        SqliteDatabase? database = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(options.Path)!);
            held = options.WithoutLock ? null : JournalLock.Take(options.Path);
            if (held is not null)
                SqliteReplacement.Settle(options.Path);
            database = SqliteDatabase.OpenWriting(options.Path);
            return new SqliteJournal(options, held, database, Prepare(database, options));
        }
        catch (Exception e)
        {
            database?.Dispose();
            held?.Dispose();
            throw e switch
            {
                SqliteFaultException { Kind: SqliteFaultKind.Full } => new JournalOpenException($"There is no room to open the journal '{options.Path}': {e.Message}. Make room and start again.", e),
                SqliteFaultException => new JournalOpenException($"The journal '{options.Path}' cannot be opened: {e.Message}. Bring a backup back with hone restore; hone verify says what is damaged.", e),
                UnauthorizedAccessException or IOException => new JournalOpenException($"The journal '{options.Path}' cannot be opened: {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>Puts a file that <see cref="Backup"/> wrote in the place of a journal, after checking all of it.</summary>
    /// <param name="backupPath">The backup; it stays where it is.</param>
    /// <param name="targetPath">The journal's file.</param>
    /// <param name="overwrite">Whether a journal that stands there is replaced; it is kept under another name.</param>
    /// <param name="time">Clock of that name; the system's where null.</param>
    /// <param name="cancel">Stops the check; nothing is left behind.</param>
    /// <returns>Where the journal that stood there is now; null when there was none.</returns>
    /// <exception cref="JournalOpenException">The backup is damaged or newer, the journal is in use, or there is one that is not to be replaced.</exception>
    public static string? Restore(string backupPath, string targetPath, bool overwrite = false, TimeProvider? time = null, CancellationToken cancel = default)
        => SqliteBackup.Restore(backupPath, targetPath, overwrite, time ?? TimeProvider.System, cancel);

    /// <inheritdoc/>
    public async ValueTask Append(JournalBatch batch, CancellationToken cancel = default)
    {
        var bytes = JournalBatchRules.Check(batch);
        await _writer.Submit(new PendingWrite { Batch = batch, Bytes = bytes }, cancel);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => await _reader.Sessions(cancel);

    /// <inheritdoc/>
    public IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default) => _reader.Entries(session, fromSeq, toSeq, cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default) => await _reader.Emissions(session, fromSeq, limit, cancel);

    /// <inheritdoc/>
    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => _reader.Find(session, key, cancel);

    /// <inheritdoc/>
    public ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => _reader.Snapshot(session, atMostSeq, cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => await _reader.Snapshots(session, cancel);

    /// <inheritdoc/>
    public ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => _reader.FirstSeq(session, cancel);

    /// <inheritdoc/>
    public async ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default)
    {
        while (true)
        {
            var first = await _writer.Submit(new PendingWrite { Slice = database => SqliteRemoval.Compact(database, session, keepFromSeq, keysBeforeUs) }, cancel);
            if (first < 0)
                return -first;
        }
    }

    /// <inheritdoc/>
    public async ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        JournalBatchRules.CheckText(kind, nameof(kind));
        JournalBatchRules.CheckText(id, nameof(id));
        var writtenUs = (_options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10;
        await _writer.Submit(new PendingWrite { Document = new WrittenDocument(kind, id, json, writtenUs), Bytes = json.Length }, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => _reader.Document(kind, id, cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default)
        => await _reader.Documents(kind, afterId, limit, cancel);

    /// <inheritdoc/>
    public async ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default)
        => (int)await _writer.Submit(new PendingWrite { Slice = database => SqliteRemoval.Documents(database, kind, beforeUs) }, cancel);

    /// <inheritdoc/>
    public async ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default)
        => await Task.Run(() => _reader.Read(database =>
        {
            SqliteBackup.Write(database, path, progress, cancel);
            return true;
        }, cancel).AsTask(), cancel);

    /// <summary>Looks at everything that is stored: the structure of the file, all links, all checksums. Reads as of one moment while others write.</summary>
    public async ValueTask<JournalFindings> Verify(CancellationToken cancel = default)
        => await Task.Run(() => _reader.Read(database =>
        {
            database.Run("BEGIN");
            try
            {
                return new SqliteCheck(database, cancel).Everything();
            }
            finally
            {
                database.Run("ROLLBACK");
            }
        }, cancel).AsTask(), cancel);

    /// <summary>Stores what waits, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        // Readers first: the connection that closes last moves the log, and that must be the writing one.
        _reader.Dispose();
        await _writer.Close();
        _lock?.Dispose();
    }

    // Ends with the epoch of this writer.
    private static long Prepare(SqliteDatabase database, SqliteJournalOptions options)
    {
        database.Run("PRAGMA page_size = 4096");
        SqliteSchema.Demand(database, options.Path, SqliteSchema.Steps.Count);
        var mode = database.Text("PRAGMA journal_mode = WAL");
        if (mode != "wal")
            throw new JournalOpenException($"The journal '{options.Path}' stands on a file system that cannot share memory (SQLite stays in mode '{mode}'): put it on a local disk.");
        database.Run($"PRAGMA synchronous = {(options.WithoutSync ? "OFF" : "FULL")}; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -{options.CacheKiB};");
        database.Number($"PRAGMA max_page_count = {options.PagesMax}");
        SqliteSchema.Migrate(database, options.Path, SqliteSchema.Steps);
        new SqliteCheck(database, CancellationToken.None).DemandTails(options.Path);
        database.Run("BEGIN IMMEDIATE; UPDATE meta SET epoch = epoch + 1; COMMIT");
        return database.Number("SELECT epoch FROM meta") ?? throw new JournalOpenException($"The journal '{options.Path}' has lost its epoch: bring a backup back with hone restore.");
    }
}
