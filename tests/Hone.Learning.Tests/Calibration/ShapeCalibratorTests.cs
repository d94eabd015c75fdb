using Hone.Learning.Calibration;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Calibration;

/// <summary>Calibrators by the shape of map that they can learn.</summary>
public sealed class ShapeCalibratorTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(2.5)]
    public void Temperature_finds_the_slope_and_leaves_one_half_alone(double slope)
    {
        var calibrator = new TemperatureCalibrator(new() { HalfLife = 0 });
        Feed(calibrator, 30_000, z => slope * z);
        Assert.Equal(slope, calibrator.Slope, 0.1);
        Assert.Equal(0.5, calibrator.Apply(0.5));
    }

    [Theory]
    [InlineData(0.5, 1.5, 0.2)]
    [InlineData(1.2, 0.3, -0.4)]
    [InlineData(1, 1, 0)]
    public void Beta_finds_a_b_and_c(double a, double b, double c)
    {
        var calibrator = new BetaCalibrator(new() { HalfLife = 0 });
        Feed(calibrator, 60_000, z => a * Elementary.Log(Elementary.Sigmoid(z)) - b * Elementary.Log(Elementary.Sigmoid(-z)) + c);
        Assert.Equal(a, calibrator.A, 0.1);
        Assert.Equal(b, calibrator.B, 0.1);
        Assert.Equal(c, calibrator.C, 0.12);

        // The formula of the paper, from the published numbers.
        Assert.Equal(Elementary.Sigmoid(calibrator.A * Elementary.Log(0.3) - calibrator.B * Elementary.Log(0.7) + calibrator.C), calibrator.Apply(0.3), 1e-12);
    }

    [Fact]
    public void Beta_ends_near_the_optimum_of_the_penalised_loss()
    {
        var options = new BetaCalibratorOptions { HalfLife = 0 };
        var calibrator = new BetaCalibrator(options);
        var data = Feed(calibrator, 6_000, z => 0.6 * z + 0.3);

        // The batch solution, by gradient descent with a step that the curvature allows.
        double s = 1, d = 0, t = 0;
        for (var round = 0; round < 1_500; round++)
        {
            double g1 = options.SlopePrior * (s - 1), g2 = options.SkewPrior * d, g3 = options.ShiftPrior * t;
            foreach (var (p, y) in data)
            {
                double up = Elementary.Log(2 * p), down = Elementary.Log(2 * (1 - p));
                var miss = Elementary.Sigmoid(s * (up - down) + d * (up + down) + t) - y;
                (g1, g2, g3) = (g1 + miss * (up - down), g2 + miss * (up + down), g3 + miss);
            }
            (s, d, t) = (s - 0.4 * g1 / data.Length, d - 0.4 * g2 / data.Length, t - 0.4 * g3 / data.Length);
        }
        foreach (var p in (double[])[0.01, 0.2, 0.5, 0.7, 0.95])
            Assert.Equal(Elementary.Sigmoid(s * Elementary.Log(p / (1 - p)) + d * Elementary.Log(4 * p * (1 - p)) + t), calibrator.Apply(p), 0.01);
    }

    [Fact]
    public void Near_one_half_beta_is_as_steady_as_its_priors()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var calibrator = new BetaCalibrator(new());
            var random = new Rng(seed, "fifty");
            for (var i = 0; i < 50; i++)
                calibrator.Learn(0.48 + 0.01 * (i % 5), random.NextInt32(2));
            Assert.Equal(1, calibrator.A, 0.2);
            Assert.Equal(1, calibrator.B, 0.2);
            Assert.Equal(0.5, calibrator.Apply(0.5), 0.07);
        }
    }

    [Theory]
    [InlineData("isotonic", 0.08)]
    [InlineData("platt", 0.3)]
    public void Only_isotonic_follows_a_map_that_is_no_curve(string name, double error)
    {
        // Flat, then a step: what a tree with two leaves and a lot of noise on top looks like.
        var calibrator = Catalog.BuiltIn().Calibrators[name].Create(1);
        var random = new Rng(1, "step");
        for (var i = 0; i < 40_000; i++)
        {
            var p = random.NextDouble();
            calibrator.Learn(p, random.NextDouble() < (p < 0.7 ? 0.3 : 0.8) ? 1 : 0);
        }
        var worst = 0.0;
        foreach (var p in (double[])[0.1, 0.3, 0.5, 0.65, 0.75, 0.9])
            worst = Math.Max(worst, Math.Abs(calibrator.Apply(p) - (p < 0.7 ? 0.3 : 0.8)));
        if (name == "isotonic")
            Assert.InRange(worst, 0, error);
        else
            Assert.InRange(worst, 0.1, error);
    }

    [Fact]
    public void Isotonic_is_the_batch_solution_of_its_bins()
    {
        var calibrator = new IsotonicCalibrator(new() { HalfLife = 0, PriorWeight = 5, RefitEvery = 1 });
        var random = new Rng(2, "batch");

        // Probabilities at the centres of the middle bins, so that a block's mean is a mean of centres.
        double[] hits = new double[112], counts = new double[112];
        var platt = new PlattCalibrator(new() { HalfLife = 0 });
        for (var i = 0; i < 5_000; i++)
        {
            // Sure bins on both sides keep what is outside apart from what is compared.
            var bin = i < 4_000 ? 20 + random.NextInt32(70) : i % 2 == 0 ? 15 + i % 5 : 90 + i % 5;
            var hit = bin < 20 ? 0 : bin >= 90 ? 1 : random.NextDouble() < 0.4 + 0.2 * Elementary.Sin(bin) ? 1 : 0;
            calibrator.Learn(Centre(bin), hit);
            platt.Learn(Centre(bin), hit);
            hits[bin] += hit;
            counts[bin]++;
        }

        // max-min formula: the fit at i is max over j ≤ i of min over k ≥ i of the mean over j…k.
        double[] sums = new double[113], weights = new double[113], fits = new double[112];
        for (var i = 0; i < 112; i++)
        {
            sums[i + 1] = sums[i] + hits[i] + 5 * platt.Apply(Centre(i));
            weights[i + 1] = weights[i] + counts[i] + 5;
        }
        for (var i = 0; i < 112; i++)
        {
            fits[i] = double.NegativeInfinity;
            for (var j = 0; j <= i; j++)
            {
                var least = double.PositiveInfinity;
                for (var k = i; k < 112; k++)
                    least = Math.Min(least, (sums[k + 1] - sums[j]) / (weights[k + 1] - weights[j]));
                fits[i] = Math.Max(fits[i], least);
            }
        }
        var compared = 0;
        for (var from = 0; from < 112;)
        {
            var to = from;
            while (to + 1 < 112 && Math.Abs(fits[to + 1] - fits[from]) < 1e-12)
                to++;
            double x = 0, weight = 0;
            for (var i = from; i <= to; i++)
                (x, weight) = (x + (counts[i] + 5) * Centre(i), weight + counts[i] + 5);
            if (from >= 20 && to < 90)
            {
                Assert.Equal(fits[from], calibrator.Apply(x / weight), 1e-9);
                compared++;
            }
            from = to + 1;
        }
        Assert.True(compared >= 3);

        static double Centre(int bin) => (bin + 8.5) / 128;
    }

    [Fact]
    public void Every_probability_is_counted_in_the_bin_around_it()
    {
        for (var z = -16.0; z <= 16; z += 0.01)
        {
            var p = Elementary.Sigmoid(z);
            var (lower, upper) = IsotonicCalibrator.BinOf(p);
            Assert.True(lower <= p && p <= upper, $"{p} is not in {lower} to {upper}");

            // Narrow everywhere: half an octave at most, 1/128 in the middle.
            Assert.True(upper - lower <= Math.Max(0.51 * Math.Min(p, 1 - p), 2e-7));
            Assert.True(upper - lower <= 1 / 128.0 || Math.Min(p, 1 - p) < 1 / 16.0);
        }
    }

    [Fact]
    public void Isotonic_rises_everywhere_and_has_no_jumps()
    {
        var calibrator = new IsotonicCalibrator(new());
        var random = new Rng(3, "smooth");
        for (var i = 0; i < 20_000; i++)
        {
            var p = 0.4 + 0.2 * random.NextDouble();
            calibrator.Learn(p, random.NextDouble() < 0.5 + 0.3 * (p - 0.5) ? 1 : 0);
        }
        double last = 0, steepest = 0;
        for (var p = 0.4; p <= 0.6; p += 1e-5)
        {
            var calibrated = calibrator.Apply(p);
            Assert.True(calibrated >= last);
            if (last > 0)
                steepest = Math.Max(steepest, calibrated - last);
            last = calibrated;
        }
        Assert.True(steepest < 1e-3, $"{steepest}");
        Assert.Equal(0.5 + 0.3 * 0.05, calibrator.Apply(0.55), 0.02);
        Assert.Equal(0.5 - 0.3 * 0.05, calibrator.Apply(0.45), 0.02);
    }

    [Theory]
    [InlineData("isotonic")]
    [InlineData("beta")]
    [InlineData("temperature")]
    public void A_model_that_is_sure_and_wrong_half_the_time_is_toned_down(string name)
    {
        var calibrator = Catalog.BuiltIn().Calibrators[name].Create(1);
        for (var i = 0; i < 20_000; i++)
            calibrator.Learn(i % 2, i / 2 % 2);
        Assert.Equal(0.5, calibrator.Apply(1), 0.05);
        Assert.Equal(0.5, calibrator.Apply(0), 0.05);
    }

    [Fact]
    public void Isotonic_believes_ten_thousand_outcomes_at_one_place_whatever_is_imagined_beside_it()
    {
        var calibrator = new IsotonicCalibrator(new() { HalfLife = 0 });
        for (var i = 0; i < 10_000; i++)
            calibrator.Learn(0.99, i % 2);
        Assert.Equal(0.52, calibrator.Apply(0.99), 0.03);
    }

    [Theory]
    [InlineData("isotonic")]
    [InlineData("beta")]
    [InlineData("temperature")]
    [InlineData("platt")]
    public void An_overconfident_model_loses_less_after_calibration(string name)
    {
        var calibrator = Catalog.BuiltIn().Calibrators[name].Create(1);
        var random = new Rng(6, "overconfident");
        double raw = 0, calibrated = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var z = 2 * random.NextGaussian();
            var p = Elementary.Sigmoid(z);
            var outcome = random.NextDouble() < Elementary.Sigmoid(0.3 * z) ? 1 : 0;
            if (i > 2_000)
            {
                raw -= Elementary.Log(outcome == 1 ? p : 1 - p);
                var q = calibrator.Apply(p);
                calibrated -= Elementary.Log(outcome == 1 ? q : 1 - q);
            }
            calibrator.Learn(p, outcome);
        }
        Assert.True(calibrated < 0.85 * raw, $"{calibrated / 8_000:F4} after {raw / 8_000:F4}");
    }

    [Theory]
    [InlineData("isotonic")]
    [InlineData("beta")]
    public void A_shift_that_has_ended_is_forgotten(string name)
    {
        var calibrator = Catalog.BuiltIn().Calibrators[name].Create(1, System.Text.Json.JsonDocument.Parse("""{"half_life":1000}""").RootElement);
        var random = new Rng(4, "forget");
        for (var i = 0; i < 24_000; i++)
        {
            calibrator.Learn(0.45 + 0.1 * (i % 11) / 10, random.NextDouble() < (i < 12_000 ? 0.7 : 0.5) ? 1 : 0);
            if (i == 11_999)
                Assert.Equal(0.7, calibrator.Apply(0.5), 0.06);
        }
        Assert.Equal(0.5, calibrator.Apply(0.5), 0.05);
    }

    private static (double P, int Y)[] Feed(ICalibrator calibrator, int outcomes, Func<double, double> truth)
    {
        var random = new Rng(1, "shape");
        var data = new (double P, int Y)[outcomes];
        for (var i = 0; i < outcomes; i++)
        {
            var z = 2 * random.NextGaussian();
            data[i] = (Elementary.Sigmoid(z), random.NextDouble() < Elementary.Sigmoid(truth(z)) ? 1 : 0);
            calibrator.Learn(data[i].P, data[i].Y);
        }
        return data;
    }
}
