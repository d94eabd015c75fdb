using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class WindowedScoreTests
{
    [Fact]
    public void A_rolling_score_is_that_of_its_last_answers()
    {
        var rolling = new RollingScore(50);
        var random = new Rng(1, "rolling");
        var answers = new List<(double P, int Label)>();
        for (var i = 0; i < 500; i++)
        {
            answers.Add((random.NextDouble(), random.NextInt32(2)));
            rolling.Add(answers[^1].P, answers[^1].Label);
            var window = answers.TakeLast(50).ToArray();
            Assert.Equal(window.Length, rolling.Count);
            Assert.Equal(window.Average(a => a.P > 0.5 == (a.Label == 1) ? 1 : 0), rolling.Accuracy, 1e-12);
            Assert.Equal(window.Average(a => -Elementary.Log(a.Label == 1 ? a.P : 1 - a.P)), rolling.LogLoss, 1e-12);
            Assert.Equal(window.Average(a => (a.P - a.Label) * (a.P - a.Label)), rolling.Brier, 1e-12);
            Assert.Equal(window.Average(a => Math.Max(a.P, 1 - a.P)) - rolling.Accuracy, rolling.CalibrationError, 1e-12);
            Assert.Equal(1.959963984540054 * Math.Sqrt(4 * window.Sum(a => a.P * (1 - a.P))) / window.Length, rolling.CalibrationNull(overlap: 4), 1e-12);
        }
    }

    [Fact]
    public void A_calibrated_stream_is_inside_the_null_band_in_about_19_of_20_windows()
    {
        var outside = 0;
        for (ulong seed = 1; seed <= 400; seed++)
        {
            var rolling = new RollingScore(200);
            var random = new Rng(seed, "band");
            for (var i = 0; i < 200; i++)
            {
                var p = 0.3 + 0.4 * random.NextDouble();
                rolling.Add([1 - p, p], random.NextDouble() < p ? 1 : 0);
            }
            outside += Math.Abs(rolling.CalibrationError) > rolling.CalibrationNull() ? 1 : 0;
        }
        Assert.InRange(outside, 8, 36);
    }

    [Fact]
    public void A_fading_score_weighs_answers_by_their_age()
    {
        var fading = new FadingScore(0.9);
        Assert.Equal(0, fading.Accuracy);
        fading.Add(0.8, 1);
        fading.Add(0.8, 0);
        fading.Add([0.1, 0.9], 1);
        Assert.Equal((0.81 + 1) / (0.81 + 0.9 + 1), fading.Accuracy, 1e-15);
        Assert.Equal((0.81 * 0.04 + 0.9 * 0.64 + 0.01) / 2.71, fading.Brier, 1e-15);
        Assert.Equal(2.71, fading.Weight, 1e-15);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void A_factor_that_does_not_fade_is_refused(double factor)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FadingScore(factor));
    }
}
