using System.Runtime.InteropServices;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Trees;

public sealed class TreeKernelsTests
{
    [Fact]
    public void The_share_below_a_cut_is_the_normal_distribution_to_two_parts_in_ten_million()
    {
        for (var x = -9.0; x <= 9; x += 0.01)
            Assert.Equal(Elementary.NormalCdf(x), TreeKernels.ShareBelow(3 * x, -0.5 / 9), 2e-7);
    }

    [Fact]
    public void A_block_learns_weighted_moments_and_leaves_missing_values_out()
    {
        const int Features = 6, Padded = 8;
        var block = Empty(1, Padded);
        var rng = new Rng(3, "moments");
        var seen = new List<(double Value, double Weight)>[Features];
        for (var i = 0; i < Features; i++)
            seen[i] = [];
        var normaliser = 0.0;
        for (var t = 0; t < 200; t++)
        {
            var z = new double[Padded];
            var weight = 0.5 + rng.NextInt32(4);
            for (var i = 0; i < Features; i++)
            {
                z[i] = rng.NextDouble() < 0.2 ? double.NaN : 100 * i + (i + 1) * rng.NextGaussian();
                if (!double.IsNaN(z[i]))
                    seen[i].Add((z[i], weight));
            }
            normaliser = TreeKernels.Learn(ref z[0], ref block[0], Padded, weight);
        }
        var expected = 0.0;
        for (var i = 0; i < Features; i++)
        {
            var total = seen[i].Sum(s => s.Weight);
            var mean = seen[i].Sum(s => s.Weight * s.Value) / total;
            var variance = seen[i].Sum(s => s.Weight * (s.Value - mean) * (s.Value - mean)) / (total - 1);
            Assert.Equal(total, block[3 * Padded + i], 1e-9);
            Assert.Equal(mean, block[i], 1e-9);
            Assert.Equal(-0.5 / variance, block[Padded + i], 1e-9);
            Assert.Equal(seen[i].Min(s => s.Value), block[4 * Padded + i]);
            Assert.Equal(seen[i].Max(s => s.Value), block[5 * Padded + i]);
            expected -= 0.5 * Math.Log(variance);
        }
        Assert.Equal(expected, normaliser, 1e-9);
    }

    [Fact]
    public void What_a_cut_leaves_open_is_the_entropy_of_both_sides()
    {
        const int Classes = 3, Padded = 4, Cuts = 10, Stride = TreeKernels.BlockRows * Padded;
        var blocks = Empty(Classes, Padded);
        var rng = new Rng(5, "cuts");
        for (var t = 0; t < 300; t++)
        {
            double[] z = [t % 3 + rng.NextGaussian(), 0, 0, 0];
            TreeKernels.Learn(ref z[0], ref blocks[t % 3 * Stride], Padded, 1 + t % 2);
        }
        double[] left = new double[12], remaining = new double[12];
        TreeKernels.Cuts(ref MemoryMarshal.GetArrayDataReference(blocks), Stride, Padded, Classes, -2, 0.5, Cuts, left, remaining);
        for (var c = 0; c <= Cuts; c++)
        {
            var cut = c < Cuts ? -2 + (c + 1) * 0.5 : double.PositiveInfinity;
            double below = 0, above = 0, expected = 0;
            for (var k = 0; k < Classes; k++)
            {
                var at = k * Stride;
                var weight = blocks[at + 3 * Padded];
                var share = cut < blocks[at + 4 * Padded] ? 0 : cut >= blocks[at + 5 * Padded] ? 1 : Elementary.NormalCdf((cut - blocks[at]) * Math.Sqrt(-2 * blocks[at + Padded]));
                below += weight * share;
                above += weight * (1 - share);
                expected -= TimesLog(weight * share) + TimesLog(weight * (1 - share));
            }
            expected += TimesLog(below) + TimesLog(above);
            Assert.Equal(below, left[c], 1e-4);
            Assert.Equal(expected, remaining[c], 1e-3);
        }

        static double TimesLog(double w) => w > 0 ? w * Math.Log(w) : 0;
    }

    [Fact]
    public void A_thousand_tiny_variances_do_not_overflow_the_normaliser()
    {
        const int Padded = 4096;
        var block = Empty(1, Padded);
        double[] low = new double[Padded], high = new double[Padded];
        Array.Fill(high, 3e-9);
        TreeKernels.Learn(ref low[0], ref block[0], Padded, 1);
        var normaliser = TreeKernels.Learn(ref high[0], ref block[0], Padded, 1);
        Assert.Equal(-0.5 * Padded * Math.Log(4.5e-18), normaliser, 1e-6);
    }

    private static double[] Empty(int classes, int padded)
    {
        var blocks = new double[classes * TreeKernels.BlockRows * padded];
        for (var k = 0; k < classes; k++)
        {
            blocks.AsSpan((k * TreeKernels.BlockRows + 4) * padded, padded).Fill(double.PositiveInfinity);
            blocks.AsSpan((k * TreeKernels.BlockRows + 5) * padded, padded).Fill(double.NegativeInfinity);
        }
        return blocks;
    }
}
