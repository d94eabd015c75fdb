using Hone.Adapters.Journals;
using Hone.Host.Serving;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Serving;

public class SessionWriterTests
{
    [Fact]
    public async Task Nobody_is_answered_and_nothing_is_applied_before_the_commit()
    {
        var journal = new FaultyJournal(new MemoryJournal());
        var host = await Served.Open(journal);
        var (writer, _) = await host.Start(Served.Setup());
        var reached = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var inAppend = 0;
        journal.Before = async _ =>
        {
            // The first call looks the prediction's id up, the second appends.
            if (Interlocked.Increment(ref inAppend) != 2)
                return;
            reached.SetResult();
            await gate.Task;
        };
        var asked = writer.Say(Served.Ask(1));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.False(asked.IsCompleted);
        Assert.Equal(1, writer.Read(session => session.Seq));
        gate.SetResult();
        Assert.Null((await asked).Refusal);
        Assert.Equal(2, writer.Read(session => session.Seq));
    }

    [Fact]
    public async Task A_full_journal_refuses_with_507_and_takes_the_same_request_later()
    {
        var journal = new FaultyJournal(new MemoryJournal());
        var host = await Served.Open(journal);
        var (writer, _) = await host.Start(Served.Setup());
        journal.Before = _ => throw new JournalFullException("no room");
        Assert.Equal(507, (await writer.Say(Served.Ask(1))).Refusal!.Status);
        Assert.Null(writer.Fault);
        journal.Before = null;
        Assert.Null((await writer.Say(Served.Ask(1))).Refusal);
        Assert.Null((await writer.Say(Served.Answer(1))).Refusal);
        Assert.Equal(3, writer.Read(session => session.Seq));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Sixty_four_clients_at_once_are_each_learned_once(int sessions)
    {
        const int Each = 12;
        var journal = new MemoryJournal();
        var host = await Served.Open(journal);
        for (var s = 0; s < sessions; s++)
            await host.Start(Served.Setup($"s{s}", $"M{s}"));
        await Task.WhenAll(Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            var writer = host.Find($"s{client % sessions}")!;
            for (var i = client * Each; i < (client + 1) * Each; i++)
            {
                Assert.Null((await writer.Say(Served.Ask(i))).Refusal);
                // Twice at the same time, as a retry that overtakes.
                var both = await Task.WhenAll(writer.Say(Served.Answer(i)), writer.Say(Served.Answer(i)));
                Assert.All(both, answer => Assert.Null(answer.Refusal));
                Assert.Single(both, answer => answer.AlreadyRecorded);
                Assert.All(both, answer => Assert.Equal(OutcomeStatus.Learned, answer.Taken!.Value.Status));
            }
        })));
        for (var s = 0; s < sessions; s++)
        {
            var learned = await Served.Learned(journal, $"s{s}");
            Assert.Equal(64 * Each / sessions, learned.Count);
            Assert.All(learned.Values, times => Assert.Equal(1, times));
            Assert.Equal(LiveSnapshot.HashOf(await Served.Replay(journal, $"s{s}")), host.Find($"s{s}")!.Hash());
        }
    }

    [Fact]
    public async Task What_comes_in_one_batch_is_told_apart_like_what_comes_in_many()
    {
        var inner = new MemoryJournal();
        var journal = new FaultyJournal(inner);
        var host = await Served.Open(journal);
        var (writer, _) = await host.Start(Served.Setup());
        var reached = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        journal.Before = async _ =>
        {
            if (reached.TrySetResult())
                await gate.Task;
        };
        var first = writer.Say(Served.Ask(0));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        // All of these wait while the first one is held: they make up the next batch.
        var before = inner.Appends;
        var ask = writer.Say(Served.Ask(1));
        var again = writer.Say(Served.Ask(1));
        var other = writer.Say(new PredictCommand([new PredictItem(new AskInput { Features = Served.Features(2), PredictionId = "q1" }, null, 99)]));
        var answer = writer.Say(Served.Answer(1, 1));
        var repeat = writer.Say(Served.Answer(1, 1));
        var contrary = writer.Say(Served.Answer(1, 0));
        gate.SetResult();
        await Task.WhenAll(first, ask, again, other, answer, repeat, contrary);
        Assert.Equal(before + 2, inner.Appends);
        Assert.Equal((await ask).Results[0].Seq, (await again).Results[0].Seq);
        Assert.True((await again).Results[0].Repeated);
        Assert.Equal(409, (await other).Refusal!.Status);
        Assert.False((await answer).AlreadyRecorded);
        Assert.True((await repeat).AlreadyRecorded);
        Assert.Equal((await answer).Seq, (await repeat).Seq);
        Assert.Equal(409, (await contrary).Refusal!.Status);
    }

    [Fact]
    public async Task An_example_may_have_the_id_of_a_prediction()
    {
        var host = await Served.Open(new MemoryJournal());
        var (writer, _) = await host.Start(Served.Setup());
        Assert.Null((await writer.Say(new OutcomeCommand(new OutcomeItem { OutcomeId = "q1", Features = Served.Features(1), Actual = 1 }))).Refusal);
        Assert.Null((await writer.Say(Served.Ask(1))).Refusal);
        var answer = await writer.Say(Served.Answer(1));
        Assert.Null(answer.Refusal);
        Assert.False(answer.AlreadyRecorded);
        Assert.Null(writer.Fault);
    }

    [Fact]
    public async Task A_prediction_cannot_be_named_like_one_that_the_session_names()
    {
        var host = await Served.Open(new MemoryJournal());
        var (writer, _) = await host.Start(Served.Setup());
        var asked = await writer.Say(new PredictCommand([new PredictItem(new AskInput { Features = Served.Features(1), PredictionId = "s-3" }, null, 1)]));
        Assert.Equal(400, asked.Refusal!.Status);
    }

    [Fact]
    public async Task A_pnl_that_no_sum_survives_is_refused()
    {
        var journal = new MemoryJournal();
        var host = await Served.Open(journal);
        var (writer, _) = await host.Start(Served.Setup());
        await writer.Say(Served.Ask(1));
        Assert.Equal(400, (await writer.Say(new OutcomeCommand(new OutcomeItem { PredictionId = "q1", Actual = 1, Pnl = 1.7e308 }))).Refusal!.Status);
    }

    [Fact]
    public async Task A_market_is_resolved_for_questions_of_the_same_batch_too()
    {
        var inner = new MemoryJournal();
        var journal = new FaultyJournal(inner);
        var host = await Served.Open(journal);
        var (writer, _) = await host.Start(Served.Setup());
        var reached = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        journal.Before = async _ =>
        {
            if (reached.TrySetResult())
                await gate.Task;
        };
        var first = writer.Say(Served.Ask(0));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var ask = writer.Say(new PredictCommand([new PredictItem(new AskInput { Features = Served.Features(1), PredictionId = "q1", MarketId = "m" }, null, 1)]));
        var resolve = writer.Say(new ResolveCommand("m", 1, null));
        gate.SetResult();
        await Task.WhenAll(first, ask, resolve);
        Assert.Equal("q1", Assert.Single((await resolve).Outcomes).Id);
        Assert.True((await writer.Say(Served.Answer(1, 1))).AlreadyRecorded);
    }

    [Fact]
    public async Task A_lookup_that_fails_is_the_matter_of_one_request()
    {
        var journal = new FaultyJournal(new MemoryJournal());
        var host = await Served.Open(journal);
        var (writer, _) = await host.Start(Served.Setup());
        journal.Before = _ => throw new TimeoutException("slow");
        await Assert.ThrowsAsync<TimeoutException>(() => writer.Say(Served.Ask(1)));
        journal.Before = null;
        Assert.Null(writer.Fault);
        Assert.Null((await writer.Say(Served.Ask(1))).Refusal);
    }

    [Fact]
    public async Task More_requests_than_may_wait_are_refused_with_429()
    {
        var journal = new FaultyJournal(new MemoryJournal());
        var host = await Served.Open(journal, Served.Quiet with { QueueMax = 4 });
        var (writer, _) = await host.Start(Served.Setup());
        var reached = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        journal.Before = async _ =>
        {
            reached.TrySetResult();
            await gate.Task;
        };
        var held = writer.Say(Served.Ask(0));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(1, 4).Select(i => writer.Say(Served.Ask(i))).ToArray();
        Assert.Equal(429, (await writer.Say(Served.Ask(5))).Refusal!.Status);
        Assert.Equal(4, writer.QueueDepth);
        gate.SetResult();
        Assert.All(await Task.WhenAll([held, .. waiting]), asked => Assert.Null(asked.Refusal));
    }

    [Fact]
    public async Task A_session_that_was_stopped_and_resumed_at_once_goes_on()
    {
        var journal = new MemoryJournal();
        var host = await Served.Open(journal);
        await host.Start(Served.Setup());
        for (var i = 0; i < 20; i++)
        {
            Assert.Null((await host.Find("s")!.Say(Served.Ask(i))).Refusal);
            Assert.Null(await host.Stop("s"));
            Assert.Null((await host.Resume("s")).Refusal);
            Assert.Null((await host.Find("s")!.Say(Served.Answer(i))).Refusal);
        }
        Assert.Equal(20, (await Served.Learned(journal, "s")).Count);
    }

    [Fact]
    public async Task Requests_of_a_stopped_session_are_refused_and_what_was_recorded_is_told_again()
    {
        var host = await Served.Open(new MemoryJournal());
        var (writer, _) = await host.Start(Served.Setup());
        await writer.Say(Served.Ask(1));
        await writer.Say(Served.Answer(1));
        await host.Stop("s");
        Assert.Equal(409, (await writer.Say(Served.Ask(2))).Refusal!.Status);
        Assert.True((await writer.Say(Served.Answer(1))).AlreadyRecorded);
    }

    [Fact]
    public async Task An_idle_session_writes_its_emissions()
    {
        var journal = new MemoryJournal();
        var host = await Served.Open(journal, new SessionLimits { FlushMs = 5 });
        var (writer, _) = await host.Start(Served.Setup());
        await writer.Say(Served.Ask(1));
        await Until(async () => (await journal.Emissions("s", 1, 10)).Count == 1);
        await host.DisposeAsync();
        Assert.Equal(2, (await journal.Snapshots("s"))[^1].Seq);
    }

    [Fact]
    public async Task A_snapshot_is_taken_after_so_many_entries()
    {
        var journal = new MemoryJournal();
        var host = await Served.Open(journal, new SessionLimits { FlushMs = 5, SnapshotEntries = 10 });
        var (writer, _) = await host.Start(Served.Setup());
        for (var i = 0; i < 12; i++)
            await writer.Say(Served.Ask(i));
        await Until(async () => (await journal.Snapshots("s")).Count > 0);
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_server_that_is_dropped_at_random_moments_knows_what_one_knows_that_never_was(int seed)
    {
        var random = new Random(seed);
        var journal = new MemoryJournal();
        var host = await Served.Open(journal);
        await host.Start(Served.Setup());
        for (var i = 0; i < 300; i++)
        {
            await host.Find("s")!.Say(Served.Ask(i));
            if (random.Next(4) > 0)
                await host.Find("s")!.Say(Served.Answer(i - random.Next(Math.Min(i + 1, 5))));
            if (random.Next(20) == 0)
                await host.Find("s")!.Say(new UpkeepCommand(random.Next(2) == 0));
            if (random.Next(15) > 0)
                continue;
            var before = host.Find("s")!.Hash();
            host = await Served.Open(journal);
            Assert.Null(host.Find("s")!.Fault);
            Assert.Equal(before, host.Find("s")!.Hash());
        }
        Assert.Equal(LiveSnapshot.HashOf(await Served.Replay(journal, "s")), host.Find("s")!.Hash());
    }

    [Fact]
    public async Task An_emission_that_is_not_what_it_was_stalls_the_session_and_names_the_entry()
    {
        var journal = await Filled();
        journal.Damage("s", book =>
        {
            var bytes = book.Emissions[4].Payload.ToArray();
            bytes[^20] ^= 1;
            book.Emissions[4] = book.Emissions[4] with { Payload = bytes };
        });
        var seq = (await journal.Emissions("s", 1, 10))[4].Seq;
        var host = await Served.Open(journal);
        Assert.Contains($"entry {seq} gives another", host.Find("s")!.Fault, StringComparison.Ordinal);
        Assert.Equal(503, (await host.Find("s")!.Say(Served.Ask(100))).Refusal!.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_missing_or_surplus_emission_is_noticed(bool surplus)
    {
        var journal = await Filled();
        journal.Damage("s", book =>
        {
            if (surplus)
                book.Emissions.Add(book.Emissions[^1] with { N = book.Emissions[^1].N + 1 });
            else
                book.Emissions.RemoveAt(3);
        });
        Assert.NotNull((await Served.Open(journal)).Find("s")!.Fault);
    }

    [Fact]
    public async Task A_changed_entry_stalls_its_session_alone()
    {
        var journal = await Filled();
        var host = await Served.Open(journal);
        await host.Start(Served.Setup("t", "OTHER"));
        journal.Damage("s", book => book.Entries[3] = book.Entries[3] with { AtUs = book.Entries[3].AtUs + 1 });
        host = await Served.Open(journal);
        Assert.Contains("entry 4 does not follow", host.Find("s")!.Fault, StringComparison.Ordinal);
        Assert.Null((await host.Find("t")!.Say(Served.Ask(1))).Refusal);
    }

    [Fact]
    public async Task A_damaged_snapshot_costs_time_and_nothing_else()
    {
        var journal = await Filled();
        var host = await Served.Open(journal);
        await host.Find("s")!.Say(new UpkeepCommand(snapshot: true));
        var hash = host.Find("s")!.Hash();
        journal.Damage("s", book =>
        {
            var (seq, snapshot) = book.Snapshots.Last();
            var state = snapshot.State.ToArray();
            state[state.Length / 2] ^= 4;
            book.Snapshots[seq] = snapshot with { State = state };
        });
        host = await Served.Open(journal);
        Assert.Null(host.Find("s")!.Fault);
        Assert.Equal(hash, host.Find("s")!.Hash());
    }

    [Fact]
    public async Task A_session_that_cannot_be_read_leaves_the_others_alone()
    {
        var journal = await Filled();
        var host = await Served.Open(journal);
        await host.Start(Served.Setup("t", "OTHER"));
        journal.Damage("s", book => book.Entries.RemoveAt(0));
        host = await Served.Open(journal);
        Assert.Contains("s", host.Unreadable.Keys);
        Assert.Null((await host.Find("t")!.Say(Served.Ask(1))).Refusal);
    }

    [Fact]
    public async Task Another_build_applies_the_tail_says_so_and_takes_a_snapshot()
    {
        var journal = await Filled();
        // A build with one learner more is another build.
        var catalog = TradingCatalog.BuiltIn();
        catalog.Learning.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<NoOptions>("even", "Gives every class the same.", (shape, _) => new EvenLearner(shape)));
        var host = await Served.Open(journal, catalog: catalog);
        var writer = host.Find("s")!;
        Assert.Null(writer.Fault);
        Assert.Equal(host.Engine, writer.Read(session => session.Engine));
        var changed = writer.Read(session => session.Seq);
        Assert.Equal(changed, (await journal.Snapshots("s"))[^1].Seq);
        await writer.Say(Served.Ask(50));
        await writer.Say(Served.Answer(50));
        // Killed between the entry and its snapshot: the tail begins with what the other build emitted.
        journal.Damage("s", book => book.Snapshots.Clear());
        host = await Served.Open(journal, catalog: catalog);
        Assert.Null(host.Find("s")!.Fault);
        Assert.Equal(OutcomeStatus.Learned, (await host.Find("s")!.Say(Served.Answer(50))).Taken!.Value.Status);
        Assert.Equal(OutcomeStatus.Learned, (await host.Find("s")!.Say(Served.Answer(0))).Taken!.Value.Status);
    }

    private static async Task<MemoryJournal> Filled()
    {
        var journal = new MemoryJournal();
        var host = await Served.Open(journal);
        var (writer, _) = await host.Start(Served.Setup());
        for (var i = 0; i < 10; i++)
        {
            await writer.Say(Served.Ask(i));
            await writer.Say(Served.Answer(i));
        }
        return journal;
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        var end = DateTime.UtcNow.AddSeconds(60);
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, "It did not happen within a minute.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    internal sealed record NoOptions;

    private sealed class EvenLearner(LearnerShape shape) : IClassifier
    {
        public int Features => shape.Features;

        public int Classes => shape.Classes;

        public void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => probabilities.Fill(1.0 / shape.Classes);

        public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
        {
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }
}
