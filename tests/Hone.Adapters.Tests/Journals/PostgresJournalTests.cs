using System.Text;
using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Adapters.Tests.Journals;

/// <summary>What is particular to the journal in PostgreSQL: grouped batches that do not harm each other, its tables, its rights, its migrations.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresJournalTests(PostgresFixture fixture)
{
    [Fact]
    public async Task Batches_of_many_callers_share_commits()
    {
        await using var journal = await Open();
        var sessions = Enumerable.Range(0, 64).Select(i => new WritingSession($"s{i}")).ToArray();
        await Task.WhenAll(sessions.Select(session => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
                await session.Append(journal, 1 + i * 100);
        })));

        foreach (var session in sessions)
            await session.DemandExact(journal);
        Assert.Equal(64 * 20, journal.Health.Entries);
        Assert.InRange(journal.Health.Commits, 20, 64 * 20 / 2);
    }

    [Fact]
    public async Task A_batch_that_conflicts_does_not_fail_those_that_are_stored_with_it()
    {
        await using var journal = await Open();
        var sessions = Enumerable.Range(0, 32).Select(i => new WritingSession($"s{i}")).ToArray();
        foreach (var session in sessions)
            await session.Append(journal);
        var commits = journal.Health.Commits;
        // One that is slow to store lets the others meet in the queue behind it.
        var slow = new WritingSession("slow").Append(journal, JournalEntry.PayloadBytesMax);
        var stale = sessions.Select(session => new WritingSession(session.Id).Append(journal)).ToArray();
        var good = sessions.Select(session => session.Append(journal)).ToArray();
        await slow;

        foreach (var refused in stale)
            Assert.Contains("stands at entry", (await Assert.ThrowsAsync<JournalConflictException>(() => refused)).Message);
        await Task.WhenAll(good);
        foreach (var session in sessions)
            await session.DemandExact(journal);
        Assert.InRange(journal.Health.Commits - commits, 1, 32);
    }

    [Fact]
    public async Task Two_batches_of_one_session_in_one_commit_follow_each_other()
    {
        await using var journal = await Open();
        var session = new WritingSession("s");
        var slow = new WritingSession("slow").Append(journal, JournalEntry.PayloadBytesMax);
        var first = session.Next();
        var second = JournalEntry.After(first.Entries[0].Link, 2, EntryKind.Ask, 5, 5, default);
        var appended = Task.WhenAll(journal.Append(first).AsTask(), journal.Append(new JournalBatch { Session = "s", AfterSeq = 1, Entries = [second] }).AsTask());
        await slow;
        await appended;

        Assert.Equal([first.Entries[0].Link, second.Link], await Links(journal, "s"));
    }

    [Fact]
    public async Task A_taken_key_refuses_the_whole_batch()
    {
        await using var journal = await Open();
        var session = new WritingSession("s");
        var first = session.Next();
        await journal.Append(first);
        var entry = JournalEntry.After(first.Entries[0].Link, 2, EntryKind.Ask, 5, 5, default);
        var batch = new JournalBatch
        {
            Session = "s",
            AfterSeq = 1,
            Entries = [entry],
            Keys = [new TakenKey("p:new", 2, 1), first.Keys[0] with { Seq = 2 }],
            Emissions = [new Emission(1, 0, EmissionKind.Prediction, 1, default)],
        };

        await Assert.ThrowsAsync<JournalConflictException>(async () => await journal.Append(batch));

        Assert.Single(await Links(journal, "s"));
        Assert.Null(await journal.Find("s", "p:new"));
        Assert.Empty(await journal.Emissions("s", 1, 10));
    }

    [Fact]
    public async Task A_caller_that_gives_up_while_its_batch_waits_stores_nothing()
    {
        await using var journal = await Open();
        using var cancel = new CancellationTokenSource();
        var slow = new WritingSession("slow").Append(journal, JournalEntry.PayloadBytesMax);
        var waiting = journal.Append(new WritingSession("s").Next(), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await slow;
        var stored = true;
        try
        {
            await waiting;
        }
        catch (OperationCanceledException)
        {
            stored = false;
        }
        await new WritingSession("last").Append(journal);

        Assert.Equal(stored, (await Links(journal, "s")).Count == 1);
    }

    [Fact]
    public async Task Statistics_are_a_table_that_psql_reads()
    {
        var address = fixture.Server.NewDatabase();
        await using var journal = await PostgresFaultsTests.Open(address);
        var batch = new WritingSession("s").Next();
        await journal.Append(batch);
        var row = new LearningStats("TEST", "panel", 10, 8, 6, 0.75, 0.7, 0.6, 1, 7, 3, 0.5, -0.01, "voting", 1_700_000_000_123_456);
        await journal.Append(new JournalBatch { Session = "s", AfterSeq = 1, Stats = [row with { Correct = 1 }, row with { ModelName = "empty", Accuracy = null, LogLoss = null, UpdatedUs = null }] });
        await journal.Append(new JournalBatch { Session = "s", AfterSeq = 1, Stats = [row] });

        Assert.Equal(
            "s|TEST|panel|10|8|6|0.75|0.7|0.6|1|7|3|0.5|-0.01|voting|2023-11-14 22:13:20.123456",
            PostgresServer.Execute(address,
                "SELECT concat_ws('|', session_id, symbol, model_name, predictions, resolved, correct, accuracy, ema_accuracy, adaptive_threshold, adaptive_weight, thompson_alpha, thompson_beta, log_loss, calibration_error, state, updated_at AT TIME ZONE 'UTC') "
                + "FROM hone.model_learning_stats WHERE model_name = 'panel'"));
        Assert.Equal(1L, PostgresServer.Execute(address, "SELECT count(*) FROM hone.model_learning_stats WHERE model_name = 'empty' AND accuracy IS NULL AND log_loss IS NULL AND updated_at IS NULL"));
    }

    [Fact]
    public async Task Compaction_keeps_what_the_newest_snapshot_needs()
    {
        await using var journal = await Open();
        var session = new WritingSession("s");
        while (session.Acknowledged < 60)
            await session.Append(journal);
        foreach (var seq in (long[])[20, 40])
            await journal.Append(new JournalBatch { Session = "s", AfterSeq = 60, Snapshot = new StoredSnapshot(seq, 1, 1, $"{seq}", "engine", new byte[] { (byte)seq }) });

        Assert.Equal(30, await journal.Compact("s", 30, keysBeforeUs: 10_000));
        Assert.Equal(30, await journal.FirstSeq("s"));
        Assert.Equal([20L, 40L], (await journal.Snapshots("s")).Select(snapshot => snapshot.Seq));
        Assert.Null(await journal.Find("s", "p:s-10"));
        Assert.NotNull(await journal.Find("s", "p:s-11"));

        // Entries from 41 on continue the snapshot at 40, whatever was asked for.
        Assert.Equal(41, await journal.Compact("s", 1000, keysBeforeUs: long.MaxValue));
        Assert.Equal([40L], (await journal.Snapshots("s")).Select(snapshot => snapshot.Seq));
        Assert.Equal(20, (await Links(journal, "s")).Count);
        Assert.Equal(41, (await journal.Emissions("s", 1, 1))[0].Seq);
        Assert.NotNull(await journal.Find("s", "p:s-41"));
        await session.Append(journal);
    }

    [Fact]
    public async Task Long_histories_are_compacted_in_slices_while_others_write()
    {
        var address = fixture.Server.NewDatabase();
        await using (var journal = await PostgresFaultsTests.Open(address))
        {
            await journal.Append(new WritingSession("s").Next());
            PostgresServer.Execute(address, "INSERT INTO hone.entries SELECT 's', i, 2, i, i, '', link FROM hone.entries, generate_series(2, 12001) i WHERE seq = 1");
            PostgresServer.Execute(address, "UPDATE hone.sessions SET last_seq = 12001");
            await journal.Append(new JournalBatch { Session = "s", AfterSeq = 12001, Snapshot = new StoredSnapshot(12001, 1, 1, "h", "e", default) });
            var commits = journal.Health.Commits;
            Assert.Equal(12001, await journal.Compact("s", 12001, 0));
            Assert.Equal(3, journal.Health.Commits - commits);
        }
        Assert.Equal(1L, PostgresServer.Execute(address, "SELECT count(*) FROM hone.entries"));
    }

    [Fact]
    public async Task Large_entries_are_read_in_pages()
    {
        await using var journal = await Open();
        var session = new WritingSession("s");
        for (var i = 0; i < 300; i++)
            await session.Append(journal, i % 40 == 0 ? 3 << 20 : 10);

        await session.DemandExact(journal);
        var part = new List<long>();
        await foreach (var entry in journal.Entries("s", 100, 280))
            part.Add(entry.Seq);
        Assert.Equal(Enumerable.Range(100, 181).Select(i => (long)i), part);
    }

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused()
    {
        var address = fixture.Server.NewDatabase();
        await (await PostgresFaultsTests.Open(address)).DisposeAsync();
        PostgresServer.Execute(address, "INSERT INTO hone.migrations (step) VALUES (1000)");

        var refusal = await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresFaultsTests.Open(address));

        Assert.Contains("version 1000", refusal.Message);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_which_it_needs()
    {
        var address = fixture.Server.NewDatabase();
        var role = "r" + Guid.NewGuid().ToString("N");
        PostgresServer.Execute(address, $"CREATE ROLE {role} LOGIN PASSWORD 'of the role'");
        var limited = new Npgsql.NpgsqlConnectionStringBuilder(address) { Username = role, Password = "of the role" }.ConnectionString;

        Assert.Contains("GRANT CREATE", (await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresFaultsTests.Open(limited))).Message);

        // With a schema of its own it needs nothing else.
        PostgresServer.Execute(address, $"CREATE SCHEMA hone AUTHORIZATION {role}");
        await using var journal = await PostgresFaultsTests.Open(limited);
        await new WritingSession("s").Append(journal);
    }

    [Fact]
    public async Task Tables_changed_by_hand_end_the_writer_instead_of_being_written_over()
    {
        var address = fixture.Server.NewDatabase();
        await using var journal = await PostgresFaultsTests.Open(address);
        var session = new WritingSession("s");
        await session.Append(journal);
        PostgresServer.Execute(address, "UPDATE hone.writer SET turn = turn + 5");

        await Assert.ThrowsAsync<JournalBrokenException>(() => session.Append(journal));

        Assert.Equal(JournalStatus.Dead, journal.Health.Status);
        Assert.Single(await Links(journal, "s"));
    }

    [Fact]
    public async Task A_server_without_room_refuses_and_takes_batches_again()
    {
        var address = fixture.Server.NewDatabase();
        await using var journal = await PostgresFaultsTests.Open(address);
        var session = new WritingSession("s");
        await session.Append(journal);
        PostgresServer.Execute(address,
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$; "
            + "CREATE TRIGGER full_disk BEFORE INSERT ON hone.entries EXECUTE FUNCTION full_disk()");

        await Assert.ThrowsAsync<JournalFullException>(() => session.Append(journal));
        Assert.Equal(JournalStatus.Refusing, journal.Health.Status);
        Assert.Contains("No space left", journal.Health.Problem);

        PostgresServer.Execute(address, "DROP TRIGGER full_disk ON hone.entries");
        await session.Append(journal);
        Assert.Equal(JournalStatus.Writable, journal.Health.Status);
        await session.DemandExact(journal);
    }

    [Fact]
    public async Task Text_that_no_database_can_hold_is_refused_before_it_reaches_others()
    {
        await using var journal = await Open();
        foreach (var id in (string[])["", "a\0b", "half \ud800"])
            await Assert.ThrowsAsync<ArgumentException>(async () => await journal.Append(new WritingSession(id).Next()));
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.PutDocument("kind", "a\0b", Encoding.UTF8.GetBytes("{}")));
    }

    private ValueTask<PostgresJournal> Open() => PostgresFaultsTests.Open(fixture.Server.NewDatabase());

    private static async Task<List<UInt128>> Links(IJournal journal, string session)
    {
        var links = new List<UInt128>();
        await foreach (var entry in journal.Entries(session))
            links.Add(entry.Link);
        return links;
    }
}
