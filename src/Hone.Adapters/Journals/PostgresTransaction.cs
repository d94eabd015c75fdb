using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;

namespace Hone.Adapters.Journals;

/// <summary>
/// One attempt to store what several callers want, in three round trips: take the turn and look up what the batches meet; store those that fit; commit.
/// A batch that does not fit is refused alone.
/// </summary>
internal sealed class PostgresTransaction(NpgsqlConnection connection, IReadOnlyList<PendingWrite> writes)
{
    // WHERE epoch and turn: the row is locked until the end, a later epoch is never overwritten, and a turn is never used twice, even by a transaction that was given up for lost.
    private const string TakeTurn =
        "UPDATE hone.writer SET turn = turn + 1, seen_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $3) WHERE one AND epoch = $1 AND turn = $2 RETURNING turn";

    private readonly Dictionary<string, SessionHead> _heads = new(StringComparer.Ordinal);
    private readonly HashSet<(string Session, string Key)> _keys = [];
    private readonly Dictionary<(string Symbol, string Name), string> _active = [];

    /// <summary>Entries that this attempt stores.</summary>
    public int Entries { get; private set; }

    /// <summary>Begins, and takes the turn that follows <paramref name="turn"/>.</summary>
    /// <returns>False when the epoch or the turn is not as it was: then nothing is open.</returns>
    public async Task<bool> Begin(long epoch, long turn, double leaseSecs, CancellationToken cancel)
    {
        var batches = writes.Select(write => write.Batch).OfType<JournalBatch>().ToArray();
        var keys = batches.SelectMany(batch => batch.Keys.Select(key => (batch.Session, key.Key))).ToArray();
        var records = batches.Select(batch => batch.Record).OfType<SessionRecord>().ToArray();
        await using var look = new NpgsqlBatch(connection) { BatchCommands = { new("BEGIN"), new(TakeTurn) { Parameters = { new() { Value = epoch }, new() { Value = turn }, new() { Value = leaseSecs } } } } };
        if (batches.Length > 0)
        {
            look.BatchCommands.Add(new("SELECT id, symbol, name, started_us, stopped_us, last_seq, last_link FROM hone.sessions WHERE id = ANY ($1)")
            {
                Parameters = { Array(NpgsqlDbType.Text, batches.Select(batch => batch.Session).Distinct()) },
            });
            look.BatchCommands.Add(new("SELECT k.session, k.key FROM unnest($1, $2) AS asked (session, key) JOIN hone.keys k ON k.session = asked.session AND k.key = asked.key")
            {
                Parameters = { Array(NpgsqlDbType.Text, keys.Select(key => key.Session)), Array(NpgsqlDbType.Text, keys.Select(key => key.Key)) },
            });
            look.BatchCommands.Add(new("SELECT s.symbol, s.name, s.id FROM unnest($1, $2) AS asked (symbol, name) JOIN hone.sessions s ON s.symbol = asked.symbol AND s.name = asked.name WHERE s.stopped_us IS NULL")
            {
                Parameters = { Array(NpgsqlDbType.Text, records.Select(record => record.Symbol)), Array(NpgsqlDbType.Text, records.Select(record => record.Name)) },
            });
        }

        var mine = false;
        await using (var reader = await look.ExecuteReaderAsync(cancel))
        {
            mine = await reader.ReadAsync(cancel);
            if (batches.Length > 0)
                await ReadState(reader, cancel);
        }
        if (!mine)
            await Rollback(cancel);
        return mine;
    }

    /// <summary>Decides which batches fit, and stores these.</summary>
    public async Task Store(CancellationToken cancel)
    {
        foreach (var write in writes)
            write.Refusal = write.Batch is { } batch ? Admit(batch) : null;
        var stored = writes.Where(write => write.Refusal is null).ToArray();
        var batches = stored.Select(write => write.Batch).OfType<JournalBatch>().ToArray();
        Entries = batches.Sum(batch => batch.Entries.Count);

        await using var insert = new NpgsqlBatch(connection);
        var statements = new PostgresStatements(insert);
        statements.Sessions(_heads.Values.Where(head => head.Changed));
        statements.Entries(batches);
        statements.Keys(batches);
        statements.Emissions(batches);
        statements.Snapshots(batches);
        statements.Stats(batches);
        statements.Documents(stored.Select(write => write.Document).OfType<WrittenDocument>());
        if (insert.BatchCommands.Count > 0)
            await insert.ExecuteNonQueryAsync(cancel);
        foreach (var write in stored)
            if (write.Removal is { } removal)
            {
                await using var remove = new NpgsqlBatch(connection) { BatchCommands = { removal.Command() } };
                write.Result = Convert.ToInt64(await remove.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture);
            }
    }

    /// <summary>Commits. Whatever happens other than success: it may have been stored.</summary>
    public Task Commit(CancellationToken cancel) => Run("COMMIT", cancel);

    /// <summary>Undoes it.</summary>
    public Task Rollback(CancellationToken cancel) => Run("ROLLBACK", cancel);

    private async Task ReadState(NpgsqlDataReader reader, CancellationToken cancel)
    {
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var record = new SessionRecord(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), await reader.IsDBNullAsync(4, cancel) ? null : reader.GetInt64(4));
            _heads[record.Id] = new SessionHead(record, reader.GetInt64(5), BinaryPrimitives.ReadUInt128BigEndian(reader.GetFieldValue<byte[]>(6)));
        }
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            _keys.Add((reader.GetString(0), reader.GetString(1)));
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            _active[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
    }

    // Looks at everything before it changes anything: a batch is taken whole or not at all.
    private JournalConflictException? Admit(JournalBatch batch)
    {
        _heads.TryGetValue(batch.Session, out var head);
        if (head is null && batch.Record is null)
            return new($"There is no session '{batch.Session}' in the journal, and the batch brings no record to start it.");
        var lastSeq = head?.LastSeq ?? 0;
        if (batch.AfterSeq != lastSeq)
            return new($"Session '{batch.Session}' stands at entry {lastSeq}, and the batch continues entry {batch.AfterSeq}.");
        var link = head?.LastLink ?? UInt128.Zero;
        foreach (var entry in batch.Entries)
        {
            if (!entry.Follows(link))
                return new($"Entry {entry.Seq} of session '{batch.Session}' is not linked to the entry before it.");
            link = entry.Link;
        }
        foreach (var key in batch.Keys)
            if (_keys.Contains((batch.Session, key.Key)))
                return new($"The key '{key.Key}' of session '{batch.Session}' is taken.");
        var reached = lastSeq + batch.Entries.Count;
        foreach (var emission in batch.Emissions)
            if (emission.Seq > reached)
                return new($"Session '{batch.Session}' stands at entry {reached}, and the batch brings an emission of entry {emission.Seq}.");
        if (batch.Snapshot is { } snapshot && snapshot.Seq > reached)
            return new($"Session '{batch.Session}' stands at entry {reached}, and the batch brings a snapshot of entry {snapshot.Seq}.");
        if (batch.Record is { StoppedUs: null } record && _active.TryGetValue((record.Symbol, record.Name), out var other) && other != record.Id)
            return new($"Session '{other}' is active under the symbol '{record.Symbol}' and the name '{record.Name}' already.");

        Take(batch, head);
        return null;
    }

    private void Take(JournalBatch batch, SessionHead? head)
    {
        head ??= _heads[batch.Session] = new SessionHead(batch.Record!, 0, UInt128.Zero);
        if (batch.Record is { } record)
        {
            if (head.Record.StoppedUs is null && _active.TryGetValue((head.Record.Symbol, head.Record.Name), out var active) && active == record.Id)
                _active.Remove((head.Record.Symbol, head.Record.Name));
            if (record.StoppedUs is null)
                _active[(record.Symbol, record.Name)] = record.Id;
            head.Record = record;
            head.Changed = true;
        }
        if (batch.Entries.Count > 0)
        {
            head.LastSeq += batch.Entries.Count;
            head.LastLink = batch.Entries[^1].Link;
            head.Changed = true;
        }
        foreach (var key in batch.Keys)
            _keys.Add((batch.Session, key.Key));
    }

    private async Task Run(string statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter Array(NpgsqlDbType type, IEnumerable<string> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}

/// <summary>Where a session stands while a transaction is put together.</summary>
internal sealed class SessionHead(SessionRecord record, long lastSeq, UInt128 lastLink)
{
    /// <summary>What lists show.</summary>
    public SessionRecord Record { get; set; } = record;

    /// <summary>Last entry, 0 before the first.</summary>
    public long LastSeq { get; set; } = lastSeq;

    /// <summary>Link of that entry, 0 before the first.</summary>
    public UInt128 LastLink { get; set; } = lastLink;

    /// <summary>Whether the transaction changes it.</summary>
    public bool Changed { get; set; }
}
