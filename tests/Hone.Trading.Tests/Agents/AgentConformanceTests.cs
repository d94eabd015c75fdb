using Hone.Learning;
using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Agents;
using Hone.Trading.Features;
using Hone.Trading.Regimes;

namespace Hone.Trading.Tests.Agents;

/// <summary>What every agent promises; one that is added to the catalog is tested here as well.</summary>
public sealed class AgentConformanceTests
{
    public static TheoryData<string> Names => [.. TinyFeatures.All.Select(entry => entry.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Directions_and_confidences_are_in_range_and_both_sides_and_none_occur(string name)
    {
        var agent = TinyFeatures.New(name);
        Assert.Equal(name, agent.Name);
        var (longs, shorts, none) = (0, 0, 0);
        foreach (var x in TinyFeatures.Generated(5000, 1))
        {
            var signal = agent.Decide(x);
            AssertInRange(signal);
            _ = signal.Direction > 0 ? longs++ : signal.Direction < 0 ? shorts++ : none++;
        }
        Assert.True(longs > 250 && shorts > 250 && none > 250, $"{longs} long, {shorts} short, {none} none");
    }

    [Theory, MemberData(nameof(Names))]
    public void Missing_features_give_no_signal_and_end_the_one_before(string name)
    {
        var agent = TinyFeatures.New(name);
        var missing = TinyFeatures.Of();
        Assert.Equal(Signal.None, agent.Decide(missing));
        foreach (var x in TinyFeatures.Generated(500, 2))
        {
            agent.Decide(x);
            var before = Saved(agent);
            Assert.Equal(Signal.None, agent.Decide(missing));
            Assert.Equal(Saved(TinyFeatures.New(name)), Saved(agent));
            agent.Load(new(before));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Features_at_their_extremes_keep_signals_in_range(string name)
    {
        var agent = TinyFeatures.New(name);
        var rng = new Rng(3, "extremes");
        double[] extremes = [0, -0.0, 1, -1, 1e-300, -1e-300, 1e300, -1e300, double.MaxValue, double.MinValue, double.Epsilon, double.NaN, 50, 100];
        var x = TinyFeatures.Of();
        for (var trial = 0; trial < 20_000; trial++)
        {
            for (var i = 0; i < x.Length; i++)
                x[i] = extremes[rng.NextInt32(extremes.Length)];
            AssertInRange(agent.Decide(x, (TrendRegime)rng.NextInt32(3)));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_saved_agent_continues_where_it_stopped(string name)
    {
        var vectors = TinyFeatures.Generated(400, 4);
        for (var cut = 0; cut < 200; cut += 13)
        {
            var (original, restored) = (TinyFeatures.New(name), TinyFeatures.New(name));
            for (var i = 0; i < cut; i++)
                original.Decide(vectors[i]);
            restored.Load(new(Saved(original)));
            Assert.Equal(Saved(original), Saved(restored));
            for (var i = cut; i < vectors.Length; i++)
                Assert.Equal(original.Decide(vectors[i]), restored.Decide(vectors[i]));
            Assert.Equal(Saved(original), Saved(restored));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_bars_give_the_same_bits(string name)
    {
        var (one, other) = (TinyFeatures.New(name), TinyFeatures.New(name));
        foreach (var x in TinyFeatures.Generated(1000, 5))
        {
            var (a, b) = (one.Decide(x), other.Decide(x));
            Assert.Equal(BitConverter.DoubleToInt64Bits(a.Direction), BitConverter.DoubleToInt64Bits(b.Direction));
            Assert.Equal(BitConverter.DoubleToInt64Bits(a.Confidence), BitConverter.DoubleToInt64Bits(b.Confidence));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Deciding_allocates_nothing(string name)
    {
        var agent = TinyFeatures.New(name);
        var vectors = TinyFeatures.Generated(1000, 6);
        foreach (var x in vectors)
            agent.Decide(x);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var x in vectors)
            agent.Decide(x);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_feature_wavering_around_its_threshold_does_not_flip_the_agent_each_bar(string name)
    {
        // All features of a vector a little above and a little below what makes the agent speak.
        var steps = Enumerable.Range(0, 200).Select(i => Scaled(i / 100.0)).ToArray();
        var first = Array.FindIndex(steps, x => TinyFeatures.New(name).Decide(x).Direction != 0);
        Assert.InRange(first, 1, 199);
        var agent = TinyFeatures.New(name);
        var changes = 0;
        var before = 0.0;
        for (var i = 0; i < 100; i++)
        {
            var direction = agent.Decide(steps[i % 2 == 0 ? first : first - 1]).Direction;
            changes += Math.Sign(direction) != Math.Sign(before) ? 1 : 0;
            before = direction;
        }
        Assert.Equal(1, changes);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_damaged_state_is_refused_or_harmless(string name)
    {
        var original = TinyFeatures.New(name);
        var vectors = TinyFeatures.Generated(200, 7);
        foreach (var x in vectors)
            original.Decide(x);
        var state = Saved(original);
        for (var length = 0; length < state.Length; length++)
            Assert.Throws<CorruptStateException>(() => TinyFeatures.New(name).Load(new(state.AsMemory(0, length))));
        var refused = 0;
        for (var bit = 0; bit < 8 * state.Length; bit++)
        {
            var damaged = (byte[])state.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            var agent = TinyFeatures.New(name);
            try
            {
                agent.Load(new(damaged));
            }
            catch (CorruptStateException)
            {
                refused++;
                continue;
            }
            foreach (var x in vectors.AsSpan(0, 20))
                AssertInRange(agent.Decide(x));
        }
        Assert.InRange(refused, 7 * state.Length, 8 * state.Length);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_schema_without_its_features_is_refused_by_name(string name)
    {
        var bare = new AgentContext(new FeatureSchema([new("other_1", "test", 0, 1, "")]), []);
        Assert.Contains("There is no feature '", Assert.Throws<InvalidOptionsException>(() => TinyFeatures.All[name].Create(bare)).Message);
    }

    // Neutral at 0, bullish above: reversion rules speak against it, trend rules with it; the MACD only confirms.
    private static double[] Scaled(double size) => TinyFeatures.Of(
        ("rsi_14", 50 + 22 * size), ("macd_hist", 0.001), ("ema_cross", 2.7 * size), ("return_12", 0.1 * size), ("donchian_position_20", 0.5 + 1.2 * size),
        ("bollinger_z_20", 2.1 * size), ("ewma_volatility", 0.01));

    private static void AssertInRange(Signal signal)
        => Assert.True(signal.Direction is >= -1 and <= 1 && signal.Confidence is >= 0 and <= 1, signal.ToString());

    private static byte[] Saved(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return writer.Written.ToArray();
    }
}
