using Hone.Learning.Numerics;
using Hone.Trading.Features;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Features;

/// <summary>No feature may know the future. Runs over the whole catalog: a block that is registered is probed.</summary>
public sealed class LeakProbeTests
{
    private const int Bars = 420;

    public static TheoryData<string> Blocks => [.. TradingCatalog.BuiltIn().Features.Select(e => e.Name)];

    [Theory, MemberData(nameof(Blocks))]
    public void Every_value_is_the_same_when_history_ends_there(string name)
    {
        var bars = MadeBars.Walk(Bars, seed: 21);
        var full = Values(name, bars, Bars);
        var random = new Rng(1, "cuts");
        for (var n = 0; n < 50; n++)
        {
            var cut = 1 + random.NextInt32(Bars);
            Assert.Equal(full[cut - 1], Values(name, bars, cut)[^1]);
        }
    }

    [Theory, MemberData(nameof(Blocks))]
    public void Every_value_is_the_same_when_the_future_is_poisoned_or_shuffled(string name)
    {
        var bars = MadeBars.Walk(Bars, seed: 22);
        var full = Values(name, bars, Bars);
        var random = new Rng(2, "cuts");
        for (var n = 0; n < 25; n++)
        {
            var cut = 1 + random.NextInt32(Bars - 1);
            var poisoned = (Bar[])bars.Clone();
            for (var i = cut; i < Bars; i++)
                poisoned[i] = new(bars[i].CloseTimeUs, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
            Assert.Equal(full[..cut], Values(name, poisoned, Bars)[..cut]);

            var shuffled = (Bar[])bars.Clone();
            for (var i = Bars - 1; i > cut; i--)
            {
                var j = cut + random.NextInt32(i - cut + 1);
                (shuffled[i], shuffled[j]) = (bars[j] with { CloseTimeUs = bars[i].CloseTimeUs }, bars[i] with { CloseTimeUs = bars[j].CloseTimeUs });
            }
            Assert.Equal(full[..cut], Values(name, shuffled, Bars)[..cut]);
        }
    }

    [Fact]
    public void The_donchian_position_is_that_of_the_close_in_the_bars_before_it()
    {
        var block = TradingCatalog.BuiltIn().Features["price-action"].Create(MadeBars.Hourly);
        var values = new double[block.Features.Count];
        var position = block.Features.ToList().FindIndex(f => f.Name == "donchian_position_20");
        for (var i = 0; i < 20; i++)
        {
            block.Update(MadeBars.At(i, 100, 110, 90, 100), default, values);
            Assert.True(double.IsNaN(values[position]));
        }
        block.Update(MadeBars.At(20, 100, 130, 100, 120), default, values);
        Assert.Equal(1.5, values[position]);
        block.Update(MadeBars.At(21, 100, 110, 100, 100), default, values);
        Assert.Equal(10 / 40.0, values[position]);
    }

    [Fact]
    public void A_higher_bar_moves_nothing_before_it_is_complete()
    {
        var bars = MadeBars.Walk(24 * 14, seed: 5);
        var block = TradingCatalog.BuiltIn().Features["higher-timeframe"].Create(MadeBars.Hourly);
        var values = new double[block.Features.Count];
        var before = new double[values.Length];
        int moved4 = 0, moved24 = 0;
        for (var i = 0; i < bars.Length; i++)
        {
            block.Update(bars[i], default, values);
            // Bars are stamped at their close, the first at 01:00: every 4th and every 24th fills a higher bar.
            var fills4 = (i + 1) % 4 == 0;
            var fills24 = (i + 1) % 24 == 0;
            for (var f = 0; f < values.Length; f++)
            {
                var isMoved = BitConverter.DoubleToInt64Bits(values[f]) != BitConverter.DoubleToInt64Bits(before[f]) && i > 0;
                Assert.False(isMoved && !(f < 3 ? fills4 : fills24), $"{block.Features[f].Name} moved at bar {i}");
                moved4 += isMoved && f == 0 ? 1 : 0;
                moved24 += isMoved && f == 3 ? 1 : 0;
            }
            values.CopyTo(before, 0);
        }
        Assert.Equal(bars.Length / 4 - 1, moved4);
        Assert.Equal(bars.Length / 24 - 1, moved24);
    }

    [Fact]
    public void A_higher_return_is_that_of_the_closes_on_its_boundaries()
    {
        var bars = MadeBars.Walk(40, seed: 5);
        var block = TradingCatalog.BuiltIn().Features["higher-timeframe"].Create(MadeBars.Hourly);
        var values = new double[block.Features.Count];
        for (var i = 0; i < 38; i++)
            block.Update(bars[i], default, values);
        Assert.Equal((bars[35].Close - bars[31].Close) / bars[31].Close, values[0]);
    }

    [Fact]
    public void A_first_higher_bar_that_was_entered_in_its_middle_does_not_count()
    {
        var bars = MadeBars.Walk(16, seed: 5);
        var block = TradingCatalog.BuiltIn().Features["higher-timeframe"].Create(MadeBars.Hourly);
        var values = new double[block.Features.Count];
        for (var i = 2; i < 12; i++)
        {
            block.Update(bars[i], default, values);
            Assert.Equal(i < 11, double.IsNaN(values[0]));
        }
        Assert.Equal((bars[11].Close - bars[7].Close) / bars[7].Close, values[0]);
    }

    [Fact]
    public void A_gap_completes_the_higher_bar_before_it_at_the_first_bar_after_it()
    {
        var bars = MadeBars.Walk(24, seed: 5);
        var block = TradingCatalog.BuiltIn().Features["higher-timeframe"].Create(MadeBars.Hourly);
        var values = new double[block.Features.Count];
        // Bars 0…5, then nothing until bar 11, which fills its own higher bar at once.
        for (var i = 0; i < 6; i++)
            block.Update(bars[i], default, values);
        Assert.True(double.IsNaN(values[0]));
        block.Update(bars[11], default, values);
        // Complete: 0…3 closing at 3, the open one that ended with bar 5, and the one of bar 11 alone.
        Assert.Equal((bars[11].Close - bars[5].Close) / bars[5].Close, values[0]);
    }

    private static long[][] Values(string name, ReadOnlySpan<Bar> bars, int count)
    {
        var block = TradingCatalog.BuiltIn().Features[name].Create(MadeBars.Hourly);
        var values = new double[block.Features.Count];
        var rows = new long[count][];
        for (var i = 0; i < count; i++)
        {
            block.Update(bars[i], default, values);
            rows[i] = MadeBars.Bits(values);
        }
        return rows;
    }
}
