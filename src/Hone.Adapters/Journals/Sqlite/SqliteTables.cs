using System.Globalization;
using System.Security.Cryptography;
using System.Buffers.Binary;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>
/// Everything the writing connection does inside a transaction. Where each session stands is kept in memory, since nobody else writes; what a transaction changed there counts once it is committed.
/// </summary>
internal sealed class SqliteTables : IDisposable
{
    // Entries that one transaction removes: few enough that appending never waits long.
    private const int SliceEntries = 5_000;

    private readonly SqliteConnection _connection;
    private readonly int _snapshotsKept;
    private readonly Dictionary<string, Place> _committed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Place> _changed = new(StringComparer.Ordinal);
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _epoch, _newSession, _session, _entry, _emission, _hasKey, _key, _snapshot, _oldSnapshots, _stats, _document;
    private long _numbers;

    public SqliteTables(SqliteConnection connection, int snapshotsKept)
    {
        (_connection, _snapshotsKept) = (connection, snapshotsKept);
        _epoch = Prepare("SELECT epoch FROM writer");
        _newSession = Prepare("INSERT INTO sessions (number, id, symbol, name, started_us, stopped_us, first_seq) VALUES (?, ?, ?, ?, ?, ?, 1)");
        _session = Prepare("UPDATE sessions SET symbol = ?, name = ?, started_us = ?, stopped_us = ? WHERE number = ?");
        _entry = Prepare("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)");
        // A batch that was in doubt may bring what is there already.
        _emission = Prepare("INSERT OR IGNORE INTO emissions VALUES (?, ?, ?, ?, ?, ?, ?)");
        _hasKey = Prepare("SELECT seq FROM keys WHERE session = ? AND key = ?");
        _key = Prepare("INSERT INTO keys VALUES (?, ?, ?, ?, ?)");
        _snapshot = Prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        _oldSnapshots = Prepare("DELETE FROM snapshots WHERE session = ? AND seq NOT IN (SELECT seq FROM snapshots WHERE session = ? ORDER BY seq DESC LIMIT ?)");
        _stats = Prepare("INSERT OR REPLACE INTO model_learning_stats VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _document = Prepare("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)");
        using var places = connection.Prepare("SELECT number, id, (SELECT max(seq) FROM entries WHERE session = number) FROM sessions");
        while (places.Step())
        {
            _committed[places.Text(1)] = new Place(places.Int64(0), places.Int64(2));
            _numbers = Math.Max(_numbers, places.Int64(0));
        }
    }

    /// <summary>First 64 bits of a hash over an emission's content.</summary>
    public static long Checksum(ReadOnlySpan<byte> payload, long seq, long n, long kind, long atUs)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash) ^ (seq * 31 + n) * 0x2545F4914F6CDD1D ^ kind << 56 ^ atUs;
    }

    /// <summary>Whether the database still knows this writer as its last.</summary>
    public bool IsMine(long epoch)
    {
        try
        {
            return _epoch.Step() && _epoch.Int64(0) == epoch;
        }
        finally
        {
            _epoch.Reset();
        }
    }

    /// <summary>Stores a batch.</summary>
    /// <exception cref="JournalConflictException">It does not fit; nothing was written.</exception>
    public void Append(JournalBatch batch)
    {
        var isKnown = _changed.TryGetValue(batch.Session, out var place) || _committed.TryGetValue(batch.Session, out place);
        if (!isKnown && (batch.Record is null || batch.AfterSeq != 0))
            throw new JournalConflictException($"The journal has no session {batch.Session}.");
        if (isKnown && place.LastSeq != batch.AfterSeq)
            throw new JournalConflictException($"The session {batch.Session} stands at entry {place.LastSeq}; the batch continues entry {batch.AfterSeq}.");
        foreach (var key in batch.Keys)
            if (isKnown && IsTaken(place.Number, key.Key) is { } seq)
                throw new JournalConflictException($"The key '{key.Key}' of the session {batch.Session} is taken by entry {seq}.");
        var lastSeq = batch.AfterSeq + batch.Entries.Count;
        foreach (var emission in batch.Emissions)
            if (emission.Seq > lastSeq)
                throw new JournalConflictException($"The session {batch.Session} has no entry {emission.Seq} that could have emitted anything.");
        if (batch.Snapshot is { } ahead && ahead.Seq > lastSeq)
            throw new JournalConflictException($"The session {batch.Session} has no entry {ahead.Seq} whose state could be kept.");

        if (!isKnown)
        {
            place = new Place(++_numbers, 0);
            var record = batch.Record!;
            _newSession.Bind(1, place.Number).Bind(2, record.Id).Bind(3, record.Symbol).Bind(4, record.Name).Bind(5, record.StartedUs).Bind(6, record.StoppedUs).Run();
        }
        else if (batch.Record is { } record)
        {
            _session.Bind(1, record.Symbol).Bind(2, record.Name).Bind(3, record.StartedUs).Bind(4, record.StoppedUs).Bind(5, place.Number).Run();
        }
        foreach (var entry in batch.Entries)
            _entry.Bind(1, place.Number).Bind(2, entry.Seq).Bind(3, (long)entry.Kind).Bind(4, entry.AtUs).Bind(5, entry.ReceivedUs).Bind(6, entry.Payload.Span).Bind(7, entry.Link).Run();
        foreach (var key in batch.Keys)
            _key.Bind(1, place.Number).Bind(2, key.Key).Bind(3, key.Seq).Bind(4, key.Body).Bind(5, batch.Entries[(int)(key.Seq - batch.AfterSeq - 1)].ReceivedUs).Run();
        foreach (var emission in batch.Emissions)
            _emission.Bind(1, place.Number).Bind(2, emission.Seq).Bind(3, emission.N).Bind(4, (long)emission.Kind).Bind(5, emission.AtUs).Bind(6, emission.Payload.Span)
                .Bind(7, Checksum(emission.Payload.Span, emission.Seq, emission.N, (long)emission.Kind, emission.AtUs)).Run();
        if (batch.Snapshot is { } snapshot)
        {
            _snapshot.Bind(1, place.Number).Bind(2, snapshot.Seq).Bind(3, snapshot.TakenUs).Bind(4, snapshot.Link).Bind(5, snapshot.Hash).Bind(6, snapshot.Engine).Bind(7, snapshot.State.Span)
                .Bind(8, Checksum(snapshot.State.Span, snapshot.Seq, 0, 0, snapshot.TakenUs)).Run();
            _oldSnapshots.Bind(1, place.Number).Bind(2, place.Number).Bind(3, (long)_snapshotsKept).Run();
        }
        foreach (var row in batch.Stats)
            Store(batch.Session, row);
        _changed[batch.Session] = place with { LastSeq = lastSeq };
    }

    /// <summary>Stores a document.</summary>
    public void Put(string kind, string id, ReadOnlySpan<byte> json, long writtenUs) => _document.Bind(1, kind).Bind(2, id).Bind(3, json).Bind(4, writtenUs).Run();

    /// <summary>Removes documents that were last written before a moment.</summary>
    public long RemoveDocuments(string kind, long beforeUs)
    {
        using var remove = _connection.Prepare("DELETE FROM documents WHERE kind = ? AND written_us < ?");
        remove.Bind(1, kind).Bind(2, beforeUs).Run();
        return _connection.Changes;
    }

    /// <summary>Removes the oldest slice of what a session may lose; returns the first entry that is still there, negative when there is nothing more to remove.</summary>
    public long Compact(string session, long keepFromSeq, long keysBeforeUs)
    {
        if (!_committed.TryGetValue(session, out var place))
            return -1;
        var first = Number("SELECT first_seq FROM sessions WHERE number = ?", place.Number);
        var newest = Number("SELECT max(seq) FROM snapshots WHERE session = ?", place.Number);
        if (newest == 0)
            return -first;
        var keep = Math.Min(keepFromSeq, newest + 1);
        var upto = Math.Min(keep, first + SliceEntries);
        if (upto > first)
        {
            Remove("DELETE FROM entries WHERE session = ? AND seq < ?", place.Number, upto);
            Remove("DELETE FROM emissions WHERE session = ? AND seq < ?", place.Number, upto);
            Remove("UPDATE sessions SET first_seq = ?2 WHERE number = ?1", place.Number, upto);
        }
        if (upto < keep)
            return upto;
        first = Math.Max(first, upto);
        using var keys = _connection.Prepare("DELETE FROM keys WHERE session = ? AND seq < ? AND received_us < ?");
        keys.Bind(1, place.Number).Bind(2, first).Bind(3, keysBeforeUs).Run();
        Remove("DELETE FROM snapshots WHERE session = ?1 AND seq < (SELECT max(seq) FROM snapshots WHERE session = ?1 AND seq <= ?2)", place.Number, keep);
        return -first;
    }

    /// <summary>What was changed is stored.</summary>
    public void Committed()
    {
        foreach (var (session, place) in _changed)
            _committed[session] = place;
        _changed.Clear();
    }

    /// <summary>What was changed is not stored.</summary>
    public void RolledBack() => _changed.Clear();

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
    }

    private long? IsTaken(long number, string key)
    {
        _hasKey.Bind(1, number).Bind(2, key);
        try
        {
            return _hasKey.Step() ? _hasKey.Int64(0) : null;
        }
        finally
        {
            _hasKey.Reset();
        }
    }

    private void Store(string session, LearningStats row)
    {
        _stats.Bind(1, session).Bind(2, row.Symbol).Bind(3, row.ModelName).Bind(4, row.Predictions).Bind(5, row.Resolved).Bind(6, row.Correct).Bind(7, row.Accuracy).Bind(8, row.EmaAccuracy)
            .Bind(9, row.AdaptiveThreshold).Bind(10, row.AdaptiveWeight).Bind(11, row.ThompsonAlpha).Bind(12, row.ThompsonBeta).Bind(13, row.LogLoss).Bind(14, row.CalibrationError).Bind(15, row.State);
        if (row.UpdatedUs is { } updated)
            _stats.Bind(16, DateTime.UnixEpoch.AddTicks(updated * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture));
        else
            _stats.BindNull(16);
        _stats.Run();
    }

    private long Number(string sql, long number)
    {
        using var statement = _connection.Prepare(sql);
        return statement.Bind(1, number).Step() ? statement.Int64(0) : 0;
    }

    private void Remove(string sql, long number, long seq)
    {
        using var statement = _connection.Prepare(sql);
        statement.Bind(1, number).Bind(2, seq).Run();
    }

    private SqliteStatement Prepare(string sql)
    {
        var statement = _connection.Prepare(sql);
        _statements.Add(statement);
        return statement;
    }

    // Where a session stands: its number in the tables, and its last entry.
    private readonly record struct Place(long Number, long LastSeq);
}
