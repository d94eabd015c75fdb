using Hone.Learning.Boosting;
using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Tests.Online;
using Hone.Learning.Tests.Trees;

namespace Hone.Learning.Tests.Boosting;

/// <summary>Boosted trees for classes and for numbers.</summary>
public sealed class StreamingGradientBoostingTests
{
    [Fact]
    public void More_steps_fit_better()
    {
        var few = LogLoss(new(new(2, 2, 1), new() { Members = 4 }), 3000);
        var many = LogLoss(new(new(2, 2, 1), new() { Members = 64 }), 3000);
        Assert.InRange(many, 0, 0.8 * few);
    }

    [Fact]
    public void The_loss_falls_and_an_exclusive_or_is_learned()
    {
        var learner = new StreamingGradientBoosting(new(2, 2, 1), new() { FeatureShare = 1 });
        var rng = new Rng(1, "xor");
        var p = new double[2];
        double early = 0, late = 0;
        for (var t = 0; t < 4000; t++)
        {
            double a = rng.NextDouble(), b = rng.NextDouble();
            var label = a > 0.5 != b > 0.5 ? 1 : 0;
            learner.TestThenTrain([a, b], label, p);
            early += t < 1000 ? -Math.Log(p[label]) / 1000 : 0;
            late += t >= 3000 ? -Math.Log(p[label]) / 1000 : 0;
        }
        Assert.InRange(late, 0, 0.2);
        Assert.InRange(early, 2 * late, 1);
    }

    [Fact]
    public void A_change_of_the_world_is_followed()
    {
        // Labels turn round at row 3000.
        var learner = new StreamingGradientBoosting(new(2, 2, 1), new());
        LogLoss(learner, 6000);
        var turned = LogLoss(learner, 500, 2, true);
        var later = LogLoss(learner, 500, 3, true);
        Assert.InRange(later, 0, 0.5 * turned);
        Assert.InRange(later, 0, 0.25);
    }

    [Fact]
    public void On_pure_noise_no_more_is_promised_than_there_is()
    {
        var market = new WeakEdge(18, 0);
        var learner = new StreamingGradientBoosting(new(WeakEdge.Features, 2, 1), new());
        double[] x = new double[WeakEdge.Features], p = new double[2];
        var logLoss = 0.0;
        for (var t = 0; t < 8000; t++)
        {
            market.Next(x, out var label);
            learner.TestThenTrain(x, label, p);
            logLoss += t >= 4000 ? -Math.Log(p[label]) / 4000 : 0;
        }
        Assert.InRange(logLoss, 0.69, 0.71);
    }

    [Fact]
    public void Overlapping_labels_leave_the_fast_values_out()
    {
        Assert.Equal(
            StateOf(new(new(2, 2, 1), new() { FastMemory = 0 })),
            StateOf(new(new(2, 2, 1, Overlap: 5), new())));
        Assert.NotEqual(StateOf(new(new(2, 2, 1), new())), StateOf(new(new(2, 2, 1, Overlap: 5), new())));
    }

    [Fact]
    public void Trees_are_renewed_only_while_the_fast_values_are_the_better_ones()
    {
        // A world that stands still: whatever the lifetime, the slow values are as good, and trees live on.
        var rng = new Rng(5, "still");
        var shortLived = new StreamingGradientBoosting(new(3, 2, 1), new() { Lifetime = 64 });
        var longLived = new StreamingGradientBoosting(new(3, 2, 1), new() { Lifetime = 0 });
        double[] x = new double[3], p = new double[2], q = new double[2];
        double difference = 0;
        for (var t = 0; t < 6000; t++)
        {
            foreach (ref var value in x.AsSpan())
                value = rng.NextGaussian();
            var label = rng.NextDouble() < Elementary.Sigmoid(2 * x[0]) ? 1 : 0;
            shortLived.TestThenTrain(x, label, p);
            longLived.TestThenTrain(x, label, q);
            difference += t >= 5000 ? (Math.Log(q[label]) - Math.Log(p[label])) / 1000 : 0;
        }
        Assert.InRange(difference, -0.02, 0.02);
    }

    [Fact]
    public void Friedman_is_told_three_times_better_than_by_the_mean()
        => Assert.InRange(Friedman.Rmse(new StreamingGradientBoostingRegressor(new(Friedman.Features, 1), new()), 12_000), 1, Friedman.Deviation / 3);

    [Fact]
    public void A_number_that_moves_is_followed()
    {
        var learner = new StreamingGradientBoostingRegressor(new(2, 1), new());
        var rng = new Rng(7, "moving");
        double before = 0, after = 0;
        for (var t = 0; t < 6000; t++)
        {
            double a = rng.NextDouble(), b = rng.NextDouble();
            var target = t < 4000 ? 100 + 10 * a : 300 - 10 * b;
            var error = Math.Abs(learner.TestThenTrain([a, b], target) - target);
            before += t is >= 3000 and < 4000 ? error / 1000 : 0;
            after += t >= 5000 ? error / 1000 : 0;
        }
        Assert.InRange(before, 0, 1);
        Assert.InRange(after, 0, 2.5);
    }

    [Fact]
    public void Memory_that_is_used_up_is_said_aloud()
    {
        var learner = new StreamingGradientBoosting(new(200, 12, 1), new() { Members = 20, FeatureShare = 1, NoiseProbability = 1 });
        Assert.Null(learner.LimitReached);
        var rng = new Rng(8, "wide");
        var x = new double[200];
        var p = new double[12];
        for (var t = 0; t < 600 && learner.LimitReached is null; t++)
        {
            var label = rng.NextInt32(12);
            for (var f = 0; f < 200; f++)
                x[f] = rng.NextGaussian() + (f % 12 == label ? 2 : 0);
            learner.TestThenTrain(x, label, p);
        }
        Assert.Contains("members", learner.LimitReached, StringComparison.Ordinal);
    }

    private static byte[] StateOf(StreamingGradientBoosting learner)
    {
        LogLoss(learner, 300);
        var writer = new StateWriter();
        learner.Save(writer);
        return writer.Written.ToArray();
    }

    private static double LogLoss(StreamingGradientBoosting learner, int rows, ulong seed = 1, bool turned = false)
    {
        var rng = new Rng(seed, "circle");
        var p = new double[2];
        var loss = 0.0;
        for (var t = 0; t < rows; t++)
        {
            double a = rng.NextGaussian(), b = rng.NextGaussian();
            var label = a * a + b * b < 1.4 != turned ? 1 : 0;
            learner.TestThenTrain([a, b], label, p);
            loss -= Math.Log(p[label]) / rows;
        }
        return loss;
    }
}
