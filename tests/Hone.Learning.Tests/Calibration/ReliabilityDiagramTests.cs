using Hone.Learning.Calibration;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Calibration;

public sealed class ReliabilityDiagramTests
{
    [Fact]
    public void Bins_have_equal_mass_even_when_all_probabilities_are_near_a_half()
    {
        var diagram = Filled(20_000, 0.45, 0.55, p => p);
        var bins = new ReliabilityBin[10];
        Assert.Equal(10, diagram.Bins(bins));
        Assert.Equal(20_000, bins.Sum(b => b.Count));
        foreach (var bin in bins)
            Assert.InRange(bin.Count, 1_750, 2_250);
        for (var i = 0; i < 10; i++)
            Assert.Equal(0.455 + 0.01 * i, bins[i].Confidence, 0.002);
    }

    [Fact]
    public void Bins_hold_exactly_what_was_added()
    {
        var diagram = new ReliabilityDiagram();
        for (var i = 0; i < 100; i++)
            diagram.Add(i < 60 ? 0.25 : 0.75, i % 3 == 0);
        var bins = new ReliabilityBin[2];
        Assert.Equal(2, diagram.Bins(bins));
        Assert.Equal((60, 0.25, 20 / 60.0), (bins[0].Count, bins[0].Confidence, bins[0].Frequency));
        Assert.Equal((40, 0.75, 14 / 40.0), (bins[1].Count, bins[1].Confidence, bins[1].Frequency));
        Assert.Equal(0.6 * (20 / 60.0 - 0.25) + 0.4 * (0.75 - 14 / 40.0), diagram.Error(2).Value, 1e-12);
        var half = 1.959963984540054 * Math.Sqrt(0.25 * 0.75 / 60);
        Assert.Equal(0.25 + half, bins[0].NullHigh, 1e-12);
        Assert.Equal(0.25 - half, bins[0].NullLow, 1e-12);
        Assert.True(bins[1].Off);
        Assert.False(bins[0].Off);
    }

    [Fact]
    public void Predictions_that_all_agree_are_one_bin()
    {
        var diagram = new ReliabilityDiagram();
        for (var i = 0; i < 50; i++)
            diagram.Add(1, true);
        Assert.Equal(1, diagram.Bins(new ReliabilityBin[10]));
        Assert.Equal(new CalibrationError(0, 0, 0), diagram.Error());
        Assert.Equal(new CalibrationError(0, 0, 0), new ReliabilityDiagram().Error());
    }

    // Measured elsewhere for ten bins near a half: 0.021 and 0.0095.
    [Theory]
    [InlineData(1_000, 0.021)]
    [InlineData(5_000, 0.0095)]
    public void A_perfect_model_shows_the_error_that_the_null_says_and_exceeds_its_band_in_one_of_twenty(int outcomes, double known)
    {
        double total = 0, nulls = 0;
        var exceeded = 0;
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var error = Filled(outcomes, 0.45, 0.55, p => p, seed).Error(10);
            total += error.Value;
            nulls += error.NullMean;
            exceeded += error.Significant ? 1 : 0;
        }
        // Within rounding of the published figure, and of each other.
        Assert.InRange(total / 200, 0.8 * known, 2.0 * known);
        Assert.Equal(1, total / nulls, 0.06);
        Assert.InRange(exceeded, 2, 22);
    }

    // Known from elsewhere for 15 bins and probabilities from 0 to 1.
    [Theory]
    [InlineData(100, 0.120)]
    [InlineData(1_000, 0.038)]
    [InlineData(5_000, 0.017)]
    public void The_error_of_a_perfect_model_is_what_is_known_from_elsewhere(int outcomes, double known)
    {
        double total = 0, nulls = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var error = Filled(outcomes, 0, 1, p => p, seed).Error(15);
            total += error.Value / 60;
            nulls += error.NullMean / 60;
        }
        Assert.Equal(1, total / known, 0.07);
        Assert.Equal(1, nulls / known, 0.07);
    }

    [Fact]
    public void An_overconfident_model_is_outside_the_band()
    {
        var error = Filled(5_000, 0.4, 0.6, p => 0.5 + 0.2 * (p - 0.5)).Error(10);
        Assert.True(error.Significant);
        Assert.Equal(0.04, error.Value, 0.01);
    }

    [Fact]
    public void Overlap_widens_the_null_by_its_root()
    {
        var diagram = Filled(2_000, 0.4, 0.6, p => p);
        Assert.Equal(3 * diagram.Error(10).NullMean, diagram.Error(10, overlap: 9).NullMean, 1e-12);
        Assert.Equal(3 * diagram.Error(10).NullHigh, diagram.Error(10, overlap: 9).NullHigh, 1e-12);
    }

    [Fact]
    public void Two_halves_merge_into_the_whole()
    {
        var whole = new ReliabilityDiagram();
        ReliabilityDiagram[] halves = [new(), new()];
        var random = new Rng(8, "halves");
        for (var i = 0; i < 1_000; i++)
        {
            // Multiples of 1/1024 keep the sums exact.
            var p = random.NextInt32(1_025) / 1_024.0;
            var happened = random.NextDouble() < p;
            whole.Add(p, happened);
            halves[i / 500].Add(p, happened);
        }
        halves[0].Merge(halves[1]);
        Assert.Equal(whole.Error(15), halves[0].Error(15));
        Assert.Equal(1_000, halves[0].Count);
    }

    [Fact]
    public void What_is_no_probability_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReliabilityDiagram().Add(double.NaN, true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReliabilityDiagram().Error(21));
    }

    private static ReliabilityDiagram Filled(int outcomes, double from, double to, Func<double, double> truth, ulong seed = 1)
    {
        var diagram = new ReliabilityDiagram();
        var random = new Rng(seed, "reliability");
        for (var i = 0; i < outcomes; i++)
        {
            var p = from + (to - from) * random.NextDouble();
            diagram.Add(p, random.NextDouble() < truth(p));
        }
        return diagram;
    }
}
