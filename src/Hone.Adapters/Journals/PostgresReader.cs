using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hone.Trading.Live;
using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>Reads what is stored, over a few connections of its own. A server that is out of reach is waited for as long as a writer waits.</summary>
internal sealed class PostgresReader(PostgresConnections connections, PostgresJournalOptions options)
{
    // Entries of a session are read in pages, so that a slow consumer holds no connection.
    private const int PageBytes = 8 << 20;
    private const int PageRowsMax = 4096;

    public Task<List<SessionRecord>> Sessions(CancellationToken cancel) => Rows(
        "SELECT id, symbol, name, started_us, stopped_us FROM hone.sessions ORDER BY started_us, id COLLATE \"C\"", [],
        row => new SessionRecord(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.IsDBNull(4) ? null : row.GetInt64(4)), cancel);

    public async IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq, long toSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        var rows = 256;
        while (fromSeq <= toSeq)
        {
            var (page, complete, bytes) = await Try(connection => Page(connection, session, fromSeq, toSeq, rows, cancel), cancel);
            foreach (var entry in page)
                yield return entry;
            if (complete)
                yield break;
            fromSeq = page[^1].Seq + 1;
            rows = (int)Math.Clamp(PageBytes / (bytes / page.Count + 1), 4, PageRowsMax);
        }
    }

    public Task<List<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel) => Rows(
        "SELECT seq, n, kind, at_us, payload FROM hone.emissions WHERE session = $1 AND seq >= $2 ORDER BY seq, n LIMIT $3", [session, fromSeq, limit],
        row => new Emission(row.GetInt64(0), row.GetInt32(1), (EmissionKind)row.GetInt16(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4)), cancel);

    public async Task<TakenKey?> Find(string session, string key, CancellationToken cancel)
        => await Rows("SELECT seq, body FROM hone.keys WHERE session = $1 AND key = $2", [session, key], row => new TakenKey(key, row.GetInt64(0), Hash(row, 1)), cancel) is [var found] ? found : null;

    public async Task<StoredSnapshot?> Snapshot(string session, long atMostSeq, CancellationToken cancel) => (await Rows(
        "SELECT seq, taken_us, link, hash, engine, state FROM hone.snapshots WHERE session = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1", [session, atMostSeq],
        row => new StoredSnapshot(row.GetInt64(0), row.GetInt64(1), Hash(row, 2), row.GetString(3), row.GetString(4), row.GetFieldValue<byte[]>(5)), cancel)).FirstOrDefault();

    public Task<List<SnapshotInfo>> Snapshots(string session, CancellationToken cancel) => Rows(
        "SELECT seq, taken_us, hash, engine, length(state)::bigint FROM hone.snapshots WHERE session = $1 ORDER BY seq", [session],
        row => new SnapshotInfo(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt64(4)), cancel);

    public async Task<long> FirstSeq(string session, CancellationToken cancel)
        => await Rows("SELECT first_seq FROM hone.sessions WHERE id = $1", [session], row => row.GetInt64(0), cancel) is [var first] ? first : 1;

    public async Task<ReadOnlyMemory<byte>?> Document(string kind, string id, CancellationToken cancel)
        => await Rows("SELECT json FROM hone.documents WHERE kind = $1 AND id = $2", [kind, id], row => row.GetFieldValue<byte[]>(0), cancel) is [var json] ? new ReadOnlyMemory<byte>(json) : null;

    public Task<List<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel) => Rows(
        "SELECT id, json FROM hone.documents WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3", [kind, afterId, limit],
        row => (row.GetString(0), (ReadOnlyMemory<byte>)row.GetFieldValue<byte[]>(1)), cancel);

    private static async Task<(List<JournalEntry> Page, bool Complete, long Bytes)> Page(NpgsqlConnection connection, string session, long fromSeq, long toSeq, int rows, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT seq, kind, at_us, received_us, payload, link FROM hone.entries WHERE session = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq LIMIT $4", connection)
        {
            Parameters = { new() { Value = session }, new() { Value = fromSeq }, new() { Value = toSeq }, new() { Value = rows } },
        };
        var page = new List<JournalEntry>();
        long bytes = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var payload = reader.GetFieldValue<byte[]>(4);
            page.Add(new JournalEntry(reader.GetInt64(0), (EntryKind)reader.GetInt16(1), reader.GetInt64(2), reader.GetInt64(3), payload, Hash(reader, 5)));
            bytes += payload.Length + 64;
            if (bytes >= PageBytes)
                return (page, false, bytes);
        }
        return (page, page.Count < rows, bytes);
    }

    private Task<List<T>> Rows<T>(string query, object[] values, Func<NpgsqlDataReader, T> row, CancellationToken cancel) => Try(async connection =>
    {
        await using var command = new NpgsqlCommand(query, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows.Add(row(reader));
        return rows;
    }, cancel);

    private async Task<T> Try<T>(Func<NpgsqlConnection, Task<T>> query, CancellationToken cancel)
    {
        long? since = null;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = await connections.OpenReader(cancel);
                return await query(connection);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && e is not ObjectDisposedException && PostgresFaults.Of(e) == PostgresFault.OutOfReach)
            {
                since ??= options.Time.GetTimestamp();
                if (options.Time.GetElapsedTime(since.Value).TotalSeconds > options.OutageMaxSecs)
                    throw new JournalFullException($"{connections.Description} cannot be read: {PostgresFaults.Sentence(e)}", e);
            }
            catch (PostgresException e)
            {
                throw new JournalBrokenException($"{connections.Description} cannot be read: {PostgresFaults.Sentence(e)}", e);
            }
            connections.ForgetReaders();
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1000, 20 << Math.Min(attempt, 6))), options.Time, cancel);
        }
    }

    private static UInt128 Hash(NpgsqlDataReader row, int column) => BinaryPrimitives.ReadUInt128BigEndian(row.GetFieldValue<byte[]>(column));
}
