using Hone.Learning.Numerics;
using Hone.Learning.Wrappers;

namespace Hone.Learning.Tests.Wrappers;

public sealed class ExpertWeightingTests
{
    private const int Experts = 4, Rows = 3000;

    /// <summary>Each feature is what one expert says.</summary>
    private static readonly string Four = string.Join(",", Enumerable.Range(0, Experts).Select(i => $$$"""{"name":"says","options":{"value":{{{i}}}}}"""));

    [Theory]
    [InlineData("ewa", "log")]
    [InlineData("ewa", "brier")]
    [InlineData("hedge", "brier")]
    [InlineData("ada-hedge", "log")]
    [InlineData("ada-hedge", "brier")]
    [InlineData("fixed-share", "log")]
    [InlineData("learn-share", "log")]
    public void The_regret_against_the_best_expert_is_within_its_bound_at_every_moment(string algorithm, string loss)
    {
        foreach (var switches in (bool[])[false, true])
        {
            var mixture = Mixture($$"""{"learners":[{{Four}}],"algorithm":"{{algorithm}}","loss":"{{loss}}"}""");
            var rng = new Rng(4, "experts");
            var p = new double[2];
            var own = 0.0;
            var experts = new double[Experts];
            for (var t = 1; t <= Rows; t++)
            {
                var (x, label) = Row(t, switches, ref rng);
                mixture.TestThenTrain(x, label, p);
                own += Of(loss, p[1], label);
                for (var i = 0; i < Experts; i++)
                    experts[i] += Of(loss, x[i], label);
                var ln = Elementary.Log(Experts);
                var bound = (algorithm, loss) switch
                {
                    ("ewa", "log") => ln,
                    ("ewa", _) => 2 * ln,
                    ("hedge", _) => 2 * Math.Sqrt(t / 2.0 * ln) + Math.Sqrt(ln / 8),
                    // Losses here are within 4.7 of each other.
                    ("ada-hedge", _) => (loss == "log" ? 4.7 : 1) * (Math.Sqrt(t * ln) + 4.0 / 3 * ln + 2),
                    ("fixed-share", _) => ln - t * Elementary.Log(1 - 0.01),
                    _ => ln + Elementary.Log(7) + 2e-4 * t,
                };
                Assert.True(own <= experts.Min() + bound + 1e-9, $"{own - experts.Min()} after {t} rows, where {bound} is allowed.");
            }
        }
    }

    [Theory]
    [InlineData("fixed-share")]
    [InlineData("learn-share")]
    public void Sharing_follows_the_best_expert_when_another_becomes_the_best(string algorithm)
    {
        double[] losses = new double[2], p = new double[2];
        var best = 0.0;
        foreach (var (k, name) in new[] { (0, algorithm), (1, "ewa") })
        {
            var mixture = Mixture($$"""{"learners":[{{Four}}],"algorithm":"{{name}}"}""");
            var rng = new Rng(4, "experts");
            best = 0;
            for (var t = 1; t <= Rows; t++)
            {
                var (x, label) = Row(t, true, ref rng);
                mixture.TestThenTrain(x, label, p);
                losses[k] += Of("log", p[1], label);
                best += Of("log", x[Best(t, true)], label);
            }
        }
        // Five switches among four experts.
        Assert.True(losses[0] < best + 60, $"{losses[0] - best} nats beyond the best sequence.");
        Assert.True(losses[0] < losses[1] - 100, $"{losses[0]} against {losses[1]} without sharing.");
    }

    [Fact]
    public void AdaHedge_has_the_weights_of_the_calculation_by_hand()
    {
        // Losses 1 and 0. The rate is infinite, the ideal mixture loses 0 and the mixture ½: the gap is ½, the rate ln 2 / ½, and e^(−2 ln 2) = ¼.
        var weights = ExpertWeights.Of(WeightingAlgorithm.AdaHedge, 0, 2, 1, 0, 1, 1);
        weights.Update([1, 0], 1);
        Assert.Equal(0.2, weights.Weights[0], 1e-14);
        Assert.Equal(0.8, weights.Weights[1], 1e-14);
    }

    [Fact]
    public void The_other_algorithms_have_the_weights_of_the_calculation_by_hand()
    {
        var e = Elementary.Exp(-1);
        Assert.Equal(e / (1 + e), After(WeightingAlgorithm.Ewa, 0), 1e-14);
        Assert.Equal(0.9 * e / (1 + e) + 0.05, After(WeightingAlgorithm.FixedShare, 0.1), 1e-14);
        var h = Elementary.Exp(-Math.Sqrt(8 * Elementary.Log(2) / 2));
        Assert.Equal(h / (1 + h), After(WeightingAlgorithm.Hedge, 0), 1e-14);

        static double After(WeightingAlgorithm algorithm, double share)
        {
            var weights = ExpertWeights.Of(algorithm, 0, 2, 1, share, 1, 1);
            weights.Update([1, 0], 1);
            return weights.Weights[0];
        }
    }

    [Fact]
    public void Late_labels_leave_every_expert_a_tenth_of_its_even_share()
    {
        double Worst(int delay)
        {
            var weights = ExpertWeights.Of(null, delay, 4, 1, 0, 1, 1);
            for (var t = 0; t < 500; t++)
                weights.Update([1, 0, 1, 1], 1);
            return weights.Weights[0];
        }
        Assert.InRange(Worst(48), 0.1 / 4, 0.2 / 4);
        Assert.InRange(Worst(0), 0, 0.01 / 4);
    }

    [Fact]
    public void What_it_says_is_the_weighted_mean_of_what_they_say()
    {
        var mixture = Mixture($$"""{"learners":[{{Four}}]}""");
        var p = new double[2];
        mixture.Predict([0.1, 0.2, 0.3, 0.6], p);
        Assert.Equal(0.3, p[1], 1e-15);
        mixture.Learn([0.1, 0.2, 0.3, 0.6], 1);
        mixture.Predict([0.1, 0.2, 0.3, 0.6], p);
        var expected = 0.1 * mixture.Weights[0] + 0.2 * mixture.Weights[1] + 0.3 * mixture.Weights[2] + 0.6 * mixture.Weights[3];
        Assert.Equal(expected, p[1], 1e-15);
        Assert.True(mixture.Weights[3] > mixture.Weights[2] && mixture.Weights[2] > mixture.Weights[0]);
    }

    [Theory]
    [InlineData("ewa")]
    [InlineData("fixed-share")]
    [InlineData("learn-share")]
    [InlineData("hedge")]
    [InlineData("ada-hedge")]
    public void A_regressor_s_mixture_is_nearly_as_good_as_its_best_member(string algorithm)
    {
        var options = (ExpertWeightingRegressorOptions)Options.Read(
            "x", typeof(ExpertWeightingRegressorOptions), WithStubs.Json($$$"""{"learners":[{"name":"lms","options":{"value":1.9}},{"name":"lms","options":{"value":0.02}},{"name":"lms","options":{"value":1e-6}}],"algorithm":"{{{algorithm}}}"}"""));
        var mixture = new ExpertWeightingRegressor(new(3, 1), options, WithStubs.Catalog());
        IRegressor best = new Lms(new(3, 1), new() { Value = 0.02 });
        var rng = new Rng(8, "mixture");
        double own = 0, bests = 0;
        for (var t = 0; t < 4000; t++)
        {
            double[] x = [rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian()];
            var target = 10 * x[0] - 4 * x[1] + 7 + 3 * rng.NextGaussian();
            var (said, good) = (mixture.TestThenTrain(x, target), best.TestThenTrain(x, target));
            if (t < 1000)
                continue;
            own += (said - target) * (said - target);
            bests += (good - target) * (good - target);
        }
        Assert.True(own < 1.05 * bests, $"{own} against {bests}");
        Assert.True(mixture.Weights[1] > 0.6);
    }

    [Theory]
    [InlineData("""{"learners":[]}""")]
    [InlineData("""{"learners":["nobody"]}""")]
    [InlineData("""{"learners":[{"options":{}}]}""")]
    [InlineData("""{"learners":[{"name":"mlp","rate":1}]}""")]
    [InlineData("""{"learners":[{"name":"mlp","name":"mlp"}]}""")]
    [InlineData("""{"learners":[{"name":"mlp","options":{"hidde":3}}]}""")]
    [InlineData("""{"learners":[3]}""")]
    [InlineData("""{"algorithm":"vote"}""")]
    [InlineData("""{"rate":0}""")]
    public void Options_that_cannot_be_used_are_refused(string options)
        => Assert.Throws<InvalidOptionsException>(() => Mixture(options));

    [Fact]
    public void Experts_are_written_as_they_are_read()
    {
        const string text = """["mlp",{"name":"majority","options":{"memory":9}}]""";
        var options = (ExpertWeightingOptions)Options.Read("x", typeof(ExpertWeightingOptions), WithStubs.Json($$"""{"learners":{{text}}}"""));
        var written = System.Text.Json.JsonSerializer.Serialize(options.Learners, Options.Json);
        Assert.Equal(text, string.Concat(written.Where(c => !char.IsWhiteSpace(c))));
    }

    private static ExpertWeighting Mixture(string options) => (ExpertWeighting)WithStubs.Catalog().Learners["expert-weighting"].Create(new(Experts, 2, 1), WithStubs.Json(options));

    private static int Best(int t, bool switches) => switches ? t / 500 % 2 : 0;

    // The best expert knows the odds, the others say something of their own.
    private static (double[] X, int Label) Row(int t, bool switches, ref Rng rng)
    {
        var chance = rng.NextDouble() < 0.5 ? 0.15 : 0.85;
        var label = rng.NextDouble() < chance ? 1 : 0;
        var x = new double[Experts];
        for (var i = 0; i < Experts; i++)
            x[i] = i == Best(t, switches) ? chance : 0.01 + 0.98 * rng.NextDouble();
        return (x, label);
    }

    private static double Of(string loss, double up, int label)
        => loss == "log" ? -Elementary.Log(label == 1 ? up : 1 - up) : (up - label) * (up - label);
}
