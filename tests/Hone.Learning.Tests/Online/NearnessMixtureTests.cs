using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Tests.Online;

/// <summary>Experts that live on the last label are believed in the next row, and less in a row asked while labels are outstanding.</summary>
public sealed class NearnessMixtureTests
{
    [Theory]
    [InlineData("logistic-regression")]
    [InlineData("passive-aggressive")]
    public void Persistent_labels_are_exploited_at_once_and_not_when_they_arrive_late(string name)
    {
        var prompt = LogLoss(name, 0);
        var late = LogLoss(name, 60);

        // The features tell nothing of the label. Late, a coin's 0.69 a row is the best there is; believing the last label known costs more than 1.
        Assert.InRange(prompt, 0, 0.4);
        Assert.InRange(late, 0.68, 0.8);
    }

    [Fact]
    public void The_shares_follow_the_likelihood_at_the_place_that_was_judged_and_nowhere_else()
    {
        var mixture = new NearnessMixture(8, [0.25, 0.25, 0.25, 0.25], 1e-4);
        double[] near = new double[8], far = [3, 3, 3, 3, 3, 3, 3, 3];
        mixture.Advance(near, 1);
        for (var t = 0; t < 100; t++)
        {
            mixture.Judge(mixture.Place(near), [0.9, 0.5, 0.5, 0.1], 1);
            mixture.Judge(mixture.Place(far), [0.1, 0.5, 0.5, 0.9], 1);
        }
        Assert.True(mixture.Shares(mixture.Place(near))[0] > 0.99);
        Assert.True(mixture.Shares(mixture.Place(far))[3] > 0.99);
    }

    [Fact]
    public void A_distance_that_was_never_judged_has_the_shares_of_the_nearest_one()
    {
        var mixture = new NearnessMixture(8, [0.25, 0.25, 0.25, 0.25], 1e-4);
        double[] last = new double[8], near = [0.1, 0, 0, 0, 0, 0, 0, 0], far = [3, 3, 3, 3, 3, 3, 3, 3];
        mixture.Advance(last, 1);
        for (var t = 0; t < 100; t++)
            mixture.Judge(mixture.Place(near), [0.9, 0.5, 0.5, 0.1], 1);
        Assert.True(mixture.Shares(mixture.Place(far))[0] > 0.99);
    }

    private static double LogLoss(string name, int delay)
    {
        var learner = Catalog.BuiltIn().Learners[name].Create(new(4, 2, 1));
        var rng = new Rng(5, "late");
        var rows = new List<double[]>();
        var labels = new List<int>();
        double[] walk = new double[4], p = new double[2];
        var label = 0;
        var loss = 0.0;
        for (var t = 0; t < 20_000; t++)
        {
            // Labels stay for about forty rows; so do the features, which tell nothing of them.
            if (rng.NextDouble() < 0.025)
                label = 1 - label;
            foreach (ref var w in walk.AsSpan())
                w = 0.995 * w + 0.1 * rng.NextGaussian();
            rows.Add([walk[0], walk[1], walk[2], walk[3]]);
            labels.Add(label);
            if (t - delay - 1 >= 0)
                learner.Learn(rows[t - delay - 1], labels[t - delay - 1]);
            learner.Predict(rows[t], p);
            loss -= t < 10_000 ? 0 : Math.Log(p[label]) / 10_000;
        }
        return loss;
    }
}
