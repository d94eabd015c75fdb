using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Wrappers;

namespace Hone.Learning.Tests.Wrappers;

/// <summary>Retraining and background challengers on a world that turns around at row 3,000.</summary>
public sealed class DriftReactionTests
{
    private const int Change = 3000, Rows = 5000;

    // Steps that have become small: right while nothing moves, and slow when something does.
    private const string Slow = """{"fast_rate":0}""";

    [Theory]
    [InlineData("retrain-on-drift", "adwin")]
    [InlineData("retrain-on-drift", "ddm")]
    [InlineData("retrain-on-drift", "page-hinkley")]
    [InlineData("background-challenger", "adwin")]
    public void Regains_accuracy_after_an_abrupt_change_sooner_than_the_bare_learner(string name, string detector)
    {
        var (bareBefore, bareAfter) = Accuracy(Catalog.BuiltIn().Learners["logistic-regression"].Create(new(5, 2, 1), WithStubs.Json(Slow)));
        var (before, after) = Accuracy(Catalog.BuiltIn().Learners[name].Create(new(5, 2, 1), WithStubs.Json($$"""{"options":{{Slow}},"detector":"{{detector}}"}""")));

        Assert.InRange(before, bareBefore - 0.01, 1);
        Assert.True(after > bareAfter + 0.15, $"{after} against {bareAfter}");
    }

    [Fact]
    public void The_new_learner_is_a_fresh_one_that_has_learned_the_rows_since_the_change()
    {
        var catalog = Catalog.BuiltIn();
        var wrapped = (RetrainOnDrift)catalog.Learners["retrain-on-drift"].Create(new(5, 2, 1), WithStubs.Json($$"""{"options":{{Slow}}}"""));
        var rng = new Rng(1, "turn");
        var rows = new List<(double[] X, int Label)>();
        double[] p = new double[2], q = new double[2];
        while (wrapped.Retrained == 0 && rows.Count < Rows)
        {
            rows.Add(Row(rows.Count, ref rng));
            wrapped.TestThenTrain(rows[^1].X, rows[^1].Label, p);
        }
        Assert.InRange(rows.Count, Change + 1, Change + 150);

        // The most likely point of change is within a few rows of the true one.
        var found = false;
        for (var from = Change - 15; from <= Change + 15 && !found; from++)
        {
            var fresh = catalog.Learners["logistic-regression"].Create(new(5, 2, 1), WithStubs.Json(Slow));
            foreach (var (x, label) in rows[from..])
                fresh.Learn(x, label);
            fresh.Predict([1, 0.5, -0.3, 2, -1], p);
            wrapped.Predict([1, 0.5, -0.3, 2, -1], q);
            found = p.AsSpan().SequenceEqual(q);
        }
        Assert.True(found);
    }

    [Fact]
    public void A_world_that_stands_still_keeps_its_learner()
    {
        var learner = (RetrainOnDrift)Catalog.BuiltIn().Learners["retrain-on-drift"].Create(new(5, 2, 1));
        var rng = new Rng(1, "turn");
        for (var t = 0; t < Change; t++)
        {
            var (x, label) = Row(t, ref rng);
            learner.Learn(x, label);
        }
        Assert.Equal(0, learner.Retrained);
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(2, 1)]
    public void A_challenger_that_is_no_better_takes_over_as_seldom_as_promised_and_is_dropped_in_time(int evidence, int least)
    {
        var catalog = WithStubs.Catalog();
        long started = 0, taken = 0;
        for (ulong seed = 0; seed < 60; seed++)
        {
            // Two guessers and coin flips: the one is ahead now and then, and never the better one.
            var learner = (BackgroundChallenger)catalog.Learners["background-challenger"].Create(
                new(1, 2, seed), WithStubs.Json($$"""{"learner":"guesses","detector":"always-warns","trial_rows_max":200,"warm_up_rows":10,"evidence":{{evidence}}}"""));
            var rng = new Rng(seed, "still");
            for (var t = 0; t < 1000; t++)
                learner.Learn([rng.NextGaussian()], rng.NextInt32(2));
            (started, taken) = (started + learner.Started, taken + learner.TakenOver);
        }
        // Of those with evidence e at most one in e takes over; each of the others has its 210 rows.
        Assert.InRange(started, 60 * 5, 60 * 5 + taken);
        Assert.InRange(taken, least, started / evidence);
    }

    [Fact]
    public void A_challenger_learns_nothing_before_the_warning_and_everything_after_it()
    {
        var made = new List<Says>();
        var catalog = Catalog.BuiltIn();
        catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("seen", "seen", (shape, options) =>
        {
            made.Add(new Says(shape, options));
            return made[^1];
        }));
        var learner = (BackgroundChallenger)catalog.Learners["background-challenger"].Create(new(1, 2, 1), WithStubs.Json("""{"learner":"seen","trial_rows_max":1000}"""));
        for (var t = 0; t < 3000; t++)
        {
            // Right all the time, then wrong all the time.
            learner.Learn([t % 2], t < 1000 ? t % 2 : 1 - t % 2);
            if (!learner.OnTrial && learner.Started == 0)
                Assert.Empty(made[1].Learned);
        }
        Assert.InRange(made[1].Learned.Count, 900, 1050);
        Assert.Equal(0, learner.TakenOver);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Regressors_regain_their_accuracy_too(bool retrain)
    {
        var catalog = WithStubs.Catalog();
        var slow = WithStubs.Json("""{"value":0.003,"falls":true}""");
        IRegressor bare = new Lms(new(5, 1), new() { Value = 0.003, Falls = true });
        IRegressor wrapped = retrain
            ? new RetrainOnDriftRegressor(new(5, 1), new() { Learner = "lms", Options = slow }, catalog)
            : new BackgroundChallengerRegressor(new(5, 1), new() { Learner = "lms", Options = slow }, catalog);
        var rng = new Rng(1, "turn");
        double bareLoss = 0, loss = 0;
        for (var t = 0; t < 20_000; t++)
        {
            var x = new double[5];
            foreach (ref var v in x.AsSpan())
                v = rng.NextGaussian();
            var target = (t < 10_000 ? 3 : -3) * x[0] + 100 + x[1];
            var own = Math.Abs(wrapped.TestThenTrain(x, target) - target);
            var others = Math.Abs(bare.TestThenTrain(x, target) - target);
            if (t >= 10_000)
                (loss, bareLoss) = (loss + own, bareLoss + others);
        }
        Assert.True(loss < 0.7 * bareLoss, $"{loss} against {bareLoss}");
    }

    private static (double[] X, int Label) Row(int t, ref Rng rng)
    {
        var x = new double[5];
        foreach (ref var v in x.AsSpan())
            v = rng.NextGaussian();
        var score = x[0] + x[1] - x[2] + 0.5 * rng.NextGaussian();
        return (x, score > 0 == t < Change ? 1 : 0);
    }

    private static (double Before, double After) Accuracy(IClassifier learner)
    {
        var rng = new Rng(1, "turn");
        var p = new double[2];
        int before = 0, after = 0;
        for (var t = 0; t < Rows; t++)
        {
            var (x, label) = Row(t, ref rng);
            learner.TestThenTrain(x, label, p);
            var right = p[1] > 0.5 == (label == 1) ? 1 : 0;
            if (t is >= 1000 and < Change)
                before += right;
            else if (t is >= Change and < Change + 1000)
                after += right;
        }
        return (before / (Change - 1000.0), after / 1000.0);
    }
}
