using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>Compares links, checksums and counts of what is stored.</summary>
internal sealed class SqliteCheck(SqliteDatabase database, CancellationToken cancel)
{
    private const int ProblemsMax = 100;
    private const int TailEntries = 16;

    private readonly List<string> _problems = [];
    private long _entries, _emissions, _snapshots;

    /// <summary>Looks at the last entries of every session.</summary>
    /// <exception cref="JournalOpenException">They do not continue one another.</exception>
    public void DemandTails(string path)
    {
        foreach (var session in Sessions())
            Links(session, Math.Max(session.FirstSeq, session.LastSeq - TailEntries));
        if (_problems is [var first, ..])
            throw new JournalOpenException($"The journal '{path}' is damaged: {first} Bring a backup back with hone restore; hone verify says what else is damaged.");
    }

    /// <summary>Looks at everything: the structure of the file, all links, all checksums.</summary>
    public JournalFindings Everything()
    {
        using (var row = database.Use("PRAGMA integrity_check(10)"))
            while (row.Step())
                if (row.Text(0) != "ok")
                    Report($"The file's structure is damaged: {row.Text(0)}.");
        var sessions = Sessions();
        foreach (var session in sessions)
        {
            Links(session, session.FirstSeq);
            Checksums(session);
        }
        using (var row = database.Use("SELECT kind, id, written_us, json, checksum FROM documents ORDER BY kind, id"))
            while (row.Step())
            {
                cancel.ThrowIfCancellationRequested();
                Try(() => SqliteRows.Document(row), $"The document '{row.Text(0)}/{row.Text(1)}'");
            }
        return new JournalFindings(sessions.Count, _entries, _emissions, _snapshots, _problems);
    }

    private void Links(in CheckedSession session, long fromSeq)
    {
        // The first entry that is left can only be compared with a snapshot of the entry before it, where there is one.
        var previous = fromSeq == 1 ? UInt128.Zero : SnapshotLink(session.Number, fromSeq - 1);
        var expected = fromSeq;
        using (var row = database.Use("SELECT seq, kind, at_us, received_us, payload, link FROM entries WHERE session = ?1 AND seq >= ?2 ORDER BY seq").Bind(1, session.Number).Bind(2, fromSeq))
            while (row.Step())
            {
                cancel.ThrowIfCancellationRequested();
                var entry = SqliteRows.Entry(row);
                _entries++;
                if (entry.Seq != expected)
                    Report($"Session '{session.Id}' lacks entry {expected}; entry {entry.Seq} follows.");
                else if (previous is { } link && !entry.Follows(link))
                    Report($"Entry {entry.Seq} of session '{session.Id}' does not fit its link.");
                previous = entry.Link;
                expected = entry.Seq + 1;
            }
        if (expected - 1 != session.LastSeq)
            Report($"Session '{session.Id}' stands at entry {session.LastSeq}, and its last entry is {expected - 1}.");
        else if (previous is { } last && last != session.LastLink)
            Report($"Entry {session.LastSeq} of session '{session.Id}' is not the last one that was stored.");
    }

    private void Checksums(in CheckedSession session)
    {
        using (var row = database.Use("SELECT session, seq, n, kind, at_us, payload, checksum FROM emissions WHERE session = ?1 ORDER BY seq, n").Bind(1, session.Number))
            while (row.Step())
            {
                cancel.ThrowIfCancellationRequested();
                _emissions++;
                Try(() => SqliteRows.Emission(row, ""), $"Emission {row.Int64(1)}.{row.Int64(2)} of session '{session.Id}'");
            }
        using (var row = database.Use("SELECT session, seq, taken_us, link, hash, engine, state, checksum FROM snapshots WHERE session = ?1 ORDER BY seq").Bind(1, session.Number))
            while (row.Step())
            {
                cancel.ThrowIfCancellationRequested();
                _snapshots++;
                Try(() => SqliteRows.Snapshot(row, ""), $"The snapshot at entry {row.Int64(1)} of session '{session.Id}'");
            }
    }

    private void Try(Func<object> read, string what)
    {
        try
        {
            read();
        }
        catch (JournalBrokenException)
        {
            Report($"{what} does not fit its checksum.");
        }
    }

    private UInt128? SnapshotLink(long number, long seq)
    {
        using var row = database.Use("SELECT link FROM snapshots WHERE session = ?1 AND seq = ?2").Bind(1, number).Bind(2, seq);
        return row.Step() ? row.Hash(0) : null;
    }

    private List<CheckedSession> Sessions()
    {
        var sessions = new List<CheckedSession>();
        using var row = database.Use("SELECT number, id, first_seq, last_seq, last_link FROM sessions ORDER BY number");
        while (row.Step())
            sessions.Add(new CheckedSession(row.Int64(0), row.Text(1), row.Int64(2), row.Int64(3), row.Hash(4)));
        return sessions;
    }

    private void Report(string problem)
    {
        if (_problems.Count < ProblemsMax)
            _problems.Add(problem);
    }

    private readonly record struct CheckedSession(long Number, string Id, long FirstSeq, long LastSeq, UInt128 LastLink);
}
