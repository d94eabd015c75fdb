namespace Hone.Learning.Tests.Online;

/// <summary>The defaults are made for labels that are almost coin flips: they find the edge and promise no more than there is.</summary>
public sealed class WeakEdgeTests
{
    [Theory]
    [InlineData("logistic-regression", 0.1, 0.75)]
    [InlineData("logistic-regression", 0.2, 0.9)]
    [InlineData("passive-aggressive", 0.1, 0.5)]
    [InlineData("passive-aggressive", 0.2, 0.7)]
    [InlineData("mlp", 0.1, 0.7)]
    [InlineData("mlp", 0.2, 0.85)]
    public void The_edge_is_found_and_the_probabilities_hold(string name, double deviation, double correlationMin)
    {
        const int Count = 150_000;
        var market = new WeakEdge(17, deviation);
        var learner = Catalog.BuiltIn().Learners[name].Create(new(WeakEdge.Features, 2, 1));
        double[] x = new double[WeakEdge.Features], p = new double[2];
        double logLoss = 0, truth = 0, truthSquare = 0, guess = 0, guessSquare = 0, product = 0;
        for (var t = 0; t < Count; t++)
        {
            var edge = market.Next(x, out var label);
            learner.TestThenTrain(x, label, p);
            logLoss -= Math.Log(p[label]) / Count;
            if (t < Count * 0.9)
                continue;
            var logOdds = Math.Log(p[1] / p[0]);
            truth += edge;
            guess += logOdds;
            truthSquare += edge * edge;
            guessSquare += logOdds * logOdds;
            product += edge * logOdds;
        }
        var n = Count - Count * 0.9;
        var correlation = (product - truth * guess / n) / Math.Sqrt((truthSquare - truth * truth / n) * (guessSquare - guess * guess / n));
        Assert.InRange(correlation, correlationMin, 1);
        Assert.InRange(logLoss, 0.6, 0.6932);
    }

    [Theory]
    [InlineData("logistic-regression")]
    [InlineData("passive-aggressive")]
    [InlineData("mlp")]
    public void On_pure_noise_the_answer_is_about_one_half(string name)
    {
        var market = new WeakEdge(18, 0);
        var learner = Catalog.BuiltIn().Learners[name].Create(new(WeakEdge.Features, 2, 1));
        double[] x = new double[WeakEdge.Features], p = new double[2];
        var distance = 0.0;
        for (var t = 0; t < 40_000; t++)
        {
            market.Next(x, out var label);
            learner.TestThenTrain(x, label, p);
            distance += t < 30_000 ? 0 : Math.Abs(p[1] - 0.5) / 10_000;
        }
        Assert.InRange(distance, 0, 0.035);
    }

    [Theory]
    [InlineData("logistic-regression", 0.92)]
    [InlineData("passive-aggressive", 0.88)]
    [InlineData("mlp", 0.88)]
    public void An_easy_stream_is_learned_well_by_the_same_defaults(string name, double accuracyMin)
    {
        var market = new WeakEdge(19, 20);
        var learner = Catalog.BuiltIn().Learners[name].Create(new(WeakEdge.Features, 2, 1));
        double[] x = new double[WeakEdge.Features], p = new double[2];
        var right = 0;
        for (var t = 0; t < 10_000; t++)
        {
            market.Next(x, out var label);
            learner.TestThenTrain(x, label, p);
            right += p[1] > 0.5 == (label == 1) ? 1 : 0;
        }
        Assert.InRange(right / 10_000.0, accuracyMin, 1);
    }
}
