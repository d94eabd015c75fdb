using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Market;
using Hone.Trading.Regimes;

namespace Hone.Trading.Tests.Regimes;

/// <summary>What every regime detector promises; one that is added to the catalog is tested here as well.</summary>
public sealed class RegimeConformanceTests
{
    public static TheoryData<string> Names => [.. TradingCatalog.BuiltIn().Regimes.Select(entry => entry.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_saved_detector_continues_where_it_stopped(string name)
    {
        foreach (var cut in new[] { 0, 1, 100, 300, 1500 })
        {
            var (original, restored) = (New(name), New(name));
            var walk = new GeneratedWalk(1);
            for (var i = 0; i < cut; i++)
                original.Update(Bar(ref walk, i));
            restored.Load(new(Saved(original)));
            Assert.Equal(Saved(original), Saved(restored));
            for (var i = cut; i < cut + 2000; i++)
            {
                var bar = Bar(ref walk, i);
                Assert.Equal(original.Update(bar), restored.Update(bar));
            }
            Assert.Equal(Saved(original), Saved(restored));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_future_changes_nothing_that_was_said(string name)
    {
        var bars = Bars(3000);
        var once = New(name);
        var whole = Array.ConvertAll(bars, bar => once.Update(bar));
        for (var cut = 100; cut < bars.Length; cut += 290)
        {
            var detector = New(name);
            for (var i = 0; i < bars.Length; i++)
            {
                var bar = i < cut ? bars[i] : bars[i] with { Close = double.NaN, High = double.NaN, Low = double.NaN };
                var regime = detector.Update(bar);
                if (i < cut)
                    Assert.Equal(whole[i], regime);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_regime_is_visited_and_defined(string name)
    {
        var detector = New(name);
        var (trends, volatilities) = (new HashSet<TrendRegime>(), new HashSet<VolatilityRegime>());
        foreach (var bar in Bars(20_000))
        {
            var regime = detector.Update(bar);
            Assert.True(Enum.IsDefined(regime.Trend) && Enum.IsDefined(regime.Volatility));
            trends.Add(regime.Trend);
            volatilities.Add(regime.Volatility);
        }
        Assert.Equal(3, trends.Count);
        Assert.Equal(3, volatilities.Count);
    }

    [Theory, MemberData(nameof(Names))]
    public void Updating_allocates_nothing(string name)
    {
        var detector = New(name);
        var bars = Bars(2000);
        foreach (var bar in bars)
            detector.Update(bar);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var bar in bars)
            detector.Update(bar);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_damaged_state_is_refused_or_harmless(string name)
    {
        var original = New(name);
        var bars = Bars(1000);
        foreach (var bar in bars)
            original.Update(bar);
        var state = Saved(original);
        for (var length = 0; length < state.Length; length++)
            Assert.Throws<CorruptStateException>(() => New(name).Load(new(state.AsMemory(0, length))));

        var rng = new Rng(5, "damage");
        var refused = 0;
        for (var trial = 0; trial < 2000; trial++)
        {
            var damaged = (byte[])state.Clone();
            damaged[rng.NextInt32(damaged.Length)] ^= (byte)(1 << rng.NextInt32(8));
            var detector = New(name);
            try
            {
                detector.Load(new(damaged));
            }
            catch (CorruptStateException)
            {
                refused++;
                continue;
            }
            foreach (var bar in bars.AsSpan(0, 50))
            {
                var regime = detector.Update(bar);
                Assert.True(Enum.IsDefined(regime.Trend) && Enum.IsDefined(regime.Volatility));
            }
        }
        Assert.InRange(refused, 200, 2000);
    }

    private static IRegimeDetector New(string name) => TradingCatalog.BuiltIn().Regimes[name].Create(EventTime.HourUs);

    private static byte[] Saved(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return writer.Written.ToArray();
    }

    private static Bar Bar(ref GeneratedWalk walk, int i) => walk.Next(i % 1500 < 300 ? 0.03 : i % 2500 < 400 ? 0.003 : 0.01, i % 2000 < 500 ? 0.5 : i % 2000 is > 800 and < 1200 ? -0.5 : 0);

    private static Bar[] Bars(int count)
    {
        var walk = new GeneratedWalk(2);
        var bars = new Bar[count];
        for (var i = 0; i < count; i++)
            bars[i] = Bar(ref walk, i);
        return bars;
    }
}
