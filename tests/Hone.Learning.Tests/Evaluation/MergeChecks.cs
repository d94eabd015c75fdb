using Hone.Learning.Calibration;
using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Evaluation;

/// <summary>What merging promises, over every metric: the parts of a stream, merged in order, are the whole.</summary>
public sealed class MergeChecks
{
    private const int Answers = 600;

    private static readonly Metric[] All =
    [
        Of("classification score", () => new ClassificationScore(3), (s, a) => s.Add(a.Probabilities, a.Label), (s, o) => s.Merge(o),
            s => [s.Count, s.Accuracy, s.Kappa, s.LogLoss, s.Brier, s.Confusion(1, 2)]),
        Of("regression score", () => new RegressionScore(), (s, a) => s.Add(a.Prediction, a.Target), (s, o) => s.Merge(o),
            s => [s.Count, s.Mae, s.Rmse, s.Bias, s.R2]),
        Of("rolling score", () => new RollingScore(100), (s, a) => s.Add(a.P, a.Binary), (s, o) => s.Merge(o),
            s => [s.Count, s.Accuracy, s.LogLoss, s.Brier, s.Confidence, s.CalibrationError, s.CalibrationNull()]),
        Of("fading score", () => new FadingScore(0.99), (s, a) => s.Add(a.P, a.Binary), (s, o) => s.Merge(o),
            s => [s.Weight, s.Accuracy, s.LogLoss, s.Brier]),
        Of("rolling kappa", () => new RollingKappa(3, 100), (s, a) => s.Add(a.Predicted, a.Label), (s, o) => s.Merge(o),
            s => [s.Count, s.Accuracy, s.Kappa]),
        Of("fading kappa", () => new FadingKappa(3, 0.99), (s, a) => s.Add(a.Predicted, a.Label), (s, o) => s.Merge(o),
            s => [s.Weight, s.Accuracy, s.Kappa]),
        Of("auc", () => new AucScore(), (s, a) => s.Add(a.P, a.Binary), (s, o) => s.Merge(o), s => [s.Value, s.Positives, s.Negatives]),
        Of("multi-class auc", () => new MultiClassAuc(3), (s, a) => s.Add(a.Probabilities, a.Label), (s, o) => s.Merge(o), s => [s.Count, s.Value, s.Weighted, s.Of(1)]),
        Of("correlation", () => new Correlation(), (s, a) => s.Add(a.Prediction, a.Target), (s, o) => s.Merge(o), s => [s.Count, s.Value, s.NullError()]),
        Of("rank correlation", () => new RankCorrelation(3, 1_000), (s, a) => s.Add(a.Prediction, a.Target), (s, o) => s.Merge(o), s => [s.Count, s.Sampled, s.Value]),
        Of("reliability", () => new ReliabilityDiagram(), (s, a) => s.Add(a.P, a.Binary == 1), (s, o) => s.Merge(o),
            s => [s.Count, s.Error().Value, s.Error().NullMean, s.Error(15, overlap: 3).NullHigh]),
        Of("brier decomposition", () => new BrierDecomposition(), (s, a) => s.Add(a.P, a.Binary), (s, o) => s.Merge(o),
            s => [s.Count, s.Parts().Brier, s.Parts().Reliability, s.Parts().Resolution, s.Parts().Uncertainty, s.PartsCorrected(5).Reliability]),
    ];

    public static TheoryData<string> Names => [.. All.Select(m => m.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_parts_of_a_stream_merge_into_the_whole(string name)
    {
        var metric = All.Single(m => m.Name == name);
        var whole = metric.Fed(0, Answers);
        foreach (var cut in (int[])[0, 1, 3, 99, 100, 101, 300, 550, 599, 600])
        {
            var first = metric.Fed(0, cut);
            var second = metric.Fed(cut, Answers);
            var before = Saved(second);
            metric.Merge(first, second);
            Same(metric.Figures(whole), metric.Figures(first), $"{name} cut at {cut}");
            Assert.Equal(before, Saved(second));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Many_parts_merge_into_the_whole_and_go_on_as_it_does(string name)
    {
        var metric = All.Single(m => m.Name == name);
        foreach (var length in (int[])[50, 150])
        {
            var whole = metric.Fed(0, Answers);
            var merged = metric.Make();
            for (var from = 0; from < Answers; from += length)
                metric.Merge(merged, metric.Fed(from, from + length));
            Same(metric.Figures(whole), metric.Figures(merged), name);
            metric.Make().Load(new(Saved(merged)));
            for (var i = Answers; i < Answers + 150; i++)
            {
                metric.Feed(whole, i);
                metric.Feed(merged, i);
                if (i % 40 == 0)
                    Same(metric.Figures(whole), metric.Figures(merged), $"{name} after {i}");
            }
            Same(metric.Figures(whole), metric.Figures(merged), name);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void After_a_merge_the_baselines_know_what_the_whole_knows(int delay)
    {
        foreach (var cut in (int[])[0, 2, 100, 595, 598, 600])
        {
            var whole = (Score: new ClassificationScore(3, delay), Rolling: new RollingKappa(3, 40, delay), Fading: new FadingKappa(3, 0.9, delay));
            var first = (Score: new ClassificationScore(3, delay), Rolling: new RollingKappa(3, 40, delay), Fading: new FadingKappa(3, 0.9, delay));
            var second = (Score: new ClassificationScore(3, delay), Rolling: new RollingKappa(3, 40, delay), Fading: new FadingKappa(3, 0.9, delay));
            for (var i = 0; i < Answers; i++)
                foreach (var (score, rolling, fading) in new[] { whole, i < cut ? first : second })
                {
                    score.Add(new Answer(i).Probabilities, new Answer(i).Label);
                    rolling.Add(new Answer(i).Predicted, new Answer(i).Label);
                    fading.Add(new Answer(i).Predicted, new Answer(i).Label);
                }
            first.Score.Merge(second.Score);
            first.Rolling.Merge(second.Rolling);
            first.Fading.Merge(second.Fading);
            var before = (NoChange(whole.Score) - NoChange(first.Score), Majority(whole.Score) - Majority(first.Score));
            for (var i = Answers; i < Answers + 400; i++)
                foreach (var (score, rolling, fading) in new[] { whole, first })
                {
                    score.Add(new Answer(i).Probabilities, new Answer(i).Label);
                    rolling.Add(new Answer(i).Predicted, new Answer(i).Label);
                    fading.Add(new Answer(i).Predicted, new Answer(i).Label);
                }
            Assert.Equal(before.Item1, NoChange(whole.Score) - NoChange(first.Score), 1e-9);
            Assert.Equal(before.Item2, Majority(whole.Score) - Majority(first.Score), 1e-9);
            Assert.Equal((whole.Rolling.KappaTemporal, whole.Rolling.KappaM), (first.Rolling.KappaTemporal, first.Rolling.KappaM));
            Assert.Equal(whole.Fading.KappaTemporal, first.Fading.KappaTemporal, 1e-12);
            Assert.Equal(whole.Fading.KappaM, first.Fading.KappaM, 1e-12);
        }

        static double NoChange(ClassificationScore score) => score.NoChangeAccuracy * score.Count;
        static double Majority(ClassificationScore score) => score.MajorityAccuracy * score.Count;
    }

    [Fact]
    public void A_sample_that_overflows_by_merging_is_still_an_even_one()
    {
        // One stream falls, the other, three times as long, rises.
        var total = 0.0;
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var falling = new RankCorrelation(seed, 400);
            var rising = new RankCorrelation(seed + 100, 400);
            var random = new Rng(seed, "overflow");
            for (var i = 0; i < 4_000; i++)
            {
                var x = random.NextGaussian();
                (i < 1_000 ? falling : rising).Add(x, i < 1_000 ? -x : x);
            }
            falling.Merge(rising);
            Assert.Equal((4_000, 400), (falling.Count, falling.Sampled));
            total += falling.Value / 40;
        }
        Assert.Equal(0.5, total, 0.03);
    }

    [Fact]
    public void Scores_of_another_shape_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RollingScore(10).Merge(new(11)));
        Assert.Throws<ArgumentException>(() => new FadingScore(0.9).Merge(new(0.91)));
        Assert.Throws<ArgumentException>(() => new RollingKappa(2, 10).Merge(new(2, 11)));
        Assert.Throws<ArgumentException>(() => new RollingKappa(2, 10).Merge(new(2, 10, delay: 1)));
        Assert.Throws<ArgumentException>(() => new FadingKappa(2, 0.9).Merge(new(3, 0.9)));
        Assert.Throws<ArgumentException>(() => new FadingKappa(2, 0.9).Merge(new(2, 0.8)));
        Assert.Throws<ArgumentException>(() => new RankCorrelation(1, 10).Merge(new(1, 11)));
    }

    private static void Same(double[] expected, double[] actual, string what)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-10 * (1 + Math.Abs(expected[i])), $"{what}, figure {i}: {expected[i]} and {actual[i]}");
    }

    private static byte[] Saved(ISaved thing)
    {
        var writer = new StateWriter();
        thing.Save(writer);
        return writer.Written.ToArray();
    }

    private static Metric Of<T>(string name, Func<T> make, Action<T, Answer> feed, Action<T, T> merge, Func<T, double[]> figures)
        where T : ISaved
        => new(name, () => make(), (thing, i) => feed((T)thing, new(i)), (into, other) => merge((T)into, (T)other), thing => figures((T)thing));

    private sealed record Metric(string Name, Func<ISaved> Make, Action<ISaved, int> Feed, Action<ISaved, ISaved> Merge, Func<ISaved, double[]> Figures)
    {
        public ISaved Fed(int from, int to)
        {
            var thing = Make();
            for (var i = from; i < to; i++)
                Feed(thing, i);
            return thing;
        }
    }

    /// <summary>Answer i of the stream; it changes over time.</summary>
    private readonly struct Answer(int i)
    {
        public double P => Uniform(0) * (i < 300 ? 1 : 0.6);

        public int Binary => Uniform(1) < P ? 1 : 0;

        public double Prediction => 10 + 3 * Uniform(2) + 0.01 * i;

        public double Target => Prediction + Uniform(3) - 0.3;

        public int Label => (int)(3 * Uniform(4) * Uniform(5));

        public int Predicted => Probabilities[0] >= Math.Max(Probabilities[1], Probabilities[2]) ? 0 : Probabilities[1] >= Probabilities[2] ? 1 : 2;

        public double[] Probabilities
        {
            get
            {
                double a = Uniform(6) + 0.3, b = Uniform(7), c = Uniform(8);
                return [a / (a + b + c), b / (a + b + c), 1 - a / (a + b + c) - b / (a + b + c)];
            }
        }

        private double Uniform(int what) => new Rng(11, "answer", (ulong)(16 * i + what)).NextDouble();
    }
}
