using Hone.Learning;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>
/// The embedded journal: one SQLite file in WAL mode with synchronous=FULL, one connection that writes and writes the log back, a few that only read. The SQLite that is
/// used here has a known fault when two connections write or write back at once; there is never a second one.
/// </summary>
public sealed class SqliteJournal : IJournal
{
    private readonly SqliteJournalOptions _options;
    private readonly SqliteLock? _lock;
    private readonly SqliteWriter? _writer;
    private readonly SqliteReaders _readers;
    private int _disposed;

    private SqliteJournal(SqliteJournalOptions options, SqliteLock? held, SqliteWriter? writer)
    {
        (_options, _lock, _writer) = (options, held, writer);
        _readers = new SqliteReaders(options.Path, options.ReadersMax);
    }

    /// <inheritdoc/>
    public string Description => $"SQLite {_options.Path}";

    /// <inheritdoc/>
    public long Epoch => _writer?.Epoch ?? 0;

    /// <inheritdoc/>
    public JournalHealth Health => _writer?.Health ?? new JournalHealth(JournalStatus.Refusing, 0, 0, 0, 0, "opened for reading");

    private SqliteWriter Writer => _writer ?? throw new InvalidOperationException($"{_options.Path} was opened for reading.");

    /// <summary>Opens the journal for writing; makes it where there is none.</summary>
    /// <exception cref="JournalOpenException">Another server has it, it is of a newer Hone, or it is damaged; the message says what to do.</exception>
    public static SqliteJournal Open(SqliteJournalOptions options) => Open(options, withLock: true);

    /// <summary>Opens a journal for reading, beside the server that may write to it.</summary>
    /// <exception cref="JournalOpenException">There is none, it is of a newer Hone, or it is damaged.</exception>
    public static SqliteJournal OpenForReading(SqliteJournalOptions options)
    {
        Options.Validated("The SQLite journal", options);
        if (!File.Exists(options.Path))
            throw new JournalOpenException($"{options.Path}: there is no journal; name the home folder of a server.");
        return Guard(options, () =>
        {
            using (var connection = SqliteConnection.Open(options.Path, isWriter: false))
                if (SqliteSchema.Check(connection, options.Path, SqliteSchema.Newest) < SqliteSchema.Newest)
                    throw new JournalOpenException($"{options.Path} is of an older Hone; start the server once, it brings the tables up to date.");
            return new SqliteJournal(options, null, null);
        });
    }

    /// <summary>Checks a backup and installs it as the journal.</summary>
    /// <param name="backup">A file that <see cref="Backup"/> wrote.</param>
    /// <param name="path">Where the journal belongs.</param>
    /// <param name="overwrite">Whether an existing journal gives way; it is kept under another name.</param>
    /// <returns>Name of the file that gave way; null when there was none.</returns>
    /// <exception cref="JournalOpenException">The backup is damaged or of a newer Hone, or the journal exists or is in use.</exception>
    public static string? Restore(string backup, string path, bool overwrite = false) => SqliteBackup.Install(backup, path, overwrite);

    internal static SqliteJournal Open(SqliteJournalOptions options, bool withLock)
    {
        Options.Validated("The SQLite journal", options);
        var held = withLock ? SqliteLock.Take(options.Path) : null;
        SqliteConnection? connection = null;
        try
        {
            return Guard(options, () =>
            {
                connection = SqliteConnection.Open(options.Path, isWriter: true);
                SqliteSchema.Migrate(connection, options.Path);
                if (options.PagesMax > 0)
                    connection.Execute($"PRAGMA max_page_count = {options.PagesMax}");
                connection.Execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY");
                SqliteTail.Check(connection, options.Path);
                connection.Execute("BEGIN IMMEDIATE; UPDATE writer SET epoch = epoch + 1; COMMIT");
                var epoch = connection.Number("SELECT epoch FROM writer");
                var journal = new SqliteJournal(options, held, new SqliteWriter(connection, options, epoch));
                connection = null;
                held = null;
                return journal;
            });
        }
        finally
        {
            connection?.Dispose();
            held?.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask Append(JournalBatch batch, CancellationToken cancel = default)
    {
        var bytes = JournalBatchRules.Check(batch);
        await Writer.Submit(new SqliteWork(tables =>
        {
            tables.Append(batch);
            return 0;
        }, bytes, batch.Entries.Count), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => await _readers.Read(r => r.Sessions(), cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default)
        => _readers.Entries(session, fromSeq, toSeq, cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default)
        => await _readers.Read(r => r.Emissions(session, fromSeq, limit), cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => _readers.Read(r => r.Find(session, key), cancel);

    /// <inheritdoc/>
    public ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => _readers.Read(r => r.Snapshot(session, atMostSeq), cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => await _readers.Read(r => r.Snapshots(session), cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => _readers.Read(r => r.FirstSeq(session), cancel);

    /// <inheritdoc/>
    public async ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default)
    {
        // In slices, each a transaction of its own: others append in between.
        while (true)
        {
            var first = await Writer.Submit(new SqliteWork(tables => tables.Compact(session, keepFromSeq, keysBeforeUs), 0, isAlone: true), cancel).ConfigureAwait(false);
            if (first < 0)
                return -first;
        }
    }

    /// <inheritdoc/>
    public async ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        JournalBatchRules.CheckText(kind, nameof(kind));
        JournalBatchRules.CheckText(id, nameof(id));
        var written = (_options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await Writer.Submit(new SqliteWork(tables =>
        {
            tables.Put(kind, id, json.Span, written);
            return 0;
        }, json.Length), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => _readers.Read(r => r.Document(kind, id), cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default)
        => await _readers.Read(r => r.Documents(kind, afterId, limit), cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default)
        => (int)await Writer.Submit(new SqliteWork(tables => tables.RemoveDocuments(kind, beforeUs), 0, isAlone: true), cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default)
        => await Task.Run(() => SqliteBackup.Write(_options.Path, path, progress, cancel), cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return default;
        // Readers first: the last connection that writes takes the log away with it.
        _readers.Dispose();
        _writer?.Close();
        _lock?.Dispose();
        return default;
    }

    private static T Guard<T>(SqliteJournalOptions options, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (SqliteFailureException e)
        {
            throw new JournalOpenException($"The journal {options.Path} cannot be opened: {e.Message}. {(e.IsFull ? "Free some space." : "`hone doctor` looks for the cause; `hone restore` installs a backup.")}", e);
        }
        catch (JournalDamageException e)
        {
            throw new JournalOpenException(e.Message, e);
        }
    }
}
