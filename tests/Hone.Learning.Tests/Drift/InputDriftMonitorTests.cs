using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

public sealed class InputDriftMonitorTests
{
    private const int Features = 64;

    // Alarms allowed in eight times 10,000 quiet rows of 64 features.
    [Theory]
    [InlineData("independent", 1)]
    [InlineData("autoregressive 0.95", 2)]
    [InlineData("clustering volatility", 12)]
    public void Quiet_features_raise_few_alarms(string kind, int alarmsMax)
    {
        long alarms = 0;
        for (ulong seed = 1; seed <= 8; seed++)
        {
            var (monitor, stream) = Warm(kind, seed, new());
            for (var i = 0; i < 10_000; i++)
                monitor.Add(stream.Next());
            Assert.InRange(monitor.Tests, 8, 20);
            alarms += monitor.Alarms;
        }
        Assert.InRange(alarms, 0, alarmsMax);
    }

    // Of ten streams in which 8 of 64 features move; an autoregressive window of 500 rows holds but 13 independent ones.
    [Theory]
    [InlineData("independent", 0.5, 2, 10, 0)]
    [InlineData("clustering volatility", 0.5, 2, 9, 4)]
    [InlineData("autoregressive 0.95", 1.5, 4, 9, 1)]
    public void Moved_means_are_found(string kind, double shift, int tests, int foundMin, int othersMax)
    {
        int found = 0, others = 0;
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var (monitor, stream) = Warm(kind, seed, new());
            while (monitor.Ready && monitor.Tests < tests)
            {
                var row = stream.Next();
                for (var j = 0; j < 8; j++)
                    row[j] += shift;
                monitor.Add(row);
            }
            var moved = 0;
            foreach (var drift in monitor.Last)
            {
                moved += drift.Drifting && drift.Feature < 8 ? 1 : 0;
                others += drift.Drifting && drift.Feature >= 8 ? 1 : 0;
            }
            found += moved > 0 ? 1 : 0;
        }
        Assert.InRange(others, 0, othersMax);
        Assert.InRange(found, foundMin, 10);
    }

    [Theory]
    [InlineData("independent")]
    [InlineData("autoregressive 0.95")]
    public void P_values_of_quiet_features_are_not_too_small(string kind)
    {
        int all = 0, below5 = 0, below1 = 0, below01 = 0;
        for (ulong seed = 21; seed <= 28; seed++)
        {
            var (monitor, stream) = Warm(kind, seed, new() { AfterDrift = InputDriftReference.Keep });
            while (monitor.Tests < 6)
            {
                if (!monitor.Add(stream.Next()))
                    continue;
                foreach (var drift in monitor.Last)
                {
                    all++;
                    below5 += drift.PValue < 0.05 ? 1 : 0;
                    below1 += drift.PValue < 0.01 ? 1 : 0;
                    below01 += drift.PValue < 0.001 ? 1 : 0;
                }
            }
        }
        Assert.Equal(8 * 6 * Features, all);
        Assert.InRange(below5 / (double)all, 0.005, 0.06);
        Assert.InRange(below1 / (double)all, 0, 0.013);
        Assert.InRange(below01 / (double)all, 0, 0.002);
    }

    [Fact]
    public void After_a_report_the_next_rows_are_the_new_reference()
    {
        var (monitor, stream) = Warm("independent", 3, new());
        for (var i = 0; i < 12_000; i++)
            monitor.Add(Shifted(stream.Next(), 1));
        Assert.Equal(1, monitor.Alarms);
        Assert.True(monitor.Ready);
        Assert.Equal(0, monitor.Drifting);
    }

    [Fact]
    public void A_kept_reference_reports_as_long_as_the_change_lasts()
    {
        var (monitor, stream) = Warm("independent", 3, new() { AfterDrift = InputDriftReference.Keep });
        for (var i = 0; i < 5_000; i++)
            monitor.Add(Shifted(stream.Next(), 1));
        Assert.Equal(10, monitor.Tests);
        Assert.Equal(9, monitor.Alarms);
        Assert.Equal(Features, monitor.Drifting);

        for (var i = 0; i < 1_000; i++)
            monitor.Add(stream.Next());
        Assert.Equal(0, monitor.Drifting);
    }

    [Fact]
    public void Without_confirmation_one_window_is_enough_and_with_it_a_burst_passes()
    {
        foreach (var confirm in new[] { false, true })
        {
            var (monitor, stream) = Warm("independent", 5, new() { Confirm = confirm });
            for (var i = 0; i < 500; i++)
                monitor.Add(Shifted(stream.Next(), 2));
            Assert.Equal(confirm ? 0 : 1, monitor.Alarms);
            for (var i = 0; i < 500; i++)
                monitor.Add(stream.Next());
            Assert.Equal(confirm ? 0 : 1, monitor.Alarms);
        }
    }

    [Fact]
    public void A_feature_that_goes_missing_drifts_and_one_that_always_was_does_not()
    {
        var monitor = new InputDriftMonitor(new(), 3, 1);
        var random = new Rng(6, "missing");
        for (var i = 0; monitor.Tests < 2; i++)
        {
            var gone = monitor.Ready && random.NextDouble() < 0.2;
            monitor.Add([gone ? double.NaN : random.NextGaussian(), double.NaN, random.NextDouble() < 0.3 ? double.NaN : random.NextGaussian()]);
        }
        Assert.Equal([true, false, false], monitor.Last.ToArray().Select(d => d.Drifting));
    }

    [Theory]
    [InlineData(5, 5, false)]
    [InlineData(5, 5.001, true)]
    [InlineData(5, 4.999, true)]
    public void A_constant_feature_drifts_when_it_takes_another_value(double before, double after, bool drifts)
    {
        var monitor = new InputDriftMonitor(new(), 1, 1);
        while (monitor.Tests < 2)
            monitor.Add([monitor.Ready ? after : before]);
        Assert.Equal(drifts, monitor.Drifting == 1);
    }

    [Fact]
    public void Only_watched_features_are_tested()
    {
        var watched = new bool[Features];
        watched[5] = watched[40] = true;
        var (monitor, stream) = Warm("independent", 7, new(), watched);
        while (monitor.Tests < 2)
        {
            var row = stream.Next();
            row[4] += 3;
            row[40] += 3;
            monitor.Add(row);
        }
        Assert.Equal([(5, false), (40, true)], monitor.Last.ToArray().Select(d => (d.Feature, d.Drifting)));
    }

    [Fact]
    public void The_statistic_is_the_population_stability_index()
    {
        // 400 reference rows 0…399 in ten bins of 40; windows of 100 with 40 values in the lowest bin, 10 in the next, and so on.
        var monitor = new InputDriftMonitor(new() { ReferenceRows = 400, TestRows = 100, RowStride = 1, AfterDrift = InputDriftReference.Keep }, 1, 1);
        for (var i = 0; !monitor.Ready; i++)
            monitor.Add([(i * 7) % 400]);
        int[] counts = [40, 10, 10, 10, 10, 10, 5, 5, 0, 0];
        for (var bin = 0; bin < 10; bin++)
            for (var i = 0; i < counts[bin]; i++)
                monitor.Add([bin * 40 + 20]);

        var expected = counts.Sum(c =>
        {
            var p = c > 0 ? c / 100.0 : 0.5 / 400;
            return (p - 0.1) * Elementary.Log(p / 0.1);
        });
        Assert.Equal(1, monitor.Tests);

        // Edges are values of the reference, so a bin's share of it is 40 ± 1.
        Assert.Equal(expected, monitor.Last[0].Statistic, 0.03);
    }

    [Fact]
    public void Row_counts_that_do_not_fit_are_refused()
    {
        Assert.Throws<InvalidOptionsException>(() => new InputDriftMonitor(new() { ReferenceRows = 2_100 }, 1, 1));
        Assert.Throws<InvalidOptionsException>(() => new InputDriftMonitor(new() { RowStride = 3 }, 1, 1));
        Assert.Throws<InvalidOptionsException>(() => new InputDriftMonitor(new() { RowStride = 50 }, 1, 1));
        Assert.Throws<InvalidOptionsException>(() => new InputDriftMonitor(new() { Bins = 17 }, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InputDriftMonitor(new(), 2, 1).Add([1.0]));
    }

    private static double[] Shifted(double[] row, double shift)
    {
        for (var j = 0; j < row.Length; j++)
            row[j] += shift;
        return row;
    }

    private static (InputDriftMonitor Monitor, FeatureStream Stream) Warm(string kind, ulong seed, InputDriftOptions options, bool[]? watched = null)
    {
        var monitor = new InputDriftMonitor(options, Features, seed, watched);
        var stream = new FeatureStream(kind, Features, seed);
        for (var i = 0; i < 200; i++)
            stream.Next();
        while (!monitor.Ready)
            monitor.Add(stream.Next());
        return (monitor, stream);
    }
}
