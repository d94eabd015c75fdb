using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Tests.Regimes;

namespace Hone.Trading.Tests.Labels;

public sealed class LabelStoreTests
{
    public static TheoryData<string> Labels => [.. TradingCatalog.BuiltIn().Labels.Select(entry => entry.Name)];

    [Fact]
    public void A_label_is_released_by_the_bar_that_makes_it_known_and_never_before()
    {
        var store = new LabelStore(new Direction(new(0.002), new() { Horizon = 3 }));
        double[] closes = [100, 101, 102, 99, 104, 98, 97];
        for (var t = 0; t < closes.Length; t++)
        {
            var released = store.Advance(At(t, closes[t])).ToArray();
            if (t < 3)
            {
                Assert.Empty(released);
            }
            else
            {
                var label = Assert.Single(released);
                Assert.Equal(t - 3, label.Id);
                Assert.Equal(3, label.AgeBars);
                Assert.Equal((Time(t - 3), Time(t)), (label.AskedAtUs, label.AvailableAtUs));
                Assert.Equal(new(Time(t - 3), Time(t)), label.Interval);
                Assert.Equal(closes[t] / closes[t - 3] - 1, label.Outcome.Return);
            }
            store.Open(new(t, Time(t), closes[t], 0.01, 0));
            Assert.Equal(0, store.Unaccounted);
        }
        Assert.Equal((7, 4, 3), (store.Opened, store.ReleasedTotal, store.OpenCount));
    }

    [Theory, MemberData(nameof(Labels))]
    public void It_releases_what_the_label_says_bar_by_bar_in_question_order_and_forgets_nothing(string name)
    {
        // The oracle keeps every question for ever and asks the label again from the first bar on.
        var label = New(name);
        var store = new LabelStore(label, openMax: 3 * label.HorizonBars + 3);
        var rng = new Rng(4, "store");
        var walk = new GeneratedWalk(4);
        var questions = new List<(OpenQuestion Question, int Bar)>();
        var bars = new List<Bar>();
        var seen = new List<ReleasedLabel>();
        for (var t = 0; t < 3000; t++)
        {
            var bar = walk.Next();
            bars.Add(bar);
            var before = seen.Count;
            seen.AddRange(store.Advance(bar));
            for (var i = before; i < seen.Count; i++)
            {
                Assert.Equal(bar.CloseTimeUs, seen[i].AvailableAtUs);
                Assert.True(i == before || seen[i].Id > seen[i - 1].Id);
            }
            for (var n = rng.NextInt32(4); n > 0; n--)
            {
                var question = new OpenQuestion(questions.Count, bar.CloseTimeUs, bar.Close, 0.01 * rng.NextDouble(), rng.NextInt32(3) - 1);
                questions.Add((question, t));
                store.Open(question);
            }
            Assert.Equal(0, store.Unaccounted);
        }

        var byId = seen.ToDictionary(released => released.Id);
        Assert.Equal(seen.Count, byId.Count);
        Assert.Equal(store.ReleasedTotal, seen.Count);
        foreach (var (question, asked) in questions)
        {
            ReleasedLabel? expected = null;
            for (var age = 1; age <= label.HorizonBars && asked + age < bars.Count && expected is null; age++)
                if (label.TryResolve(question, bars[asked + age], age, out var outcome))
                    expected = new(question.Id, outcome, question.AskedAtUs, bars[asked + age].CloseTimeUs, age);
            Assert.Equal(expected, byId.TryGetValue(question.Id, out var found) ? found : null);
        }
        Assert.True(seen.Count > 4000);
    }

    [Theory, MemberData(nameof(Labels))]
    public void A_saved_store_continues_where_it_stopped(string name)
    {
        for (var cut = 0; cut < 60; cut += 7)
        {
            var (original, restored) = (new LabelStore(New(name)), new LabelStore(New(name)));
            var walk = new GeneratedWalk(5);
            for (var i = 0; i < cut; i++)
                Step(original, walk.Next(), i);
            restored.Load(new(Saved(original)));
            Assert.Equal(Saved(original), Saved(restored));
            for (var i = cut; i < cut + 100; i++)
            {
                var bar = walk.Next();
                Assert.Equal(Step(original, bar, i), Step(restored, bar, i));
            }
            Assert.Equal(Saved(original), Saved(restored));
        }
    }

    [Theory, MemberData(nameof(Labels))]
    public void A_bar_allocates_nothing(string name)
    {
        var store = new LabelStore(New(name));
        var walk = new GeneratedWalk(6);
        var bars = Enumerable.Range(0, 2000).Select(_ => walk.Next()).ToArray();
        Run(store, bars.AsSpan(0, 1000), 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(store, bars.AsSpan(1000), 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Run(LabelStore store, ReadOnlySpan<Bar> bars, long id)
        {
            foreach (ref readonly var bar in bars)
            {
                store.Advance(bar);
                store.Open(new(id++, bar.CloseTimeUs, bar.Close, 0.01, 1));
            }
        }
    }

    [Fact]
    public void A_damaged_state_is_refused_or_harmless()
    {
        var original = new LabelStore(New("triple-barrier"));
        var walk = new GeneratedWalk(7);
        for (var i = 0; i < 50; i++)
            Step(original, walk.Next(), i);
        Assert.True(original.OpenCount > 3);
        var state = Saved(original);
        for (var length = 0; length < state.Length; length++)
            Assert.Throws<CorruptStateException>(() => new LabelStore(New("triple-barrier")).Load(new(state.AsMemory(0, length))));

        var rng = new Rng(7, "damage");
        var refused = 0;
        for (var trial = 0; trial < 3000; trial++)
        {
            var damaged = (byte[])state.Clone();
            damaged[rng.NextInt32(damaged.Length)] ^= (byte)(1 << rng.NextInt32(8));
            var store = new LabelStore(New("triple-barrier"));
            try
            {
                store.Load(new(damaged));
            }
            catch (CorruptStateException)
            {
                refused++;
                continue;
            }
            Assert.Equal(0, store.Unaccounted);
            var bars = walk;
            for (var i = 0; i < 20; i++)
                try
                {
                    store.Advance(bars.Next());
                }
                catch (ArgumentException)
                {
                    break; // a damaged time that is later than the next bar is found here
                }
                catch (InvalidOperationException)
                {
                    break; // likewise a price so small that the move is not finite
                }
        }
        Assert.InRange(refused, 500, 3000);
    }

    [Fact]
    public void A_state_of_another_label_horizon_or_size_is_refused()
    {
        var state = Saved(new LabelStore(new Direction(new(0), new() { Horizon = 5 })));
        Assert.Throws<CorruptStateException>(() => new LabelStore(new Direction(new(0), new() { Horizon = 6 }), 6).Load(new(state)));
        Assert.Throws<CorruptStateException>(() => new LabelStore(new Direction(new(0), new() { Horizon = 5 }), 7).Load(new(state)));
    }

    [Fact]
    public void Time_and_ids_only_rise()
    {
        var store = new LabelStore(new Direction(new(0), new() { Horizon = 5 }));
        store.Advance(At(1, 100));
        store.Open(new(10, Time(1), 100, 0.01, 0));
        Assert.Throws<ArgumentException>(() => { store.Open(new(10, Time(1), 100, 0.01, 0)); });
        Assert.Throws<ArgumentException>(() => { store.Open(new(11, Time(0), 100, 0.01, 0)); });
        Assert.Throws<ArgumentException>(() => { store.Advance(At(1, 100)); });
        store.Open(new(11, Time(1) + 5, 100, 0.01, 0));
        Assert.Throws<ArgumentException>(() => { store.Advance(At(1, 100) with { CloseTimeUs = Time(1) + 5 }); });
        store.Advance(At(2, 100));
        Assert.Equal(2, store.Opened);
    }

    [Theory]
    [InlineData(0.0, 0.01, 0)]
    [InlineData(double.NaN, 0.01, 0)]
    [InlineData(double.PositiveInfinity, 0.01, 0)]
    [InlineData(100.0, -0.01, 0)]
    [InlineData(100.0, double.PositiveInfinity, 0)]
    [InlineData(100.0, 0.01, 2)]
    public void A_question_that_cannot_be_answered_is_refused(double close, double sigma, int side)
        => Assert.Throws<ArgumentException>(() => { new LabelStore(New("direction")).Open(new(1, 0, close, sigma, side)); });

    [Fact]
    public void A_full_store_says_so()
    {
        var store = new LabelStore(New("direction"), openMax: 2);
        store.Open(new(1, 0, 100, 0.01, 0));
        store.Open(new(2, 0, 100, 0.01, 0));
        Assert.Contains("2 questions are open", Assert.Throws<InvalidOperationException>(() => { store.Open(new(3, 0, 100, 0.01, 0)); }).Message);
    }

    [Theory]
    [InlineData(true, 1, 1.0)]
    [InlineData(false, 0, 1.0)]
    [InlineData(false, 2, 1.0)]
    [InlineData(false, 1, 0.0)]
    [InlineData(false, 1, 1.5)]
    public void A_label_that_breaks_its_promises_stops_the_store(bool silent, int label, double weight)
    {
        var store = new LabelStore(new Odd(silent, new(label, weight, 0)));
        store.Open(new(1, 0, 100, 0.01, 0));
        if (!silent && label < 2 && weight is > 0 and <= 1)
            Assert.Equal(1, store.Advance(At(1, 100)).Length);
        else
            Assert.Throws<InvalidOperationException>(() => { store.Advance(At(1, 100)); });
    }

    private sealed class Odd(bool silent, LabelOutcome result) : ILabel
    {
        public int Classes => 2;

        public int HorizonBars => 1;

        public bool TryResolve(in OpenQuestion question, in Bar bar, int ageBars, out LabelOutcome outcome)
        {
            outcome = result;
            return !silent;
        }
    }

    private static ILabel New(string name) => TradingCatalog.BuiltIn().Labels[name].Create(new LabelContext(0.002));

    private static ReleasedLabel[] Step(LabelStore store, Bar bar, long id)
    {
        var released = store.Advance(bar).ToArray();
        store.Open(new(id, bar.CloseTimeUs, bar.Close, id % 5 == 0 ? double.NaN : 0.002 * (1 + id % 7), id % 3 == 0 ? -1 : 1));
        return released;
    }

    private static byte[] Saved(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return writer.Written.ToArray();
    }

    private static long Time(int t) => t * EventTime.HourUs;

    private static Bar At(int t, double close) => new(Time(t), close, close, close, close, 1);
}
