using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Tests.Online;

public sealed class GaussianNaiveBayesTests
{
    [Fact]
    public void Probabilities_are_those_of_Gaussians_calculated_by_hand()
    {
        // Class 0: {1, 3} and {0, 4}: means 2 and 2, variances 1 and 4. Class 1: {5, 7, 9} and {1, 1, 4}: means 7 and 2, variances 8/3 and 2.
        var learner = Of(new() { Shrinkage = 0, Smoothing = 1e-6 });
        learner.Learn([1, 0], 0);
        learner.Learn([3, 4], 0);
        learner.Learn([5, 1], 1);
        learner.Learn([7, 1], 1);
        learner.Learn([9, 4], 1);

        double Density(double x, double mean, double variance) => Elementary.Exp(-(x - mean) * (x - mean) / (2 * variance)) / Math.Sqrt(2 * Math.PI * variance);
        double first = 2.0 / 5 * Density(4, 2, 1) * Density(3, 2, 4), second = 3.0 / 5 * Density(4, 7, 8.0 / 3) * Density(3, 2, 2);
        var p = new double[2];
        learner.Predict([4, 3], p);
        Assert.Equal(second / (first + second), p[1], 1e-6);
    }

    [Fact]
    public void A_missing_feature_is_left_out()
    {
        var learner = Of(new() { Shrinkage = 0, Smoothing = 1e-6 });
        var alone = new GaussianNaiveBayes(new(1, 2, 1), new() { Shrinkage = 0, Smoothing = 1e-6 });
        var rng = new Rng(2, "missing");
        for (var t = 0; t < 200; t++)
        {
            var (x, label) = (rng.NextGaussian() + t % 2, t % 2);
            learner.Learn([x, t % 3 == 0 ? double.NaN : 5 * rng.NextGaussian()], label);
            alone.Learn([x], label);
        }
        double[] p = new double[2], q = new double[2];
        learner.Predict([0.7, double.NaN], p);
        alone.Predict([0.7], q);
        Assert.Equal(q, p);
    }

    [Fact]
    public void Without_memory_to_lose_nothing_is_forgotten_and_with_it_the_past_fades()
    {
        GaussianNaiveBayes keeps = Of(new()), forgets = Of(new() { Memory = 50 });
        var rng = new Rng(3, "turn");
        for (var t = 0; t < 4000; t++)
        {
            // What the first feature means turns round half-way.
            var label = rng.NextInt32(2);
            double[] x = [rng.NextGaussian() + 2 * (t < 2000 ? label : 1 - label), rng.NextGaussian()];
            keeps.Learn(x, label);
            forgets.Learn(x, label);
        }
        double[] p = new double[2], q = new double[2];
        keeps.Predict([3, 0], p);
        forgets.Predict([3, 0], q);
        Assert.InRange(p[0], 0.3, 0.7);
        Assert.InRange(q[0], 0.9, 1);
    }

    [Fact]
    public void Growing_weights_are_scaled_back_without_a_trace()
    {
        // A memory of two examples doubles the weights every second row: scaled back after some 340 rows.
        var learner = Of(new() { Memory = 2 });
        var rng = new Rng(4, "scale");
        double[] p = new double[2], before = new double[2];
        for (var t = 0; t < 2000; t++)
        {
            learner.Predict([1, 1], before);
            learner.Learn([t % 4 < 2 ? 1 : -1, t % 8], t % 4 < 2 ? 1 : 0);
            learner.Predict([1, 1], p);
            if (t > 20)
                Assert.True(p[1] > 0.5, $"Row {t}: {p[1]}");
        }
    }

    [Fact]
    public void A_logarithm_of_four_numbers_is_that_of_each()
    {
        var rng = new Rng(5, "log");
        for (var i = 0; i < 2000; i++)
        {
            var x = Elementary.Exp(400 * rng.NextDouble() - 200);
            Assert.Equal(Elementary.Log(x), GaussianKernels.Log(System.Runtime.Intrinsics.Vector256.Create(x))[i % 4], 1e-13);
        }
    }

    private static GaussianNaiveBayes Of(GaussianNaiveBayesOptions options) => new(new(2, 2, 1), options);
}
