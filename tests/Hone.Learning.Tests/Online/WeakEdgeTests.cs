namespace Hone.Learning.Tests.Online;

/// <summary>The defaults are made for labels that are almost coin flips: they find the edge and promise no more than there is.</summary>
public sealed class WeakEdgeTests
{
    private static readonly string[] Names = ["logistic-regression", "passive-aggressive", "mlp"];

    [Theory]
    [InlineData(0.1, 0.7, 0.5, 0.65)]
    [InlineData(0.2, 0.88, 0.7, 0.8)]
    public void The_edge_is_found_and_the_probabilities_hold(double deviation, double logistic, double passiveAggressive, double mlp)
    {
        const int Count = 100_000, Judged = 10_000;
        var market = new WeakEdge(17, deviation);
        var learners = Array.ConvertAll(Names, name => Catalog.BuiltIn().Learners[name].Create(new(WeakEdge.Features, 2, 1)));
        double[] x = new double[WeakEdge.Features], p = new double[2], edges = new double[Judged];
        double[] logLoss = new double[3];
        var logOdds = Array.ConvertAll(Names, _ => new double[Judged]);
        for (var t = 0; t < Count; t++)
        {
            var edge = market.Next(x, out var label);
            var judged = t - (Count - Judged);
            if (judged >= 0)
                edges[judged] = edge;
            for (var i = 0; i < learners.Length; i++)
            {
                learners[i].TestThenTrain(x, label, p);
                logLoss[i] -= Math.Log(p[label]) / Count;
                if (judged >= 0)
                    logOdds[i][judged] = Math.Log(p[1] / p[0]);
            }
        }
        double[] least = [logistic, passiveAggressive, mlp];
        for (var i = 0; i < learners.Length; i++)
        {
            Assert.InRange(Correlation(edges, logOdds[i]), least[i], 1);
            Assert.InRange(logLoss[i], 0.6, 0.6932);
        }
    }

    [Fact]
    public void On_pure_noise_the_answer_is_about_one_half()
    {
        var market = new WeakEdge(18, 0);
        var learners = Array.ConvertAll(Names, name => Catalog.BuiltIn().Learners[name].Create(new(WeakEdge.Features, 2, 1)));
        double[] x = new double[WeakEdge.Features], p = new double[2], distance = new double[3];
        for (var t = 0; t < 30_000; t++)
        {
            market.Next(x, out var label);
            for (var i = 0; i < learners.Length; i++)
            {
                learners[i].TestThenTrain(x, label, p);
                distance[i] += t < 20_000 ? 0 : Math.Abs(p[1] - 0.5) / 10_000;
            }
        }
        Assert.All(distance, mean => Assert.InRange(mean, 0, 0.035));
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

    private static double Correlation(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average(), ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        return ab / Math.Sqrt(aa * bb);
    }
}
