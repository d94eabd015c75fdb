using Hone.Learning.Calibration;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Calibration;

public sealed class PlattCalibratorTests
{
    [Theory]
    [InlineData(0.3, 0)]
    [InlineData(1, -0.4)]
    [InlineData(2.5, 0.3)]
    public void Slope_and_shift_are_found(double slope, double shift)
    {
        var calibrator = new PlattCalibrator(new() { HalfLife = 0 });
        var random = new Rng(1, "platt");
        for (var i = 0; i < 30_000; i++)
        {
            var z = 2 * random.NextGaussian();
            calibrator.Learn(Elementary.Sigmoid(z), random.NextDouble() < Elementary.Sigmoid(slope * z + shift) ? 1 : 0);
        }
        Assert.Equal(slope, calibrator.Slope, 0.08);
        Assert.Equal(shift, calibrator.Shift, 0.08);
    }

    [Fact]
    public void It_ends_near_the_optimum_of_the_penalised_loss()
    {
        var options = new PlattCalibratorOptions { HalfLife = 0 };
        var calibrator = new PlattCalibrator(options);
        var random = new Rng(2, "optimum");
        var data = new (double Z, int Y)[5_000];
        for (var i = 0; i < data.Length; i++)
        {
            var z = 0.7 + 0.5 * random.NextGaussian();
            data[i] = (z, random.NextDouble() < Elementary.Sigmoid(0.6 * z + 0.1) ? 1 : 0);
            calibrator.Learn(Elementary.Sigmoid(z), data[i].Y);
        }

        // The batch solution, by Newton's method.
        double a = 1, b = 0;
        for (var step = 0; step < 20; step++)
        {
            double g1 = options.SlopePrior * (a - 1), g2 = options.ShiftPrior * b, h11 = options.SlopePrior, h12 = 0, h22 = options.ShiftPrior;
            foreach (var (z, y) in data)
            {
                var p = Elementary.Sigmoid(a * z + b);
                var s = p * (1 - p);
                (g1, g2) = (g1 + (p - y) * z, g2 + p - y);
                (h11, h12, h22) = (h11 + s * z * z, h12 + s * z, h22 + s);
            }
            var determinant = h11 * h22 - h12 * h12;
            (a, b) = (a - (h22 * g1 - h12 * g2) / determinant, b - (h11 * g2 - h12 * g1) / determinant);
        }
        Assert.Equal(a, calibrator.Slope, 0.02);
        Assert.Equal(b, calibrator.Shift, 0.005);
    }

    [Fact]
    public void Fifty_outcomes_of_a_weak_predictor_hardly_move_it()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var calibrator = new PlattCalibrator(new());
            var random = new Rng(seed, "fifty");
            for (var i = 0; i < 50; i++)
                calibrator.Learn(0.48 + 0.01 * (i % 5), random.NextInt32(2));
            Assert.Equal(1, calibrator.Slope, 0.2);
            Assert.Equal(0.5, calibrator.Apply(0.5), 0.07);
        }
    }

    [Fact]
    public void One_surprise_in_a_sure_model_is_not_the_end_of_it()
    {
        var calibrator = new PlattCalibrator(new());
        for (var i = 0; i < 2_000; i++)
            calibrator.Learn(i % 2, i == 1_000 ? 1 : i % 2);
        Assert.True(calibrator.Apply(1) > 0.99);
    }

    [Fact]
    public void It_forgets_a_shift_that_has_ended()
    {
        var forgetting = new PlattCalibrator(new() { HalfLife = 1_000 });
        var remembering = new PlattCalibrator(new() { HalfLife = 0 });
        var random = new Rng(4, "forget");
        for (var i = 0; i < 20_000; i++)
        {
            var outcome = random.NextDouble() < (i < 10_000 ? 0.7 : 0.5) ? 1 : 0;
            forgetting.Learn(0.5, outcome);
            remembering.Learn(0.5, outcome);
        }
        Assert.Equal(0.5, forgetting.Apply(0.5), 0.03);
        Assert.Equal(0.6, remembering.Apply(0.5), 0.03);
    }

    [Fact]
    public void Without_news_it_returns_to_the_identity()
    {
        var calibrator = new PlattCalibrator(new() { HalfLife = 500 });
        for (var i = 0; i < 3_000; i++)
            calibrator.Learn(0.8, i % 2);
        Assert.InRange(calibrator.Slope, 0, 0.9);

        // Outcomes at one half say nothing about the slope; its prior takes it back.
        for (var i = 0; i < 40_000; i++)
            calibrator.Learn(0.5, i % 2);
        Assert.Equal(1, calibrator.Slope, 0.01);
        Assert.Equal(0, calibrator.Shift, 0.01);
    }

    [Fact]
    public void A_model_that_is_sure_and_wrong_is_toned_down_not_turned_around()
    {
        var calibrator = new PlattCalibrator(new());
        for (var i = 0; i < 5_000; i++)
        {
            var sure = i % 2;
            calibrator.Learn(sure, i % 10 < 4 ? sure : 1 - sure);
        }
        Assert.InRange(calibrator.Slope, 0, 0.05);
        Assert.Equal(0.5, calibrator.Apply(1), 0.1);
    }

    [Fact]
    public void A_weight_counts_as_so_many_outcomes()
    {
        var once = new PlattCalibrator(new() { HalfLife = 0 });
        var tenth = new PlattCalibrator(new() { HalfLife = 0 });
        for (var i = 0; i < 2_000; i++)
        {
            once.Learn(0.6, i % 2);
            for (var k = 0; k < 10; k++)
                tenth.Learn(0.6, i % 2, 0.1);
        }
        Assert.Equal(once.Apply(0.6), tenth.Apply(0.6), 0.002);
        Assert.Equal(0.5, once.Apply(0.6), 0.02);
    }
}
