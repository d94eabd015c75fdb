using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Tests.Online;

/// <summary>Regressors find lines, follow a wandering world, and are not blinded by one absurd target.</summary>
public sealed class LinearRegressionTests
{
    private static readonly double[] Slopes = [3, -2, 0.5];

    [Theory]
    [InlineData("linear-regression", LinearOptimizer.Rls, 0.1)]
    [InlineData("linear-regression", LinearOptimizer.Sgd, 0.2)]
    [InlineData("linear-regression", LinearOptimizer.Adam, 0.3)]
    [InlineData("linear-regression", LinearOptimizer.AdaGrad, 0.1)]
    [InlineData("linear-regression", LinearOptimizer.Ftrl, 0.1)]
    [InlineData("linear-regression", LinearOptimizer.CoinBetting, 0.3)]
    [InlineData("mlp", LinearOptimizer.Rls, 0.5)]
    [InlineData("passive-aggressive", LinearOptimizer.Rls, 0.3)]
    public void It_finds_the_line(string name, LinearOptimizer optimizer, double tolerance)
    {
        var entry = Catalog.BuiltIn().Regressors[name];
        var learner = name == "linear-regression" ? entry.Create(new(3, 1), new LinearRegressionOptions { Optimizer = optimizer }) : entry.Create(new(3, 1));
        var rng = new Rng(6, "line");
        for (var t = 0; t < 20_000; t++)
            learner.Learn(Row(ref rng, out var line), line + 0.1 * rng.NextGaussian());
        var error = 0.0;
        for (var t = 0; t < 100; t++)
            error += Math.Abs(learner.Predict(Row(ref rng, out var line)) - line) / 100;
        Assert.InRange(error, 0, tolerance);
    }

    [Fact]
    public void Without_drift_and_fading_an_exact_line_is_found_almost_exactly()
    {
        // What is left comes from the first rows, which were standardised by other moments than the last.
        var learner = new RecursiveLeastSquares(new(1, 1), new() { Drift = 0, Memory = 1e12, PriorVariance = 1e6 });
        for (var t = 0; t < 4096; t++)
            learner.Learn([t % 7], 5 + 2 * (t % 7));
        Assert.Equal(5 + 2 * 3.5, learner.Predict([3.5]), 0.05);
    }

    [Fact]
    public void When_the_level_wanders_it_follows()
    {
        var following = Wandering(new());
        var fixedLevel = Wandering(new() { Drift = 0, Memory = 1e12 });
        Assert.True(following < 0.5 * fixedLevel, $"Following errs by {following:0.00}, fixed by {fixedLevel:0.00}.");
    }

    [Theory]
    [InlineData("linear-regression")]
    [InlineData("passive-aggressive")]
    [InlineData("mlp")]
    public void One_absurd_target_is_forgotten(string name)
    {
        var learner = Catalog.BuiltIn().Regressors[name].Create(new(3, 1));
        var rng = new Rng(7, "absurd");
        double error = 0;
        for (var t = 0; t < 6000; t++)
        {
            var x = Row(ref rng, out var line);
            error += t >= 5000 ? Math.Abs(learner.Predict(x) - line) / 1000 : 0;
            learner.Learn(x, t == 3000 ? 1e30 : line);
        }
        Assert.InRange(error, 0, 0.5);
    }

    [Fact]
    public void Features_that_stand_still_do_not_wind_it_up()
    {
        var learner = new RecursiveLeastSquares(new(3, 1), new() { Memory = 20 });
        var rng = new Rng(8, "still");
        for (var t = 0; t < 500; t++)
            learner.Learn(Row(ref rng, out var line), line);
        for (var t = 0; t < 5000; t++)
            learner.Learn([0.5, 0.5, 0.5], 1.75);
        Assert.InRange(Math.Abs(learner.Predict([1, 0.5, 0.5]) - 3.25), 0, 3);
    }

    private static double Wandering(LinearRegressionOptions options)
    {
        var learner = new RecursiveLeastSquares(new(3, 1), options);
        var rng = new Rng(9, "wander");
        double level = 0, error = 0;
        for (var t = 0; t < 5000; t++)
        {
            level += 0.1 * rng.NextGaussian();
            var x = Row(ref rng, out var line);
            error += Math.Abs(learner.TestThenTrain(x, line + level) - line - level) / 5000;
        }
        return error;
    }

    private static double[] Row(ref Rng rng, out double line)
    {
        double[] x = [rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian()];
        line = 1 + x[0] * Slopes[0] + x[1] * Slopes[1] + x[2] * Slopes[2];
        return x;
    }
}
