using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>A learner that throws is its member's problem, not the session's.</summary>
public sealed class ThrowingLearnerTests
{
    [Fact]
    public void A_learner_that_throws_every_hundredth_call_is_left_out_each_time_and_comes_back()
    {
        var panel = Hundredth();
        var states = new Dictionary<MemberState, int>();
        for (var i = 0; i < 1_000; i++)
        {
            panel.Run(1, label: _ => i % 2);
            var state = panel.Session.Last.Votes[0].State;
            states[state] = states.GetValueOrDefault(state) + 1;
        }
        var guards = panel.Log.Of("throws").ToArray();
        Assert.Equal(1_000, panel.Session.Score.Count);
        Assert.True(guards.Length > 15);
        Assert.All(guards, g => Assert.Equal("guard", g.Action));
        Assert.All(guards, g => Assert.StartsWith("threw FormatException: call 100 of this learner", g.Cause, StringComparison.Ordinal));
        Assert.True(states[MemberState.Voting] > 700);
        Assert.True(states[MemberState.WarmingUp] > 100);
        Assert.Empty(panel.Log.Of("right"));
    }

    [Fact]
    public void The_same_input_throws_the_same_and_a_load_in_between_changes_nothing()
    {
        var whole = Hundredth();
        for (var part = 0; part < 9; part++)
        {
            var writer = new StateWriter();
            whole.Session.Save(writer);
            var cut = Hundredth();
            cut.Session.Load(new StateReader(writer.Written.ToArray()));
            (cut.NextId, cut.NowUs) = (whole.NextId, whole.NowUs);
            whole.Run(47);
            cut.Run(47);
            Assert.Equal(StateHash.Of(whole.Session), StateHash.Of(cut.Session));
        }
    }

    [Fact]
    public void A_learner_that_throws_while_it_learns_is_renewed()
    {
        var panel = new StubPanel().With("throws", (s, n) => new Throwing(s, learns: n == 0 ? 30 : long.MaxValue)).Start();
        panel.Run(31);
        Assert.Equal((MemberState.Failed, 2), (panel.Session.State(0), panel.Built["throws"].Count));
        Assert.Equal(new MemberVersion(1, 1, 0), panel.Ask([1, 0, 0]).Votes[0].Version);
        Assert.Equal(MemberState.WarmingUp, panel.Session.State(0));
        panel.Run(10);
        Assert.Equal(MemberState.Voting, panel.Ask([1, 0, 0]).Votes[0].State);
        Assert.Equal("threw InvalidOperationException: no more than 30; relearns from nothing", Assert.Single(panel.Log.Of("throws")).Cause);
    }

    [Fact]
    public void A_learner_that_keeps_failing_is_not_asked_again_before_the_review()
    {
        // Reviews are five questions apart: at each it is tried once more.
        var panel = new StubPanel().With("throws", (s, _) => new Throwing(s, learns: 0)).With("right", StubPanel.Right).Start();
        panel.Run(4);
        Assert.Equal(5, panel.Built["throws"].Count);
        panel.Run(100);
        Assert.InRange(panel.Built["throws"].Count, 22, 28);
        Assert.Equal((MemberState.Failed, 0.0), (panel.Session.State(0), panel.Session.Last.Votes[0].Weight));
        Assert.Equal([0.5, 0.5], panel.Session.Last.MemberProbabilities(0).ToArray());
        var guards = panel.Log.Of("throws").ToArray();
        Assert.InRange(guards.Length, 2, 6);
        Assert.Contains("again and again", guards[^1].Cause, StringComparison.Ordinal);
        Assert.Equal((5.0, 5.0), (guards[^1].Statistic, guards[^1].Reference));
    }

    [Fact]
    public void Who_has_rested_and_works_again_votes_again()
    {
        var panel = new StubPanel().With("throws", (s, n) => new Throwing(s, learns: n < 7 ? 0 : long.MaxValue)).Start();
        panel.Run(30);
        Assert.Equal(8, panel.Built["throws"].Count);
        Assert.Equal(MemberState.Voting, panel.Ask([1, 0, 0]).Votes[0].State);
    }

    [Fact]
    public void A_resting_member_goes_on_bit_for_bit_after_a_load()
    {
        var whole = Panel();
        for (var part = 0; part < 12; part++)
        {
            var writer = new StateWriter();
            whole.Session.Save(writer);
            var cut = Panel();
            cut.Session.Load(new StateReader(writer.Written.ToArray()));
            (cut.NextId, cut.NowUs) = (whole.NextId, whole.NowUs);
            whole.Run(3);
            cut.Run(3);
            Assert.Equal(StateHash.Of(whole.Session), StateHash.Of(cut.Session));
        }

        static StubPanel Panel() => new StubPanel().With("throws", (s, _) => new Throwing(s, learns: 0)).With("right", StubPanel.Right).Start();
    }

    [Fact]
    public void A_background_learner_that_throws_is_let_go()
    {
        var panel = new StubPanel().With("member", (s, n) => n == 0 ? new Stub(s, StubPanel.Right) : new Throwing(s, learns: 20))
            .WithDetector("warns-once", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(new() { FloorEvidence = 1e12 }, "warns-once");
        panel.Run(200);
        Assert.Equal(["warn", "guard"], panel.Log.Actions("member"));
        Assert.Contains("the background learner threw InvalidOperationException", panel.Log.Adaptations[^1].Cause, StringComparison.Ordinal);
        Assert.Equal(MemberState.Voting, panel.Session.State(0));
    }

    [Fact]
    public void A_preview_of_a_throwing_learner_says_what_asking_would()
    {
        var panel = new StubPanel().With("throws", (s, _) => new Throwing(s, learns: long.MaxValue, poison: 7)).With("right", StubPanel.Right).Start();
        panel.Run(20);
        var preview = panel.Session.NewPrediction();
        panel.Session.Preview([1, 7, 0], 0, panel.NowUs, preview);
        Assert.Equal((MemberState.Voting, MemberState.Failed), (panel.Session.State(0), preview.Votes[0].State));
        panel.NowUs -= StubPanel.MinuteUs;
        Assert.Equal(panel.Ask([1, 7, 0]).Votes.ToArray(), preview.Votes.ToArray());
    }

    [Fact]
    public void Memory_that_runs_out_is_nobodys_fault()
    {
        var panel = new StubPanel().With("greedy", (s, _) => new Greedy(s)).Start();
        Assert.Throws<OutOfMemoryException>(() => panel.Ask([1, 0, 0]));
    }

    private static StubPanel Hundredth() => new StubPanel().With("throws", (s, _) => new HundredthCall(s)).With("right", StubPanel.Right).Start();

    private sealed class Throwing(LearnerShape shape, long learns, double poison = double.NaN) : Stub(shape, StubPanel.Right), IClassifier
    {
        void IClassifier.Predict(ReadOnlySpan<double> x, Span<double> probabilities)
        {
            if (x[1] == poison)
                throw new ArgumentException("poison");
            Predict(x, probabilities);
        }

        void IClassifier.Learn(ReadOnlySpan<double> x, int label, double weight)
        {
            if (Learned >= learns)
                throw new InvalidOperationException($"no more than {learns}");
            Learn(x, label, weight);
        }
    }

    /// <summary>Counts what it has learned and predicted for its own; a prediction that throws is the hundredth call.</summary>
    private sealed class HundredthCall(LearnerShape shape) : Stub(shape, StubPanel.Right), IClassifier
    {
        void IClassifier.Predict(ReadOnlySpan<double> x, Span<double> probabilities)
        {
            // Predicting changes nothing: as every prediction is learned from, the calls are twice what was learned.
            if (Learned == 50)
                throw new FormatException("call 100 of this learner");
            Predict(x, probabilities);
        }
    }

    private sealed class Greedy(LearnerShape shape) : Stub(shape, StubPanel.Right), IClassifier
    {
        void IClassifier.Predict(ReadOnlySpan<double> x, Span<double> probabilities) => throw new OutOfMemoryException();
    }
}
