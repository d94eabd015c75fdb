using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class KappaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_rolling_kappa_is_that_of_its_last_answers(int delay)
    {
        const int window = 40;
        var rolling = new RollingKappa(3, window, delay);
        var whole = new ClassificationScore(3, delay);
        var random = new Rng(1, "rolling");
        var answers = new List<(int Predicted, int Label, bool NoChange, bool Majority)>();
        for (var i = 0; i < 300; i++)
        {
            int predicted = random.NextInt32(3), label = random.NextDouble() < 0.4 ? predicted : random.NextInt32(i < 150 ? 2 : 3);

            // What the baselines said follows from the score of the whole stream.
            double noChange = whole.NoChangeAccuracy * whole.Count, majority = whole.MajorityAccuracy * whole.Count;
            var probabilities = new double[3];
            probabilities[predicted] = 1;
            whole.Add(probabilities, label);
            answers.Add((predicted, label, whole.NoChangeAccuracy * whole.Count - noChange > 0.5, whole.MajorityAccuracy * whole.Count - majority > 0.5));
            rolling.Add(predicted, label);

            var last = answers.TakeLast(window).ToArray();
            var accuracy = last.Average(a => a.Predicted == a.Label ? 1 : 0);
            var chance = Enumerable.Range(0, 3).Sum(k => last.Average(a => a.Label == k ? 1 : 0) * last.Average(a => a.Predicted == k ? 1 : 0));
            Assert.Equal(last.Length, rolling.Count);
            Assert.Equal(accuracy, rolling.Accuracy, 1e-12);
            Assert.Equal(Kappa(accuracy, chance), rolling.Kappa, 1e-12);
            Assert.Equal(Kappa(accuracy, last.Average(a => a.NoChange ? 1 : 0)), rolling.KappaTemporal, 1e-12);
            Assert.Equal(Kappa(accuracy, last.Average(a => a.Majority ? 1 : 0)), rolling.KappaM, 1e-12);
        }
    }

    [Fact]
    public void A_fading_kappa_weighs_answers_by_their_age()
    {
        var fading = new FadingKappa(2, 0.9);
        Assert.Equal((0, 0, 0, 0), (fading.Accuracy, fading.Kappa, fading.KappaTemporal, fading.KappaM));

        // Labels 1 0 0 1, predictions 1 0 1 1; weights .729 .81 .9 1. No-change says 0 1 0 0, the majority 0 1 0 0.
        foreach (var (predicted, label) in new[] { (1, 1), (0, 0), (1, 0), (1, 1) })
            fading.Add(predicted, label);
        const double all = 0.729 + 0.81 + 0.9 + 1;
        var accuracy = (0.729 + 0.81 + 1) / all;
        var chance = (0.729 + 1) / all * ((0.729 + 0.9 + 1) / all) + (0.81 + 0.9) / all * (0.81 / all);
        Assert.Equal(all, fading.Weight, 1e-12);
        Assert.Equal(accuracy, fading.Accuracy, 1e-12);
        Assert.Equal(Kappa(accuracy, chance), fading.Kappa, 1e-12);
        Assert.Equal(Kappa(accuracy, 0.9 / all), fading.KappaTemporal, 1e-12);
        Assert.Equal(Kappa(accuracy, 0.9 / all), fading.KappaM, 1e-12);
    }

    [Fact]
    public void What_is_no_class_is_refused_and_changes_nothing()
    {
        var rolling = new RollingKappa(2);
        var fading = new FadingKappa(2);
        foreach (var (predicted, label) in new[] { (2, 0), (0, 2), (-1, 0), (0, -1) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => rolling.Add(predicted, label));
            Assert.Throws<ArgumentOutOfRangeException>(() => fading.Add(predicted, label));
        }
        Assert.Equal((0, 0), (rolling.Count, fading.Weight));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingKappa(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingKappa(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FadingKappa(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FadingKappa(2, 0.9, -1));
    }

    private static double Kappa(double accuracy, double baseline) => baseline < 1 ? (accuracy - baseline) / (1 - baseline) : 0;
}
