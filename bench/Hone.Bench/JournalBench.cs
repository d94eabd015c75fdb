using System.Diagnostics;
using System.Globalization;
using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Bench;

/// <summary>Batches of one entry (120 bytes) and one emission (300 bytes) that a journal acknowledges per second, from many callers with a session each.</summary>
internal static class JournalBench
{
    public static int Run(string[] args)
    {
        var callers = Number(args, "--callers", 64);
        var seconds = Number(args, "--seconds", 5);
        var store = Array.IndexOf(args, "--store") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : "sqlite";
        if (store != "sqlite")
        {
            Console.Error.WriteLine($"bench: --store {store} is not known; sqlite is.");
            return 2;
        }
        return Measure(callers, seconds).GetAwaiter().GetResult();
    }

    private static async Task<int> Measure(int callers, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("hone-bench-").FullName;
        try
        {
            await using var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = Path.Combine(folder, "journal.db") });
            var watch = Stopwatch.StartNew();
            var batches = (await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => Append(journal, $"s{caller}", watch, seconds))))).Sum();
            var elapsedSecs = watch.Elapsed.TotalSeconds;
            var health = journal.Health;
            Console.WriteLine("| store | callers | batches/s | commits/s | batches per commit |");
            Console.WriteLine("|---|---|---|---|---|");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| sqlite | {callers} | {batches / elapsedSecs:0} | {health.Commits / elapsedSecs:0} | {(double)batches / health.Commits:0.0} |"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> Append(SqliteJournal journal, string session, Stopwatch watch, int seconds)
    {
        var payload = new byte[120];
        var link = UInt128.Zero;
        long seq = 0;
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            var entry = JournalEntry.After(link, seq + 1, EntryKind.Ask, seq, seq, payload);
            await journal.Append(new JournalBatch
            {
                Session = session,
                AfterSeq = seq,
                Entries = [entry],
                Emissions = seq == 0 ? [] : [new Emission(seq, 0, EmissionKind.Prediction, seq, new byte[300])],
                Record = seq == 0 ? new SessionRecord(session, "BTC", session, 0, null) : null,
            });
            (seq, link) = (seq + 1, entry.Link);
        }
        return seq;
    }

    private static int Number(string[] args, string name, int otherwise)
        => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
