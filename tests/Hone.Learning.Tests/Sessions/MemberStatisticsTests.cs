using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>The rules of a member's statistics, beside plain and slow ways to compute the same numbers.</summary>
public sealed class MemberStatisticsTests
{
    private const long HourUs = 3_600_000_000;

    private static void Record(MemberStatistics statistics, bool correct, double confidence, long atUs = 0, double brier = 0.25, double majority = 0.25, bool frozen = false)
    {
        statistics.Predictions++;
        statistics.Record(correct, confidence, 0.7, brier, majority, atUs, statistics.KeptAt(atUs), frozen);
    }

    [Fact]
    public void The_running_accuracy_starts_at_one_half_and_moves_by_a_tenth()
    {
        var statistics = new MemberStatistics(new(), 12);
        Assert.Equal(0.5, statistics.EmaAccuracy);
        Record(statistics, true, 0.6);
        Assert.Equal(0.55, statistics.EmaAccuracy, 15);
        Record(statistics, false, 0.6);
        Assert.Equal(0.495, statistics.EmaAccuracy, 15);
        Assert.Equal((2L, 1L, 0.5), (statistics.Resolved, statistics.Correct, statistics.Accuracy));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Thompson_counts_an_answer_as_one_over_the_horizon(int horizon)
    {
        var statistics = new MemberStatistics(new() { PriorAlpha = 2, PriorBeta = 3 }, horizon);
        for (var i = 0; i < 30; i++)
            Record(statistics, i % 3 == 0, 0.6, atUs: 5);
        Assert.Equal(2 + 10.0 / horizon, statistics.ThompsonAlpha, 9);
        Assert.Equal(3 + 20.0 / horizon, statistics.ThompsonBeta, 9);
    }

    [Theory]
    [InlineData(1, 1.0, 168)]     // An hour between answers: 200 answers are longer than the 168 hours.
    [InlineData(1, 0.01, 16_800)] // A hundred answers an hour: the 168 hours are longer.
    [InlineData(12, 0.1, 1_680)]  // 2,400 answers are longer than 168 hours.
    public void Thompson_counts_halve_in_the_longer_of_their_hours_and_200_horizons(int horizon, double hoursBetween, int hourlyHalfLife)
    {
        var statistics = new MemberStatistics(new(), horizon);
        Record(statistics, true, 0.6);
        var (alpha, beta) = (statistics.ThompsonAlpha, statistics.ThompsonBeta);
        var halfLife = Math.Max(hourlyHalfLife, 200 * horizon);
        var kept = Math.Pow(0.5, 1.0 / halfLife);
        for (var i = 1; i <= 500; i++)
        {
            Record(statistics, i % 2 == 0, 0.6, atUs: (long)(i * hoursBetween * HourUs));
            alpha = 1 + (alpha - 1) * kept + (i % 2 == 0 ? 1.0 / horizon : 0);
            beta = 1 + (beta - 1) * kept + (i % 2 == 0 ? 0 : 1.0 / horizon);
        }
        Assert.Equal(alpha, statistics.ThompsonAlpha, 6);
        Assert.Equal(beta, statistics.ThompsonBeta, 6);
    }

    [Fact]
    public void A_weekend_does_not_wipe_out_the_counts()
    {
        var statistics = new MemberStatistics(new(), 1);
        for (var i = 0; i < 100; i++)
            Record(statistics, true, 0.6);
        Assert.Equal(101, statistics.ThompsonAlpha, 9);
        Record(statistics, true, 0.6, atUs: 10_000 * HourUs);
        Assert.Equal(1 + 100 * Math.Pow(0.5, 1 / 200.0) + 1, statistics.ThompsonAlpha, 9);
    }

    [Theory]
    [InlineData(1, 0.7, 0.55)]
    [InlineData(12, 0.7, 0.55)]
    [InlineData(12, 0.52, 0.52)]
    [InlineData(3, 0.55, 0.8)]
    public void The_threshold_follows_a_significant_gap_and_else_drifts_back(int horizon, double confidence, double accuracy)
    {
        const double Step = 0.002;
        var options = new SessionOptions { InitialThreshold = 0.6 };
        var statistics = new MemberStatistics(options, horizon);
        var rng = new Rng(5, "threshold");
        var (threshold, moved, back) = (0.6, 0, 0);
        List<(double Gap, double Variance)> seen = [];
        for (var t = 0; t < 2_500; t++)
        {
            // The second half is calibrated: the threshold comes back.
            var hit = rng.NextDouble() < (t < 1_250 ? accuracy : confidence);
            Record(statistics, hit, confidence);
            seen.Add((confidence - (hit ? 1 : 0), confidence * (1 - confidence)));

            double weights = 0, squares = 0, gap = 0, variance = 0, weight = 1;
            for (var i = seen.Count - 1; i >= 0 && weight > 1e-12; i--, weight *= 1 - Step)
            {
                weights += weight;
                squares += weight * weight;
                gap += weight * seen[i].Gap;
                variance += weight * seen[i].Variance;
            }
            var independent = weights * weights / squares / horizon;
            var error = Math.Sqrt(variance / weights / independent);
            var significant = Math.Abs(gap / weights) > 2 * error;
            threshold += options.AdjustmentRate / horizon * (significant ? gap / weights : 0.6 - threshold);
            threshold = Math.Clamp(threshold, 0.4, 0.9);
            _ = significant ? moved++ : back++;
            Assert.Equal(threshold, statistics.Threshold, 9);
        }
        Assert.True(back > 100);
        Assert.Equal(confidence != accuracy, moved > 100);
    }

    [Theory]
    [InlineData(0.95, 0.0, 0.9)]
    [InlineData(0.51, 1.0, 0.4)]
    public void The_threshold_stays_within_its_limits(double confidence, double accuracy, double limit)
    {
        var statistics = new MemberStatistics(new() { AdjustmentRate = 0.5 }, 1);
        for (var i = 0; i < 3_000; i++)
        {
            Record(statistics, accuracy == 1, confidence);
            Assert.InRange(statistics.Threshold, 0.4, 0.9);
        }
        Assert.Equal(limit, statistics.Threshold);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void A_calibrated_member_keeps_its_threshold(int horizon)
    {
        // Two standard errors of a mean that is looked at all the time: it strays now and then, and comes back.
        var rng = new Rng(9, "calibrated");
        var strayed = 0.0;
        for (var run = 0; run < 100; run++)
        {
            var statistics = new MemberStatistics(new(), horizon);
            var hit = false;
            for (var i = 0; i < 2_000; i++)
            {
                hit = i % horizon == 0 ? rng.NextDouble() < 0.55 : hit;
                Record(statistics, hit, 0.55);
            }
            strayed += Math.Abs(statistics.Threshold - 0.6) / 100;
        }
        Assert.InRange(strayed, 1e-4, 0.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void The_calibration_error_has_the_null_band_of_its_window(int horizon)
    {
        var statistics = new MemberStatistics(new() { WindowAnswers = 50 }, horizon);
        Assert.Equal((0.0, 1.0), (statistics.CalibrationError, statistics.CalibrationErrorNull));
        var rng = new Rng(3, "band");
        List<(double Confidence, double Hit)> answers = [];
        for (var i = 0; i < 180; i++)
        {
            var confidence = 0.5 + 0.5 * rng.NextDouble();
            var hit = rng.NextDouble() < 0.7;
            Record(statistics, hit, confidence);
            answers.Add((confidence, hit ? 1 : 0));
            var window = answers.TakeLast(50).ToArray();
            Assert.Equal(window.Average(a => a.Confidence) - window.Average(a => a.Hit), statistics.CalibrationError, 9);
            Assert.Equal(Math.Min(1, 2 * Math.Sqrt(window.Average(a => a.Confidence * (1 - a.Confidence)) * horizon / window.Length)), statistics.CalibrationErrorNull, 9);
            Assert.Equal(window.Average(a => a.Hit), statistics.RecentAccuracy, 9);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void The_floor_bets_on_every_hth_difference_and_on_no_other(int horizon)
    {
        var statistics = new MemberStatistics(new(), horizon);
        var evidence = new EProcess(new() { PriorVariance = 0.01 });
        var rng = new Rng(4, "floor");
        for (var i = 1; i <= 600; i++)
        {
            var brier = rng.NextDouble();
            Record(statistics, true, 0.6, brier: brier, majority: 0.25);
            if (i % horizon == 0)
                evidence.Add(brier - 0.25);
        }
        Assert.InRange(evidence.LogWealthMax, 0.5, 600);
        Assert.Equal(evidence.LogWealthMax, statistics.FloorLogEvidence);
        Assert.Equal(Math.Exp(evidence.LogWealthMax), statistics.FloorEvidence, 1e-9 * statistics.FloorEvidence);
    }

    [Fact]
    public void Sure_and_worthless_is_found_out_in_a_few_hundred_answers()
    {
        // 0.3 or 0.7 at random: as often right as wrong, and 0.04 worse than the majority. Cut off at 0.1 its gains and losses would be equal.
        var statistics = new MemberStatistics(new(), 1);
        var rng = new Rng(6, "sure");
        var answers = 0;
        while (statistics.FloorEvidence < 100 && answers < 5_000)
        {
            var hit = rng.NextDouble() < 0.5;
            Record(statistics, hit, 0.7, brier: hit ? 0.09 : 0.49, majority: 0.25);
            answers++;
        }
        Assert.InRange(answers, 20, 1_000);
    }

    [Fact]
    public void A_calibrated_member_of_rare_events_keeps_its_vote()
    {
        // One case in ten has a chance of 0.3, the others 0.022; the majority says 0.05. Knowing which is worth something.
        var rng = new Rng(8, "rare");
        var lost = 0;
        for (var run = 0; run < 60; run++)
        {
            var statistics = new MemberStatistics(new(), 1);
            for (var i = 0; i < 3_000; i++)
            {
                var p = rng.NextDouble() < 0.1 ? 0.3 : 0.022;
                var hit = rng.NextDouble() < p ? 1 : 0;
                Record(statistics, hit == 0, 1 - p, brier: (p - hit) * (p - hit), majority: (0.05 - hit) * (0.05 - hit));
            }
            lost += statistics.FloorEvidence >= 100 ? 1 : 0;
        }
        Assert.Equal(0, lost);
    }

    [Fact]
    public void After_a_swap_the_member_is_halfway_back_to_its_prior()
    {
        var statistics = new MemberStatistics(new() { PriorAlpha = 3 }, 1);
        for (var i = 0; i < 400; i++)
            Record(statistics, i % 2 == 0, 0.9, brier: 0.9, majority: 0.2);
        var (alpha, beta, accuracy, ema) = (statistics.ThompsonAlpha, statistics.ThompsonBeta, statistics.Accuracy, statistics.EmaAccuracy);
        Assert.True(statistics.FloorEvidence > 100 && statistics.Threshold > 0.6);
        statistics.ResetAfterSwap();
        Assert.Equal(((alpha + 3) / 2, (beta + 1) / 2, 0.6, 1.0), (statistics.ThompsonAlpha, statistics.ThompsonBeta, statistics.Threshold, statistics.FloorEvidence));
        Assert.Equal((400L, accuracy, ema), (statistics.Resolved, statistics.Accuracy, statistics.EmaAccuracy));
        Record(statistics, true, 0.9);
        Assert.Equal(0.6, statistics.Threshold);
    }

    [Fact]
    public void Frozen_statistics_score_and_decide_nothing()
    {
        var statistics = new MemberStatistics(new(), 1);
        for (var i = 0; i < 300; i++)
            Record(statistics, false, 0.9, atUs: i * HourUs, brier: 0.81, majority: 0.25, frozen: true);
        Assert.Equal((0.6, 1.0, 1.0, 1.0), (statistics.Threshold, statistics.ThompsonAlpha, statistics.ThompsonBeta, statistics.FloorEvidence));
        Assert.Equal((300L, 0.0, 0.81), (statistics.Resolved, statistics.Accuracy, Math.Round(statistics.Brier, 9)));
        Assert.Equal(299 * HourUs, statistics.UpdatedAtUs);
    }

    [Fact]
    public void Hedge_is_fixed_share_on_log_loss()
    {
        var hedge = new Hedge([true, false, true, true], rate: 0.5, share: 0.01);
        double[] weights = [1 / 3.0, 0, 1 / 3.0, 1 / 3.0];
        Assert.Equal(weights, hedge.Weights);
        var rng = new Rng(2, "hedge");
        for (var t = 0; t < 500; t++)
        {
            double[] losses = [rng.NextDouble(), rng.NextDouble() * 9, t < 250 ? 0 : 3, t < 250 ? 3 : 0];
            hedge.Update(losses);
            for (var m = 0; m < 4; m++)
                weights[m] *= Math.Exp(-0.5 * losses[m]);
            var total = weights.Sum();
            for (var m = 0; m < 4; m++)
                weights[m] = m == 1 ? 0 : 0.99 * weights[m] / total + 0.01 / 3;
            for (var m = 0; m < 4; m++)
                Assert.Equal(weights[m], hedge.Weights[m], 12);
            if (t == 249)
                Assert.True(hedge.Weights[2] > 0.9);
        }
        Assert.True(hedge.Weights[3] > 0.9);
        hedge.ForgetHalf();
        for (var m = 0; m < 4; m++)
            Assert.Equal(m == 1 ? 0 : 0.5 * weights[m] + 0.5 / 3, hedge.Weights[m], 12);
    }

    [Fact]
    public void No_loss_is_large_enough_to_make_the_weights_vanish()
    {
        var hedge = new Hedge([true, true], rate: 100, share: 0);
        hedge.Update([34, 33]);
        Assert.Equal(1, hedge.Weights[0] + hedge.Weights[1], 12);
        Assert.True(hedge.Weights[1] > 0.999);
        hedge.Update([0, 34]);
        hedge.Update([0, 34]);
        Assert.Equal(1, hedge.Weights[0] + hedge.Weights[1], 12);
        var writer = new StateWriter();
        hedge.Save(writer);
        var copy = new Hedge([true, true], 100, 0);
        copy.Load(new StateReader(writer.WrittenMemory));
        Assert.Equal(hedge.Weights, copy.Weights);
    }
}
