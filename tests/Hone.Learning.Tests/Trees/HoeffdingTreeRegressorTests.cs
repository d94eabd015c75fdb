using Hone.Learning.Numerics;
using Hone.Learning.Trees;

namespace Hone.Learning.Tests.Trees;

/// <summary>A single regression tree, plain and adaptive.</summary>
public sealed class HoeffdingTreeRegressorTests
{
    [Fact]
    public void A_step_is_split_exactly_where_it_is()
    {
        var tree = new HoeffdingTreeRegressor(new(3, 1), new() { Leaf = RegressionLeaf.Mean });
        var rng = new Rng(1, "step");
        var x = new double[3];
        for (var t = 0; t < 2000; t++)
            tree.Learn(Row(), x[1] <= 6 ? -1 : 5);
        Assert.Equal(2, tree.Leaves);
        for (var value = 0; value < 10; value++)
            Assert.Equal(value <= 6 ? -1 : 5, tree.Predict([3, value, 3]), 0.02);

        double[] Row()
        {
            foreach (ref var value in x.AsSpan())
                value = rng.NextInt32(10);
            return x;
        }
    }

    [Fact]
    public void One_leaf_answers_with_the_weighted_mean()
    {
        var tree = new HoeffdingTreeRegressor(new(1, 1), new() { Leaf = RegressionLeaf.Mean });
        double sum = 0, weights = 0;
        for (var t = 0; t < 20; t++)
        {
            var weight = 0.5 + t % 3;
            tree.Learn([0], t * t, weight);
            sum += weight * t * t;
            weights += weight;
        }
        Assert.Equal(sum / weights, tree.Predict([0]), 1e-9);
    }

    [Fact]
    public void Pure_noise_is_hardly_ever_split()
    {
        var tree = new HoeffdingTreeRegressor(new(20, 1), new());
        var rng = new Rng(2, "noise");
        var x = new double[20];
        for (var t = 0; t < 20_000; t++)
        {
            foreach (ref var value in x.AsSpan())
                value = rng.NextGaussian();
            tree.Learn(x, rng.NextGaussian());
        }
        Assert.InRange(tree.Leaves, 1, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void That_a_value_is_missing_tells_something_and_it_goes_where_it_belongs(bool missingIsHigh)
    {
        // Two leaves: one split has to do for both.
        var tree = new HoeffdingTreeRegressor(new(2, 1), new() { Leaf = RegressionLeaf.Mean, LeavesMax = 2 });
        var rng = new Rng(3, "missing");
        for (var t = 0; t < 3000; t++)
        {
            // Missing behaves like a high value, or like a low one.
            var value = rng.NextDouble();
            var missing = rng.NextInt32(3) == 0;
            tree.Learn([missing ? double.NaN : value, rng.NextDouble()], (missing ? missingIsHigh : value > 0.5) ? 10 : 0);
        }
        Assert.Equal(missingIsHigh ? 10 : 0, tree.Predict([double.NaN, 0.5]), 0.5);
        Assert.Equal(10, tree.Predict([0.9, 0.5]), 0.5);
        Assert.Equal(0, tree.Predict([0.1, 0.5]), 0.5);
    }

    [Theory]
    [InlineData(RegressionLeaf.Mean, 0.55)]
    [InlineData(RegressionLeaf.Linear, 0.45)]
    [InlineData(RegressionLeaf.Adaptive, 0.45)]
    public void Friedman_is_told_much_better_than_by_the_mean(RegressionLeaf leaf, double ratioMax)
        => Assert.InRange(Friedman.Rmse(new HoeffdingTreeRegressor(new(Friedman.Features, 1), new() { Leaf = leaf }), 20_000) / Friedman.Deviation, 0.2, ratioMax);

    [Fact]
    public void The_adaptive_tree_recovers_from_an_abrupt_change_and_the_plain_one_does_not()
    {
        var adaptive = ErrorAfterChange(new(new(3, 1), new HoeffdingAdaptiveTreeRegressorOptions { Leaf = RegressionLeaf.Mean }));
        var plain = ErrorAfterChange(new(new(3, 1), new() { Leaf = RegressionLeaf.Mean }));
        Assert.InRange(adaptive, 0, 1);
        Assert.InRange(plain, 1.5 * adaptive, double.MaxValue);
    }

    [Fact]
    public void A_stable_world_loses_no_branch()
    {
        var plain = new HoeffdingTreeRegressor(new(Friedman.Features, 1), new());
        var adaptive = new HoeffdingTreeRegressor(new(Friedman.Features, 1), new HoeffdingAdaptiveTreeRegressorOptions());
        Assert.InRange(Friedman.Rmse(adaptive, 20_000), 0, 1.05 * Friedman.Rmse(plain, 20_000));
        Assert.InRange(adaptive.Leaves, 0.7 * plain.Leaves, plain.Leaves);
    }

    [Fact]
    public void A_full_tree_says_so_and_names_the_option()
    {
        var tree = new HoeffdingTreeRegressor(new(Friedman.Features, 1), new() { LeavesMax = 4 });
        Assert.Null(tree.LimitReached);
        Friedman.Rmse(tree, 5000);
        Assert.Equal(4, tree.Leaves);
        Assert.Contains("leaves_max", tree.LimitReached, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outlier_of_any_size_is_forgotten()
    {
        var tree = new HoeffdingTreeRegressor(new(1, 1), new HoeffdingAdaptiveTreeRegressorOptions { Leaf = RegressionLeaf.Mean, Memory = 100 });
        var rng = new Rng(4, "outlier");
        for (var t = 0; t < 1000; t++)
            tree.Learn([0], t == 500 ? 1e100 : rng.NextGaussian());
        Assert.Equal(0, tree.Predict([0]), 1.0);
    }

    [Fact]
    public void The_scale_of_the_target_does_not_matter()
    {
        var one = new HoeffdingTreeRegressor(new(Friedman.Features, 1), new());
        var other = new HoeffdingTreeRegressor(new(Friedman.Features, 1), new());
        var stream = new Friedman(5);
        var x = new double[Friedman.Features];
        for (var t = 0; t < 5000; t++)
        {
            var target = stream.Next(x);
            one.Learn(x, target);
            other.Learn(x, Math.ScaleB(target, 200));
        }
        Assert.Equal(one.Leaves, other.Leaves);
        Assert.Equal(one.Predict(x), Math.ScaleB(other.Predict(x), -200), 1e-9);
    }

    private static double ErrorAfterChange(HoeffdingTreeRegressor tree)
    {
        var rng = new Rng(6, "change");
        var x = new double[3];
        var error = 0.0;
        for (var t = 0; t < 8000; t++)
        {
            foreach (ref var value in x.AsSpan())
                value = rng.NextDouble();
            var target = t < 5000 ? (x[0] > 0.5 ? 4 : 0) + (x[1] > 0.5 ? 2 : 0) : x[2] > 0.3 ? -3 : 7;
            error += t >= 7000 ? Math.Abs(tree.TestThenTrain(x, target) - target) / 1000 : 0;
            if (t < 7000)
                tree.Learn(x, target);
        }
        return error;
    }
}
