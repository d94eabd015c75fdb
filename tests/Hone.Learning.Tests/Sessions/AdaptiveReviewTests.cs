using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>What the review says about the panel as a whole: each once, with its cause and its numbers, and only where it is switched on.</summary>
public sealed class AdaptiveReviewTests
{
    private const long HourUs = 3_600_000_000;

    private static readonly SessionOptions On = new() { AdaptiveReview = true, FloorEvidence = 1e12, RateBoost = 10 };

    [Fact]
    public void An_accuracy_under_the_majoritys_is_one_warning_for_each_crossing()
    {
        // Three quarters of the labels are 1: the majority is right three times in four, the member a quarter of the time, then always, then a quarter again.
        var panel = new StubPanel().With("member", (x, _) => x[1] == 0 ? StubPanel.Wrong(x, 0) : StubPanel.Right(x, 0)).Start(On with { WindowAnswers = 100 });
        Labels(0, 200);
        var warning = Assert.Single(panel.Log.Of("panel"), e => e.Action == "floor-warning");
        Assert.True(warning.Statistic < warning.Reference && warning.Reference < 0);
        Assert.Contains("majority", warning.Cause, StringComparison.Ordinal);
        Labels(1, 200);
        Labels(0, 200);
        Assert.Equal(2, panel.Log.Of("panel").Count(e => e.Action == "floor-warning"));

        void Labels(double right, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var label = i % 4 == 0 ? 0 : 1;
                panel.Step([label, right, 0], label);
            }
        }
    }

    [Fact]
    public void A_panel_as_good_as_the_majority_is_not_warned_of()
    {
        var rng = new Rng(5, "coin");
        var panel = new StubPanel(horizon: 4).With("even", (_, learned) => learned % 3 == 0 ? 0.4 : 0.6).Start(On with { WindowAnswers = 400 });
        panel.Run(3_000, label: i => (int)(rng.NextUInt64() >> 63));
        Assert.DoesNotContain(panel.Log.Adaptations, e => e.Action == "floor-warning");
    }

    [Fact]
    public void Half_of_the_panel_in_drift_is_an_event_and_boosts_who_can()
    {
        // One of two members warns at its first block after the warm-up: the score is a half until the warning is a window old.
        var panel = new StubPanel().With("first", (s, _) => new BoostedStub(s, StubPanel.Right)).With("second", (s, _) => new BoostedStub(s, StubPanel.Half))
            .WithDetector("falls", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(On with { WindowAnswers = 60 }, "falls");
        panel.Run(100);
        Assert.Equal(0, panel.Session.DriftScore);
        panel.Run(1);
        Assert.Equal(1, panel.Session.DriftScore);
        var score = Assert.Single(panel.Log.Of("panel"), e => e.Action == "drift-score");
        Assert.Equal((1.0, 0.5), (score.Statistic, score.Reference));
        Assert.Equal([10.0], ((BoostedStub)panel.Built["first"][0]).Boosts);
        Assert.Equal([10.0], ((BoostedStub)panel.Built["second"][0]).Boosts);
        panel.Run(59);
        Assert.Equal(1, panel.Session.DriftScore);
        panel.Run(1);
        Assert.Equal(0, panel.Session.DriftScore);
        Assert.Single(panel.Log.Of("panel"), e => e.Action == "drift-score");
    }

    [Fact]
    public void Without_adaptation_a_drift_score_is_only_reported()
    {
        var panel = new StubPanel().With("member", (s, _) => new BoostedStub(s, StubPanel.Right)).WithDetector("always", _ => DriftLevel.Warning).Start(On with { Adapt = false }, "always");
        panel.Run(200);
        Assert.Equal(["drift-score"], panel.Log.Actions("panel"));
        Assert.Empty(((BoostedStub)Assert.Single(panel.Built["member"])).Boosts);
    }

    [Fact]
    public void A_regime_has_changed_after_so_many_consecutive_questions()
    {
        var panel = new StubPanel().With("member", StubPanel.Right).Start(On with { RegimeChangeQuestions = 4 });
        panel.Run(10, regime: 1);
        panel.Run(3, regime: 2);
        panel.Run(1, regime: 1);
        panel.Run(3, regime: 2);
        panel.Run(3, regime: 0);
        Assert.Empty(panel.Log.Adaptations);
        panel.Run(1, regime: 0);
        var change = Assert.Single(panel.Log.Adaptations);
        Assert.Equal(("panel", "regime-change", 0.0, 1.0), (change.Member, change.Action, change.Statistic, change.Reference));
        panel.Run(20, regime: 0);
        Assert.Single(panel.Log.Adaptations);
        Assert.Single(panel.Built["member"]);
    }

    [Theory]
    [InlineData(true, ActReason.Acts)]
    [InlineData(false, ActReason.Stale)]
    public void A_panel_without_answers_is_stale_until_the_next_one(bool actWhenStale, ActReason reason)
    {
        var panel = new StubPanel().With("right", StubPanel.Right).Start(new() { StaleAfterAnswersHours = 3, ActWhenStale = actWhenStale });
        panel.Run(20);
        panel.NowUs += 2 * HourUs;
        Assert.Equal((ActReason.Acts, false), (panel.Ask([1, 0, 0]).Reason, panel.Session.IsStale));
        panel.NowUs += HourUs;
        Assert.Equal((reason, reason == ActReason.Acts), (panel.Ask([1, 0, 0]).Reason, panel.Session.Last.Act));
        Assert.True(panel.Session.IsStale);
        panel.NowUs += HourUs;
        panel.Ask([1, 0, 0]);
        var stale = Assert.Single(panel.Log.Adaptations);
        Assert.Equal(("panel", "stale", 3.0), (stale.Member, stale.Action, stale.Reference));
        Assert.InRange(stale.Statistic, 3, 3.1);
        Assert.True(panel.Session.TryAnswer(panel.NextId - 1, 1, panel.NowUs, out _));
        Assert.Equal((ActReason.Acts, false), (panel.Ask([1, 0, 0]).Reason, panel.Session.IsStale));
    }

    [Fact]
    public void Nobody_left_to_vote_is_an_event_of_its_own()
    {
        var panel = new StubPanel().With("wrong", StubPanel.Wrong).With("fails", (s, n) => new Stub(s, (_, learned) => n > 0 || learned >= 40 ? double.NaN : 0.5)).Start(On with { FloorEvidence = 100 });
        panel.Run(30);
        Assert.Empty(panel.Log.Of("panel"));
        panel.Run(31);
        Assert.Equal((1, 0), (panel.Session.CountOf(MemberState.LostVote), panel.Session.CountOf(MemberState.Voting)));
        panel.Run(20);
        var health = Assert.Single(panel.Log.Of("panel"), e => e.Action == "health");
        Assert.True(health.Statistic >= 1 && health.Reference == 0);
    }

    [Fact]
    public void Switched_off_nothing_of_it_happens()
    {
        var panel = new StubPanel().With("wrong", (s, _) => new BoostedStub(s, StubPanel.Wrong)).WithDetector("warns", _ => DriftLevel.Warning).Start(On with { AdaptiveReview = false, Adapt = false, WindowAnswers = 50 }, "warns");
        panel.Run(150, regime: 0);
        panel.Run(150, regime: 1);
        panel.NowUs += 100_000 * HourUs;
        panel.Run(5);
        Assert.Empty(panel.Log.Adaptations);
        Assert.True(panel.Session.DriftScore > 0);
    }

    [Fact]
    public void Everything_that_a_review_remembers_goes_on_after_a_load()
    {
        var whole = Panel();
        var actions = new List<string>();
        for (var part = 0; part < 30; part++)
        {
            var writer = new StateWriter();
            whole.Session.Save(writer);
            var cut = Panel();
            cut.Session.Load(new StateReader(writer.Written.ToArray()));
            whole.Log.Adaptations.Clear();
            (cut.NextId, cut.NowUs) = (whole.NextId, whole.NowUs);
            foreach (var panel in new[] { whole, cut })
            {
                panel.NowUs += part % 7 == 6 ? 5 * HourUs : 0;
                panel.Run(23, regime: part / 3 % 3, label: i => i % 4 == 0 ? 0 : 1);
            }
            Assert.Equal(whole.Log.Adaptations, cut.Log.Adaptations);
            Assert.Equal(StateHash.Of(whole.Session), StateHash.Of(cut.Session));
            Assert.Equal(whole.Session.DetectorStatuses(), cut.Session.DetectorStatuses());
            actions.AddRange(whole.Log.Adaptations.Select(e => e.Action));
        }
        Assert.Superset(new HashSet<string>(["floor-warning", "drift-score", "regime-change", "stale"]), actions.ToHashSet());

        static StubPanel Panel() => new StubPanel().With("member", (x, learned) => learned / 200 % 2 == 0 ? StubPanel.Wrong(x, 0) : StubPanel.Right(x, 0))
            .WithDetector("warns", n => n % 90 == 1 ? DriftLevel.Warning : DriftLevel.None)
            .Start(On with { StaleAfterAnswersHours = 4, ActWhenStale = false, WindowAnswers = 40 }, "warns");
    }
}
