using Hone.Learning;
using Hone.Trading.Live;
using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>
/// A journal in PostgreSQL, in the schema <c>hone</c>. One connection writes, with group commit and <c>synchronous_commit = on</c>; a lease by the server's clock and an epoch, checked
/// in every transaction, keep a second writer out. A server that restarts or is cut off is waited for; a commit whose answer was lost is looked up, never guessed.
/// </summary>
public sealed class PostgresJournal : IJournal
{
    private readonly PostgresConnections _connections;
    private readonly PostgresJournalOptions _options;
    private readonly PostgresWriter _writer;
    private readonly PostgresReader _reader;
    private int _disposed;

    private PostgresJournal(PostgresConnections connections, PostgresJournalOptions options, NpgsqlConnection writing, long epoch)
    {
        _connections = connections;
        _options = options;
        _writer = new PostgresWriter(connections, options, writing, epoch);
        _reader = new PostgresReader(connections, options);
    }

    /// <inheritdoc/>
    public string Description => _connections.Description;

    /// <inheritdoc/>
    public long Epoch => _writer.Epoch;

    /// <inheritdoc/>
    public JournalHealth Health => _writer.Health;

    /// <summary>Opens the journal for writing: makes or updates its tables, and takes the lease. A lease of a writer that ended without giving it back is waited for.</summary>
    /// <exception cref="JournalOpenException">The address cannot be read, the server cannot be reached, another writer lives, or the tables are newer.</exception>
    public static async ValueTask<PostgresJournal> OpenAsync(PostgresJournalOptions options, CancellationToken cancel = default)
    {
        Options.Validated("The PostgreSQL journal", options);
        var connections = new PostgresConnections(options);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await connections.OpenWriter(cancel);
            await PostgresSchema.Migrate(connection, cancel);
            var epoch = await new PostgresLease(connections, options.TakeOverAfterSecs).TakeOver(connection, options.Time, cancel);
            return new PostgresJournal(connections, options, connection, epoch);
        }
        catch (Exception e)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            await connections.DisposeAsync();
            if (e is not JournalOpenException && !cancel.IsCancellationRequested && Refusal(connections.Description, e) is { } refusal)
                throw refusal;
            throw;
        }
    }

    /// <summary>Fills an empty database from a file that <see cref="Backup"/> wrote; all of it or nothing.</summary>
    /// <exception cref="JournalOpenException">The file is damaged or newer than this program, or the database has sessions or a writer already.</exception>
    public static async ValueTask Restore(string path, PostgresJournalOptions options, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        Options.Validated("The PostgreSQL journal", options);
        await using var connections = new PostgresConnections(options);
        try
        {
            await using var connection = await connections.OpenWriter(cancel);
            await PostgresBackup.Read(path, connection, new PostgresLease(connections, options.TakeOverAfterSecs), progress, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && Refusal(connections.Description, e) is { } refusal)
        {
            throw refusal;
        }
    }

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
    public async ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => await _reader.Find(session, key, cancel);

    /// <inheritdoc/>
    public async ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => await _reader.Snapshot(session, atMostSeq, cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => await _reader.Snapshots(session, cancel);

    /// <inheritdoc/>
    public async ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => await _reader.FirstSeq(session, cancel);

    /// <inheritdoc/>
    public async ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default)
    {
        // In slices, each a transaction of its own: others append in between, and one that was lost is simply done again.
        while (true)
        {
            var first = await _writer.Submit(new PendingWrite { Removal = PostgresRemoval.Compaction(session, keepFromSeq, keysBeforeUs) }, cancel);
            if (first < 0)
                return -first;
        }
    }

    /// <inheritdoc/>
    public async ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        JournalBatchRules.CheckText(kind, nameof(kind));
        JournalBatchRules.CheckText(id, nameof(id));
        var written = (_options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10;
        await _writer.Submit(new PendingWrite { Document = new WrittenDocument(kind, id, json, written), Bytes = json.Length }, cancel);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => await _reader.Document(kind, id, cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default)
        => await _reader.Documents(kind, afterId, limit, cancel);

    /// <inheritdoc/>
    public async ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default)
        => (int)await _writer.Submit(new PendingWrite { Removal = PostgresRemoval.Documents(kind, beforeUs) }, cancel);

    /// <inheritdoc/>
    public async ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        await using var connection = await _connections.OpenReader(cancel);
        await PostgresBackup.Write(path, connection, Epoch, progress, cancel);
    }

    /// <summary>Stores what waits, gives the lease back, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await _writer.Close();
        await _connections.DisposeAsync();
    }

    // What people can do about an error at the start.
    private static JournalOpenException? Refusal(string where, Exception error)
    {
        if (error is not (NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException))
            return null;
        var remedy = (error as PostgresException)?.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "Check user and password (in the address, PGPASSWORD, or a password file) and pg_hba.conf.",
            PostgresErrorCodes.InvalidCatalogName => "Create the database: createdb --owner=ROLE DATABASE.",
            PostgresErrorCodes.InsufficientPrivilege => "The role must own the database or may create the schema: GRANT CREATE ON DATABASE … TO …, or CREATE SCHEMA hone AUTHORIZATION ….",
            PostgresErrorCodes.ReadOnlySqlTransaction => "This server is a standby: name the primary.",
            _ => "Check that the server runs and that the address names it.",
        };
        return new JournalOpenException($"The journal cannot be opened in {where}: {PostgresFaults.Sentence(error)}. {remedy}", error);
    }
}
