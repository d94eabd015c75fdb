using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

/// <summary>The published rules of the detectors, beside a plain reading of their papers; and what the honest defaults are for.</summary>
public sealed class PublishedDetectorTests
{
    [Fact]
    public void Unscaled_cusum_is_the_published_recursion()
    {
        var detector = new Cusum(new() { Scaled = false, Delta = 0.005, Lambda = 50 });
        double sum = 0, mean = 0;
        int n = 0, drifts = 0;
        foreach (var x in Steps(1, 20_000))
        {
            mean += (x - mean) / ++n;
            sum = n <= 30 ? 0 : Math.Max(0, sum + x - mean - 0.005);
            var drift = sum >= 50;
            Assert.Equal(drift, detector.Update(x) == DriftLevel.Drift);
            if (!drift)
                continue;
            drifts++;
            (sum, mean, n) = (0, 0, 0);
        }
        Assert.InRange(drifts, 3, 12);
    }

    [Fact]
    public void Scaled_cusum_sums_what_is_above_the_mean_of_the_values_before()
    {
        var detector = new Cusum(new() { Delta = 0.2, Lambda = 30 });
        var values = new List<double>();
        double sum = 0;
        foreach (var x in Steps(7, 900))
        {
            if (values.Count >= 30)
            {
                double n = values.Count, mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
                sum = Math.Max(0, sum + Math.Clamp((x - mean) / deviation * Math.Sqrt(n / (n + 1)), -5, 5) - 0.2);
            }
            values.Add(x);
            detector.Update(x);
            Assert.Equal(sum, detector.Statistic, 1e-9);
        }
        Assert.InRange(sum, 0, 29);
    }

    [Fact]
    public void Hddm_w_compares_weighted_averages_since_and_before_the_lowest_by_mcdiarmids_bound()
    {
        const double lambda = 0.05;
        var detector = new HddmW(new() { Alpha = 0.001, WarningAlpha = 0.005, Lambda = lambda });
        var log = Math.Log(1000);
        var values = new List<double>();
        var drifts = 0;
        foreach (var x in Steps(4, 4_000))
        {
            values.Add(x);
            var lowest = double.PositiveInfinity;
            (double Mean, double Squares) all = (0, 0), before = default, since = default;
            foreach (var value in values)
            {
                all = With(all, value);
                since = With(since, value);
                var bound = all.Mean + Math.Sqrt(all.Squares * log / 2);
                if (bound <= lowest)
                    (lowest, before, since) = (bound, all, default);
            }
            var drift = since.Squares > 0 && since.Mean - before.Mean >= Math.Sqrt((before.Squares + since.Squares) * log / 2);
            Assert.Equal(drift, detector.Update(x) == DriftLevel.Drift);
            if (!drift)
                continue;
            drifts++;
            values.Clear();
        }
        Assert.InRange(drifts, 1, 10);

        static (double, double) With((double Mean, double Squares) average, double value)
            => average.Squares > 0 ? (lambda * value + (1 - lambda) * average.Mean, lambda * lambda + (1 - lambda) * (1 - lambda) * average.Squares) : (value, 1);
    }

    [Fact]
    public void Scaled_cusum_does_not_care_about_unit_and_origin()
    {
        var one = new Cusum(new());
        var other = new Cusum(new());
        foreach (var x in Steps(2, 5_000))
            Assert.Equal(one.Update(x), other.Update(1_024 * x));
        Assert.Equal(one.Statistic, other.Statistic, 1e-9);
    }

    [Fact]
    public void Eddm_by_ratio_is_the_published_rule_and_alarms_on_a_coin()
    {
        var detector = new Eddm(new() { Rule = EddmRule.Ratio });
        var random = new Rng(1, "coin");
        double best = 0, n = 0, sum = 0, squares = 0;
        var last = -1;
        var drifts = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var error = random.NextDouble() < 0.5;
            var drift = false;
            if (error)
            {
                if (last >= 0)
                {
                    n++;
                    sum += i - last;
                    squares += (double)(i - last) * (i - last);
                    if (n >= 30)
                    {
                        var now = sum / n + 2 * Math.Sqrt(squares / n - sum / n * (sum / n));
                        best = Math.Max(best, now);
                        drift = now / best < 0.9;
                    }
                }
                last = i;
            }
            Assert.Equal(drift, detector.Update(error ? 1 : 0) == DriftLevel.Drift);
            if (!drift)
                continue;
            drifts++;
            (best, n, sum, squares, last) = (0, 0, 0, 0, -1);
        }
        Assert.InRange(drifts, 2, 40);
    }

    [Fact]
    public void Hddm_a_alarms_exactly_when_the_mean_is_above_the_lowest_by_hoeffdings_bound()
    {
        const double alpha = 0.001;
        var detector = new HddmA(new() { Alpha = alpha, WarningAlpha = 0.005 });
        var log = Math.Log(1 / alpha);
        var values = new List<double>();
        var drifts = 0;
        foreach (var x in Steps(4, 4_000))
        {
            values.Add(x);
            // The cut, looked for anew: the last of the prefixes with the lowest bound.
            double sum = 0, lowest = double.PositiveInfinity, lowMean = 0;
            var low = 0;
            for (var k = 1; k <= values.Count; k++)
            {
                sum += values[k - 1];
                var bound = sum / k + Math.Sqrt(log / (2.0 * k));
                if (bound <= lowest)
                    (lowest, low, lowMean) = (bound, k, sum / k);
            }
            double n = values.Count;
            var drift = low < n && sum / n - lowMean >= Math.Sqrt((n - low) / (2 * low * n) * log);
            Assert.Equal(drift, detector.Update(x) == DriftLevel.Drift);
            if (!drift)
                continue;
            drifts++;
            values.Clear();
        }
        Assert.InRange(drifts, 1, 6);
    }

    [Fact]
    public void Stepd_is_the_test_of_equal_proportions_with_continuity_correction()
    {
        var detector = new Stepd(new() { Window = 30, Alpha = 0.003, WarningAlpha = 0.05 });
        var values = new List<double>();
        foreach (var x in Steps(5, 1_000).Take(400))
        {
            values.Add(x);
            detector.Update(x);
        }
        double older = values.Count - 30, a = values.SkipLast(30).Sum() / older, b = values.TakeLast(30).Sum() / 30, p = values.Average();
        var per = 1 / older + 1.0 / 30;
        Assert.Equal((b - a - 0.5 * per) / Math.Sqrt(p * (1 - p) * per), detector.Statistic, 1e-9);
        // The normal quantile of 0.003, raised for the skewness of the window's rate.
        var skewness = (1 - 2 * p) / Math.Sqrt(p * (1 - p) * 30);
        Assert.Equal(2.7477814 + skewness * (2.7477814 * 2.7477814 - 1) / 6, detector.Threshold, 1e-6);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void The_limit_of_ecdd_is_passed_less_often_than_it_says_and_not_much_less(double rate)
    {
        // Far from the start the average is the sum that the bound is for.
        const double alpha = 0.01;
        var detector = new Ecdd(new() { Lambda = 0.05, Alpha = 1e-15, WarningAlpha = alpha });
        var random = new Rng(6, "limit");
        long above = 0, all = 0;
        for (var i = 0; i < 400_000; i++)
        {
            var level = detector.Update(random.NextDouble() < rate ? 1 : 0);
            if (i < 10_000)
                continue;
            all++;
            above += level == DriftLevel.None ? 0 : 1;
        }
        Assert.InRange(above / (double)all, alpha / 15, alpha);
    }

    [Fact]
    public void Rddm_takes_the_rate_anew_from_the_last_losses_of_a_long_concept()
    {
        // 20,000 answers with one error in ten, then one in twenty: the rate forgets the first part, that of DDM does not.
        var rddm = new Rddm(new() { ConceptMax = 10_000, StableRows = 2_000 });
        var ddm = new Ddm(new());
        for (var i = 0; i < 40_001; i++)
        {
            var x = i % (i < 20_000 ? 10 : 20) == 0 ? 1 : 0;
            rddm.Update(x);
            ddm.Update(x);
        }
        Assert.InRange(rddm.Statistic, 0.05, 0.06);
        Assert.InRange(ddm.Statistic, 0.07, 0.08);
    }

    [Fact]
    public void Rddm_goes_on_after_drift_with_the_losses_since_the_warning()
    {
        var rddm = new Rddm(new() { Min = 30 });
        var random = new Rng(3, "go on");
        var warned = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var level = rddm.Update(random.NextDouble() < (i < 2_000 ? 0.1 : 0.6) ? 1 : 0);
            warned = level == DriftLevel.Warning ? warned + 1 : level == DriftLevel.None ? 0 : warned;
            if (level != DriftLevel.Drift)
                continue;
            Assert.True(i >= 2_000 && warned > 1);
            rddm.Update(1);
            // Of a detector that had forgotten everything the threshold would still be infinite after one loss.
            Assert.Equal(warned + 1 < 30, double.IsPositiveInfinity(rddm.Threshold));
            return;
        }
        Assert.Fail("no drift");
    }

    [Fact]
    public void A_warning_of_rddm_that_lasts_is_drift_where_asked_for()
    {
        var rddm = new Rddm(new() { WarningMax = 50, WarningDeviations = 0.5, DriftDeviations = 100 });
        var random = new Rng(3, "lasts");
        var drifts = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var drift = rddm.Update(random.NextDouble() < (i < 1_000 ? 0.1 : 0.6) ? 1 : 0) == DriftLevel.Drift;
            drifts += drift ? 1 : 0;
            Assert.True(!drift || rddm.Statistic > rddm.Threshold);
        }
        Assert.True(drifts > 0);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Assert.Contains("warning_alpha", Assert.Throws<InvalidOptionsException>(() => new HddmA(new() { WarningAlpha = 1e-9 })).Message);
        Assert.Contains("warning_alpha", Assert.Throws<InvalidOptionsException>(() => new HddmW(new() { WarningAlpha = 1e-9 })).Message);
        Assert.Contains("warning_alpha", Assert.Throws<InvalidOptionsException>(() => new Stepd(new() { WarningAlpha = 1e-9 })).Message);
        Assert.Contains("warning_alpha", Assert.Throws<InvalidOptionsException>(() => new Ecdd(new() { WarningAlpha = 1e-9 })).Message);
        Assert.Contains("warning_deviations", Assert.Throws<InvalidOptionsException>(() => new Rddm(new() { WarningDeviations = 9 })).Message);
        Assert.Contains("concept_max", Assert.Throws<InvalidOptionsException>(() => new Rddm(new() { ConceptMax = 100 })).Message);
        Assert.Contains("warning_ratio", Assert.Throws<InvalidOptionsException>(() => new Eddm(new() { WarningRatio = 0.5 })).Message);
        Assert.Contains("window", Assert.Throws<InvalidOptionsException>(() => new Kswin(new() { Recent = 600 })).Message);
    }

    private static IEnumerable<double> Steps(ulong seed, int count)
    {
        var random = new Rng(seed, "steps");
        for (var i = 0; i < count; i++)
            yield return random.NextDouble() < (i / 1_000 % 2 == 0 ? 0.2 : 0.6) ? 1 : 0;
    }
}
