using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;

namespace Hone.Learning.Tests.Sessions;

/// <summary>What a member does to itself, when, and what it says about it. Detectors follow scripts: they see the first block after 100 of warm-up.</summary>
public sealed class AdaptationTests
{
    // The evidence of the e-process cannot get there in these tests.
    private static readonly SessionOptions NoFloor = new() { FloorEvidence = 1e12, RateBoost = 10 };

    [Fact]
    public void A_member_that_gives_no_probabilities_is_left_out_at_once_and_proves_itself_again()
    {
        var panel = new StubPanel().With("fails", (x, _) => x[1] switch { 0 => 0.8, 1 => double.NaN, _ => 1.5 }).With("right", StubPanel.Right).Start();
        panel.Run(20);
        panel.Ask([1, 0, 0]);
        foreach (var poison in new[] { 1.0, 2.0 })
        {
            panel.Ask([1, poison, 0]);
            Assert.Equal([0.5, 0.5], panel.Session.Last.MemberProbabilities(0).ToArray());
            Assert.Equal((MemberState.Failed, 0.0), (panel.Session.Last.Votes[0].State, panel.Session.Last.Votes[0].Weight));
            Assert.Equal(0.9, panel.Session.Last.Probabilities[1], 12);
            Assert.Equal(0.6, panel.Session.Statistics(0).Threshold);
            var asked = panel.NextId - 1;

            // The answers to questions from before, and to the one that failed, are not its own.
            for (var id = asked - 1; id <= asked; id++)
                panel.Session.TryAnswer(id, 1, panel.NowUs, out _);
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(MemberState.WarmingUp, panel.Ask([1, 0, 0]).Votes[0].State);
                panel.Session.TryAnswer(panel.NextId - 1, 1, panel.NowUs, out _);
            }
            Assert.Equal(MemberState.Voting, panel.Ask([1, 0, 0]).Votes[0].State);
        }
        Assert.Equal(3, panel.Built["fails"].Count);
        var guards = panel.Log.Of("fails").ToArray();
        Assert.Equal(["guard", "guard"], guards.Select(g => g.Action));
        Assert.All(guards, g => Assert.True(double.IsFinite(g.Statistic) && double.IsFinite(g.Reference) && g.Statistic > g.Reference));
        Assert.Empty(panel.Log.Of("right"));
    }

    [Fact]
    public void A_learner_that_fails_at_every_question_is_one_event()
    {
        var panel = new StubPanel().With("broken", (_, learned) => learned < 15 ? 0.6 : double.PositiveInfinity).With("right", StubPanel.Right)
            .With("broken-base", (s, _) => new BaselineStub(s, (_, _) => double.NaN)).Start();
        panel.Run(15);
        for (var i = 0; i < 40; i++)
            panel.Ask([1, 0, 0]);
        Assert.Single(panel.Log.Of("broken"));
        Assert.Single(panel.Log.Of("broken-base"));
        Assert.Equal(MemberState.Baseline, panel.Session.State(2));
        Assert.Equal(MemberState.WarmingUp, panel.Session.State(0));
    }

    [Fact]
    public void A_frozen_member_that_fails_is_left_out_and_stays_as_it_is()
    {
        var panel = new StubPanel().With("fails", (x, _) => x[1] == 1 ? double.NaN : 0.8).Start();
        panel.Run(20);
        panel.Session.Frozen = true;
        Assert.Equal(ActReason.NoVotes, panel.Ask([1, 1, 0]).Reason);
        Assert.Equal(MemberState.Failed, panel.Session.Last.Votes[0].State);
        Assert.Equal(MemberState.Voting, panel.Ask([1, 0, 0]).Votes[0].State);
        Assert.Single(panel.Built["fails"]);
        Assert.Equal(["guard"], panel.Log.Actions("fails"));
    }

    [Fact]
    public void Worse_than_the_majority_loses_the_vote_relearns_and_regains_it()
    {
        // Its first learner is always wrong; the one that is built when the vote is lost is right after 120 examples.
        var panel = new StubPanel().With("wrong", (shape, n) => new Stub(shape, (x, learned) => n == 0 || learned < 120 ? StubPanel.Wrong(x, 0) : StubPanel.Right(x, 0))).Start();
        panel.Run(49);
        Assert.Equal(MemberState.Voting, panel.Session.State(0));
        Assert.True(panel.Session.Statistics(0).FloorEvidence > 100);
        panel.Run(1, label: _ => 1);
        Assert.Equal((MemberState.LostVote, 1.0), (panel.Session.State(0), panel.Session.Statistics(0).FloorEvidence));
        Assert.Equal((ActReason.NoVotes, MemberState.LostVote), (panel.Ask([1, 0, 0]).Reason, panel.Session.Last.Votes[0].State));

        // Judged over windows of 50: two bad ones, one that is still bad on average, one good one. What spoke against it meanwhile does not count any more.
        panel.Run(199);
        Assert.Equal(MemberState.LostVote, panel.Session.State(0));
        panel.Run(1);
        Assert.Equal((MemberState.Voting, 1.0), (panel.Session.State(0), panel.Session.Statistics(0).FloorEvidence));
        Assert.Equal([50L, 200L], panel.Built["wrong"].Select(b => b.Learned));
        var events = panel.Log.Of("wrong").ToArray();
        Assert.Equal(["lose-vote", "regain-vote"], events.Select(e => e.Action));
        Assert.True(events[0].Statistic >= events[0].Reference && events[0].Reference == 100);
        Assert.True(events[1].Statistic < events[1].Reference);
    }

    [Fact]
    public void Who_has_lost_the_vote_does_not_get_it_back_by_failing()
    {
        var panel = new StubPanel().With("wrong", (x, _) => x[1] == 1 ? double.NaN : StubPanel.Wrong(x, 0)).Start();
        panel.Run(60);
        Assert.Equal(MemberState.LostVote, panel.Session.State(0));
        panel.Step([1, 1, 0], 1);
        panel.Run(30);
        Assert.Equal(MemberState.LostVote, panel.Session.State(0));
        Assert.Equal(["lose-vote", "guard"], panel.Log.Actions("wrong"));
    }

    [Fact]
    public void The_hard_floor_gives_a_new_learner_a_whole_window()
    {
        // No worse than the majority, so it regains its vote each time, and always under the hard floor of 0.6.
        var panel = new StubPanel().With("weak", (_, _) => 0.5).Start(new() { HardPerformanceFloor = true, WindowAnswers = 60, MonitorIntervalSecs = 60 });
        var lost = new List<long>();
        for (var i = 0; i < 1_000; i++)
        {
            panel.Run(1, label: _ => i % 2);
            if (panel.Log.Of("weak").Count(e => e.Action == "lose-vote") > lost.Count)
                lost.Add(i);
        }
        Assert.True(lost.Count > 2);
        for (var i = 1; i < lost.Count; i++)
            Assert.True(lost[i] - lost[i - 1] >= 61);
    }

    [Fact]
    public void A_better_background_learner_is_swapped_in_and_the_slot_keeps_its_history()
    {
        var panel = new StubPanel().With("member", (shape, n) => new Stub(shape, n == 0 ? StubPanel.Half : StubPanel.Right))
            .WithDetector("warns-once", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(NoFloor, "warns-once");
        panel.Run(101);
        Assert.Equal(["warn"], panel.Log.Actions("member"));
        Assert.Equal(2, panel.Built["member"].Count);
        panel.Run(49);
        Assert.Equal(0.5, panel.Ask([1, 0, 0]).Probabilities[1]);
        var (alpha, beta) = (panel.Session.Statistics(0).ThompsonAlpha, panel.Session.Statistics(0).ThompsonBeta);
        panel.Run(1);
        var swap = panel.Log.Of("member").Last();
        Assert.Equal(("swap", 3.0), (swap.Action, swap.Reference));
        Assert.True(swap.Statistic > 3);
        Assert.Contains("0.24", swap.Cause);
        Assert.Equal((151L, 0.6), (panel.Session.Statistics(0).Resolved, panel.Session.Statistics(0).Threshold));
        Assert.InRange(panel.Session.Statistics(0).ThompsonAlpha - (alpha + 1) / 2, -0.2, 0.6);
        Assert.InRange(panel.Session.Statistics(0).ThompsonBeta - (beta + 1) / 2, -0.2, 0.6);
        Assert.Equal(MemberState.Voting, panel.Ask([1, 0, 0]).Votes[0].State);
        Assert.Equal(0.9, panel.Session.Last.Probabilities[1], 12);
        Assert.Equal((151L, 50L), (panel.Built["member"][0].Learned, panel.Built["member"][1].Learned));

        // The script starts again with the new learner: its first hundred blocks are the warm-up, the next one warns.
        panel.Run(100);
        Assert.Equal(["warn", "swap"], panel.Log.Actions("member"));
        panel.Run(1);
        Assert.Equal(["warn", "swap", "warn"], panel.Log.Actions("member"));
    }

    [Fact]
    public void A_background_learner_that_is_no_better_is_let_go()
    {
        var panel = new StubPanel().With("member", StubPanel.Right)
            .WithDetector("warns-once", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(NoFloor, "warns-once");
        panel.Run(300);
        Assert.Equal(["warn"], panel.Log.Actions("member"));
        panel.Run(1);
        Assert.Equal(["warn", "let-go"], panel.Log.Actions("member"));
        Assert.Equal([301L, 200L], panel.Built["member"].Select(b => b.Learned));
        panel.Run(50);
        Assert.Equal([351L, 200L], panel.Built["member"].Select(b => b.Learned));
    }

    [Fact]
    public void A_background_learner_that_fails_is_let_go_and_the_member_is_not()
    {
        var panel = new StubPanel().With("member", (shape, n) => new Stub(shape, (x, learned) => n == 1 && learned == 20 ? double.NaN : StubPanel.Right(x, 0)))
            .WithDetector("warns-once", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(NoFloor, "warns-once");
        panel.Run(200);
        Assert.Equal(["warn", "guard"], panel.Log.Actions("member"));
        Assert.Equal((MemberState.Voting, 2), (panel.Session.State(0), panel.Built["member"].Count));
        Assert.Contains("background", panel.Log.Adaptations[^1].Cause);
    }

    [Fact]
    public void A_background_learner_is_judged_by_what_it_said_when_the_question_was_asked()
    {
        // Labels come in runs of four and are known four questions later. Who says the last label he has learned knows nothing when he is asked, and nearly all
        // when the answer comes.
        const int Horizon = 4;
        var rng = new Rng(7, "runs");
        var label = 0;
        var panel = new StubPanel(Horizon).With("member", (shape, n) => n == 0 ? new Stub(shape, StubPanel.Half) : new Echo(shape))
            .WithDetector("warns", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(NoFloor, "warns");
        var waiting = new Queue<int>();
        for (var i = 0; i < 6_000; i++)
        {
            if (waiting.Count == Horizon)
                panel.Session.TryAnswer(panel.NextId - Horizon, waiting.Dequeue(), panel.NowUs, out _);
            label = i % Horizon == 0 ? (int)(rng.NextUInt64() >> 63) : label;
            waiting.Enqueue(label);
            panel.Ask([0, 0, 0]);
        }
        Assert.Equal(["warn", "let-go"], panel.Log.Actions("member"));
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(20, 100)]
    public void Structural_adaptations_keep_their_distance(int horizon, int pause)
    {
        var panel = new StubPanel(horizon).With("member", (shape, _) => new BoostedStub(shape, StubPanel.Right))
            .WithDetector("always", _ => DriftLevel.Drift).Start(NoFloor, "always");
        var answers = new List<int>();
        var boosts = ((BoostedStub)panel.Built["member"][0]).Boosts;
        for (var i = 1; i <= 100 * horizon + 20 * pause; i++)
        {
            panel.Run(1, label: _ => i % 2);
            while (answers.Count < boosts.Count)
                answers.Add(i);
        }
        Assert.Equal(101 * horizon, answers[0]);
        Assert.All(boosts, factor => Assert.Equal(10, factor));
        for (var i = 1; i < answers.Count; i++)
            Assert.Equal(pause, answers[i] - answers[i - 1]);
        Assert.InRange(answers.Count, 18, 21);
    }

    [Theory]
    [InlineData("right", "swap")]
    [InlineData("half", "lose-vote")]
    public void A_swap_goes_before_losing_the_vote_and_that_before_a_boost(string background, string expected)
    {
        // Answer 101 alarms: a background learner starts, the rate is boosted and the pause begins. Meanwhile the member turns wrong. At answer 151 the
        // background learner has its evidence, the floor has been reached, and there is an alarm.
        var panel = new StubPanel().With("member", (shape, n) => new BoostedStub(shape, (x, learned) => n == 0
                ? learned < 125 ? 0.5 : StubPanel.Wrong(x, 0)
                : background == "right" ? StubPanel.Right(x, 0) : StubPanel.Wrong(x, 0)))
            .WithDetector("twice", n => n is 1 or 51 ? DriftLevel.Drift : DriftLevel.None).Start(new() { RateBoost = 10 }, "twice");
        panel.Run(150);
        Assert.Equal(["warn", "rate-boost"], panel.Log.Actions("member"));
        Assert.True(panel.Session.Statistics(0).FloorEvidence > 100);
        panel.Run(1);
        Assert.Equal(["warn", "rate-boost", expected], panel.Log.Actions("member"));
        Assert.Equal([10.0], ((BoostedStub)panel.Built["member"][0]).Boosts);
        Assert.Equal(2, panel.Log.Drifts.Count);
    }

    [Fact]
    public void Every_alarm_is_an_event_with_its_numbers()
    {
        var panel = new StubPanel().With("member", StubPanel.Right).With("base", (s, _) => new BaselineStub(s, StubPanel.Right))
            .WithDetector("one", n => n == 3 ? DriftLevel.Drift : DriftLevel.None).WithDetector("two", n => n == 3 ? DriftLevel.Drift : n == 5 ? DriftLevel.Warning : DriftLevel.None)
            .Start(NoFloor, "one", "two");
        panel.Run(102);
        Assert.Empty(panel.Log.Drifts);
        Assert.Equal(DriftLevel.Drift, panel.Step([1, 0, 0], 1).Drift);
        Assert.Equal(DriftLevel.None, panel.Step([1, 0, 0], 1).Drift);
        Assert.Equal(DriftLevel.Warning, panel.Step([1, 0, 0], 1).Drift);
        Assert.Equal(["member one", "member two"], panel.Log.Drifts.Select(d => $"{d.Member} {d.Detector}"));
        Assert.All(panel.Log.Drifts, d => Assert.Equal(("brier", DriftLevel.Drift, 7.0, 0.5), (d.Channel, d.Level, d.Threshold, Math.Round(d.Statistic, 6))));
        Assert.All(panel.Log.Drifts, d => Assert.Equal((206L, 103 * StubPanel.MinuteUs), (d.Seq, d.AtUs)));
        Assert.Equal((2L, (long)panel.Log.Adaptations.Count), (panel.Session.Drifts, panel.Session.Adaptations));
        Assert.Empty(panel.Log.Of("base"));
    }

    [Fact]
    public void The_alarm_of_one_member_concerns_all()
    {
        var panel = new StubPanel().With("alarmed", (s, _) => new BoostedStub(s, StubPanel.Right)).With("other", StubPanel.Half).With("base", (s, _) => new BaselineStub(s, StubPanel.Right))
            .WithDetector("once", n => n == 1 ? DriftLevel.Drift : DriftLevel.None).Start(NoFloor with { WeightShare = 0 }, "once");
        panel.Run(100);
        Assert.Equal(1, panel.Session.Weight(0), 6);
        panel.Run(1);
        Assert.Equal(0.75, panel.Session.Weight(0), 6);
        Assert.Equal(0.25, panel.Session.Weight(1), 6);
        Assert.Equal(["reweight"], panel.Log.Actions("panel"));
        Assert.Equal(["warn", "rate-boost"], panel.Log.Actions("alarmed"));
        Assert.Equal(["warn"], panel.Log.Actions("other"));
        Assert.Equal([2, 2, 1], panel.Built.Values.Select(b => b.Count));
    }

    [Fact]
    public void Without_adaptation_drift_is_reported_and_nothing_else_happens()
    {
        var panel = new StubPanel().With("wrong", (s, _) => new BoostedStub(s, StubPanel.Wrong)).WithDetector("always", _ => DriftLevel.Drift)
            .Start(new() { Adapt = false, Specialists = SpecialistPolicy.ByRegime }, "always");
        panel.Run(150, regime: 0);
        panel.Run(150, regime: 1);
        Assert.Equal(200, panel.Log.Drifts.Count);
        Assert.Empty(panel.Log.Adaptations);
        Assert.Empty(((BoostedStub)Assert.Single(panel.Built["wrong"])).Boosts);
        Assert.Equal(MemberState.Voting, panel.Session.State(0));
        Assert.Equal(300, panel.Built["wrong"][0].Learned);
    }

    [Fact]
    public void A_calibration_that_is_off_by_four_standard_errors_begins_anew()
    {
        var panel = new StubPanel().With("sure", StubPanel.Right).Start(NoFloor with { WindowAnswers = 100, MonitorIntervalSecs = 60 });
        panel.Run(100, label: i => i % 2);
        Assert.Empty(panel.Log.Of("panel"));
        for (var i = 0; i < 60; i++)
            panel.Step([1, 0, 0], i % 2);
        var reset = Assert.Single(panel.Log.Of("panel"));
        Assert.Equal("recalibrate", reset.Action);
        Assert.True(reset.Statistic > reset.Reference && reset.Reference is > 0.11 and < 0.13);
    }

    [Fact]
    public void A_regime_gets_its_specialist_at_the_first_visit_from_the_regime_before()
    {
        // The first question of all comes in regime 2: that is the member itself, no fork.
        var panel = Regimes();
        panel.Run(20, regime: 2);
        panel.Run(30, regime: 1);
        panel.Run(10, regime: 2);
        panel.Run(5, regime: 0);
        panel.Run(7, regime: 1);
        Assert.Equal(3, panel.Built["member"].Count);
        Assert.Equal([30L, 57L, 35L], panel.Built["member"].Select(b => b.Learned));
        Assert.Equal([30, 37, 5], panel.Built["member"].Select(b => b.Examples.Count));
        Assert.Single(panel.Built["base"]);
        Assert.Equal(72, panel.Built["base"][0].Learned);
        var forks = panel.Log.Of("member").ToArray();
        Assert.Equal(["specialist", "specialist"], forks.Select(f => f.Action));
        Assert.Equal([(1.0, 2.0), (0.0, 2.0)], forks.Select(f => (f.Statistic, f.Reference)));

        // Each speaks for itself: the probability says how much it has learned.
        foreach (var (regime, learned) in new[] { (2, 30), (1, 57), (0, 35) })
            Assert.Equal(0.5 + learned / 1_000.0, panel.Ask([1, 0, 0], regime).MemberProbabilities(0)[1], 12);
    }

    [Fact]
    public void Only_the_specialist_of_the_questions_regime_learns()
    {
        var panel = Regimes();
        panel.Run(20, regime: 0);
        panel.Run(20, regime: 1);
        for (var i = 0; i < 8; i++)
            panel.Ask([i, 0, 0], regime: i % 2);
        for (var i = 0; i < 8; i++)
            panel.Session.TryAnswer(40 + i, 1, panel.NowUs, out _);
        Assert.Equal([0, 2, 4, 6], panel.Built["member"][0].Examples.TakeLast(4));
        Assert.Equal([1, 3, 5, 7], panel.Built["member"][1].Examples.TakeLast(4));
    }

    [Fact]
    public void A_failing_specialist_leaves_the_others_alone()
    {
        var panel = new StubPanel().With("member", (x, learned) => x[1] == 1 ? double.NaN : 0.5 + learned / 1_000.0).Start(new() { Specialists = SpecialistPolicy.ByRegime });
        panel.Run(20, regime: 0);
        panel.Run(20, regime: 1);
        panel.Step([1, 1, 0], 1, regime: 1);
        Assert.Equal(0.52, panel.Ask([1, 0, 0], regime: 0).MemberProbabilities(0)[1], 12);
        Assert.Equal(0.501, panel.Ask([1, 0, 0], regime: 1).MemberProbabilities(0)[1], 12);
    }

    [Fact]
    public void A_background_learner_belongs_to_the_regime_of_the_warning()
    {
        // In regime 0 the member knows nothing, in regime 1, where it began, it is right. The warning comes in regime 0.
        var panel = new StubPanel().With("member", (shape, n) => new Stub(shape, (x, learned) => n == 2 || x[1] == 1 ? StubPanel.Right(x, 0) : 0.5))
            .WithDetector("once", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(NoFloor with { Specialists = SpecialistPolicy.ByRegime }, "once");
        Visit(1, 10);
        panel.Run(91, regime: 0);
        Assert.Equal(["specialist", "warn"], panel.Log.Actions("member"));
        Visit(1, 100);
        Assert.Equal(0, panel.Built["member"][2].Learned);
        panel.Run(49, regime: 0);
        Visit(1, 10);
        Assert.Equal(["specialist", "warn"], panel.Log.Actions("member"));
        panel.Run(1, regime: 0);
        Assert.Equal(["specialist", "warn", "swap"], panel.Log.Actions("member"));
        Assert.Equal([120L, 151L, 50L], panel.Built["member"].Select(b => b.Learned));
        panel.Run(1, regime: 0);
        Visit(1, 1);
        Assert.Equal([121L, 151L, 51L], panel.Built["member"].Select(b => b.Learned));

        void Visit(int regime, int count)
        {
            for (var i = 0; i < count; i++)
                panel.Step([i % 2, 1, 0], i % 2, regime);
        }
    }

    [Fact]
    public void A_background_learner_is_not_credited_with_what_another_one_said()
    {
        // The first one is right and fails; the second one, which knows nothing, starts while sixty predictions of the first still wait for their answers.
        var panel = new StubPanel().With("member", (shape, n) => new Stub(shape, (x, _) => n != 1 ? 0.5 : x[1] == 1 ? double.NaN : StubPanel.Right(x, 0)))
            .WithDetector("warns", n => n is 1 or 2 ? DriftLevel.Warning : DriftLevel.None).Start(NoFloor, "warns");
        panel.Run(101);
        for (var i = 0; i < 60; i++)
            panel.Ask([i % 2, 0, 0]);
        panel.Step([1, 1, 0], 1);
        Assert.Equal(["warn", "guard", "warn"], panel.Log.Actions("member"));
        for (var i = 0; i < 60; i++)
            Assert.True(panel.Session.TryAnswer(101 + i, i % 2, panel.NowUs, out _));
        Assert.Equal(3, panel.Log.Of("member").Count());
        Assert.Equal(60, panel.Built["member"][2].Learned);
    }

    [Fact]
    public void Losing_the_vote_takes_all_specialists_along()
    {
        var panel = new StubPanel().With("wrong", StubPanel.Wrong).Start(new() { Specialists = SpecialistPolicy.ByRegime });
        panel.Run(25, regime: 0);
        panel.Run(25, regime: 1);
        Assert.Equal(["specialist", "lose-vote"], panel.Log.Actions("wrong"));
        panel.Run(3, regime: 1);
        panel.Run(2, regime: 0);
        Assert.Equal(["specialist", "lose-vote", "specialist"], panel.Log.Actions("wrong"));
        Assert.Equal([25L, 50L, 2L, 3L], panel.Built["wrong"].Select(b => b.Learned));
    }

    private static StubPanel Regimes() => new StubPanel()
        .With("member", (_, learned) => 0.5 + learned / 1_000.0).With("base", (s, _) => new BaselineStub(s, StubPanel.Half))
        .Start(NoFloor with { Specialists = SpecialistPolicy.ByRegime });

    /// <summary>Says the label that it learned last.</summary>
    private sealed class Echo(LearnerShape shape) : Stub(shape, StubPanel.Half), IClassifier
    {
        private int _last;

        void IClassifier.Predict(ReadOnlySpan<double> x, Span<double> probabilities)
        {
            probabilities[_last] = 0.75;
            probabilities[1 - _last] = 0.25;
        }

        void IClassifier.Learn(ReadOnlySpan<double> x, int label, double weight) => _last = label;
    }
}
