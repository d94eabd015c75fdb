using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

public sealed class ChartSamplerTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    [InlineData(4099)]
    public void Every_point_is_exactly_what_its_bars_give(int bars)
    {
        var chart = new ChartSampler([.. ChartSampler.Ohlc, new ChartColumn("equity", ChartAggregate.Last)], 16);
        var rng = new Rng(1, "chart");
        var fed = new double[bars][];
        for (var i = 0; i < bars; i++)
        {
            var middle = 100 + rng.NextGaussian();
            fed[i] = [middle, middle + rng.NextDouble(), middle - rng.NextDouble(), middle + 0.1 * rng.NextGaussian(), 1000 + i];
            chart.On(i * 10, fed[i]);
        }
        Assert.InRange(chart.Count, Math.Min(bars, 9), 16);
        Assert.Equal((bars + (int)chart.Stride - 1) / (int)chart.Stride, chart.Count);
        for (var point = 0; point < chart.Count; point++)
        {
            var inside = fed[(point * (int)chart.Stride)..Math.Min(bars, (point + 1) * (int)chart.Stride)];
            Assert.Equal(inside[0][0], chart.Values(0)[point]);
            Assert.Equal(inside.Max(v => v[1]), chart.Values(1)[point]);
            Assert.Equal(inside.Min(v => v[2]), chart.Values(2)[point]);
            Assert.Equal(inside[^1][3], chart.Values(3)[point]);
            Assert.Equal(inside[^1][4], chart.Values(4)[point]);
            Assert.Equal(Math.Min(bars, (point + 1) * (int)chart.Stride) * 10 - 10, chart.Times[point]);
        }
    }

    [Fact]
    public void A_million_bars_fit_into_a_chart_without_allocating()
    {
        var chart = new ChartSampler(ChartSampler.Ohlc);
        double[] values = [1, 2, 0.5, 1.5];
        chart.On(0, values);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 1_000_000; i++)
            chart.On(i, values);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(chart.Count, ChartSampler.ChartPointsMax / 2, ChartSampler.ChartPointsMax);
        Assert.Equal(256, chart.Stride);
        Assert.Equal(999_999, chart.Times[^1]);
    }

    [Fact]
    public void Missing_values_are_skipped_and_never_become_numbers()
    {
        var chart = new ChartSampler([new("first", ChartAggregate.First), new("max", ChartAggregate.Max), new("last", ChartAggregate.Last)], 2);
        double[] missing = [double.NaN, double.NaN, double.NaN];
        chart.On(0, missing);
        chart.On(1, [1, 1, 1]);
        chart.On(2, [2, 2, 2]);
        chart.On(3, missing);
        Assert.Equal([1, 2], chart.Values(0));
        Assert.Equal([1, 2], chart.Values(1));
        Assert.Equal([1, 2], chart.Values(2));
        chart.On(4, missing);
        Assert.True(double.IsNaN(chart.Values(2)[1]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(77)]
    public void A_saved_chart_continues_where_it_stopped(int stop)
    {
        static ChartSampler New() => new([new("close", ChartAggregate.Last), new("low", ChartAggregate.Min)], 16);
        static void Run(ChartSampler chart, int from, int to)
        {
            for (var i = from; i < to; i++)
                chart.On(i, [i % 13, i % 7 == 0 ? double.NaN : i % 5]);
        }
        ChartSampler whole = New(), half = New();
        Run(whole, 0, 300);
        Run(half, 0, stop);
        var restored = Saved.Into(Saved.Bytes(half), New());
        Run(restored, stop, 300);
        Assert.Equal(Saved.Bytes(whole), Saved.Bytes(restored));
    }

    [Fact]
    public void A_damaged_state_is_refused_and_never_crashes()
    {
        var chart = new ChartSampler(ChartSampler.Ohlc, 16);
        for (var i = 0; i < 45; i++)
            chart.On(i, [1, 2, 0.5, 1.5]);
        Saved.SurvivesDamage(Saved.Bytes(chart), () => new ChartSampler(ChartSampler.Ohlc, 16), loaded =>
        {
            for (var i = 0; i < 100; i++)
                loaded.On(i, [1, 2, 0.5, 1.5]);
        });
        Assert.Throws<CorruptStateException>(() => Saved.Into(Saved.Bytes(chart), new ChartSampler(ChartSampler.Ohlc, 32)));
        Assert.Throws<CorruptStateException>(() => Saved.Into(Saved.Bytes(chart), new ChartSampler([new("x", ChartAggregate.First), new("high", ChartAggregate.Max), new("low", ChartAggregate.Min), new("close", ChartAggregate.Last)], 16)));
    }

    [Fact]
    public void Shapes_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChartSampler([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChartSampler(ChartSampler.Ohlc, 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChartSampler(ChartSampler.Ohlc, 4098));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChartSampler(ChartSampler.Ohlc, 16).On(0, [1]));
    }
}
