using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals.Faults;

/// <summary>What is on the disk when the power fails between any two system calls. HONE_LONG=1 looks at every call in every way.</summary>
public sealed class SqlitePowerLossTests : IDisposable
{
    private const int BatchCount = 150;

    private readonly string _folder = Directory.CreateTempSubdirectory("hone-power-").FullName;
    private readonly IReadOnlyList<JournalBatch> _batches = JournalScenario.Batches(BatchCount + 1);

    private static bool Long => Environment.GetEnvironmentVariable("HONE_LONG") == "1";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_power_fails()
    {
        var trace = await Trace("sync", BatchCount);
        var syncs = Enumerable.Range(trace.Opened, trace.Steps.Count - trace.Opened).Where(i => trace.Steps[i].Call == DiskCall.Sync).ToHashSet();
        Assert.True(syncs.Count >= BatchCount, $"Only {syncs.Count} syncs for {BatchCount} batches.");
        Assert.Contains(trace.Steps.Skip(trace.Opened), step => step is { File: DiskFile.Database, Call: DiskCall.Write });
        // The names of the files must last too.
        Assert.Contains(trace.Steps.Take(trace.Opened), step => step is { File: DiskFile.Folder, Call: DiskCall.Sync });
        var points = 0;
        for (var step = trace.Opened; step <= trace.Steps.Count; step++)
        {
            var boundary = syncs.Contains(step) || syncs.Contains(step - 1);
            if (!boundary && !Long && step % 5 > 0)
                continue;
            foreach (var loss in Long ? Enum.GetValues<PowerLoss>() : boundary ? [PowerLoss.DropsAll, (PowerLoss)(1 + step % 2)] : [(PowerLoss)(1 + step % 3)])
            {
                Assert.NotEqual(-1, await After(trace, step, loss, mayLose: false));
                points++;
            }
        }
        Assert.True(points >= 600, $"Only {points} points.");
        TestContext.Current.SendDiagnosticMessage($"{points} power failures among {trace.Steps.Count - trace.Opened} calls, {syncs.Count} syncs");
    }

    [Fact]
    public async Task A_journal_that_does_not_sync_is_caught()
    {
        var trace = await Trace("without-sync", BatchCount);
        var lost = 0;
        for (var step = trace.Opened; step <= trace.Steps.Count; step += 50)
            if (await After(trace, step, PowerLoss.DropsAll, mayLose: true) == -1)
                lost++;
        Assert.True(lost >= 1, "Nothing was lost without syncs: the test is blind.");
    }

    [Fact]
    public async Task A_log_that_ends_anywhere_holds_every_commit_before_its_end()
    {
        var (trace, database, log) = await Killed();
        var from = Math.Max(0, log.Length - 4096);
        for (var length = from; length <= log.Length; length += Long ? 1 : 37)
            await DemandCommits(trace, database, log[..length], length, $"the log cut off at {length} of {log.Length}");
    }

    [Fact]
    public async Task A_flipped_bit_in_the_log_costs_at_most_what_comes_after_it_and_invents_nothing()
    {
        var (trace, database, log) = await Killed();
        var random = new Random(5);
        for (var flip = 0; flip < (Long ? 10_000 : 150); flip++)
        {
            var bit = random.NextInt64(log.LongLength * 8);
            var damaged = (byte[])log.Clone();
            damaged[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            await DemandCommits(trace, database, damaged, bit / 8, $"bit {bit} of the log flipped");
        }
    }

    private async Task<DiskTrace> Trace(string mode, int batches)
    {
        SystemCalls.Demand();
        var path = Path.Combine(_folder, "journal.db");
        var (code, acknowledged, said) = await SystemCalls.Run(path, batches, mode, path + ".trace");
        Assert.True(mode == "killed" ? code != JournalChild.Done : code == JournalChild.Done, $"exit code {code}: {said}");
        Assert.Equal(batches, acknowledged);
        return await DiskTrace.Read(path + ".trace");
    }

    private async Task<(DiskTrace Trace, byte[] Database, byte[] Log)> Killed()
    {
        var trace = await Trace("killed", 40);
        var path = Path.Combine(_folder, "journal.db");
        return (trace, await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(path + "-wal"));
    }

    // Opens what the disk holds then; a journal that cannot be opened has lost everything.
    private async Task<int> After(DiskTrace trace, int step, PowerLoss loss, bool mayLose)
    {
        var random = new Random(step * 31 + (int)loss);
        await using var journal = OpenCopy(trace.Content(DiskFile.Database, step, loss, random), trace.Content(DiskFile.Log, step, loss, random));
        var acknowledged = trace.AcknowledgedBefore(step);
        var stored = await JournalScenario.DemandStored(journal, _batches, acknowledged, $"power failed before call {step}, which {loss}", mayLose);
        if (stored >= 0 && step % 10 == 0)
        {
            await journal.Append(_batches[stored]);
            Assert.Empty((await journal.Verify()).Problems);
        }
        return stored;
    }

    // Commits that were written in full before a place in the log are there.
    private async Task DemandCommits(DiskTrace trace, byte[] database, byte[] log, long place, string when)
    {
        var (acknowledged, written, whole) = (0, 0L, 0);
        foreach (var step in trace.Steps)
        {
            if (step is { File: DiskFile.Log, Call: DiskCall.Write })
                written = Math.Max(written, step.Offset + step.Data.Length);
            if (step.File == DiskFile.Acknowledged && acknowledged++ > 0 && written <= place)
                whole = acknowledged - 1;
        }
        await using var journal = OpenCopy(database, log);
        var stored = await JournalScenario.DemandStored(journal, _batches, whole, when, isCut: true);
        await journal.Append(_batches[stored]);
    }

    private SqliteJournal OpenCopy(byte[] database, byte[] log)
    {
        var copy = Path.Combine(_folder, "copy.db");
        foreach (var left in Directory.GetFiles(_folder, "copy.db*"))
            File.Delete(left);
        File.WriteAllBytes(copy, database);
        File.WriteAllBytes(copy + "-wal", log);
        return SqliteJournal.Open(new SqliteJournalOptions { Path = copy, WithoutLock = true, WithoutSync = true });
    }
}
