using System.Diagnostics;
using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals;

/// <summary>A server that crashes, ends connections, loses answers or falls silent: nothing that was acknowledged is lost, and nothing happens twice.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresFaultsTests(PostgresFixture fixture)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("HONE_LONG") == "1";

    [Fact]
    public async Task A_server_that_crashes_under_load_loses_nothing_that_was_acknowledged()
    {
        var server = fixture.Server;
        await using var journal = await Open(server.NewDatabase());
        var sessions = Sessions(16);
        using var stop = new CancellationTokenSource();
        var load = Load(journal, sessions, stop.Token);
        for (var crash = 0; crash < 3; crash++)
        {
            await Progress(load, sessions, 20);
            server.Crash();
            server.Start();
        }
        await Progress(load, sessions, 20);
        await stop.CancelAsync();
        await load;

        foreach (var session in sessions)
            await session.DemandExact(journal);
        Assert.Equal(JournalStatus.Writable, journal.Health.Status);
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_at_random_loses_nothing()
    {
        var address = fixture.Server.NewDatabase();
        await using var journal = await Open(address);
        var sessions = Sessions(8);
        using var stop = new CancellationTokenSource();
        var load = Load(journal, sessions, stop.Token);
        var random = new Random(7);
        for (var kill = 0; kill < 25; kill++)
        {
            await Progress(load, sessions, 1 + random.Next(5));
            PostgresServer.Execute(address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'hone %' AND datname = current_database()");
        }
        await Progress(load, sessions, 5);
        await stop.CancelAsync();
        await load;

        foreach (var session in sessions)
            await session.DemandExact(journal);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_has_its_effect_once()
    {
        var trials = Long ? 500 : 50;
        var address = fixture.Server.NewDatabase();
        using var proxy = new FaultyProxy(fixture.Server.Port);
        await using var journal = await Open(PostgresServer.Through(address, proxy.Port));
        var sessions = Sessions(4);
        foreach (var session in sessions)
            await session.Append(journal);
        var random = new Random(11);
        for (var trial = 0; trial < trials; trial++)
        {
            proxy.CutNextCommit((CommitCut)random.Next(3));
            await Task.WhenAll(sessions.Select(session => session.Append(journal)));
            Assert.Equal(trial + 1, proxy.Cuts);
        }

        foreach (var session in sessions)
        {
            Assert.Equal(trials + 1, session.Acknowledged);
            await session.DemandExact(journal);
        }
    }

    [Fact]
    public async Task A_partition_is_waited_out()
    {
        var address = fixture.Server.NewDatabase();
        using var proxy = new FaultyProxy(fixture.Server.Port);
        await using var journal = await Open(PostgresServer.Through(address, proxy.Port));
        var sessions = Sessions(8);
        using var stop = new CancellationTokenSource();
        var load = Load(journal, sessions, stop.Token);
        for (var partition = 0; partition < 2; partition++)
        {
            await Progress(load, sessions, 10);
            proxy.Stall();
            await Until(() => journal.Health.Problem is not null);
            proxy.Resume();
        }
        await Progress(load, sessions, 10);
        await stop.CancelAsync();
        await load;

        foreach (var session in sessions)
            await session.DemandExact(journal);
    }

    [Fact]
    public async Task A_partition_that_lasts_too_long_refuses_and_the_journal_comes_back()
    {
        var address = fixture.Server.NewDatabase();
        using var proxy = new FaultyProxy(fixture.Server.Port);
        await using var journal = await Open(PostgresServer.Through(address, proxy.Port), outageMaxSecs: 0.5);
        var session = new WritingSession("s");
        await session.Append(journal);

        proxy.Stall();
        // The first one may be under way when nothing more goes through; what comes after the bound is refused and not stored.
        var underWay = session.Append(journal);
        await Until(() => journal.Health.Status == JournalStatus.Refusing);
        var other = new WritingSession("other");
        await Assert.ThrowsAsync<JournalFullException>(() => other.Append(journal));
        Assert.Contains("out of reach", journal.Health.Problem);
        proxy.Resume();
        await Until(() => journal.Health.Status == JournalStatus.Writable);
        try
        {
            await underWay;
        }
        catch (JournalFullException)
        {
            await session.Append(journal);
        }
        await other.Append(journal);

        await session.DemandExact(journal);
        await other.DemandExact(journal);
    }

    [Fact]
    public async Task Closing_while_the_server_is_out_of_reach_ends()
    {
        var server = fixture.Server;
        var journal = await Open(server.NewDatabase());
        var session = new WritingSession("s");
        await session.Append(journal);
        server.Crash();
        try
        {
            var late = session.Append(journal);
            await Until(() => journal.Health.Problem is not null);
            await journal.DisposeAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => late);
        }
        finally
        {
            server.Start();
        }
    }

    internal static ValueTask<PostgresJournal> Open(string address, double outageMaxSecs = 60, double takeOverAfterSecs = 60)
        => PostgresJournal.OpenAsync(new PostgresJournalOptions { Connection = address, OutageMaxSecs = outageMaxSecs, TakeOverAfterSecs = takeOverAfterSecs, CommandTimeoutSecs = 3 });

    private static WritingSession[] Sessions(int count) => [.. Enumerable.Range(1, count).Select(i => new WritingSession($"s{i}"))];

    private static Task Load(IJournal journal, WritingSession[] sessions, CancellationToken stop) => Task.WhenAll(sessions.Select(session => Task.Run(async () =>
    {
        while (!stop.IsCancellationRequested)
            await session.Append(journal);
    }, CancellationToken.None)));

    private static async Task Progress(Task load, WritingSession[] sessions, int entries)
    {
        var from = sessions.Min(session => session.Acknowledged);
        await Until(() => load.IsFaulted || sessions.Min(session => session.Acknowledged) >= from + entries);
        if (load.IsFaulted)
            await load;
    }

    internal static async Task Until(Func<bool> condition)
    {
        var since = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(120), "waited two minutes in vain");
            await Task.Delay(2);
        }
    }
}
