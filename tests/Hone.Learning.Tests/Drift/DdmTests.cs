using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

public sealed class DdmTests
{
    [Fact]
    public void It_is_the_published_rule()
    {
        var detector = new Ddm(new());
        var random = new Rng(1, "rule");
        double errors = 0, n = 0, bestRate = 1, bestDeviation = 1;
        int drifts = 0, warnings = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var error = random.NextDouble() < (i / 2_000 % 2 == 0 ? 0.2 : 0.4) ? 1 : 0;
            n++;
            errors += error;
            var expected = DriftLevel.None;
            if (n >= 30)
            {
                var p = errors / n;
                var s = Math.Sqrt(p * (1 - p) / n);
                if (p + s <= bestRate + bestDeviation)
                    (bestRate, bestDeviation) = (p, s);
                expected = p + s > bestRate + 3 * bestDeviation ? DriftLevel.Drift
                    : p + s > bestRate + 2 * bestDeviation ? DriftLevel.Warning : DriftLevel.None;
            }
            Assert.Equal(expected, detector.Update(error));
            warnings += expected == DriftLevel.Warning ? 1 : 0;
            if (expected != DriftLevel.Drift)
                continue;
            drifts++;
            (errors, n, bestRate, bestDeviation) = (0, 0, 1, 1);
        }
        Assert.InRange(drifts, 3, 15);
        Assert.True(warnings > 20);
    }

    [Fact]
    public void The_first_error_of_a_perfect_learner_is_not_drift()
    {
        var detector = new Ddm(new());
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(DriftLevel.None, detector.Update(0));
        Assert.NotEqual(DriftLevel.Drift, detector.Update(1));
    }

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(1.000001)]
    public void A_loss_outside_0_to_1_is_refused(double loss)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ddm(new()).Update(loss));
    }

    [Fact]
    public void A_warning_after_the_alarm_is_refused()
    {
        Assert.Contains("warning_deviations", Assert.Throws<InvalidOptionsException>(() => new Ddm(new() { WarningDeviations = 4 })).Message);
    }
}
