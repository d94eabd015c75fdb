using System.Globalization;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>
/// Puts batches into the open transaction of the writing connection. Looks at everything before it changes anything: a batch that does not fit is refused alone, without a trace.
/// </summary>
internal sealed class SqliteTransaction(SqliteDatabase database)
{
    private readonly Dictionary<string, SqliteHead> _heads = new(StringComparer.Ordinal);
    private readonly List<SqliteHead> _moved = [];

    /// <summary>Begins, and demands that no later writer has come.</summary>
    /// <exception cref="JournalFencedException">One has.</exception>
    public void Begin(long epoch)
    {
        database.Use("BEGIN IMMEDIATE").Run();
        var stored = database.Number("SELECT epoch FROM meta");
        if (stored != epoch)
            throw new JournalFencedException($"The journal has a later writer, epoch {stored}; this one has epoch {epoch} and may never write again.");
    }

    /// <summary>Stores where the sessions stand now, and commits.</summary>
    public void Commit()
    {
        foreach (var head in _moved)
            database.Use("UPDATE sessions SET last_seq = ?2, last_link = ?3 WHERE number = ?1").Bind(1, head.Number).Bind(2, head.LastSeq).Bind(3, head.LastLink).Run();
        database.Use("COMMIT").Run();
        foreach (var head in _moved)
            head.Moved = false;
        _moved.Clear();
    }

    /// <summary>Undoes it; what was known of the sessions is read anew.</summary>
    public void Rollback()
    {
        _heads.Clear();
        _moved.Clear();
        if (database.InTransaction)
            database.Run("ROLLBACK");
    }

    /// <summary>Stores a batch.</summary>
    /// <returns>Why it does not fit; null when it was stored.</returns>
    public JournalConflictException? Store(JournalBatch batch)
    {
        var head = Head(batch.Session);
        if (Conflict(batch, head) is { } conflict)
            return conflict;
        if (batch.Record is { } record)
            head = Store(record, head);
        var number = head!.Number;
        foreach (var entry in batch.Entries)
            database.Use("INSERT INTO entries (session, seq, kind, at_us, received_us, payload, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
                .Bind(1, number).Bind(2, entry.Seq).Bind(3, (long)entry.Kind).Bind(4, entry.AtUs).Bind(5, entry.ReceivedUs).Bind(6, entry.Payload.Span).Bind(7, entry.Link).Run();
        foreach (var key in batch.Keys)
            database.Use("INSERT INTO keys (session, key, seq, body, received_us) VALUES (?1, ?2, ?3, ?4, ?5)")
                .Bind(1, number).Bind(2, key.Key).Bind(3, key.Seq).Bind(4, key.Body).Bind(5, batch.Entries[(int)(key.Seq - batch.AfterSeq - 1)].ReceivedUs).Run();
        foreach (var emission in batch.Emissions)
            database.Use("INSERT INTO emissions (session, seq, n, kind, at_us, payload, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING")
                .Bind(1, number).Bind(2, emission.Seq).Bind(3, emission.N).Bind(4, (long)emission.Kind).Bind(5, emission.AtUs).Bind(6, emission.Payload.Span)
                .Bind(7, SqliteChecksum.Of(number, emission)).Run();
        if (batch.Snapshot is { } snapshot)
            Store(snapshot, number);
        foreach (var stats in batch.Stats)
            Store(stats, batch.Session);
        if (batch.Entries.Count > 0)
        {
            head.LastSeq += batch.Entries.Count;
            head.LastLink = batch.Entries[^1].Link;
            if (!head.Moved)
                _moved.Add(head);
            head.Moved = true;
        }
        return null;
    }

    /// <summary>Stores a document.</summary>
    public void Store(WrittenDocument document)
        => database.Use("INSERT INTO documents (kind, id, written_us, json, checksum) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (kind, id) DO UPDATE SET written_us = excluded.written_us, json = excluded.json, checksum = excluded.checksum")
            .Bind(1, document.Kind).Bind(2, document.Id).Bind(3, document.WrittenUs).Bind(4, document.Json.Span).Bind(5, SqliteChecksum.Of(document)).Run();

    private SqliteHead? Head(string session)
    {
        if (_heads.TryGetValue(session, out var known))
            return known;
        using var row = database.Use("SELECT number, last_seq, last_link FROM sessions WHERE id = ?1").Bind(1, session);
        return row.Step() ? _heads[session] = new SqliteHead(row.Int64(0), row.Int64(1), row.Hash(2)) : null;
    }

    private JournalConflictException? Conflict(JournalBatch batch, SqliteHead? head)
    {
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
        if (head is not null)
            foreach (var key in batch.Keys)
                if (IsTaken(head.Number, key.Key))
                    return new($"The key '{key.Key}' of session '{batch.Session}' is taken.");
        var reached = lastSeq + batch.Entries.Count;
        foreach (var emission in batch.Emissions)
            if (emission.Seq > reached)
                return new($"Session '{batch.Session}' stands at entry {reached}, and the batch brings an emission of entry {emission.Seq}.");
        if (batch.Snapshot is { } snapshot && snapshot.Seq > reached)
            return new($"Session '{batch.Session}' stands at entry {reached}, and the batch brings a snapshot of entry {snapshot.Seq}.");
        if (batch.Record is { StoppedUs: null } record && Active(record) is { } other)
            return new($"Session '{other}' is active under the symbol '{record.Symbol}' and the name '{record.Name}' already.");
        return null;
    }

    private bool IsTaken(long number, string key)
    {
        using var row = database.Use("SELECT 1 FROM keys WHERE session = ?1 AND key = ?2").Bind(1, number).Bind(2, key);
        return row.Step();
    }

    private string? Active(SessionRecord record)
    {
        using var row = database.Use("SELECT id FROM sessions WHERE symbol = ?1 AND name = ?2 AND stopped_us IS NULL AND id <> ?3").Bind(1, record.Symbol).Bind(2, record.Name).Bind(3, record.Id);
        return row.Step() ? row.Text(0) : null;
    }

    private SqliteHead Store(SessionRecord record, SqliteHead? head)
    {
        database.Use(
            """
            INSERT INTO sessions (id, symbol, name, started_us, stopped_us, first_seq, last_seq, last_link) VALUES (?1, ?2, ?3, ?4, ?5, 1, 0, zeroblob(16))
            ON CONFLICT (id) DO UPDATE SET symbol = excluded.symbol, name = excluded.name, started_us = excluded.started_us, stopped_us = excluded.stopped_us
            """).Bind(1, record.Id).Bind(2, record.Symbol).Bind(3, record.Name).Bind(4, record.StartedUs).Bind(5, record.StoppedUs).Run();
        return head ?? Head(record.Id)!;
    }

    private void Store(StoredSnapshot snapshot, long number)
    {
        database.Use(
            """
            INSERT INTO snapshots (session, seq, taken_us, link, hash, engine, bytes, checksum, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (session, seq) DO UPDATE SET taken_us = excluded.taken_us, link = excluded.link, hash = excluded.hash, engine = excluded.engine, bytes = excluded.bytes,
                checksum = excluded.checksum, state = excluded.state
            """)
            .Bind(1, number).Bind(2, snapshot.Seq).Bind(3, snapshot.TakenUs).Bind(4, snapshot.Link).Bind(5, snapshot.Hash).Bind(6, snapshot.Engine).Bind(7, snapshot.State.Length)
            .Bind(8, SqliteChecksum.Of(number, snapshot)).Bind(9, snapshot.State.Span).Run();
        // They would fill the file: the oldest stays, for the history that is left begins with it, and the newest two.
        database.Use(
            """
            DELETE FROM snapshots WHERE session = ?1 AND seq > (SELECT min(seq) FROM snapshots WHERE session = ?1)
                AND seq < (SELECT seq FROM snapshots WHERE session = ?1 ORDER BY seq DESC LIMIT 1 OFFSET 1)
            """).Bind(1, number).Run();
    }

    private void Store(LearningStats stats, string session)
        => database.Use("INSERT OR REPLACE INTO model_learning_stats VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)")
            .Bind(1, session).Bind(2, stats.Symbol).Bind(3, stats.ModelName).Bind(4, stats.Predictions).Bind(5, stats.Resolved).Bind(6, stats.Correct).Bind(7, stats.Accuracy)
            .Bind(8, (double?)stats.EmaAccuracy).Bind(9, (double?)stats.AdaptiveThreshold).Bind(10, (double?)stats.AdaptiveWeight).Bind(11, (double?)stats.ThompsonAlpha)
            .Bind(12, (double?)stats.ThompsonBeta).Bind(13, stats.LogLoss).Bind(14, (double?)stats.CalibrationError).Bind(15, stats.State)
            .Bind(16, stats.UpdatedUs is { } us ? DateTimeOffset.UnixEpoch.AddTicks(us * 10).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture) : null).Run();
}
