namespace Hone.Adapters.Journals;

/// <summary>What is removed from a journal in a file, a slice per transaction so that appending never waits long.</summary>
internal static class SqliteRemoval
{
    private const int SliceEntries = 5_000;

    /// <summary>Removes the oldest slice of what a session may lose; returns the first entry that is still there, negative when nothing more is to be removed.</summary>
    public static long Compact(SqliteDatabase database, string session, long keepFromSeq, long keysBeforeUs)
    {
        long number, first, newest;
        using (var row = database.Use("SELECT number, first_seq, (SELECT max(seq) FROM snapshots WHERE session = number) FROM sessions WHERE id = ?1").Bind(1, session))
        {
            if (!row.Step())
                return -1;
            (number, first) = (row.Int64(0), row.Int64(1));
            if (row.IsNull(2))
                return -first;
            newest = row.Int64(2);
        }
        // The newest snapshot is continued with the entry after it.
        var keep = Math.Max(first, Math.Min(keepFromSeq, newest + 1));
        var upTo = Math.Min(keep, first + SliceEntries);
        if (upTo > first)
        {
            database.Use("DELETE FROM entries WHERE session = ?1 AND seq < ?2").Bind(1, number).Bind(2, upTo).Run();
            database.Use("DELETE FROM emissions WHERE session = ?1 AND seq < ?2").Bind(1, number).Bind(2, upTo).Run();
            database.Use("UPDATE sessions SET first_seq = ?2 WHERE number = ?1").Bind(1, number).Bind(2, upTo).Run();
        }
        if (upTo < keep)
            return upTo;
        database.Use("DELETE FROM keys WHERE session = ?1 AND seq < ?2 AND received_us < ?3").Bind(1, number).Bind(2, keep).Bind(3, keysBeforeUs).Run();
        database.Use("DELETE FROM snapshots WHERE session = ?1 AND seq < (SELECT max(seq) FROM snapshots WHERE session = ?1 AND seq <= ?2)").Bind(1, number).Bind(2, keep).Run();
        return -keep;
    }

    /// <summary>Removes documents that were last written before a moment; returns how many.</summary>
    public static long Documents(SqliteDatabase database, string kind, long beforeUs)
    {
        database.Use("DELETE FROM documents WHERE kind = ?1 AND written_us < ?2").Bind(1, kind).Bind(2, beforeUs).Run();
        return database.Changes;
    }
}
