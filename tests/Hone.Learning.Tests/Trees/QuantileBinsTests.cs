using Hone.Learning.Numerics;
using Hone.Learning.Trees;

namespace Hone.Learning.Tests.Trees;

/// <summary>The bins that all regression trees of an ensemble share.</summary>
public sealed class QuantileBinsTests
{
    [Fact]
    public void A_code_is_at_most_c_exactly_where_the_value_is_at_most_the_edge_of_c()
    {
        var rng = new Rng(1, "bins");
        var bins = Filled(() => Math.Round(10 * rng.NextGaussian(), 1), 256);
        var codes = new byte[1];
        for (var i = 0; i < 2000; i++)
        {
            var value = Math.Round(12 * rng.NextGaussian(), 1);
            bins.Encode([value], codes);
            Assert.InRange(codes[0], 1, QuantileBins.Bins - 1);
            for (var c = 0; c < QuantileBins.Bins; c++)
                Assert.Equal(value <= bins.EdgeOf(0, c), codes[0] <= c);
        }
    }

    [Fact]
    public void What_is_missing_has_the_code_0_and_nothing_else_has()
    {
        var bins = Filled(() => 1, 40);
        var codes = new byte[1];
        foreach (var value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            bins.Encode([value], codes);
            Assert.Equal(0, codes[0]);
        }
        bins.Encode([-double.MaxValue], codes);
        Assert.Equal(1, codes[0]);
    }

    [Fact]
    public void Few_values_have_their_edges_half_way_between_them()
    {
        var t = 0;
        var bins = Filled(() => t++ % 4 * 2, 64);
        Assert.Equal([1, 3, 5, double.PositiveInfinity], Enumerable.Range(1, 4).Select(c => bins.EdgeOf(0, c)));
    }

    [Fact]
    public void Values_spread_evenly_over_the_bins_whatever_their_distribution()
    {
        var rng = new Rng(2, "bins");
        var bins = Filled(() => Elementary.Exp(5 * rng.NextGaussian()), 256);
        var counts = new int[QuantileBins.Bins];
        var codes = new byte[1];
        for (var i = 0; i < 31_000; i++)
        {
            bins.Encode([Elementary.Exp(5 * rng.NextGaussian())], codes);
            counts[codes[0]]++;
        }
        Assert.All(counts[1..], count => Assert.InRange(count, 100, 3100));
    }

    [Fact]
    public void A_feature_that_moves_away_gets_new_edges()
    {
        var rng = new Rng(3, "bins");
        var bins = Filled(rng.NextDouble, 256);
        var map = new byte[QuantileBins.Bins];
        var renewed = 0;
        for (var t = 0; t < 10_000; t++)
        {
            bins.Observe([1000 + rng.NextDouble()], out var first, out var end);
            for (var f = first; f < end; f++)
                renewed += bins.Renew(f, map) ? 1 : 0;
        }
        Assert.InRange(renewed, 1, 50);
        var codes = new byte[2];
        bins.Encode([1000.1], codes.AsSpan(0, 1));
        bins.Encode([1000.9], codes.AsSpan(1, 1));
        Assert.InRange(codes[1] - codes[0], 10, 31);
    }

    [Fact]
    public void A_feature_that_stays_keeps_its_edges()
    {
        var rng = new Rng(4, "bins");
        var bins = Filled(rng.NextGaussian, 256);
        var map = new byte[QuantileBins.Bins];
        for (var t = 0; t < 20_000; t++)
        {
            bins.Observe([rng.NextGaussian()], out var first, out var end);
            for (var f = first; f < end; f++)
                Assert.False(bins.Renew(f, map));
        }
    }

    private static QuantileBins Filled(Func<double> next, int rows)
    {
        var bins = new QuantileBins(1, 1);
        var map = new byte[QuantileBins.Bins];
        for (var t = 0; t < rows; t++)
        {
            bins.Observe([next()], out var first, out var end);
            for (var f = first; f < end; f++)
                bins.Renew(f, map);
        }
        return bins;
    }
}
