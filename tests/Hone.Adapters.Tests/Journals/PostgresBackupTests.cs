using System.Text;
using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals;

/// <summary>A copy made under load is one moment of the journal, and brings it back; a damaged one brings nothing.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresBackupTests(PostgresFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hone-backup-").FullName;

    [Fact]
    public async Task A_copy_made_while_others_write_is_one_moment_of_the_journal()
    {
        await using var journal = await PostgresFaultsTests.Open(fixture.Server.NewDatabase());
        var sessions = Enumerable.Range(0, 8).Select(i => new WritingSession($"s{i}")).ToArray();
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(sessions.Select(session => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await session.Append(journal, 500);
        }, CancellationToken.None)));
        await journal.PutDocument("job", "1", Encoding.UTF8.GetBytes("{\"a\":1}"));
        for (var copy = 0; copy < 3; copy++)
        {
            await PostgresFaultsTests.Until(() => sessions.All(session => session.Acknowledged >= 20 * (copy + 1)));
            var before = sessions.Select(session => session.Acknowledged).ToArray();
            var path = Path.Combine(_folder, $"copy-{copy}");
            var shares = new Shares();
            await journal.Backup(path, shares);
            var address = fixture.Server.NewDatabase();
            await PostgresJournal.Restore(path, Options(address));

            await using var restored = await PostgresFaultsTests.Open(address);
            Assert.True(restored.Epoch > journal.Epoch);
            Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString((await restored.GetDocument("job", "1"))!.Value.Span));
            for (var i = 0; i < sessions.Length; i++)
            {
                // Where the copy stands, it stands with all tables alike, and it can be continued.
                var continued = new WritingSession(sessions[i].Id);
                await continued.Resume(restored);
                Assert.True(continued.Acknowledged >= before[i]);
                await continued.DemandExact(restored);
                await continued.Append(restored);
            }
            Assert.Equal(1, shares.Last);
        }
        await stop.CancelAsync();
        await load;
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task A_damaged_copy_restores_nothing()
    {
        var path = Path.Combine(_folder, "copy");
        await using (var journal = await PostgresFaultsTests.Open(fixture.Server.NewDatabase()))
        {
            await new WritingSession("s").Append(journal, 1000);
            await journal.Backup(path);
        }
        var whole = File.ReadAllBytes(path);
        var address = fixture.Server.NewDatabase();
        foreach (var at in (int[])[0, 9, 40, whole.Length / 2, whole.Length - 1])
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 1;
            await Refused(damaged);
        }
        foreach (var length in (int[])[0, 7, 30, whole.Length - 33, whole.Length - 1])
            await Refused(whole[..length]);

        async Task Refused(byte[] bytes)
        {
            var bad = Path.Combine(_folder, "bad");
            File.WriteAllBytes(bad, bytes);
            await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresJournal.Restore(bad, Options(address)));
            Assert.Equal(0L, PostgresServer.Execute(address, "SELECT count(*) FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'sessions' WHERE nspname = 'hone'"));
        }
    }

    [Fact]
    public async Task A_copy_never_goes_over_what_is_there()
    {
        var path = Path.Combine(_folder, "copy");
        var address = fixture.Server.NewDatabase();
        await using (var journal = await PostgresFaultsTests.Open(address))
        {
            await new WritingSession("s").Append(journal);
            await journal.Backup(path);
            await Assert.ThrowsAsync<IOException>(async () => await journal.Backup(path));
            // Into a database that is being written, and into one that holds something.
            Assert.Contains("is being written", (await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresJournal.Restore(path, Options(address)))).Message);
        }
        Assert.Contains("has rows", (await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresJournal.Restore(path, Options(address)))).Message);
    }

    [Fact]
    public async Task A_copy_that_is_cancelled_leaves_nothing_behind()
    {
        await using var journal = await PostgresFaultsTests.Open(fixture.Server.NewDatabase());
        var session = new WritingSession("s");
        for (var i = 0; i < 10; i++)
            await session.Append(journal, 2 << 20);
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await journal.Backup(Path.Combine(_folder, "copy"), new Stop(cancel), cancel.Token));

        Assert.Empty(Directory.GetFiles(_folder));
        await session.Append(journal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static PostgresJournalOptions Options(string address) => new() { Connection = address, TakeOverAfterSecs = 60 };

    private sealed class Shares : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value)
        {
            Assert.InRange(value, Last, 1);
            Last = value;
        }
    }

    private sealed class Stop(CancellationTokenSource cancel) : IProgress<double>
    {
        public void Report(double value) => cancel.Cancel();
    }
}
