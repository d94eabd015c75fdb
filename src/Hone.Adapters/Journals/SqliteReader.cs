using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>Reads what is stored, over a few connections of its own.</summary>
internal sealed class SqliteReader(SqliteJournalOptions options) : IDisposable
{
    // Entries are read in pages, so that a slow consumer holds no connection and no old version of the log.
    private const int PageBytes = 8 << 20;
    private const long PageRowsMax = 4096;
    private const int AttemptsMax = 5;

    private readonly ConcurrentBag<SqliteDatabase> _idle = [];
    private readonly SemaphoreSlim _places = new(options.ReadersMax);
    private volatile bool _closed;

    public ValueTask<List<SessionRecord>> Sessions(CancellationToken cancel) => Read(database => Rows(
        database.Use("SELECT id, symbol, name, started_us, stopped_us FROM sessions ORDER BY started_us, id"),
        row => new SessionRecord(row.Text(0), row.Text(1), row.Text(2), row.Int64(3), row.IsNull(4) ? null : row.Int64(4))), cancel);

    public async IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq, long toSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (fromSeq <= toSeq)
        {
            var page = await Read(database => Page(database, session, fromSeq, toSeq), cancel);
            foreach (var entry in page)
                yield return entry;
            if (page.Count == 0 || page[^1].Seq == long.MaxValue)
                yield break;
            fromSeq = page[^1].Seq + 1;
        }
    }

    public ValueTask<List<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel) => Read(database => Rows(
        database.Use("SELECT s.number, e.seq, e.n, e.kind, e.at_us, e.payload, e.checksum FROM sessions s JOIN emissions e ON e.session = s.number WHERE s.id = ?1 AND e.seq >= ?2 ORDER BY e.seq, e.n LIMIT ?3")
            .Bind(1, session).Bind(2, fromSeq).Bind(3, limit),
        row => SqliteRows.Emission(row, session)), cancel);

    public async ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel) => await Read(database => Rows(
        database.Use("SELECT k.seq, k.body FROM sessions s JOIN keys k ON k.session = s.number WHERE s.id = ?1 AND k.key = ?2").Bind(1, session).Bind(2, key),
        row => new TakenKey(key, row.Int64(0), row.Hash(1))), cancel) is [var found] ? found : null;

    public async ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq, CancellationToken cancel) => await Read(database => Rows(
        database.Use(
            """
            SELECT s.number, p.seq, p.taken_us, p.link, p.hash, p.engine, p.state, p.checksum FROM sessions s JOIN snapshots p ON p.session = s.number
            WHERE s.id = ?1 AND p.seq <= ?2 ORDER BY p.seq DESC LIMIT 1
            """).Bind(1, session).Bind(2, atMostSeq),
        row => SqliteRows.Snapshot(row, session)), cancel) is [var found] ? found : null;

    public ValueTask<List<SnapshotInfo>> Snapshots(string session, CancellationToken cancel) => Read(database => Rows(
        database.Use("SELECT p.seq, p.taken_us, p.hash, p.engine, p.bytes FROM sessions s JOIN snapshots p ON p.session = s.number WHERE s.id = ?1 ORDER BY p.seq").Bind(1, session),
        row => new SnapshotInfo(row.Int64(0), row.Int64(1), row.Text(2), row.Text(3), row.Int64(4))), cancel);

    public async ValueTask<long> FirstSeq(string session, CancellationToken cancel)
        => await Read(database => Rows(database.Use("SELECT first_seq FROM sessions WHERE id = ?1").Bind(1, session), row => row.Int64(0)), cancel) is [var first] ? first : 1;

    public async ValueTask<ReadOnlyMemory<byte>?> Document(string kind, string id, CancellationToken cancel)
        => await Read(database => Rows(database.Use("SELECT kind, id, written_us, json, checksum FROM documents WHERE kind = ?1 AND id = ?2").Bind(1, kind).Bind(2, id), SqliteRows.Document), cancel) is [var found] ? new ReadOnlyMemory<byte>?(found.Json) : null;

    public ValueTask<List<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel) => Read(database => Rows(
        database.Use("SELECT kind, id, written_us, json, checksum FROM documents WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3").Bind(1, kind).Bind(2, afterId).Bind(3, limit),
        row => SqliteRows.Document(row) is var document ? (document.Id, document.Json) : default), cancel);

    /// <summary>Runs a query over a connection of the pool. Another connection in the way is waited for, a few times.</summary>
    public async ValueTask<T> Read<T>(Func<SqliteDatabase, T> query, CancellationToken cancel)
    {
        await _places.WaitAsync(cancel);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJournal));
                SqliteDatabase? database = null;
                try
                {
                    if (!_idle.TryTake(out database))
                        database = SqliteDatabase.OpenReading(options.Path, options.CacheKiB / 4);
                    var result = query(database);
                    _idle.Add(database);
                    database = null;
                    return result;
                }
                catch (SqliteFaultException e) when (e.Kind == SqliteFaultKind.Busy && attempt < AttemptsMax)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(10 << attempt), options.Time, cancel);
                }
                catch (SqliteFaultException e)
                {
                    throw new JournalBrokenException($"The journal '{options.Path}' cannot be read: {e.Message}. Check it with hone verify; hone restore brings a backup back.", e);
                }
                finally
                {
                    // A connection whose query failed is not used again.
                    database?.Dispose();
                }
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Waits for those who read, and closes all connections.</summary>
    public void Dispose()
    {
        _closed = true;
        for (var place = 0; place < options.ReadersMax; place++)
            _places.Wait();
        while (_idle.TryTake(out var database))
            database.Dispose();
        _places.Release(options.ReadersMax);
    }

    private static List<JournalEntry> Page(SqliteDatabase database, string session, long fromSeq, long toSeq)
    {
        var page = new List<JournalEntry>();
        long bytes = 0;
        using var row = database.Use(
            "SELECT e.seq, e.kind, e.at_us, e.received_us, e.payload, e.link FROM sessions s JOIN entries e ON e.session = s.number WHERE s.id = ?1 AND e.seq >= ?2 AND e.seq <= ?3 ORDER BY e.seq LIMIT ?4")
            .Bind(1, session).Bind(2, fromSeq).Bind(3, toSeq).Bind(4, PageRowsMax);
        while (bytes < PageBytes && row.Step())
        {
            page.Add(SqliteRows.Entry(row));
            bytes += page[^1].Payload.Length + 64;
        }
        return page;
    }

    private static List<T> Rows<T>(SqliteStatement statement, Func<SqliteStatement, T> row)
    {
        using (statement)
        {
            var rows = new List<T>();
            while (statement.Step())
                rows.Add(row(statement));
            return rows;
        }
    }
}
