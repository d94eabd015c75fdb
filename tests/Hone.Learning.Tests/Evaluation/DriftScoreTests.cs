using Hone.Learning.Drift;
using Hone.Learning.Evaluation;
using Hone.Learning.Streams;

namespace Hone.Learning.Tests.Evaluation;

public sealed class DriftScoreTests
{
    [Fact]
    public void The_first_alarm_after_a_change_finds_it_and_every_other_one_is_false()
    {
        var score = new DriftScore(100);
        // Before the change, two after it, one beyond the horizon.
        score.Add(1_000, [new(500, 0)], [10, 520, 530, 700]);

        Assert.Equal((1, 1, 0, 3L), (score.Changes, score.Found, score.Missed, score.FalseAlarms));
        Assert.Equal(21, score.MeanDelay);
        Assert.Equal(30, score.FalseAlarmsPer10000);
    }

    [Fact]
    public void An_alarm_in_the_row_of_the_change_has_a_delay_of_1_and_one_a_horizon_later_is_too_late()
    {
        var score = new DriftScore(100);
        score.Add(1_000, [new(500, 0)], [500]);
        Assert.Equal(1, score.MeanDelay);
        score.Add(1_000, [new(500, 0)], [599]);
        Assert.Equal(50.5, score.MeanDelay);
        score.Add(1_000, [new(500, 0)], [600]);
        Assert.Equal((1, 1L), (score.Missed, score.FalseAlarms));
    }

    [Fact]
    public void While_a_gradual_change_lasts_more_alarms_are_neither_right_nor_wrong()
    {
        var score = new DriftScore(100);
        score.Add(2_000, [new(500, 300)], [600, 700, 799, 800, 890]);
        Assert.Equal((1, 101.0, 2L), (score.Found, score.MeanDelay, score.FalseAlarms));

        // Found only after its end, but within the horizon.
        var late = new DriftScore(100);
        late.Add(2_000, [new(500, 300)], [850]);
        Assert.Equal((1, 0L), (late.Found, late.FalseAlarms));
    }

    [Fact]
    public void An_alarm_belongs_to_the_last_change_before_it_and_changes_after_the_end_do_not_count()
    {
        var score = new DriftScore(1_000);
        score.Add(1_000, [new(100, 0), new(200, 0), new(5_000, 0)], [250]);
        Assert.Equal((2, 1, 51.0, 0L), (score.Changes, score.Missed, score.MeanDelay, score.FalseAlarms));
    }

    [Fact]
    public void The_median_counts_a_missed_change_as_endless()
    {
        var score = new DriftScore(100);
        Assert.True(double.IsNaN(score.MedianDelay));
        score.Add(1_000, [new(500, 0)], [509]);
        Assert.Equal(10, score.MedianDelay);
        score.Add(1_000, [new(500, 0)], [529]);
        Assert.Equal(20, score.MedianDelay);
        score.Add(1_000, [new(500, 0)], []);
        Assert.Equal(30, score.MedianDelay);
        score.Add(1_000, [new(500, 0)], []);
        Assert.Equal(double.PositiveInfinity, score.MedianDelay);
        Assert.Equal(0.5, score.MissedShare);
    }

    [Fact]
    public void Scores_add_up()
    {
        DriftScore a = new(100), b = new(100);
        a.Add(1_000, [new(500, 0)], [1, 509]);
        b.Add(3_000, [new(500, 0)], [519]);
        a.Add(b);
        Assert.Equal((4_000L, 2, 15.0, 1L), (a.Rows, a.Changes, a.MeanDelay, a.FalseAlarms));
    }

    [Fact]
    public void The_dummies_alarm_never_and_every_so_many_rows()
    {
        foreach (var (every, expected) in new[] { (0L, 0), (7L, 14) })
        {
            var dummy = new DummyDetector(every);
            Assert.Equal(expected, Enumerable.Range(0, 100).Count(i => dummy.Update(i) == DriftLevel.Drift));
        }
    }

    [Fact]
    public void Every_detector_of_the_catalog_can_be_brought_to_a_rate_of_false_alarms()
    {
        var catalog = Catalog.BuiltIn();
        var quiet = new[] { 0.1, 0.5 }.Select((rate, i) => DriftScenario.QuietErrors(rate).Limited(30_000).Losses((ulong)i)).ToArray();
        foreach (var entry in catalog.Detectors)
        {
            var sensitivity = DetectorSensitivity.Of(entry.Name);
            Assert.NotNull(sensitivity);
            var (value, alarms) = sensitivity.Calibrate(entry, 1, quiet, 12);
            Assert.True(alarms is > 1 and <= 12, $"{entry.Name}: {alarms} alarms at {sensitivity.Option} {value}");

            // Reported is what happens at that value.
            var seen = quiet.Sum(losses => { var detector = entry.Create(1, sensitivity.Options(value)); return losses.Count(l => detector.Update(l) == DriftLevel.Drift); });
            Assert.Equal(alarms, seen);
        }
        Assert.Null(DetectorSensitivity.Of("own"));
    }

    [Fact]
    public void Scenarios_are_losses_of_their_length_and_a_limit_cuts_them()
    {
        foreach (var scenario in DriftScenario.All(shape => Catalog.BuiltIn().Learners["majority"].Create(shape)))
        {
            var losses = scenario.Limited(500).Losses(1);
            Assert.Equal(500, losses.Length);
            Assert.All(losses, l => Assert.InRange(l, 0, 1));
            Assert.Equal(losses, scenario.Limited(500).Losses(1));
            Assert.Equal(scenario.Kind is DriftScenarioKind.ErrorRate or DriftScenarioKind.Learner, scenario.Changes.Count > 0);
        }
    }

    [Fact]
    public void In_the_comparison_detectors_find_what_the_dummies_do_not_at_the_price_they_name()
    {
        var comparison = new DriftComparison(Catalog.BuiltIn(), new() { Names = ["adwin", "cusum"], ErrorRateStreams = 5, Streams = 1, CalibrationRows = 60_000, RowsMax = 15_000 });
        var reports = comparison.Detectors();
        Assert.Equal(["adwin", "cusum", "never", "every-1000"], reports.Select(r => r.Name));
        foreach (var report in reports.Take(2))
        {
            Assert.Equal(0, report.Results[0].Score.Missed);
            Assert.InRange(report.Results[0].Score.MeanDelay, 100, 400);
            // More sensitive, the delay is shorter.
            Assert.True(report.Equal!.Results[0].Score.MeanDelay < report.Results[0].Score.MeanDelay);
            Assert.InRange(report.Equal.FalseAlarmsPer10000, 0.3, 1);
            Assert.True(double.IsNaN(report.UpdatesPerSecond));
        }
        Assert.All(reports.Skip(2), r => Assert.Null(r.Equal));
        Assert.Equal(reports[2].Over(DriftScenarioKind.ErrorRate).Changes, reports[2].Over(DriftScenarioKind.ErrorRate).Missed);
        Assert.Empty(comparison.DataDrift());
    }
}
