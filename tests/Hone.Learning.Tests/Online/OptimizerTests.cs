using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.Online.Optimizers;

namespace Hone.Learning.Tests.Online;

/// <summary>Each optimiser finds the same world, by the rule that bears its name.</summary>
public sealed class OptimizerTests
{
    [Theory]
    [InlineData(LogisticOptimizer.Sgd, 0.15)]
    [InlineData(LogisticOptimizer.Adam, 0.15)]
    [InlineData(LogisticOptimizer.AdaGrad, 0.05)]
    [InlineData(LogisticOptimizer.Ftrl, 0.05)]
    [InlineData(LogisticOptimizer.CoinBetting, 0.05)]
    public void It_finds_the_log_odds_of_a_logistic_world(LogisticOptimizer optimizer, double tolerance)
    {
        var learner = new GradientLogisticRegression(new(2, 2, 1), new() { Optimizer = optimizer });
        var rng = new Rng(1, "logistic");
        var p = new double[2];
        for (var t = 0; t < 30_000; t++)
        {
            double[] x = [rng.NextGaussian(), 10 + 3 * rng.NextGaussian()];
            learner.Learn(x, rng.NextDouble() < Elementary.Sigmoid(x[0] - 0.3 * (x[1] - 10) - 0.5) ? 1 : 0);
        }
        foreach (var (a, b) in ((double, double)[])[(0, 10), (1, 10), (-1, 13), (2, 7)])
        {
            learner.Predict([a, b], p);
            Assert.Equal(Elementary.Sigmoid(a - 0.3 * (b - 10) - 0.5), p[1], tolerance);
        }
    }

    [Fact]
    public void Ftrl_leaves_what_is_worth_nothing_at_zero()
    {
        var optimizer = new FtrlOptimizer(1, 8, 0.5, 20, 0);
        var rng = new Rng(2, "sparse");
        double[] z = new double[8];
        for (var t = 0; t < 5_000; t++)
        {
            for (var i = 0; i < 4; i++)
                z[i] = rng.NextGaussian();
            var target = rng.NextDouble() < Elementary.Sigmoid(2 * z[0]) ? 1 : 0;
            optimizer.Step(0, z, Elementary.Sigmoid(Kernels.Dot(z, optimizer.Row(0))) - target, 1);
        }
        Assert.InRange(optimizer.Row(0)[0], 1, 2.5);
        Assert.Contains(0.0, optimizer.Row(0)[1..4].ToArray());
    }

    [Fact]
    public void AdaGrad_takes_the_step_of_its_paper()
    {
        var optimizer = new AdaGradOptimizer(1, 8, 0.3, 0);
        double[] z = [2, 0, 0, 0, 0, 0, 0, 0];
        optimizer.Step(0, z, 0.5, 1);
        optimizer.Step(0, z, -0.25, 1);
        Assert.Equal(-0.3 * 1 / Math.Sqrt(1) + 0.3 * 0.5 / Math.Sqrt(1.25), optimizer.Row(0)[0], 1e-8);
    }
}
