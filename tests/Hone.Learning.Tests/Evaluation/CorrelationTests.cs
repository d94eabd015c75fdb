using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class CorrelationTests
{
    [Fact]
    public void It_is_the_textbook_correlation_even_far_from_zero()
    {
        var correlation = new Correlation();
        var random = new Rng(1, "pairs");
        var pairs = new (double X, double Y)[1_000];
        for (var i = 0; i < pairs.Length; i++)
        {
            var x = random.NextGaussian();
            pairs[i] = (x, 0.5 * x + random.NextGaussian());
            correlation.Add(1e6 + pairs[i].X, pairs[i].Y - 1e6);
        }
        double mx = pairs.Average(p => p.X), my = pairs.Average(p => p.Y);
        var expected = pairs.Sum(p => (p.X - mx) * (p.Y - my)) / Math.Sqrt(pairs.Sum(p => (p.X - mx) * (p.X - mx)) * pairs.Sum(p => (p.Y - my) * (p.Y - my)));
        Assert.Equal(expected, correlation.Value, 1e-9);
        Assert.Equal(Math.Sqrt(5 / 999.0), correlation.NullError(overlap: 5), 1e-15);
    }

    [Fact]
    public void Two_parts_merge_into_the_whole()
    {
        var whole = new Correlation();
        Correlation[] parts = [new(), new()];
        var random = new Rng(2, "parts");
        for (var i = 0; i < 1_000; i++)
        {
            var x = random.NextGaussian() + (i < 300 ? 0 : 2);
            var y = random.NextGaussian() - x;
            whole.Add(x, y);
            parts[i < 300 ? 0 : 1].Add(x, y);
        }
        parts[0].Merge(parts[1]);
        Assert.Equal(whole.Value, parts[0].Value, 1e-12);
        Assert.Equal(1_000, parts[0].Count);
        var empty = new Correlation();
        empty.Merge(whole);
        Assert.Equal(whole.Value, empty.Value, 1e-12);
    }

    [Fact]
    public void Without_spread_there_is_no_correlation()
    {
        var correlation = new Correlation();
        var ranks = new RankCorrelation(1);
        for (var i = 0; i < 10; i++)
        {
            correlation.Add(3, i);
            ranks.Add(3, i);
        }
        Assert.Equal((0, 0), (correlation.Value, ranks.Value));
        Assert.Throws<ArgumentOutOfRangeException>(() => correlation.Add(double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ranks.Add(0, double.NaN));
    }

    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks()
    {
        // Ranks of x: 1, 2.5, 2.5, 4; of y: 3.5, 1, 2, 3.5.
        var ranks = new RankCorrelation(1);
        foreach (var (x, y) in new[] { (1.0, 9.0), (5.0, -2.0), (5.0, 0.0), (7.0, 9.0) })
            ranks.Add(x, y);
        Assert.Equal((-1.5 * 1 + 0 - 0 + 1.5 * 1) / Math.Sqrt(4.5 * 4.5), ranks.Value, 1e-15);
        ranks.Add(100, 100);
        ranks.Add(double.PositiveInfinity, 1_000);
        Assert.Equal(12.5 / 17, ranks.Value, 1e-15);
    }

    [Fact]
    public void Any_rising_map_has_rank_correlation_one()
    {
        var ranks = new RankCorrelation(1);
        var random = new Rng(3, "rising");
        for (var i = 0; i < 500; i++)
        {
            var x = random.NextGaussian();
            ranks.Add(x, x * x * x);
        }
        Assert.Equal(1, ranks.Value, 1e-12);
    }

    [Fact]
    public void A_long_stream_is_sampled_evenly()
    {
        // The first half is falling, the second rising: an even sample of both has no correlation left.
        var ranks = new RankCorrelation(5, capacity: 2_000);
        var random = new Rng(4, "even");
        for (var i = 0; i < 40_000; i++)
        {
            var x = random.NextGaussian();
            ranks.Add(x, i < 20_000 ? -x : x);
        }
        Assert.Equal(2_000, ranks.Sampled);
        Assert.Equal(0, ranks.Value, 0.07);
    }
}
