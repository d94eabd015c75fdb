using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

/// <summary>What every data drift test of the catalog promises, with its default options.</summary>
public sealed class WindowTestTests
{
    public static TheoryData<string> Names => [.. Catalog.BuiltIn().DataDrift.Select(d => d.Name)];

    public static TheoryData<string, string, int> Quiet
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var name in Names)
            {
                data.Add(name, "independent", 4);
                data.Add(name, "autoregressive 0.95", 4);
                data.Add(name, "clustering volatility", 9);
            }
            return data;
        }
    }

    private static WindowTest New(string name, ulong seed = 1) => (WindowTest)Catalog.BuiltIn().DataDrift[name].Create(seed);

    // The promise is 0.05 alarms in 10,000 values: 1.2 in these 240,000; clustering volatility has up to four times as many.
    [Theory, MemberData(nameof(Quiet))]
    public void Features_that_do_not_change_raise_few_alarms(string name, string kind, int alarmsMax)
    {
        var alarms = 0;
        for (ulong seed = 1; seed <= 12; seed++)
        {
            var test = New(name, seed);
            var stream = new FeatureStream(kind, 1, seed);
            for (var i = 0; i < 20_000; i++)
                alarms += test.Update(stream.Next()[0]) == DriftLevel.Drift ? 1 : 0;
            Assert.InRange(test.Tests, 20, 36);
        }
        Assert.InRange(alarms, 0, alarmsMax);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_shift_by_half_a_deviation_is_seen_in_two_windows_and_one_window_is_a_warning(string name)
        => Assert.InRange(Found(name, "independent", x => x + 0.5, 1_500), 9, 10);

    [Theory, MemberData(nameof(Names))]
    public void Values_that_spread_half_again_as_far_are_seen(string name)
        => Assert.InRange(Found(name, "independent", x => 1.5 * x, 2_500), 9, 10);

    [Theory, MemberData(nameof(Names))]
    public void Dependent_values_need_a_larger_shift_and_it_is_seen(string name)
    {
        Assert.InRange(Found(name, "autoregressive 0.95", x => x + 2, 2_500), 8, 10);
        Assert.InRange(Found(name, "clustering volatility", x => x + 0.7, 2_500), 8, 10);
    }

    [Theory, MemberData(nameof(Names))]
    public void Level_statistic_and_threshold_agree(string name)
    {
        var test = New(name);
        Assert.Equal((0, double.PositiveInfinity), (test.Statistic, test.Threshold));
        var stream = new FeatureStream("independent", 1, 3);
        int drifts = 0, warnings = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var level = test.Update(stream.Next()[0] + (i / 8_000 % 2));
            drifts += level == DriftLevel.Drift ? 1 : 0;
            warnings += level == DriftLevel.Warning ? 1 : 0;
            Assert.Equal(level == DriftLevel.Drift, test.Statistic >= test.Threshold);
        }
        Assert.InRange(drifts, 4, 5);
        Assert.True(warnings > 0);
    }

    [Theory, MemberData(nameof(Names))]
    public void Missing_values_are_skipped_and_counted_and_infinite_ones_refused(string name)
    {
        var sparse = New(name);
        var dense = New(name);
        var stream = new FeatureStream("independent", 1, 4);
        for (var i = 0; i < 6_000; i++)
        {
            var value = stream.Next()[0];
            Assert.Equal(dense.Update(value), sparse.Update(value));
            if (i % 5 == 0)
                sparse.Update(double.NaN);
            Assert.Equal((dense.Statistic, dense.Threshold), (sparse.Statistic, sparse.Threshold));
        }
        Assert.Equal((0, 1_200), (dense.Skipped, sparse.Skipped));

        foreach (var value in new[] { double.PositiveInfinity, double.NegativeInfinity, 1e200 })
            Assert.Throws<ArgumentOutOfRangeException>(() => dense.Update(value));
        Assert.Equal(sparse.Tests, dense.Tests);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_constant_drifts_when_it_becomes_another_one_and_not_before(string name)
    {
        foreach (var (after, drifts) in new[] { (5.0, false), (5.01, true) })
        {
            var test = New(name);
            var seen = false;
            for (var i = 0; i < 6_000; i++)
                seen |= test.Update(test.Ready && test.Tests > 1 ? after : 5) == DriftLevel.Drift;
            Assert.Equal(drifts, seen);
        }
    }

    [Fact]
    public void Distances_are_those_of_the_books()
    {
        // Reference 0…399, windows of 100 with the values 0.5, 4.5, 8.5 … moved up by 40.
        double Distance(WindowTest test)
        {
            for (var i = 0; !test.Ready; i++)
                test.Update(i * 7 % 400);
            for (var i = 0; i < 100; i++)
                test.Update(4 * (i * 7 % 100) + 40.5);
            Assert.Equal(1, test.Tests);
            return test.Distance;
        }
        // F_ref − F_window is 0.1 all along: 40 of 400 below the first value, and at most half a step more.
        Assert.Equal(0.1025, Distance(WindowTest.KolmogorovSmirnov(new() { ReferenceRows = 400, TestRows = 100 }, 1)), 1e-12);
        Assert.Equal(39, Distance(WindowTest.Wasserstein(new() { ReferenceRows = 400, TestRows = 100 }, 1)), 1e-9);
        // Ten bins of 40: the first is empty in the window and the last holds a fifth of it.
        var p = new[] { 0, 10, 10, 10, 10, 10, 10, 10, 10, 20 };
        var q = new[] { 41, 40, 40, 40, 40, 40, 40, 40, 40, 39 };
        var psi = p.Zip(q, (a, b) => ((a > 0 ? a / 100.0 : 0.5 / 400) - b / 400.0) * Math.Log((a > 0 ? a / 100.0 : 0.5 / 400) / (b / 400.0))).Sum();
        var js = p.Zip(q, (a, b) => 0.5 * (Half(a / 100.0, b / 400.0) + Half(b / 400.0, a / 100.0))).Sum();
        Assert.Equal(psi, Distance(WindowTest.Psi(new() { ReferenceRows = 400, TestRows = 100 }, 1)), 1e-9);
        Assert.Equal(js, Distance(WindowTest.JensenShannon(new() { ReferenceRows = 400, TestRows = 100 }, 1)), 1e-9);

        static double Half(double a, double b) => a > 0 ? a * Math.Log(2 * a / (a + b)) : 0;
    }

    [Fact]
    public void A_kept_reference_reports_as_long_as_the_change_lasts_and_a_new_one_once()
    {
        foreach (var (after, least, most) in new[] { (InputDriftReference.Rebase, 1, 1), (InputDriftReference.Keep, 5, 6) })
        {
            var test = WindowTest.KolmogorovSmirnov(new() { AfterDrift = after }, 1);
            var stream = new FeatureStream("independent", 1, 3);
            var drifts = 0;
            for (var i = 0; i < 2_200 + 6_000; i++)
                drifts += test.Update(stream.Next()[0] + (i < 2_200 ? 0 : 1)) == DriftLevel.Drift ? 1 : 0;
            Assert.InRange(drifts, least, most);
        }
    }

    [Fact]
    public void A_reference_that_is_too_short_is_refused()
        => Assert.Contains("reference_rows", Assert.Throws<InvalidOptionsException>(() => WindowTest.Psi(new() { ReferenceRows = 900 }, 1)).Message);

    private static int Found(string name, string kind, Func<double, double> change, int patience)
    {
        var found = 0;
        for (ulong seed = 31; seed <= 40; seed++)
        {
            var test = New(name, seed);
            var stream = new FeatureStream(kind, 1, seed);
            while (test.Tests < 2)
                test.Update(stream.Next()[0]);
            for (var i = 0; i < patience; i++)
                if (test.Update(change(stream.Next()[0])) == DriftLevel.Drift)
                {
                    found++;
                    break;
                }
        }
        return found;
    }
}
