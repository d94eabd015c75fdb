using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class BrierDecompositionTests
{
    [Fact]
    public void Parts_are_those_of_a_hand_made_example()
    {
        // Ten times .2 with three hits, ten times .7 with six: the overall share is .45.
        var parts = Filled().Parts(2);
        Assert.Equal(0.5 * (0.01 + 0.01), parts.Reliability, 1e-12);
        Assert.Equal(0.5 * (0.15 * 0.15 + 0.15 * 0.15), parts.Resolution, 1e-12);
        Assert.Equal(0.45 * 0.55, parts.Uncertainty, 1e-12);
        Assert.Equal(0, parts.WithinBins, 1e-12);
        Assert.Equal((3 * 0.64 + 7 * 0.04 + 6 * 0.09 + 4 * 0.49) / 20, parts.Brier, 1e-12);

        // Ferro and Fricker: .3·.7/9 and .6·.4/9 in the bins, .45·.55/19 overall.
        var corrected = Filled().PartsCorrected(2);
        var noise = 0.5 * (0.21 / 9 + 0.24 / 9);
        Assert.Equal(parts.Reliability - noise, corrected.Reliability, 1e-12);
        Assert.Equal(parts.Resolution - noise + 0.2475 / 19, corrected.Resolution, 1e-12);
        Assert.Equal(parts.Uncertainty + 0.2475 / 19, corrected.Uncertainty, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void The_parts_add_up_to_the_loss_whatever_the_bins(int bins)
    {
        var decomposition = new BrierDecomposition();
        var random = new Rng(1, "parts");
        var brier = 0.0;
        for (var i = 0; i < 3_000; i++)
        {
            var p = random.NextDouble();
            var label = random.NextDouble() < 0.3 + 0.5 * p ? 1 : 0;
            brier += (p - label) * (p - label) / 3_000;
            decomposition.Add(p, label);
        }
        foreach (var parts in (BrierParts[])[decomposition.Parts(bins), decomposition.PartsCorrected(bins, overlap: 3)])
        {
            Assert.Equal(brier, parts.Brier, 1e-12);
            Assert.Equal(brier, parts.Reliability - parts.Resolution + parts.Uncertainty + parts.WithinBins, 1e-12);
        }
    }

    [Fact]
    public void A_perfect_model_has_a_corrected_reliability_of_zero_on_average_and_a_raw_one_above()
    {
        double raw = 0, corrected = 0;
        const int runs = 200;
        for (ulong seed = 1; seed <= runs; seed++)
        {
            var decomposition = new BrierDecomposition();
            var random = new Rng(seed, "perfect");
            for (var i = 0; i < 500; i++)
            {
                var p = 0.4 + 0.2 * random.NextDouble();
                decomposition.Add(p, random.NextDouble() < p ? 1 : 0);
            }
            raw += decomposition.Parts().Reliability / runs;
            corrected += decomposition.PartsCorrected().Reliability / runs;
        }

        // Ten bins of a quarter over fifty each.
        Assert.Equal(0.005, raw, 0.0005);
        Assert.Equal(0, corrected, 0.0005);
    }

    [Fact]
    public void Nothing_has_no_parts_and_what_is_no_probability_is_refused()
    {
        var decomposition = new BrierDecomposition();
        Assert.Equal(default, decomposition.Parts());
        Assert.Throws<ArgumentOutOfRangeException>(() => decomposition.Add(double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => decomposition.Add(0.5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => decomposition.Parts(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => decomposition.PartsCorrected(101));
        Assert.Equal(0, decomposition.Count);
    }

    private static BrierDecomposition Filled()
    {
        var decomposition = new BrierDecomposition();
        for (var i = 0; i < 10; i++)
        {
            decomposition.Add(0.2, i < 3 ? 1 : 0);
            decomposition.Add(0.7, i < 6 ? 1 : 0);
        }
        return decomposition;
    }
}
