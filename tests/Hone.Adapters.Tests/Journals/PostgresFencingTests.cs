using System.Text;
using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals;

/// <summary>A journal has one writer; a later one shuts an earlier one out for good.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresFencingTests(PostgresFixture fixture)
{
    private const double LeaseSecs = 0.5;

    [Fact]
    public async Task A_second_writer_is_refused_while_the_first_lives_and_may_follow_it()
    {
        var address = fixture.Server.NewDatabase();
        long epoch;
        await using (var first = await PostgresFaultsTests.Open(address))
        {
            epoch = first.Epoch;
            var refusal = await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresFaultsTests.Open(address));
            Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", refusal.Message);
            Assert.Contains("last seen 20", refusal.Message);
        }
        await using var second = await PostgresFaultsTests.Open(address);
        Assert.True(second.Epoch > epoch);
    }

    [Fact]
    public async Task A_writer_that_only_waits_keeps_its_lease()
    {
        var address = fixture.Server.NewDatabase();
        await using var first = await PostgresFaultsTests.Open(address, takeOverAfterSecs: 1);
        PostgresServer.Execute(address, "CREATE TABLE began AS SELECT clock_timestamp() AS at");
        await PostgresFaultsTests.Until(() => (bool)PostgresServer.Execute(address, "SELECT clock_timestamp() > at + interval '2 seconds' FROM began")!);

        Assert.True((bool)PostgresServer.Execute(address, "SELECT lease_until > clock_timestamp() AND seen_at > at + interval '1 second' FROM hone.writer, began")!);
        await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresFaultsTests.Open(address));
        Assert.Equal(JournalStatus.Writable, first.Health.Status);
    }

    [Fact]
    public async Task A_writer_that_was_silent_too_long_writes_nothing_after_its_successor_came()
    {
        var trials = Environment.GetEnvironmentVariable("HONE_LONG") == "1" ? 200 : 20;
        _ = fixture.Server;
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var trial && trial <= trials)
                await Trial(trial);
        })));
    }

    private async Task Trial(int trial)
    {
        var address = fixture.Server.NewDatabase();
        using var proxy = new FaultyProxy(fixture.Server.Port);
        await using var old = await PostgresFaultsTests.Open(PostgresServer.Through(address, proxy.Port), takeOverAfterSecs: LeaseSecs);
        var writing = Enumerable.Range(0, 4).Select(i => new WritingSession($"s{i}", "old ")).ToArray();
        var loads = Task.WhenAll(writing.Select(session => Task.Run(async () =>
        {
            try
            {
                while (true)
                    await session.Append(old);
            }
            catch (JournalFencedException)
            {
                // What it must end with.
            }
        })));
        await PostgresFaultsTests.Until(() => writing.All(session => session.Acknowledged >= 1 + trial % 7));
        proxy.Stall();

        await using var successor = await OpenWhenFree(address);
        Assert.True(successor.Epoch > old.Epoch);
        var taken = new Dictionary<string, long>();
        var following = writing.Select(session => new WritingSession(session.Id, "new ")).ToArray();
        foreach (var session in following)
        {
            await session.Resume(successor);
            taken[session.Id] = session.Acknowledged;
        }
        // One session goes on under the new writer, the others stay: neither may show anything more of the old one.
        await following[0].Append(successor);
        proxy.Resume();
        await loads.WaitAsync(TimeSpan.FromMinutes(2));
        await following[0].Append(successor);

        Assert.Equal(JournalStatus.Dead, old.Health.Status);
        await Assert.ThrowsAsync<JournalFencedException>(async () => await old.Append(writing[0].Next()));
        for (var i = 0; i < writing.Length; i++)
        {
            Assert.InRange(writing[i].Acknowledged, 0, taken[writing[i].Id]);
            var stored = 0L;
            await foreach (var entry in successor.Entries(writing[i].Id))
            {
                stored++;
                Assert.StartsWith(entry.Seq <= taken[writing[i].Id] ? "old " : "new ", Encoding.UTF8.GetString(entry.Payload.Span));
            }
            Assert.Equal(taken[writing[i].Id] + (i == 0 ? 2 : 0), stored);
        }
    }

    private static async Task<PostgresJournal> OpenWhenFree(string address)
    {
        for (var attempt = 0; ; attempt++)
            try
            {
                return await PostgresFaultsTests.Open(address);
            }
            catch (JournalOpenException) when (attempt < 1000)
            {
                await Task.Delay(20);
            }
    }
}
