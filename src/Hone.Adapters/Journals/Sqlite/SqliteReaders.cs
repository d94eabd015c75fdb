using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>Connections that only read, a few of them, each lent to one caller at a time.</summary>
internal sealed class SqliteReaders(string path, int connectionsMax) : IDisposable
{
    private const int EntriesAtOnce = 1024;

    private readonly ConcurrentBag<Reader> _free = [];
    private readonly SemaphoreSlim _places = new(connectionsMax);

    /// <summary>Reads with a connection of its own.</summary>
    public async ValueTask<T> Read<T>(Func<Reader, T> read, CancellationToken cancel)
    {
        await _places.WaitAsync(cancel).ConfigureAwait(false);
        Reader? reader = null;
        try
        {
            reader = _free.TryTake(out var free) ? free : new Reader(SqliteConnection.Open(path, isWriter: false));
            var result = read(reader);
            _free.Add(reader);
            return result;
        }
        catch
        {
            // A statement of it may be in the middle of its rows.
            reader?.Dispose();
            throw;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Entries in pages, so that a reader who takes his time holds up nobody.</summary>
    public async IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq, long toSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            var page = await Read(reader => reader.Entries(session, fromSeq, toSeq, EntriesAtOnce), cancel).ConfigureAwait(false);
            foreach (var entry in page)
                yield return entry;
            if (page.Count < EntriesAtOnce)
                yield break;
            fromSeq = page[^1].Seq + 1;
        }
    }

    public void Dispose()
    {
        while (_free.TryTake(out var reader))
            reader.Dispose();
        _places.Dispose();
    }

    /// <summary>One connection and its statements.</summary>
    internal sealed class Reader(SqliteConnection connection) : IDisposable
    {
        private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

        public SqliteConnection Connection => connection;

        public List<SessionRecord> Sessions()
            => Rows(Statement("SELECT id, symbol, name, started_us, stopped_us FROM sessions ORDER BY number"),
                row => new SessionRecord(row.Text(0), row.Text(1), row.Text(2), row.Int64(3), row.IsNull(4) ? null : row.Int64(4)));

        public List<JournalEntry> Entries(string session, long fromSeq, long toSeq, int limit)
            => Rows(
                Statement("SELECT seq, kind, at_us, received_us, payload, link FROM entries WHERE session = (SELECT number FROM sessions WHERE id = ?) AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?")
                    .Bind(1, session).Bind(2, fromSeq).Bind(3, toSeq).Bind(4, (long)limit),
                row => new JournalEntry(row.Int64(0), (EntryKind)row.Int64(1), row.Int64(2), row.Int64(3), row.Blob(4), row.UInt128(5)));

        public List<Emission> Emissions(string session, long fromSeq, int limit)
            => Rows(
                Statement("SELECT seq, n, kind, at_us, payload, checksum FROM emissions WHERE session = (SELECT number FROM sessions WHERE id = ?) AND seq >= ? ORDER BY seq, n LIMIT ?")
                    .Bind(1, session).Bind(2, fromSeq).Bind(3, (long)limit),
                row =>
                {
                    var emission = new Emission(row.Int64(0), (int)row.Int64(1), (EmissionKind)row.Int64(2), row.Int64(3), row.Blob(4));
                    return SqliteTables.Checksum(emission.Payload.Span, emission.Seq, emission.N, (long)emission.Kind, emission.AtUs) == row.Int64(5)
                        ? emission
                        : throw new JournalDamageException($"an emission of entry {emission.Seq} of the session {session} is not what was written");
                });

        public TakenKey? Find(string session, string key)
            => Row(
                Statement("SELECT seq, body FROM keys WHERE session = (SELECT number FROM sessions WHERE id = ?) AND key = ?").Bind(1, session).Bind(2, key),
                row => (TakenKey?)new TakenKey(key, row.Int64(0), row.UInt128(1)));

        public StoredSnapshot? Snapshot(string session, long atMostSeq)
            => Row(
                Statement("SELECT seq, taken_us, link, hash, engine, state, checksum FROM snapshots WHERE session = (SELECT number FROM sessions WHERE id = ?) AND seq <= ? ORDER BY seq DESC LIMIT 1")
                    .Bind(1, session).Bind(2, atMostSeq),
                row =>
                {
                    var snapshot = new StoredSnapshot(row.Int64(0), row.Int64(1), row.UInt128(2), row.Text(3), row.Text(4), row.Blob(5));
                    return SqliteTables.Checksum(snapshot.State.Span, snapshot.Seq, 0, 0, snapshot.TakenUs) == row.Int64(6)
                        ? snapshot
                        : throw new JournalDamageException($"the snapshot at entry {snapshot.Seq} of the session {session} is not what was written");
                });

        public List<SnapshotInfo> Snapshots(string session)
            => Rows(
                Statement("SELECT seq, taken_us, hash, engine, length(state) FROM snapshots WHERE session = (SELECT number FROM sessions WHERE id = ?) ORDER BY seq").Bind(1, session),
                row => new SnapshotInfo(row.Int64(0), row.Int64(1), row.Text(2), row.Text(3), row.Int64(4)));

        public long FirstSeq(string session)
            => Row(Statement("SELECT first_seq FROM sessions WHERE id = ?").Bind(1, session), row => row.Int64(0)) is var first and > 0 ? first : 1;

        public ReadOnlyMemory<byte>? Document(string kind, string id)
            => Row(Statement("SELECT json FROM documents WHERE kind = ? AND id = ?").Bind(1, kind).Bind(2, id), row => (ReadOnlyMemory<byte>?)row.Blob(0));

        public List<(string Id, ReadOnlyMemory<byte> Json)> Documents(string kind, string afterId, int limit)
            => Rows(
                Statement("SELECT id, json FROM documents WHERE kind = ? AND id > ? ORDER BY id LIMIT ?").Bind(1, kind).Bind(2, afterId).Bind(3, (long)limit),
                row => (row.Text(0), (ReadOnlyMemory<byte>)row.Blob(1)));

        public void Dispose()
        {
            foreach (var statement in _statements.Values)
                statement.Dispose();
            connection.Dispose();
        }

        private SqliteStatement Statement(string sql)
        {
            if (!_statements.TryGetValue(sql, out var statement))
                _statements.Add(sql, statement = connection.Prepare(sql));
            return statement;
        }

        private static List<T> Rows<T>(SqliteStatement statement, Func<SqliteStatement, T> read)
        {
            try
            {
                var rows = new List<T>();
                while (statement.Step())
                    rows.Add(read(statement));
                return rows;
            }
            finally
            {
                statement.Reset();
            }
        }

        private static T? Row<T>(SqliteStatement statement, Func<SqliteStatement, T> read)
        {
            try
            {
                return statement.Step() ? read(statement) : default;
            }
            finally
            {
                statement.Reset();
            }
        }
    }
}
