using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

public sealed class StationaryBootstrapTests
{
    [Fact]
    public void The_interval_of_the_mean_covers_the_truth_as_often_as_promised_on_dependent_returns()
    {
        // AR(0.3): the mean is 0. 300 simulations of a 95 % interval lie in 0.95 ± 0.025 with 95 % probability.
        const int simulations = 300;
        var (covered, naive) = (0, 0);
        for (var i = 0; i < simulations; i++)
        {
            var values = PerformanceStatisticsTests.Noise(2000, 0, 1, seed: 1000 + (ulong)i, carry: 0.3);
            var interval = StationaryBootstrap.Mean(values, seed: (ulong)i, resamples: 200)!.Value;
            if (interval.Low <= 0 && interval.High >= 0)
                covered++;
            var moments = Moments.Of(values);
            if (Math.Abs(moments.Mean) <= 1.96 * moments.Deviation / Math.Sqrt(values.Length))
                naive++;
        }
        Assert.InRange(covered / (double)simulations, 0.925, 0.975);
        // The same check must be able to fail: an interval that believes in independence covers far too little.
        Assert.True(naive / (double)simulations < 0.89, $"The naive interval covered {naive} of {simulations}.");
    }

    [Fact]
    public void The_sharpe_interval_covers_the_true_sharpe_ratio()
    {
        const int simulations = 150;
        var covered = 0;
        for (var i = 0; i < simulations; i++)
        {
            var values = PerformanceStatisticsTests.Noise(300, 0.001, 0.01, seed: 5000 + (ulong)i);
            var interval = StationaryBootstrap.Returns(values, 365, 1, (ulong)i, 300)!.Sharpe!.Value;
            if (interval.Low <= 0.1 * Math.Sqrt(365) && interval.High >= 0.1 * Math.Sqrt(365))
                covered++;
        }
        Assert.InRange(covered / (double)simulations, 0.90, 0.99);
    }

    [Fact]
    public void Intervals_are_as_wide_as_the_long_run_variance_asks()
    {
        // AR(0.6): the mean of n values deviates by 1 / (1 − 0.6) / √n. Blocks alone stay under 93 % of that width: their joints lose the rest.
        double width = 0;
        for (var i = 0; i < 60; i++)
        {
            var interval = StationaryBootstrap.Mean(PerformanceStatisticsTests.Noise(600, 0, 1, 300 + (ulong)i, 0.6), (ulong)i, 200)!.Value;
            width += (interval.High - interval.Low) / 60;
        }
        Assert.InRange(width / (2 * 1.96 * 2.5 / Math.Sqrt(600)), 0.93, 1.05);
    }

    [Fact]
    public void Longer_memory_gets_longer_blocks()
    {
        double Mean(double carry)
        {
            double sum = 0;
            for (var i = 0; i < 40; i++)
                sum += StationaryBootstrap.OptimalBlockLength(PerformanceStatisticsTests.Noise(1000, 0, 1, (ulong)i, carry));
            return sum / 40;
        }
        var (none, some, much) = (Mean(0), Mean(0.3), Mean(0.8));
        Assert.True(none < some && some < much, $"{none} {some} {much}");
        // Politis and White give b = (2ρ/(1 − ρ²))^⅔ · n^⅓ for AR(1) in the stationary bootstrap: 7.6 at 0.3 and 27 at 0.8 for n = 1,000.
        Assert.InRange(some, 5, 11);
        Assert.InRange(much, 19, 36);
        Assert.InRange(none, 1, 5);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.5)]
    [InlineData(8.0)]
    public void Blocks_have_the_promised_mean_length_walk_in_a_circle_and_visit_every_day_alike(double length)
    {
        const int count = 20, draws = 100_000;
        var draw = new StationaryBootstrap.BlockDraw(count, length, new(1, "draw"));
        var visits = new int[count];
        var (steps, wraps) = (0, 0);
        draw.Restart();
        var before = draw.Next();
        for (var i = 0; i < draws; i++)
        {
            var at = draw.Next();
            visits[at]++;
            if (at == (before + 1) % count)
                steps++;
            if (before == count - 1 && at == 0)
                wraps++;
            before = at;
        }
        // A jump lands on the next day by chance once in `count`.
        var expected = 1 - 1 / length + 1 / length / count;
        Assert.Equal(expected, steps / (double)draws, 0.01);
        Assert.Equal(expected / count, wraps / (double)draws, 0.01);
        Assert.All(visits, times => Assert.InRange(times, 0.85 * draws / count, 1.15 * draws / count));
    }

    [Fact]
    public void Losses_that_come_together_make_deeper_falls()
    {
        var values = PerformanceStatisticsTests.Noise(1000, 0, 0.01, 4, carry: 0.6);
        var order = new Hone.Learning.Numerics.Rng(1, "order");
        var mixed = values.OrderBy(_ => order.NextDouble()).ToArray();
        var (together, apart) = (StationaryBootstrap.Returns(values, 365, 1, 1)!, StationaryBootstrap.Returns(mixed, 365, 1, 1)!);
        Assert.True(together.BlockLengthDays > 3 * apart.BlockLengthDays);
        Assert.True(together.MaxDrawdown.High > 1.2 * apart.MaxDrawdown.High);
        Assert.True(together.Sharpe!.Value.High - together.Sharpe.Value.Low > 1.3 * (apart.Sharpe!.Value.High - apart.Sharpe.Value.Low));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_does_not()
    {
        var values = PerformanceStatisticsTests.Noise(300, 0.001, 0.01, 1);
        Assert.Equal(StationaryBootstrap.Returns(values, 365, 1, 7), StationaryBootstrap.Returns(values, 365, 1, 7));
        Assert.NotEqual(StationaryBootstrap.Returns(values, 365, 1, 7), StationaryBootstrap.Returns(values, 365, 1, 8));
    }

    [Fact]
    public void Intervals_lie_around_what_was_observed()
    {
        var values = PerformanceStatisticsTests.Noise(500, 0.001, 0.01, 3);
        var s = ReturnStatistics.Compute(values, null, null, 500 / 365.0, 365, TrialCount.One, 1);
        var intervals = s.Intervals!;
        AssertInside(s.Sharpe!.Value, intervals.Sharpe!.Value);
        AssertInside(s.Sortino!.Value, intervals.Sortino!.Value);
        AssertInside(s.NetProfit!.Value, intervals.NetProfit);
        AssertInside(s.CompoundingAnnualReturn!.Value, intervals.CompoundingAnnualReturn!.Value);
        AssertInside(s.MaxDrawdown!.Value, intervals.MaxDrawdown);
        Assert.Equal((1000, 0.95), (intervals.Resamples, intervals.Confidence));
        static void AssertInside(double value, Interval interval) => Assert.True(interval.Low < value && value < interval.High, $"{value} {interval}");
    }

    [Fact]
    public void Too_few_days_have_no_interval()
    {
        var values = PerformanceStatisticsTests.Noise(StationaryBootstrap.ObservationsMin - 1, 0, 1, 1);
        Assert.Null(StationaryBootstrap.Mean(values, 1));
        Assert.Null(StationaryBootstrap.Returns(values, 365, 1, 1));
        Assert.Equal(1, StationaryBootstrap.OptimalBlockLength(values));
        Assert.Throws<ArgumentOutOfRangeException>(() => StationaryBootstrap.Mean(values, 1, resamples: 99));
        Assert.Throws<ArgumentOutOfRangeException>(() => StationaryBootstrap.Mean(values, 1, confidence: 1));
    }
}
