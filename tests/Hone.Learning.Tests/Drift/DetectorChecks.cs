using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

/// <summary>What every detector in the catalog promises with its default options.</summary>
public sealed class DetectorChecks
{
    public static TheoryData<string> Names => [.. Catalog.BuiltIn().Detectors.Select(d => d.Name)];

    private static IDriftDetector New(string name) => Catalog.BuiltIn().Detectors[name].Create(1);

    [Theory, MemberData(nameof(Names))]
    public void A_value_that_is_no_number_is_refused_and_changes_nothing(string name)
    {
        var specimen = Specimen.Named(name);
        var detector = (IDriftDetector)specimen.Fed(0, 300);
        var before = specimen.Saved(detector);

        foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e200, -1e200 })
            Assert.Throws<ArgumentOutOfRangeException>(() => detector.Update(value));
        Assert.Equal(before, specimen.Saved(detector));
    }

    [Theory, MemberData(nameof(Names))]
    public void Errors_that_rise_from_a_fifth_to_a_half_are_seen_within_400_answers_on_average(string name)
    {
        var total = 0;
        for (ulong seed = 1; seed <= 40; seed++)
            total += Delay(New(name), seed, 0.2, 0.5, before: 1_000, patience: 3_000);
        Assert.InRange(total / 40.0, 1, 400);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_coin_raises_at_most_one_alarm_in_200000_tosses(string name)
    {
        var alarms = 0;
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var detector = New(name);
            var random = new Rng(seed, "coin");
            for (var i = 0; i < 100_000; i++)
                alarms += detector.Update(random.NextDouble() < 0.5 ? 1 : 0) == DriftLevel.Drift ? 1 : 0;
        }
        Assert.InRange(alarms, 0, 5);
    }

    [Theory, MemberData(nameof(Names))]
    public void Fewer_errors_are_no_drift(string name)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var detector = New(name);
            var random = new Rng(seed, "falling");
            for (var i = 0; i < 4_000; i++)
                if (detector.Update(random.NextDouble() < (i < 1_000 ? 0.5 : 0.1) ? 1 : 0) == DriftLevel.Drift)
                    Assert.True(i < 1_000, $"seed {seed} alarmed at {i}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Level_statistic_and_threshold_agree(string name)
    {
        var detector = New(name);
        Assert.Equal(0, detector.Statistic);
        Assert.Equal(double.PositiveInfinity, detector.Threshold);

        var random = new Rng(3, "agree");
        int drifts = 0, warnings = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var level = detector.Update(random.NextDouble() < (i / 1_000 % 2 == 0 ? 0.2 : 0.5) ? 1 : 0);
            warnings += level == DriftLevel.Warning ? 1 : 0;
            Assert.False(double.IsNaN(detector.Statistic) || double.IsNaN(detector.Threshold));
            if (level == DriftLevel.Drift)
            {
                drifts++;
                Assert.True(detector.Statistic >= detector.Threshold);
            }
            else
            {
                Assert.True(detector.Statistic <= detector.Threshold);
            }
        }
        Assert.InRange(drifts, 5, 12);
        Assert.True(warnings > 0);
    }

    internal static int Delay(IDriftDetector detector, ulong seed, double rate, double then, int before, int patience)
    {
        var random = new Rng(seed, "delay");
        for (var i = 0; i < before; i++)
            detector.Update(random.NextDouble() < rate ? 1 : 0);
        for (var i = 1; i <= patience; i++)
            if (detector.Update(random.NextDouble() < then ? 1 : 0) == DriftLevel.Drift)
                return i;
        Assert.Fail($"seed {seed}: the change was not seen in {patience} answers");
        return patience;
    }
}
