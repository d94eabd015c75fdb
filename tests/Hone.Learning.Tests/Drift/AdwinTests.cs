using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

public sealed class AdwinTests
{
    private static readonly AdwinOptions AsPublished = new() { Direction = DriftDirection.Both, AfterDrift = AdwinAfterDrift.Shrink };

    [Fact]
    public void The_window_is_the_newest_values_with_their_mean_and_variance()
    {
        var adwin = new Adwin(AsPublished);
        var random = new Rng(2, "window");
        var values = new List<double>();
        long cuts = 0, width = 0;
        for (var i = 0; i < 6_000; i++)
        {
            values.Add(0.8 * random.NextDouble() * (i / 1_500 % 2 == 0 ? 0.4 : 1));
            adwin.Update(values[^1]);
            cuts += adwin.Width != ++width ? 1 : 0;
            width = adwin.Width;
            if (i % 37 != 0)
                continue;
            var window = values.Skip(values.Count - (int)width).ToArray();
            var mean = window.Average();
            Assert.Equal(mean, adwin.Mean, 1e-10);
            Assert.Equal(window.Average(v => (v - mean) * (v - mean)), adwin.Variance, 1e-10);
        }
        Assert.InRange(cuts, 3, 60);
    }

    [Fact]
    public void A_window_is_cut_exactly_when_some_border_passes_the_published_bound()
    {
        // With buckets that never merge, every position is a border, and the rule can be checked by hand.
        var options = AsPublished with { BucketsPerRow = 64, Clock = 1, Delta = 0.2, WarningDelta = 0.2 };
        var drifts = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var adwin = new Adwin(options);
            var random = new Rng(seed, "bound");
            var values = new List<double>();
            for (var i = 0; i < 64; i++)
            {
                values.Add(random.NextDouble() < (i < 35 ? 0.1 : 0.6) ? 1 : 0);
                var expected = values.Count > 10 && Cuts(values);
                Assert.Equal(expected, adwin.Update(values[^1]) == DriftLevel.Drift);
                if (!expected)
                    continue;
                drifts++;
                break;
            }
        }
        Assert.InRange(drifts, 10, 50);

        static bool Cuts(List<double> values)
        {
            double n = values.Count, mean = values.Average(), variance = values.Average(v => (v - mean) * (v - mean));
            var d = Elementary.Log(2 * Elementary.Log(n) / 0.2);
            for (var n0 = 7; n - n0 >= 7; n0++)
            {
                var n1 = n - n0;
                var m = 1.0 / (n0 - 5 + 1) + 1.0 / (n1 - 5 + 1);
                var bound = Math.Sqrt(2 * m * variance * d) + 2.0 / 3 * d * m;
                if (Math.Abs(values.Take(n0).Average() - values.Skip(n0).Average()) > bound)
                    return true;
            }
            return false;
        }
    }

    [Fact]
    public void As_published_a_large_change_at_1000_is_reported_at_1023_and_1055()
    {
        Assert.Equal([1_023, 1_055], Alarms(AsPublished).Take(2));
    }

    [Fact]
    public void By_default_a_large_change_is_reported_once()
    {
        Assert.Equal([1_023], Alarms(new()));
    }

    [Fact]
    public void A_change_the_other_way_is_silent_but_leaves_the_window()
    {
        var adwin = new Adwin(new());
        for (var i = 0; i < 4_000; i++)
            Assert.NotEqual(DriftLevel.Drift, adwin.Update(i < 2_000 ? i % 2 : i % 10 == 0 ? 1 : 0));
        Assert.Equal(0.1, adwin.Mean, 0.01);
        Assert.InRange(adwin.Width, 1_900, 2_100);
    }

    [Fact]
    public void Downwards_is_upwards_mirrored()
    {
        var up = new Adwin(new());
        var down = new Adwin(new() { Direction = DriftDirection.Down });
        var random = new Rng(4, "mirror");
        var drifts = 0;
        for (var i = 0; i < 8_000; i++)
        {
            // Multiples of 1/256 keep both sums exact.
            var value = Math.Floor(256 * 0.6 * random.NextDouble() + (i / 1_000 % 2 == 0 ? 0 : 100)) / 256;
            var level = up.Update(value);
            Assert.Equal(level, down.Update(1 - value));
            drifts += level == DriftLevel.Drift ? 1 : 0;
        }
        Assert.InRange(drifts, 4, 5);
    }

    [Fact]
    public void Errors_of_a_tenth_that_double_are_seen_within_350_answers_on_average()
    {
        var total = 0;
        for (ulong seed = 1; seed <= 40; seed++)
            total += DetectorChecks.Delay(new Adwin(new()), seed, 0.1, 0.2, before: 10_000, patience: 5_000);
        Assert.InRange(total / 40.0, 200, 350);
    }

    [Fact]
    public void A_window_of_millions_stays_small_and_exact()
    {
        var adwin = new Adwin(new());
        for (var i = 0; i < 600_000; i++)
            adwin.Update(i % 4 == 0 ? 1 : 0);
        Assert.Equal(600_000, adwin.Width);
        Assert.Equal(0.25, adwin.Mean, 1e-12);
        Assert.Equal(0.1875, adwin.Variance, 1e-9);
        Assert.InRange(new Specimen("", () => adwin, (_, _) => { }, _ => { }, 0).Saved(adwin).Length, 500, 4_000);
    }

    [Fact]
    public void A_window_in_few_rows_forgets_its_oldest_values_and_stays_exact()
    {
        var adwin = new Adwin(new() { Delta = 1e-12, WarningDelta = 1e-12 }, 6);
        var values = new List<double>();
        for (var i = 0; i < 5_000; i++)
        {
            values.Add(i * 7 % 10 / 10.0);
            adwin.Update(values[^1]);
            Assert.InRange(adwin.Width, Math.Min(i + 1, 5 * 32), 6 * 64);
        }
        var window = values.Skip(values.Count - (int)adwin.Width).ToArray();
        var mean = window.Average();
        Assert.Equal(mean, adwin.Mean, 1e-9);
        Assert.Equal(window.Average(v => (v - mean) * (v - mean)), adwin.Variance, 1e-9);
    }

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(1.000001)]
    public void A_value_outside_0_to_1_is_refused(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adwin(new()).Update(value));
    }

    [Fact]
    public void A_warning_stricter_than_the_alarm_is_refused()
    {
        Assert.Contains("warning_delta", Assert.Throws<InvalidOptionsException>(() => new Adwin(new() { WarningDelta = 0.001 })).Message);
    }

    private static List<int> Alarms(AdwinOptions options)
    {
        var adwin = new Adwin(options);
        var random = new Rng(1, "alarms");
        var alarms = new List<int>();
        for (var i = 0; i < 2_000; i++)
            if (adwin.Update((i < 1_000 ? random.NextInt32(2) : 6 + random.NextInt32(6)) / 12.0) == DriftLevel.Drift)
                alarms.Add(i);
        return alarms;
    }
}
