using Hone.Learning.Numerics;
using Hone.Learning.Trees;

namespace Hone.Learning.Tests.Trees;

/// <summary>A forest of regression trees.</summary>
public sealed class AdaptiveRandomForestRegressorTests
{
    [Fact]
    public void A_forest_tells_Friedman_better_than_one_tree()
    {
        var forest = Friedman.Rmse(new AdaptiveRandomForestRegressor(new(Friedman.Features, 1), new()), 12_000);
        var tree = Friedman.Rmse(new HoeffdingTreeRegressor(new(Friedman.Features, 1), new()), 12_000);
        Assert.InRange(forest, 1, 0.97 * tree);
    }

    [Fact]
    public void Most_trees_are_replaced_right_after_a_change_and_few_without_one()
    {
        var forest = new AdaptiveRandomForestRegressor(new(4, 1), new());
        var rng = new Rng(1, "change");
        var x = new double[4];
        double before = 0, after = 0;
        long replacedBefore = 0, replacedAtOnce = 0;
        for (var t = 0; t < 10_000; t++)
        {
            foreach (ref var value in x.AsSpan())
                value = rng.NextDouble();
            var target = (t < 5000 ? x[0] > 0.5 ? 10.0 : 0 : x[1] > 0.5 ? 0.0 : 10) + rng.NextGaussian();
            var error = Math.Abs(forest.TestThenTrain(x, target) - target);
            before += t is >= 4000 and < 5000 ? error / 1000 : 0;
            after += t >= 9000 ? error / 1000 : 0;
            replacedBefore = t < 5000 ? forest.Replaced : replacedBefore;
            replacedAtOnce = t < 5200 ? forest.Replaced - replacedBefore : replacedAtOnce;
        }
        Assert.InRange(replacedBefore, 0, 12);
        Assert.InRange(replacedAtOnce, 7, 20);
        Assert.InRange(after, 0, 1.2 * before);
    }

    [Fact]
    public void Another_seed_grows_another_forest()
    {
        double[] x = [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3];
        var answers = new HashSet<double>();
        for (ulong seed = 1; seed <= 3; seed++)
        {
            var forest = new AdaptiveRandomForestRegressor(new(Friedman.Features, seed), new() { Members = 3 });
            Friedman.Rmse(forest, 1000);
            answers.Add(forest.Predict(x));
        }
        Assert.Equal(3, answers.Count);
    }

    [Fact]
    public void A_warning_stricter_than_the_drift_is_refused()
        => Assert.Throws<InvalidOptionsException>(() => new AdaptiveRandomForestRegressor(new(2, 1), new() { WarningDelta = 1e-6 }));
}
