using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>A statement that removes something and returns one number.</summary>
internal sealed record PostgresRemoval(string Statement, params object[] Values)
{
    // Entries that one transaction removes: few enough that appending never waits long.
    private const int SliceEntries = 5_000;

    /// <summary>Removes the oldest slice of what a session may lose; returns the first entry that is still there, negative when there is nothing more to remove.</summary>
    public static PostgresRemoval Compaction(string session, long keepFromSeq, long keysBeforeUs) => new(
        """
        WITH newest AS (SELECT max(seq) AS seq FROM hone.snapshots WHERE session = $1),
        wanted AS (
            SELECT s.first_seq, least($2, (SELECT seq + 1 FROM newest)) AS keep
            FROM hone.sessions s WHERE s.id = $1 AND EXISTS (SELECT 1 FROM newest WHERE seq IS NOT NULL)
        ),
        slice AS (SELECT first_seq, keep, least(keep, first_seq + $4) AS upto FROM wanted WHERE keep > first_seq),
        no_entries AS (DELETE FROM hone.entries WHERE session = $1 AND seq < (SELECT upto FROM slice)),
        no_emissions AS (DELETE FROM hone.emissions WHERE session = $1 AND seq < (SELECT upto FROM slice)),
        no_keys AS (DELETE FROM hone.keys WHERE session = $1 AND seq < (SELECT greatest(keep, first_seq) FROM wanted) AND received_us < $3),
        no_snapshots AS (
            DELETE FROM hone.snapshots WHERE session = $1
            AND seq < (SELECT max(seq) FROM hone.snapshots WHERE session = $1 AND seq <= (SELECT keep FROM wanted))
        ),
        moved AS (UPDATE hone.sessions SET first_seq = (SELECT upto FROM slice) WHERE id = $1 AND EXISTS (SELECT 1 FROM slice))
        SELECT CASE WHEN EXISTS (SELECT 1 FROM slice WHERE upto < keep) THEN (SELECT upto FROM slice)
                    ELSE -coalesce((SELECT upto FROM slice), (SELECT first_seq FROM hone.sessions WHERE id = $1), 1) END
        """,
        session, keepFromSeq, keysBeforeUs, SliceEntries);

    /// <summary>Removes documents that were last written before a moment; returns how many.</summary>
    public static PostgresRemoval Documents(string kind, long beforeUs) => new(
        "WITH gone AS (DELETE FROM hone.documents WHERE kind = $1 AND written_us < $2 RETURNING 1) SELECT count(*) FROM gone", kind, beforeUs);

    /// <summary>The statement with its values.</summary>
    public NpgsqlBatchCommand Command()
    {
        var command = new NpgsqlBatchCommand(Statement);
        foreach (var value in Values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
