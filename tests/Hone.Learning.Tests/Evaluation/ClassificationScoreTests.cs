using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class ClassificationScoreTests
{
    [Fact]
    public void Figures_are_those_of_a_hand_made_example()
    {
        var score = new ClassificationScore(2);
        (double P, int Label)[] stream = [(0.9, 1), (0.8, 1), (0.3, 0), (0.6, 0), (0.4, 1), (0.2, 0), (0.7, 1), (0.1, 1)];
        foreach (var (p, label) in stream)
            score.Add(p, label);

        // Predicted 1 1 0 1 0 0 1 0 for 1 1 0 0 1 0 1 1: right in five of eight.
        Assert.Equal(5.0 / 8, score.Accuracy);
        Assert.Equal((2, 1, 2, 3), (score.Confusion(0, 0), score.Confusion(0, 1), score.Confusion(1, 0), score.Confusion(1, 1)));

        // No-change says 0 1 1 0 0 1 0 1: right at 1 (the second), 0 (the fourth) and 1 (the last).
        Assert.Equal(3.0 / 8, score.NoChangeAccuracy);

        // The majority so far is 0 1 1 1 0 1 0 1, with ties for the lowest: right at the second and the last.
        Assert.Equal(2.0 / 8, score.MajorityAccuracy);

        var chance = 3.0 / 8 * (4.0 / 8) + 5.0 / 8 * (4.0 / 8);
        Assert.Equal((5.0 / 8 - chance) / (1 - chance), score.Kappa, 1e-15);
        Assert.Equal((5.0 / 8 - 3.0 / 8) / (5.0 / 8), score.KappaTemporal, 1e-15);
        Assert.Equal((5.0 / 8 - 2.0 / 8) / (6.0 / 8), score.KappaM, 1e-15);
        Assert.Equal(stream.Average(s => -Elementary.Log(s.Label == 1 ? s.P : 1 - s.P)), score.LogLoss, 1e-14);
        Assert.Equal(stream.Average(s => (s.P - s.Label) * (s.P - s.Label)), score.Brier, 1e-15);
    }

    [Fact]
    public void The_binary_path_scores_like_two_classes()
    {
        var (binary, classes) = (new ClassificationScore(2, delay: 3), new ClassificationScore(2, delay: 3));
        var random = new Rng(1, "paths");
        for (var i = 0; i < 2_000; i++)
        {
            var p = i % 50 == 0 ? 0.5 : random.NextDouble();
            var label = random.NextInt32(2);
            binary.Add(p, label);
            classes.Add([1 - p, p], label);
        }
        Assert.Equal(classes.Accuracy, binary.Accuracy);
        Assert.Equal(classes.Kappa, binary.Kappa);
        Assert.Equal(classes.MajorityAccuracy, binary.MajorityAccuracy);
        Assert.Equal(classes.LogLoss, binary.LogLoss, 1e-12);
        Assert.Equal(classes.Brier, binary.Brier, 1e-12);
    }

    [Fact]
    public void Several_classes_are_scored_by_their_most_probable_one()
    {
        var score = new ClassificationScore(3);
        Assert.Equal(new(1, 0.5, -Elementary.Log(0.3), 0.5 * (0.04 + 0.25 + 0.49)), score.Add([0.2, 0.5, 0.3], 2) with { Brier = 0.39 });
        Assert.Equal(0, score.Add([0.4, 0.4, 0.2], 0).Predicted);
        Assert.Equal(0.39, score.Brier * 2 - 0.5 * (0.36 + 0.16 + 0.04), 1e-12);
        Assert.Equal(0.5, score.Accuracy);
    }

    [Fact]
    public void Baselines_do_not_know_labels_that_were_not_known_when_the_question_was_asked()
    {
        // Labels in runs of ten. Told at once no-change errs once a run; told ten answers later, always.
        foreach (var (delay, expected) in new[] { (0, 0.9), (4, 0.5), (9, 0.0) })
        {
            var score = new ClassificationScore(2, delay);
            for (var i = 0; i < 10_000; i++)
                score.Add(0.5, i / 10 % 2);
            Assert.Equal(expected, score.NoChangeAccuracy, 0.002);
        }
    }

    [Fact]
    public void Certain_and_wrong_costs_a_finite_loss()
    {
        Assert.Equal(34.538776394910684, new ClassificationScore(2).Add(1.0, 0).LogLoss, 1e-12);
    }

    [Fact]
    public void Two_halves_merge_into_the_whole()
    {
        var whole = new ClassificationScore(3, delay: 5);
        ClassificationScore[] halves = [new(3, delay: 5), new(3, delay: 5)];
        for (var i = 0; i < 600; i++)
        {
            var p = i % 7 / 8.0;
            foreach (var score in new[] { whole, halves[i / 300] })
                score.Add([p, 1 - p, 0], i * i % 3);
        }
        halves[0].Merge(halves[1]);
        Assert.Equal((whole.Count, whole.Accuracy, whole.Kappa), (halves[0].Count, halves[0].Accuracy, halves[0].Kappa));
        Assert.Equal(whole.LogLoss, halves[0].LogLoss, 1e-12);
        Assert.Equal(whole.Brier, halves[0].Brier, 1e-12);

        // From here on both know the same labels.
        var before = (whole.NoChangeAccuracy * 600, halves[0].NoChangeAccuracy * 600, whole.MajorityAccuracy * 600, halves[0].MajorityAccuracy * 600);
        for (var i = 600; i < 700; i++)
        {
            whole.Add([1, 0, 0], i * i % 3);
            halves[0].Add([1, 0, 0], i * i % 3);
        }
        Assert.Equal(whole.NoChangeAccuracy * 700 - before.Item1, halves[0].NoChangeAccuracy * 700 - before.Item2, 1e-9);
        Assert.Equal(whole.MajorityAccuracy * 700 - before.Item3, halves[0].MajorityAccuracy * 700 - before.Item4, 1e-9);
        Assert.Throws<ArgumentException>(() => whole.Merge(new(2, delay: 5)));
    }

    [Fact]
    public void Nothing_reads_as_nothing_and_a_perfect_baseline_leaves_no_kappa()
    {
        var score = new ClassificationScore(2);
        Assert.Equal((0, 0, 0, 0, 0), (score.Accuracy, score.Kappa, score.KappaTemporal, score.LogLoss, score.Brier));
        score.Add(0.2, 0);
        Assert.Equal((1, 0, 0, 0), (score.Accuracy, score.Kappa, score.KappaTemporal, score.KappaM));
    }

    [Fact]
    public void What_is_no_distribution_or_class_is_refused_and_changes_nothing()
    {
        var score = new ClassificationScore(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => score.Add(double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => score.Add(0.5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => score.Add([0.5, 0.6], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => score.Add([0.5, double.NaN], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => score.Add([0.5, 0.3, 0.2], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassificationScore(3).Add(0.5, 0));
        Assert.Equal(0, score.Count);
    }
}
