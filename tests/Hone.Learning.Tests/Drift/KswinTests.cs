using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

public sealed class KswinTests
{
    [Theory]
    [InlineData(DriftDirection.Up, false)]
    [InlineData(DriftDirection.Down, false)]
    [InlineData(DriftDirection.Both, false)]
    [InlineData(DriftDirection.Both, true)]
    public void The_levels_are_those_of_a_test_of_both_samples_at_every_value(DriftDirection direction, bool ties)
    {
        var options = new KswinOptions { Window = 90, Recent = 25, Alpha = 1e-3, WarningAlpha = 1e-2, Direction = direction };
        var kswin = new Kswin(options);
        var random = new Rng(1, "every value");
        var values = new List<double>();
        int drifts = 0, warnings = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var value = random.NextDouble() + (i / 400 % 2 == 0 ? 0 : 0.4);
            values.Add(ties ? Math.Floor(6 * value) : value);
            if (values.Count > options.Window)
                values.RemoveAt(0);
            var expected = Level(values, options, out var distance);
            Assert.Equal(expected, kswin.Update(values[^1]));
            if (expected != DriftLevel.None)
                Assert.Equal(distance, kswin.Statistic, 1e-12);
            drifts += expected == DriftLevel.Drift ? 1 : 0;
            warnings += expected == DriftLevel.Warning ? 1 : 0;
            if (expected == DriftLevel.Drift)
                values.Clear();
        }
        Assert.InRange(drifts, 3, 14);
        Assert.True(warnings > 3);
    }

    // The published test raises 568 and 796 in as many. The promise is for independent values; volatility that clusters is a change of the distribution.
    [Theory]
    [InlineData("normal", 2)]
    [InlineData("clustering volatility", 40)]
    public void Independent_values_that_do_not_change_raise_at_most_one_alarm_in_200000(string kind, int alarmsMax)
    {
        var alarms = 0;
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var kswin = new Kswin(new() { Direction = DriftDirection.Both });
            var random = new Rng(seed, "quiet");
            double variance = 1, last = 0;
            for (var i = 0; i < 100_000; i++)
            {
                variance = kind == "normal" ? 1 : 0.02 + 0.08 * last * last + 0.90 * variance;
                alarms += kswin.Update(last = Math.Sqrt(variance) * random.NextGaussian()) == DriftLevel.Drift ? 1 : 0;
            }
        }
        Assert.InRange(alarms, 0, alarmsMax);
    }

    [Fact]
    public void Larger_values_are_no_fall_and_smaller_ones_no_rise()
    {
        foreach (var (direction, shift, seen) in new[] { (DriftDirection.Up, 1, true), (DriftDirection.Up, -1, false), (DriftDirection.Down, -1, true), (DriftDirection.Down, 1, false) })
        {
            var kswin = new Kswin(new() { Direction = direction });
            var random = new Rng(2, "direction");
            var drift = false;
            for (var i = 0; i < 3_000; i++)
                drift |= kswin.Update((i < 1_000 ? 0 : shift) + random.NextGaussian()) == DriftLevel.Drift;
            Assert.Equal(seen, drift);
        }
    }

    private static DriftLevel Level(List<double> values, KswinOptions options, out double distance)
    {
        distance = 0;
        if (values.Count < 2 * options.Recent)
            return DriftLevel.None;
        var recent = values.TakeLast(options.Recent).ToArray();
        var older = values.SkipLast(options.Recent).ToArray();
        foreach (var x in values)
        {
            var rise = older.Count(v => v <= x) / (double)older.Length - recent.Count(v => v <= x) / (double)recent.Length;
            distance = Math.Max(distance, options.Direction switch { DriftDirection.Up => rise, DriftDirection.Down => -rise, _ => Math.Abs(rise) });
        }
        var sides = options.Direction == DriftDirection.Both ? 2 : 1;
        var spread = (older.Length + recent.Length) / ((double)older.Length * recent.Length) / 2;
        return distance >= Math.Sqrt(Math.Log(sides / options.Alpha) * spread) ? DriftLevel.Drift
            : distance >= Math.Sqrt(Math.Log(sides / options.WarningAlpha) * spread) ? DriftLevel.Warning : DriftLevel.None;
    }
}
