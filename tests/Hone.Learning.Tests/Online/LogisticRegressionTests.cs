using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Tests.Online;

/// <summary>Slow and fast weights, and who speaks when.</summary>
public sealed class LogisticRegressionTests
{
    [Fact]
    public void It_finds_the_log_odds_of_a_logistic_world()
    {
        var learner = new LogisticRegression(new(2, 2, 1), new() { FastRate = 0 });
        var rng = new Rng(1, "logistic");
        var p = new double[2];
        for (var t = 0; t < 200_000; t++)
        {
            double[] x = [rng.NextGaussian(), 10 + 3 * rng.NextGaussian()];
            learner.Learn(x, rng.NextDouble() < Elementary.Sigmoid(x[0] - 0.3 * (x[1] - 10) - 0.5) ? 1 : 0);
        }
        foreach (var (a, b) in ((double, double)[])[(0, 10), (1, 10), (-1, 13), (2, 7)])
        {
            learner.Predict([a, b], p);
            Assert.Equal(Elementary.Sigmoid(a - 0.3 * (b - 10) - 0.5), p[1], 0.02);
        }
    }

    [Fact]
    public void With_more_classes_it_finds_their_probabilities()
    {
        var learner = new LogisticRegression(new(1, 3, 1), new());
        var rng = new Rng(2, "softmax");
        var p = new double[3];
        for (var t = 0; t < 100_000; t++)
        {
            var x = rng.NextGaussian();
            var one = Math.Exp(x);
            var u = rng.NextDouble() * (1 + one + 1 / one);
            learner.Learn([x], u < 1 ? 0 : u < 1 + one ? 1 : 2);
        }
        learner.Predict([1], p);
        var sum = 1 + Math.E + 1 / Math.E;
        Assert.Equal(1 / sum, p[0], 0.05);
        Assert.Equal(Math.E / sum, p[1], 0.05);
    }

    [Fact]
    public void When_the_world_turns_round_the_fast_weights_take_over()
    {
        var both = Recovery(new());
        var slow = Recovery(new() { FastRate = 0 });
        Assert.True(both > 0.9 && both > slow + 0.2, $"With fast weights {both:P1}, without {slow:P1}.");
    }

    [Fact]
    public void After_a_boost_the_slow_weights_turn_round_sooner()
    {
        var boosted = Recovery(new() { FastRate = 0 }, 300);
        var left = Recovery(new() { FastRate = 0 });
        Assert.True(boosted > left + 0.1, $"Boosted {boosted:P1}, not boosted {left:P1}.");
    }

    [Fact]
    public void A_missing_feature_counts_as_its_mean()
    {
        var learner = new LogisticRegression(new(2, 2, 1), new());
        var rng = new Rng(3, "missing");
        double[] p = new double[2], q = new double[2];
        var mean = new Welford();
        for (var t = 0; t < 64; t++)
        {
            double[] x = [rng.NextGaussian(), 5 + rng.NextGaussian()];
            mean.Add(x[1]);
            learner.Learn(x, x[1] > 5 ? 1 : 0);
        }
        learner.Predict([0.3, double.NaN], p);
        learner.Predict([0.3, mean.Mean], q);
        Assert.Equal(q[1], p[1], 1e-9);
    }

    [Fact]
    public void A_weight_of_two_is_about_two_examples()
    {
        LogisticRegression twice = new(new(1, 2, 1), new()), heavy = new(new(1, 2, 1), new());
        double[] p = new double[2], q = new double[2];
        heavy.Learn([1], 1, 2);
        twice.Learn([1], 1);
        twice.Predict([1], p);
        heavy.Predict([1], q);
        Assert.Equal(2 * (p[1] - 0.5), q[1] - 0.5, 0.01);
    }

    private static double Recovery(LogisticRegressionOptions options, double boost = 1)
    {
        var learner = new LogisticRegression(new(4, 2, 1), options);
        var rng = new Rng(4, "turn");
        var p = new double[2];
        var right = 0;
        for (var t = 0; t < 22_000; t++)
        {
            double[] x = [rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian()];
            if (t == 20_000)
                learner.BoostRate(boost);
            var label = x[0] + x[1] > 0 == t < 20_000 ? 1 : 0;
            learner.TestThenTrain(x, label, p);
            right += t >= 20_500 && p[1] > 0.5 == (label == 1) ? 1 : 0;
        }
        return right / 1500.0;
    }
}
