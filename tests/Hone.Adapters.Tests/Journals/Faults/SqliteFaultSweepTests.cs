using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals.Faults;

/// <summary>A process that writes a journal while one of its system calls fails, or all from one on. HONE_LONG=1 lets every call fail, once and for good, before and after its effect.</summary>
public sealed class SqliteFaultSweepTests : IDisposable
{
    private const int BatchCount = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("hone-calls-").FullName;
    private readonly IReadOnlyList<JournalBatch> _batches = JournalScenario.Batches(BatchCount + 1);
    private int _runs;

    private static bool Long => Environment.GetEnvironmentVariable("HONE_LONG") == "1";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_sync_that_fails_ends_the_writer_and_nothing_is_acknowledged_after_it()
    {
        SystemCalls.Demand();
        var ended = 0;
        var faults = from at in Long ? Enumerable.Range(1, BatchCount) : [2, 9, 20, 41]
                     from persists in new[] { false, true }
                     from error in new[] { Fault.Eio, Fault.Enospc }
                     where Long || error == Fault.Eio || at == 20
                     select new Fault(at, error, persists, After: at % 2 == 0, SyncsAlone: true);
        await Each(faults, (fault, code, acknowledged, stored, said) =>
        {
            Assert.True(code is JournalChild.Broken or JournalChild.NotOpened, $"{fault}: exit code {code}, {said}");
            // Each commit has a sync of its own, and the journal's making has some before the first.
            Assert.True(acknowledged < fault.At, $"{fault}: {acknowledged} batches were acknowledged");
            if (code == JournalChild.Broken)
                Interlocked.Increment(ref ended);
        });
        Assert.True(ended >= 4, $"Only {ended} syncs failed while batches were written.");
    }

    [Fact]
    public async Task Whichever_call_fails_nothing_acknowledged_is_lost_and_nothing_is_stored_twice()
    {
        SystemCalls.Demand();
        var calls = await CountCalls();
        Assert.True(calls >= 500, $"Only {calls} calls.");
        var codes = new int[JournalChild.Wrong + 1];
        await Each(Faults(calls), (fault, code, acknowledged, stored, said) =>
        {
            Assert.True(code is JournalChild.Done or JournalChild.Broken or JournalChild.Full or JournalChild.NotOpened, $"{fault}: exit code {code}, {said}");
            Assert.True(code != JournalChild.Done || acknowledged == BatchCount);
            Interlocked.Increment(ref codes[code]);
        });
        var told = string.Join(", ", codes.Select((count, code) => $"{count} × {code}"));
        TestContext.Current.SendDiagnosticMessage($"{calls} calls; exit codes {told}");
        // Every way to end must have been seen, or the faults do not reach what they are meant for.
        Assert.True(codes[JournalChild.Done] > 0 && codes[JournalChild.Broken] > 0 && codes[JournalChild.Full] > 0, told);
    }

    private static IEnumerable<Fault> Faults(int calls)
    {
        // Once or from then on, before or after the effect; the errors take turns.
        var random = new Random(3);
        for (var number = 0; number < (Long ? calls * 4 : 60); number++)
        {
            var at = Long ? number / 4 + 1 : random.Next(1, calls + 1);
            yield return new Fault(at, (at + number / 2) % 2 == 0 ? Fault.Eio : Fault.Enospc, Persists: number % 2 == 1, After: number / 2 % 2 == 1);
        }
    }

    private async Task<int> CountCalls()
    {
        var path = Path.Combine(_folder, "whole.db");
        var (code, acknowledged, said) = await SystemCalls.Run(path, BatchCount, trace: path + ".trace");
        Assert.True(code == JournalChild.Done && acknowledged == BatchCount, $"exit code {code}: {said}");
        return (await DiskTrace.Read(path + ".trace")).Steps.Count(step => step.File is not (DiskFile.Acknowledged or DiskFile.Folder));
    }

    private Task Each(IEnumerable<Fault> faults, Action<Fault, int, int, int, string> look)
        => Parallel.ForEachAsync(faults, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (fault, _) =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, $"{Interlocked.Increment(ref _runs)}")).FullName;
            var path = Path.Combine(folder, "journal.db");
            var (code, acknowledged, said) = await SystemCalls.Run(path, BatchCount, fault: fault);
            int stored;
            await using (var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path, WithoutSync = true }))
            {
                stored = await JournalScenario.DemandStored(journal, _batches, acknowledged, $"fault {fault}, exit code {code}");
                await journal.Append(_batches[stored]);
                Assert.Empty((await journal.Verify()).Problems);
            }
            look(fault, code, acknowledged, stored, said);
            Directory.Delete(folder, recursive: true);
        });
}
