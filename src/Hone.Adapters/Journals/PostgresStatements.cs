using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;

namespace Hone.Adapters.Journals;

/// <summary>Statements that store the contents of many batches at once: one per table, the rows as one array per column.</summary>
internal sealed class PostgresStatements(NpgsqlBatch target)
{
    private const NpgsqlDbType Text = NpgsqlDbType.Text, Long = NpgsqlDbType.Bigint, Int = NpgsqlDbType.Integer, Short = NpgsqlDbType.Smallint, Bytes = NpgsqlDbType.Bytea, Real = NpgsqlDbType.Double;

    public void Sessions(IEnumerable<SessionHead> heads)
    {
        SessionHead[] rows = [.. heads];
        if (rows.Length > 0)
            Add("INSERT INTO hone.sessions AS s (id, symbol, name, started_us, stopped_us, last_seq, last_link) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) "
                + "ON CONFLICT (id) DO UPDATE SET symbol = excluded.symbol, name = excluded.name, started_us = excluded.started_us, stopped_us = excluded.stopped_us, last_seq = excluded.last_seq, last_link = excluded.last_link",
                Column(Text, rows, row => row.Record.Id), Column(Text, rows, row => row.Record.Symbol), Column(Text, rows, row => row.Record.Name),
                Column(Long, rows, row => row.Record.StartedUs), Column(Long, rows, row => row.Record.StoppedUs),
                Column(Long, rows, row => row.LastSeq), Column(Bytes, rows, row => Binary(row.LastLink)));
    }

    public void Entries(IEnumerable<JournalBatch> batches)
    {
        var rows = batches.SelectMany(batch => batch.Entries.Select(entry => (batch.Session, Entry: entry))).ToArray();
        if (rows.Length > 0)
            Add("INSERT INTO hone.entries (session, seq, kind, at_us, received_us, payload, link) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)",
                Column(Text, rows, row => row.Session), Column(Long, rows, row => row.Entry.Seq), Column(Short, rows, row => (short)row.Entry.Kind), Column(Long, rows, row => row.Entry.AtUs),
                Column(Long, rows, row => row.Entry.ReceivedUs), Column(Bytes, rows, row => row.Entry.Payload), Column(Bytes, rows, row => Binary(row.Entry.Link)));
    }

    public void Keys(IEnumerable<JournalBatch> batches)
    {
        var rows = batches.SelectMany(batch => batch.Keys.Select(key => (batch.Session, Key: key, batch.Entries[(int)(key.Seq - batch.AfterSeq - 1)].ReceivedUs))).ToArray();
        if (rows.Length > 0)
            Add("INSERT INTO hone.keys (session, key, seq, body, received_us) SELECT * FROM unnest($1, $2, $3, $4, $5)",
                Column(Text, rows, row => row.Session), Column(Text, rows, row => row.Key.Key), Column(Long, rows, row => row.Key.Seq),
                Column(Bytes, rows, row => Binary(row.Key.Body)), Column(Long, rows, row => row.ReceivedUs));
    }

    public void Emissions(IEnumerable<JournalBatch> batches)
    {
        var rows = batches.SelectMany(batch => batch.Emissions.Select(emission => (batch.Session, Emission: emission))).ToArray();
        // What an entry emitted is said once: a repetition leaves what is stored, so that replay compares with what was acted on.
        if (rows.Length > 0)
            Add("INSERT INTO hone.emissions (session, seq, n, kind, at_us, payload) SELECT * FROM unnest($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                Column(Text, rows, row => row.Session), Column(Long, rows, row => row.Emission.Seq), Column(Int, rows, row => row.Emission.N), Column(Short, rows, row => (short)row.Emission.Kind),
                Column(Long, rows, row => row.Emission.AtUs), Column(Bytes, rows, row => row.Emission.Payload));
    }

    public void Snapshots(IEnumerable<JournalBatch> batches)
    {
        var rows = Last(batches.Where(batch => batch.Snapshot is not null).Select(batch => (batch.Session, Snapshot: batch.Snapshot!)), row => (row.Session, row.Snapshot.Seq));
        if (rows.Length == 0)
            return;
        Add("INSERT INTO hone.snapshots (session, seq, taken_us, link, hash, engine, state) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) "
            + "ON CONFLICT (session, seq) DO UPDATE SET taken_us = excluded.taken_us, link = excluded.link, hash = excluded.hash, engine = excluded.engine, state = excluded.state",
            Column(Text, rows, row => row.Session), Column(Long, rows, row => row.Snapshot.Seq), Column(Long, rows, row => row.Snapshot.TakenUs), Column(Bytes, rows, row => Binary(row.Snapshot.Link)),
            Column(Text, rows, row => row.Snapshot.Hash), Column(Text, rows, row => row.Snapshot.Engine), Column(Bytes, rows, row => row.Snapshot.State));
        // They would fill the disk: the oldest stays, for the history that is left begins with it, and the newest two.
        Add("DELETE FROM hone.snapshots p USING unnest($1) AS stored (session) WHERE p.session = stored.session AND p.seq > (SELECT min(seq) FROM hone.snapshots WHERE session = p.session) "
            + "AND p.seq < (SELECT seq FROM hone.snapshots WHERE session = p.session ORDER BY seq DESC LIMIT 1 OFFSET 1)",
            Column(Text, [.. rows.Select(row => row.Session).Distinct()], session => session));
    }

    public void Stats(IEnumerable<JournalBatch> batches)
    {
        var rows = Last(batches.SelectMany(batch => batch.Stats.Select(stats => (batch.Session, Stats: stats))), row => (row.Session, row.Stats.ModelName));
        if (rows.Length > 0)
            Add("INSERT INTO hone.model_learning_stats (session_id, symbol, model_name, predictions, resolved, correct, accuracy, ema_accuracy, adaptive_threshold, adaptive_weight, thompson_alpha, thompson_beta, log_loss, calibration_error, state, updated_at) "
                + "SELECT c.session_id, c.symbol, c.model_name, c.predictions, c.resolved, c.correct, c.accuracy, c.ema_accuracy, c.adaptive_threshold, c.adaptive_weight, c.thompson_alpha, c.thompson_beta, c.log_loss, c.calibration_error, c.state, "
                + "timestamptz 'epoch' + c.updated_us * interval '1 microsecond' "
                + "FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) AS c (session_id, symbol, model_name, predictions, resolved, correct, accuracy, ema_accuracy, adaptive_threshold, adaptive_weight, thompson_alpha, thompson_beta, log_loss, calibration_error, state, updated_us) "
                + "ON CONFLICT (session_id, model_name) DO UPDATE SET symbol = excluded.symbol, predictions = excluded.predictions, resolved = excluded.resolved, correct = excluded.correct, accuracy = excluded.accuracy, "
                + "ema_accuracy = excluded.ema_accuracy, adaptive_threshold = excluded.adaptive_threshold, adaptive_weight = excluded.adaptive_weight, thompson_alpha = excluded.thompson_alpha, thompson_beta = excluded.thompson_beta, "
                + "log_loss = excluded.log_loss, calibration_error = excluded.calibration_error, state = excluded.state, updated_at = excluded.updated_at",
                Column(Text, rows, row => row.Session), Column(Text, rows, row => row.Stats.Symbol), Column(Text, rows, row => row.Stats.ModelName), Column(Long, rows, row => row.Stats.Predictions),
                Column(Long, rows, row => row.Stats.Resolved), Column(Long, rows, row => row.Stats.Correct), Column(Real, rows, row => row.Stats.Accuracy), Column(Real, rows, row => row.Stats.EmaAccuracy),
                Column(Real, rows, row => row.Stats.AdaptiveThreshold), Column(Real, rows, row => row.Stats.AdaptiveWeight), Column(Real, rows, row => row.Stats.ThompsonAlpha), Column(Real, rows, row => row.Stats.ThompsonBeta),
                Column(Real, rows, row => row.Stats.LogLoss), Column(Real, rows, row => row.Stats.CalibrationError), Column(Text, rows, row => row.Stats.State), Column(Long, rows, row => row.Stats.UpdatedUs));
    }

    public void Documents(IEnumerable<WrittenDocument> documents)
    {
        var rows = Last(documents, document => (document.Kind, document.Id));
        if (rows.Length > 0)
            Add("INSERT INTO hone.documents (kind, id, json, written_us) SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT (kind, id) DO UPDATE SET json = excluded.json, written_us = excluded.written_us",
                Column(Text, rows, row => row.Kind), Column(Text, rows, row => row.Id), Column(Bytes, rows, row => row.Json), Column(Long, rows, row => row.WrittenUs));
    }

    /// <summary>A hash as 16 bytes, highest first.</summary>
    public static byte[] Binary(UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return bytes;
    }

    // One statement may touch a row once: of several under the same key the last one counts.
    private static T[] Last<T, TKey>(IEnumerable<T> rows, Func<T, TKey> key) where TKey : notnull
    {
        var last = new Dictionary<TKey, T>();
        foreach (var row in rows)
            last[key(row)] = row;
        return [.. last.Values];
    }

    private static NpgsqlParameter Column<TRow, TValue>(NpgsqlDbType type, TRow[] rows, Func<TRow, TValue> value)
        => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = System.Array.ConvertAll(rows, row => value(row)) };

    private void Add(string statement, params ReadOnlySpan<NpgsqlParameter> columns)
    {
        var command = new NpgsqlBatchCommand(statement);
        foreach (var column in columns)
            command.Parameters.Add(column);
        target.BatchCommands.Add(command);
    }
}
