using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;

namespace Hone.Learning.Tests.Sessions;

/// <summary>What a session tells the outside of its detectors, and how fast it notices and overcomes a change.</summary>
public sealed class StatusTests
{
    [Fact]
    public void Every_detector_of_every_member_has_a_status()
    {
        var panel = new StubPanel().With("a", StubPanel.Right).With("base", (s, _) => new BaselineStub(s, StubPanel.Half)).With("b", StubPanel.Right)
            .WithDetector("calm", _ => DriftLevel.None).WithDetector("alarms", n => n == 1 ? DriftLevel.Drift : n == 2 ? DriftLevel.Warning : DriftLevel.None)
            .Start(new() { Adapt = false }, "calm", "alarms");
        panel.Run(100);
        Assert.Equal([("calm", "a"), ("alarms", "a"), ("calm", "b"), ("alarms", "b")], panel.Session.DetectorStatuses().Select(s => (s.Detector, s.Member)));
        Assert.All(panel.Session.DetectorStatuses(), s => Assert.Equal(("brier", DriftLevel.None, null, (double?)7), (s.Channel, s.Level, s.LastDriftAtUs, s.Threshold)));
        panel.Run(1);
        var alarmedAtUs = panel.NowUs;
        Assert.Equal(new DetectorStatus("alarms", "brier", "a", panel.Session.DetectorStatuses()[1].Statistic, 7, DriftLevel.Drift, alarmedAtUs), panel.Session.DetectorStatuses()[1]);
        panel.Run(1);
        Assert.Equal((DriftLevel.Warning, (long?)alarmedAtUs), (panel.Session.DetectorStatuses()[1].Level, panel.Session.DetectorStatuses()[1].LastDriftAtUs));
    }

    [Fact]
    public void Of_many_features_the_ones_that_drift_most_are_told()
    {
        const int Features = 14;
        var session = new LearningSession(Catalog.BuiltIn(), new(), new SessionShape([.. Enumerable.Range(0, Features).Select(i => $"x{i}")], 2, 1, 7));
        Assert.DoesNotContain(session.DetectorStatuses(), s => s.Member == "input");
        var rng = new Rng(3, "rows");
        var x = new double[Features];
        for (var i = 0; i < 4_000; i++)
        {
            for (var f = 0; f < Features; f++)
                x[f] = rng.NextGaussian() + (i >= 2_600 && f is 4 or 9 ? 3 : 0);
            session.Ask(i, x, i * 60_000_000L);
            session.TryAnswer(i, i % 2, i * 60_000_000L, out _);
        }
        var inputs = session.DetectorStatuses().Where(s => s.Member == "input").ToArray();
        Assert.Equal(10, inputs.Length);
        Assert.Equal(["x4", "x9"], inputs.Take(2).Select(s => s.Channel).Order());
        Assert.All(inputs.Take(2), s => Assert.True(s is { Detector: "psi", Level: DriftLevel.Drift, LastDriftAtUs: > 2_600 * 60_000_000L } && s.Statistic > s.Threshold));
        Assert.All(inputs.Skip(2), s => Assert.Equal((DriftLevel.None, null), (s.Level, s.LastDriftAtUs)));
        for (var i = 3; i < inputs.Length; i++)
            Assert.True(inputs[i - 1].Statistic / inputs[i - 1].Threshold >= inputs[i].Statistic / inputs[i].Threshold);
        Assert.Equal(3, session.DetectorStatuses(3).Count(s => s.Member == "input"));
    }

    [Fact]
    public void The_clock_measures_from_warning_to_alarm_to_adaptation_to_recovery()
    {
        // Warns at answer 201, alarms at 211. From answer 191 on the member is wrong, until its rate is boosted: that shows after 40 more answers.
        BoostedStub? boosted = null;
        var panel = new StubPanel().With("member", (s, _) => boosted ??= new BoostedStub(s, (x, learned) => learned is >= 190 and < 250 ? StubPanel.Wrong(x, 0) : StubPanel.Right(x, 0)))
            .WithDetector("script", n => n == 101 ? DriftLevel.Warning : n == 111 ? DriftLevel.Drift : DriftLevel.None).Start(new() { FloorEvidence = 1e12, WindowAnswers = 80 }, "script");
        panel.Run(210);
        var clock = panel.Session.Clock;
        Assert.Equal(default, clock.DetectionAnswers);
        panel.Run(1);
        Assert.Equal((new ClockReading(1, 10, 10), new ClockReading(1, 600, 600)), (clock.DetectionAnswers, clock.DetectionSeconds));
        Assert.Equal((new ClockReading(1, 0, 0), new ClockReading(1, 0, 0)), (clock.ReactionAnswers, clock.ReactionSeconds));
        Assert.Equal(0, clock.RecoveryAnswers.Count);

        // The first fifty answers after the alarm are wrong, of the next fifty none is.
        panel.Run(99);
        Assert.Equal(0, clock.RecoveryAnswers.Count);
        panel.Run(1);
        Assert.Equal((new ClockReading(1, 100, 100), new ClockReading(1, 6_000, 6_000)), (clock.RecoveryAnswers, clock.RecoverySeconds));
    }

    [Fact]
    public void The_clock_counts_the_answers_until_something_is_changed()
    {
        // A member that cannot be boosted: the first change after the alarm is that its background learner is swapped in.
        var panel = new StubPanel().With("member", (shape, n) => new Stub(shape, n == 0 ? StubPanel.Half : StubPanel.Right))
            .WithDetector("once", n => n == 1 ? DriftLevel.Drift : DriftLevel.None).Start(new() { FloorEvidence = 1e12 }, "once");
        panel.Run(151);
        Assert.Equal("swap", panel.Log.Of("member").Last().Action);
        Assert.Equal((new ClockReading(1, 0, 0), new ClockReading(1, 50, 50), 3_000.0), (panel.Session.Clock.DetectionAnswers, panel.Session.Clock.ReactionAnswers, panel.Session.Clock.ReactionSeconds.Last));
    }

    [Fact]
    public void A_warning_that_no_alarm_follows_is_dropped()
    {
        var panel = new StubPanel().With("member", StubPanel.Right)
            .WithDetector("script", n => n == 1 ? DriftLevel.Warning : n == 80 ? DriftLevel.Drift : DriftLevel.None).Start(new() { FloorEvidence = 1e12, WindowAnswers = 60, Adapt = false }, "script");
        panel.Run(180);
        Assert.Equal(new ClockReading(1, 0, 0), panel.Session.Clock.DetectionAnswers);
    }
}
