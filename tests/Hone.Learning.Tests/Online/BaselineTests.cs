using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Tests.Online;

/// <summary>The two baselines that every accuracy stands beside.</summary>
public sealed class BaselineTests
{
    private static readonly double[] X = [0];

    [Fact]
    public void No_change_answers_with_the_last_label_and_how_often_it_stays()
    {
        var learner = new NoChange(new(1, 2, 1), new());
        var p = new double[2];
        foreach (var label in (int[])[1, 1, 1, 0, 0, 0, 1, 1])
            learner.Learn(X, label);
        learner.Predict(X, p);

        // Five of seven stayed; the newest counts most, the prior is ten rows at one half.
        Assert.Equal((5 + 5) / (7 + 10.0), p[1], 0.01);
    }

    [Fact]
    public void No_change_names_the_last_label_even_where_labels_alternate()
    {
        var learner = new NoChange(new(1, 3, 1), new());
        var p = new double[3];
        for (var t = 0; t < 500; t++)
            learner.Learn(X, t % 2);
        learner.Predict(X, p);
        Assert.True(p[1] > p[0] && p[1] > p[2]);
        Assert.Equal(1.0 / 3, p[1], 1e-5);
    }

    [Fact]
    public void With_a_lag_no_change_measures_what_it_can_know()
    {
        // Overlapping labels: blocks of ten. The neighbour stays nine times of ten, the label ten rows back says nothing.
        var rng = new Rng(5, "blocks");
        var near = new NoChange(new(1, 2, 1), new());
        var far = new NoChange(new(1, 2, 1), new() { Lag = 10 });
        var p = new double[2];
        var label = 0;
        for (var t = 0; t < 20_000; t++)
        {
            label = t % 10 == 0 ? rng.NextInt32(2) : label;
            near.Learn(X, label);
            far.Learn(X, label);
        }
        near.Predict(X, p);
        Assert.Equal(0.95, p[label], 0.03);
        far.Predict(X, p);
        Assert.Equal(0.5, p[label], 0.06);
    }

    [Fact]
    public void No_change_forgets_an_old_habit()
    {
        var learner = new NoChange(new(1, 2, 1), new() { Memory = 100 });
        var rng = new Rng(6, "habit");
        var p = new double[2];
        for (var t = 0; t < 1000; t++)
            learner.Learn(X, 1);
        for (var t = 0; t < 1000; t++)
            learner.Learn(X, rng.NextInt32(2));
        learner.Predict(X, p);
        Assert.InRange(Math.Max(p[0], p[1]), 0.5, 0.65);
    }

    [Fact]
    public void Majority_is_the_smoothed_frequency()
    {
        var learner = new Majority(new(1, 3, 1), new());
        var p = new double[3];
        learner.Learn(X, 0);
        learner.Learn(X, 2, 2.5);
        learner.Predict(X, p);
        Assert.Equal([2 / 6.5, 1 / 6.5, 3.5 / 6.5], p);
    }

    [Fact]
    public void Majority_with_a_memory_follows_a_change()
    {
        var learner = new Majority(new(1, 2, 1), new() { Memory = 100 });
        var p = new double[2];
        for (var t = 0; t < 1000; t++)
            learner.Learn(X, 0);
        for (var t = 0; t < 200; t++)
            learner.Learn(X, 1);
        learner.Predict(X, p);
        Assert.InRange(p[1], 0.8, 0.9);
    }
}
