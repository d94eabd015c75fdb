using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>Asking and answering: what is refused, what is stored, what expires.</summary>
public sealed class LearningSessionTests
{
    private const long DayUs = 86_400_000_000;

    [Fact]
    public void A_refused_question_changes_nothing()
    {
        var panel = new StubPanel().With("right", StubPanel.Right).Start();
        panel.Run(20);
        panel.Ask([1, 0, 0]);
        var (session, before) = (panel.Session, StateHash.Of(panel.Session));
        var now = session.NowUs;

        Assert.Throws<ArgumentException>(() => session.Ask(panel.NextId - 1, [0, 0, 0], now + 1));
        Assert.Throws<ArgumentException>(() => session.Ask(999, [0, 0], now + 1));
        Assert.Contains("'x2'", Assert.Throws<ArgumentException>(() => session.Ask(999, [0, double.NaN, double.NegativeInfinity], now + 1)).Message);
        Assert.Throws<ArgumentException>(() => session.Ask(999, [double.PositiveInfinity, 0, 0], now + 1));
        Assert.Throws<ArgumentException>(() => session.Ask(999, [0, 0, 0], now - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Ask(999, [0, 0, 0], now + 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Ask(999, [0, 0, 0], now + 1, LearningSession.RegimesMax));
        Assert.Throws<ArgumentException>(() => session.Advance(now - 1));
        Assert.Equal(before, StateHash.Of(session));
        session.Ask(999, [double.NaN, 0, -0.0], now);
    }

    [Fact]
    public void An_answer_without_its_question_changes_nothing()
    {
        var panel = new StubPanel().With("right", StubPanel.Right).Start(new() { OpenQuestionDaysMax = 1 });
        panel.Run(20);
        panel.Ask([1, 0, 0]);
        var (session, open, asked) = (panel.Session, panel.NextId - 1, panel.NowUs);
        var before = StateHash.Of(session);

        Assert.False(session.TryAnswer(999, 1, asked + 1, out _));
        Assert.False(session.TryAnswer(3, 1, asked + 1, out _));
        Assert.False(session.TryAnswer(open, 1, asked + DayUs + 1, out var verdict));
        Assert.Equal(default, verdict);
        Assert.Throws<ArgumentException>(() => session.TryAnswer(open, 1, asked - 1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.TryAnswer(open, 2, asked, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.TryAnswer(open, -1, asked, out _));
        foreach (var weight in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e7, double.Epsilon })
            Assert.Throws<ArgumentOutOfRangeException>(() => session.TryAnswer(open, 1, asked, out _, weight));
        Assert.Equal(before, StateHash.Of(session));

        Assert.True(session.TryAnswer(open, 1, asked + DayUs, out _));
        Assert.False(session.TryAnswer(open, 1, asked + DayUs, out _));
        Assert.Equal(21, panel.Built["right"][0].Learned);
    }

    [Fact]
    public void What_is_scored_is_what_was_said_when_the_question_was_asked()
    {
        // Says more with every example it has learned; two questions are open at a time.
        var panel = new StubPanel().With("growing", (_, learned) => 0.5 + Math.Min(learned, 40) / 100.0).Start();
        var said = new Queue<double>();
        for (var i = 0; i < 60; i++)
        {
            said.Enqueue(panel.Ask([0, 0, 0]).Probabilities[1]);
            if (said.Count <= 2)
                continue;
            var expected = said.Dequeue();
            Assert.True(panel.Session.TryAnswer(panel.NextId - 3, 1, panel.NowUs, out var verdict));
            var predicted = expected > 0.5 ? 1 : 0;
            Assert.Equal((predicted, predicted == 1), (verdict.Predicted, verdict.Correct));
            Assert.Equal(Math.Max(expected, 1 - expected), verdict.Confidence, 12);
            Assert.Equal((1 - expected) * (1 - expected), verdict.Brier, 12);
            Assert.Equal(-Math.Log(expected), verdict.LogLoss, 12);
            Assert.Equal(panel.Session.Seq, verdict.Seq);
        }
        Assert.Equal(58, panel.Session.Score.Count);
        Assert.Equal(58, panel.Session.Reliability.Count);
        Assert.Equal(panel.Session.Score.LogLoss, panel.Session.Panel.LogLoss, 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void An_answer_is_learned_once_with_its_weight_over_the_horizon(int horizon)
    {
        var panel = new StubPanel(horizon).With("a", StubPanel.Right).With("b", StubPanel.Half).Start();
        for (var i = 0; i < 30; i++)
        {
            panel.Ask([i, 0, 0]);
            Assert.True(panel.Session.TryAnswer(i, 1, panel.NowUs, out _, weight: i + 1));
        }
        foreach (var member in new[] { "a", "b" })
        {
            var stub = Assert.Single(panel.Built[member]);
            Assert.Equal(30 * 31 / 2 / (double)horizon, stub.WeightSum, 9);
            Assert.Equal(Enumerable.Range(0, 30).Select(i => (double)i), stub.Examples);
        }
    }

    [Fact]
    public void Answers_may_come_in_any_order_and_are_learned_in_that_order()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start();
        for (var i = 0; i < 6; i++)
            panel.Ask([i, 0, 0]);
        foreach (var id in new long[] { 4, 0, 5, 2, 1, 3 })
            Assert.True(panel.Session.TryAnswer(id, 1, panel.NowUs, out _));
        Assert.Equal([4, 0, 5, 2, 1, 3], panel.Built["a"][0].Examples);
        Assert.Equal(0, panel.Session.OpenQuestions);
    }

    [Fact]
    public void Nobody_votes_before_its_tenth_answer_and_until_then_the_majority_speaks()
    {
        var panel = new StubPanel().With("right", StubPanel.Right).Start();
        for (var i = 0; i < 10; i++)
        {
            var prediction = panel.Ask([1, 0, 0]);
            Assert.Equal((ActReason.NoVotes, false, 0.0), (prediction.Reason, prediction.Act, prediction.Agreement));
            Assert.Equal((i + 1) / (i + 2.0), prediction.Probabilities[1], 12);
            Assert.Equal((MemberState.WarmingUp, 0.0), (prediction.Votes[0].State, prediction.Votes[0].Weight));
            Assert.True(panel.Session.TryAnswer(i, 1, panel.NowUs, out _));
        }
        var first = panel.Ask([1, 0, 0]);
        Assert.Equal((ActReason.Acts, true, 1.0), (first.Reason, first.Act, first.Agreement));
        Assert.Equal(0.9, first.Probabilities[1], 12);
        Assert.Equal((MemberState.Voting, 1.0, 1, 0.9), (first.Votes[0].State, first.Votes[0].Weight, first.Votes[0].Label, first.Votes[0].Confidence));
    }

    [Fact]
    public void A_prediction_acts_from_the_threshold_on()
    {
        var panel = new StubPanel().With("says", (x, _) => x[0]).Start(new() { AdjustmentRate = 0 });
        for (var i = 0; i < 10; i++)
            panel.Step([0.5, 0, 0], i % 2);
        Assert.Equal((true, ActReason.Acts), (panel.Ask([0.60, 0, 0]).Act, panel.Session.Last.Reason));
        Assert.Equal((false, ActReason.UnderThreshold), (panel.Ask([0.59, 0, 0]).Act, panel.Session.Last.Reason));
        Assert.Equal("confidence 0.59 is under the threshold 0.60", panel.Session.Last.Explain());
        Assert.Equal((true, 0), (panel.Ask([0.3, 0, 0]).Act, panel.Session.Last.Label));
        Assert.Equal(0.7, panel.Session.Last.Confidence, 12);
    }

    [Fact]
    public void Beyond_the_limit_the_oldest_question_expires_and_is_counted()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start(new() { OpenQuestionsMax = 3 });
        for (var i = 0; i < 5; i++)
            panel.Ask([i, 0, 0]);
        Assert.Equal((3, 2L), (panel.Session.OpenQuestions, panel.Session.Expired));
        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, 5).Select(i => panel.Session.IsOpen(i)));
        Assert.False(panel.Session.TryAnswer(0, 1, panel.NowUs, out _));
        Assert.True(panel.Session.TryAnswer(3, 1, panel.NowUs, out _));
        panel.Ask([5, 0, 0]);
        Assert.Equal((3, 2L), (panel.Session.OpenQuestions, panel.Session.Expired));
        panel.Ask([6, 0, 0]);
        Assert.Equal((false, 3L), (panel.Session.IsOpen(2), panel.Session.Expired));
    }

    [Fact]
    public void A_question_expires_when_event_time_has_passed_its_days()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start(new() { OpenQuestionDaysMax = 14 });
        panel.Session.Ask(1, [0, 0, 0], 1_000);
        panel.Session.Ask(2, [0, 0, 0], 1_001);
        panel.Session.Advance(1_000 + 14 * DayUs);
        Assert.Equal((2, 0L), (panel.Session.OpenQuestions, panel.Session.Expired));
        panel.Session.Advance(1_001 + 14 * DayUs);
        Assert.Equal((1, 1L), (panel.Session.OpenQuestions, panel.Session.Expired));
        panel.Session.Ask(3, [0, 0, 0], 1_002 + 14 * DayUs);
        Assert.Equal((1, 2L, true), (panel.Session.OpenQuestions, panel.Session.Expired, panel.Session.IsOpen(3)));
    }

    [Fact]
    public void Questions_expire_across_the_whole_range_of_times()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start();
        panel.Session.Ask(1, [0, 0, 0], long.MinValue + 5);
        panel.Session.Ask(2, [0, 0, 0], long.MaxValue);
        Assert.Equal((1, 1L), (panel.Session.OpenQuestions, panel.Session.Expired));
        Assert.True(panel.Session.TryAnswer(2, 1, long.MaxValue, out _));
    }

    [Fact]
    public void An_answered_id_may_be_asked_again()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start();
        for (var i = 0; i < 3; i++)
        {
            panel.Session.Ask(7, [i, 0, 0], i);
            Assert.True(panel.Session.TryAnswer(7, 1, i, out _));
        }
        Assert.Equal([0, 1, 2], panel.Built["a"][0].Examples);
    }

    [Fact]
    public void A_frozen_session_scores_and_changes_nothing_else()
    {
        var panel = new StubPanel().With("growing", (_, learned) => 0.5 + Math.Min(learned, 40) / 100.0).With("wrong", StubPanel.Wrong)
            .WithDetector("loud", _ => DriftLevel.Drift).Start(new() { Specialists = SpecialistPolicy.ByRegime }, "loud");
        panel.Run(40);
        var session = panel.Session;
        session.Frozen = true;
        var before = Decisive(session);
        var scored = session.Statistics(1).Resolved;
        for (var regime = 0; regime < 3; regime++)
            panel.Run(200, regime, _ => 1);
        Assert.Equal(before, Decisive(session));
        Assert.Equal((scored + 600, 640L), (session.Statistics(1).Resolved, session.Score.Count));
        Assert.Equal([40L, 40L], panel.Built.Values.Select(b => b[0].Learned));
        Assert.Equal([1, 1], panel.Built.Values.Select(b => b.Count));

        session.Frozen = false;
        panel.Run(10);
        Assert.Equal([50L, 50L], panel.Built.Values.Select(b => b[0].Learned));

        static (double, double, double, double, double, long, long) Decisive(LearningSession session) =>
            (session.Weight(0), session.Statistics(0).Threshold, session.Statistics(0).ThompsonAlpha, session.Statistics(1).ThompsonBeta, session.Panel.Threshold, session.Adaptations, session.Drifts);
    }

    [Fact]
    public void Event_time_reviews_happen_once_for_all_boundaries_crossed()
    {
        // The wrong one is under the hard floor as soon as its window is full; the review comes with the next boundary, not with the answer.
        var panel = new StubPanel().With("wrong", StubPanel.Wrong)
            .Start(new() { HardPerformanceFloor = true, WindowAnswers = 60, MonitorIntervalSecs = 300, FloorEvidence = 1e12 });
        panel.Run(63);
        Assert.Equal(MemberState.Voting, panel.Session.State(0));
        Assert.Empty(panel.Log.Adaptations);
        panel.Session.Advance(64 * StubPanel.MinuteUs + 59_000_000);
        Assert.Equal(MemberState.Voting, panel.Session.State(0));
        panel.Session.Advance(500 * StubPanel.MinuteUs);
        var lost = Assert.Single(panel.Log.Of("wrong"));
        Assert.Equal(("lose-vote", 0.0, 0.6, 500 * StubPanel.MinuteUs), (lost.Action, lost.Statistic, lost.Reference, lost.AtUs));
        Assert.Equal(["recalibrate"], panel.Log.Actions("panel"));
        panel.Session.Advance(900 * StubPanel.MinuteUs);
        Assert.Equal(2, panel.Log.Adaptations.Count);
    }

    [Fact]
    public void Unusable_options_are_refused_by_name()
    {
        var catalog = Catalog.BuiltIn();
        LearningSession New(SessionOptions options, int classes = 2, int horizon = 1, int features = 1)
            => new(catalog, options, new SessionShape([.. Enumerable.Range(0, features).Select(i => $"x{i}")], classes, horizon, 1));

        Assert.Contains("initial_threshold", Assert.Throws<InvalidOptionsException>(() => New(new() { InitialThreshold = 0.95 })).Message);
        Assert.Contains("members has 0", Assert.Throws<InvalidOptionsException>(() => New(new() { Members = [] })).Message);
        Assert.Contains("'panel'", Assert.Throws<InvalidOptionsException>(() => New(new() { Members = [new() { Learner = "mlp", Name = "panel" }] })).Message);
        Assert.Contains("'mlp'", Assert.Throws<InvalidOptionsException>(() => New(new() { Members = [new() { Learner = "mlp" }, new() { Learner = "mlp" }] })).Message);
        Assert.Contains("no learner 'mpl'", Assert.Throws<InvalidOptionsException>(() => New(new() { Members = [new() { Learner = "mpl" }] })).Message);
        Assert.Contains("no detector 'x'", Assert.Throws<InvalidOptionsException>(() => New(new() { Detectors = [new() { Detector = "x" }] })).Message);
        Assert.Contains("ema_alpha", Assert.Throws<InvalidOptionsException>(() => New(new() { EmaAlpha = 2 })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => New(new(), classes: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => New(new(), horizon: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => New(new(), features: 0));
    }
}
