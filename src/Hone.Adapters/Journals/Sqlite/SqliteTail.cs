using Hone.Trading.Live;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>Looks at the end of every session before anybody builds on it.</summary>
internal static class SqliteTail
{
    private const int EntriesChecked = 64;

    /// <summary>Checks that the last entries of each session follow one another.</summary>
    /// <exception cref="JournalOpenException">They do not.</exception>
    public static void Check(SqliteConnection connection, string path)
    {
        using var sessions = connection.Prepare("SELECT number, id FROM sessions");
        using var tail = connection.Prepare($"SELECT seq, kind, at_us, received_us, payload, link FROM entries WHERE session = ? ORDER BY seq DESC LIMIT {EntriesChecked}");
        while (sessions.Step())
        {
            JournalEntry? later = null;
            tail.Bind(1, sessions.Int64(0));
            while (tail.Step())
            {
                var entry = new JournalEntry(tail.Int64(0), (EntryKind)tail.Int64(1), tail.Int64(2), tail.Int64(3), tail.Blob(4), tail.UInt128(5));
                if (later is { } next && (next.Seq != entry.Seq + 1 || !next.Follows(entry.Link)))
                    throw new JournalOpenException($"{path} is damaged: entry {next.Seq} of the session {sessions.Text(1)} does not follow the one before it. `hone verify` shows what is sound, `hone restore` installs a backup.");
                later = entry;
            }
            if (later is { Seq: 1 } first && !first.Follows(0))
                throw new JournalOpenException($"{path} is damaged: the first entry of the session {sessions.Text(1)} is not what was written. `hone verify` shows what is sound, `hone restore` installs a backup.");
            tail.Reset();
        }
    }
}
