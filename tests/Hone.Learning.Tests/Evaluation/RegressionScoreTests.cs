using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class RegressionScoreTests
{
    [Fact]
    public void Figures_are_those_of_a_hand_made_example()
    {
        var score = new RegressionScore();
        foreach (var (prediction, target) in new[] { (1.0, 2.0), (4, 4), (3, 6), (9, 8) })
            score.Add(prediction, target);

        // Errors −1, 0, −3, 1; the targets' mean is 5 and their squared distances 9, 1, 1, 9.
        Assert.Equal(1.25, score.Mae);
        Assert.Equal(Math.Sqrt(11 / 4.0), score.Rmse);
        Assert.Equal(-0.75, score.Bias);
        Assert.Equal(1 - 11 / 20.0, score.R2, 1e-15);

        // The last value says 0, 2, 4, 6 and the running mean 0, 2, 3, 4.
        Assert.Equal((2 + 2 + 2 + 2) / 4.0, score.MaeLastValue);
        Assert.Equal(2, score.RmseLastValue);
        Assert.Equal((2 + 2 + 3 + 4) / 4.0, score.MaeMean);
        Assert.Equal(Math.Sqrt((4 + 4 + 9 + 16) / 4.0), score.RmseMean, 1e-15);
        Assert.Equal(1 - 1.25 / 2, score.SkillLastValue, 1e-15);
        Assert.Equal(1 - 1.25 / 2.75, score.SkillMean, 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Baselines_do_not_know_targets_that_were_not_known_when_the_question_was_asked(int delay)
    {
        var score = new RegressionScore(delay);
        var random = new Rng(1, "targets");
        var targets = new double[200];
        double last = 0, mean = 0;
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = 5 + random.NextGaussian();
            var known = targets[..Math.Max(0, i - delay)];
            last += Math.Abs((known.Length > 0 ? known[^1] : 0) - targets[i]);
            mean += Math.Abs((known.Length > 0 ? known.Average() : 0) - targets[i]);
            score.Add(0, targets[i]);
        }
        Assert.Equal(last / targets.Length, score.MaeLastValue, 1e-12);
        Assert.Equal(mean / targets.Length, score.MaeMean, 1e-12);
    }

    [Fact]
    public void R2_survives_targets_far_from_zero()
    {
        var score = new RegressionScore();
        var random = new Rng(2, "far");
        for (var i = 0; i < 20_000; i++)
        {
            var x = random.NextGaussian();
            score.Add(1e8 + x, 1e8 + x + random.NextGaussian());
        }
        Assert.Equal(0.5, score.R2, 0.02);
    }

    [Theory]
    [InlineData(0, 300)]
    [InlineData(5, 300)]
    [InlineData(5, 598)]
    [InlineData(5, 3)]
    [InlineData(5, 600)]
    public void Two_parts_merge_into_the_whole(int delay, int cut)
    {
        var whole = new RegressionScore(delay);
        RegressionScore[] parts = [new(delay), new(delay)];
        var random = new Rng(3, "parts");
        for (var i = 0; i < 600; i++)
        {
            // Eighths keep the sums of errors exact.
            double prediction = random.NextInt32(80) / 8.0, target = random.NextInt32(80) / 8.0;
            whole.Add(prediction, target);
            parts[i < cut ? 0 : 1].Add(prediction, target);
        }
        parts[0].Merge(parts[1]);
        Assert.Equal((whole.Count, whole.Mae, whole.Rmse, whole.Bias), (parts[0].Count, parts[0].Mae, parts[0].Rmse, parts[0].Bias));
        Assert.Equal(whole.R2, parts[0].R2, 1e-12);

        // From here on both baselines know the same.
        double Said(RegressionScore score) => score.MaeLastValue * score.Count;
        double SaidMean(RegressionScore score) => score.MaeMean * score.Count;
        var before = (Said(whole) - Said(parts[0]), SaidMean(whole) - SaidMean(parts[0]));
        for (var i = 0; i < 50; i++)
        {
            var target = random.NextInt32(80) / 8.0;
            whole.Add(0, target);
            parts[0].Add(0, target);
        }
        Assert.Equal(before.Item1, Said(whole) - Said(parts[0]), 1e-9);
        Assert.Equal(before.Item2, SaidMean(whole) - SaidMean(parts[0]), 1e-9);
        Assert.Throws<ArgumentException>(() => whole.Merge(new(delay + 1)));
    }

    [Fact]
    public void Nothing_reads_as_nothing_and_a_constant_target_has_no_variance_to_explain()
    {
        var score = new RegressionScore();
        Assert.Equal((0, 0, 0, 0, 0), (score.Mae, score.Rmse, score.R2, score.MaeLastValue, score.SkillMean));
        score.Add(2, 3);
        score.Add(3, 3);
        Assert.Equal((0.5, 0), (score.Mae, score.R2));
    }

    [Fact]
    public void What_is_no_number_is_refused_and_changes_nothing()
    {
        var score = new RegressionScore();
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => score.Add(bad, 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => score.Add(0, bad));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => score.Add(0, 1e101));
        Assert.Equal(0, score.Count);

        // A wild prediction costs much and breaks nothing.
        score.Add(1e300, -1e100);
        Assert.Equal(2e100, score.Mae);
        Assert.True(double.IsFinite(score.Rmse));
    }
}
