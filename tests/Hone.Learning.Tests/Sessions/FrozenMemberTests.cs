using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>A member that stops learning is a batch model beside the online ones; one that has not learned for too long is left out.</summary>
public sealed class FrozenMemberTests
{
    private const long HourUs = 3_600_000_000;

    [Fact]
    public void A_member_learns_its_first_answers_and_no_more()
    {
        var panel = new StubPanel().With("batch", StubPanel.Right, m => m with { FreezeAfter = 30 }).With("online", StubPanel.Right).Start();
        panel.Run(29);
        Assert.False(panel.Session.IsFrozen(0));
        panel.Run(100);
        Assert.Equal((true, false), (panel.Session.IsFrozen(0), panel.Session.IsFrozen(1)));
        Assert.Equal([30L, 129L], panel.Built.Values.Select(b => b.Single().Learned));
        var freeze = Assert.Single(panel.Log.Of("batch"));
        Assert.Equal(("freeze", 30.0, 30.0), (freeze.Action, freeze.Statistic, freeze.Reference));

        // Scored and weighted as before.
        Assert.Equal((129L, MemberState.Voting), (panel.Session.Statistics(0).Resolved, panel.Session.State(0)));
        Assert.Equal((0.5, 30L), (panel.Ask([1, 0, 0]).Votes[0].Weight, panel.Session.Last.Votes[0].Version.Learned));
    }

    [Fact]
    public void Drift_starts_no_background_learner_and_boosts_no_rate_of_a_batch_model()
    {
        var panel = new StubPanel().With("batch", (s, _) => new BoostedStub(s, StubPanel.Right), m => m with { FreezeAfter = 50 }).With("online", (s, _) => new BoostedStub(s, StubPanel.Right))
            .WithDetector("always", _ => DriftLevel.Drift).Start(new() { Specialists = SpecialistPolicy.ByRegime, FloorEvidence = 1e12 }, "always");
        panel.Run(200, regime: 0);
        panel.Run(200, regime: 1);
        Assert.Equal(["freeze"], panel.Log.Actions("batch"));
        Assert.Empty(((BoostedStub)Assert.Single(panel.Built["batch"])).Boosts);
        Assert.Superset(new HashSet<string>(["warn", "rate-boost", "specialist"]), panel.Log.Actions("online").ToHashSet());
        Assert.Contains(panel.Log.Drifts, d => d.Member == "batch");
    }

    [Fact]
    public void A_batch_model_that_is_worse_than_the_majority_loses_its_vote_and_stays_what_it_is()
    {
        var panel = new StubPanel().With("batch", StubPanel.Wrong, m => m with { FreezeAfter = 10 }).Start();
        panel.Run(60);
        Assert.Equal(MemberState.LostVote, panel.Session.State(0));
        Assert.Equal(["freeze", "lose-vote"], panel.Log.Actions("batch"));
        Assert.Equal(10L, Assert.Single(panel.Built["batch"]).Learned);
    }

    [Fact]
    public void A_batch_model_that_fails_is_left_out_and_stays_what_it_is()
    {
        var panel = new StubPanel().With("batch", (x, _) => x[1] == 1 ? double.NaN : 0.8, m => m with { FreezeAfter = 15 }).Start();
        panel.Run(20);
        Assert.Equal(MemberState.Failed, panel.Ask([1, 1, 0]).Votes[0].State);
        Assert.Equal((MemberState.Voting, 15L), (panel.Ask([1, 0, 0]).Votes[0].State, panel.Session.Last.Votes[0].Version.Learned));
        Assert.Single(panel.Built["batch"]);
    }

    [Fact]
    public void A_batch_model_is_stale_so_many_hours_after_it_froze()
    {
        var panel = new StubPanel().With("batch", StubPanel.Right, m => m with { FreezeAfter = 30, StaleAfterHours = 2 }).With("online", StubPanel.Right, m => m with { StaleAfterHours = 2 }).Start();
        panel.Run(30);
        var frozenAtUs = panel.NowUs;
        panel.Run(119);
        Assert.Equal((MemberState.Voting, MemberState.Voting), (panel.Session.State(0), panel.Session.State(1)));
        panel.Run(10);
        Assert.Equal((MemberState.Stale, MemberState.Voting), (panel.Session.State(0), panel.Session.State(1)));
        Assert.Equal((0.0, 1.0), (panel.Ask([1, 0, 0]).Votes[0].Weight, panel.Session.Last.Votes[1].Weight));
        Assert.Equal(["freeze", "stale"], panel.Log.Actions("batch"));
        var stale = panel.Log.Of("batch").Last();
        Assert.Equal(2.0, stale.Reference);
        Assert.Equal((stale.AtUs - frozenAtUs) / (double)HourUs, stale.Statistic, 12);
        Assert.InRange(stale.Statistic, 2, 2.1);

        // A frozen model never learns again.
        panel.Run(500);
        Assert.Equal(MemberState.Stale, panel.Session.State(0));
    }

    [Fact]
    public void An_online_member_is_back_when_it_learns_again()
    {
        var panel = new StubPanel().With("online", StubPanel.Right, m => m with { StaleAfterHours = 2 }).Start();
        panel.Run(20);
        panel.NowUs += 3 * HourUs;
        Assert.Equal((ActReason.NoVotes, MemberState.Stale), (panel.Ask([1, 0, 0]).Reason, panel.Session.Last.Votes[0].State));
        Assert.True(panel.Session.TryAnswer(panel.NextId - 1, 1, panel.NowUs, out _));
        Assert.Equal(MemberState.Stale, panel.Ask([1, 0, 0]).Votes[0].State);
        panel.NowUs += HourUs / 10;
        Assert.Equal(MemberState.Voting, panel.Ask([1, 0, 0]).Votes[0].State);
        Assert.Equal(["stale", "regain-vote"], panel.Log.Actions("online"));
    }

    [Fact]
    public void Frozen_and_stale_members_go_on_bit_for_bit_after_a_load()
    {
        var whole = Panel();
        for (var part = 0; part < 8; part++)
        {
            var writer = new StateWriter();
            whole.Session.Save(writer);
            var cut = Panel();
            cut.Session.Load(new StateReader(writer.Written.ToArray()));
            (cut.NextId, cut.NowUs) = (whole.NextId, whole.NowUs);
            whole.Run(37);
            cut.Run(37);
            Assert.Equal(StateHash.Of(whole.Session), StateHash.Of(cut.Session));
        }
        Assert.Equal(["freeze", "stale"], whole.Log.Actions("batch"));

        static StubPanel Panel() => new StubPanel().With("batch", StubPanel.Right, m => m with { FreezeAfter = 70, StaleAfterHours = 2 }).With("online", StubPanel.Right).Start();
    }

    [Fact]
    public void A_state_of_the_format_before_is_refused_by_name()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start();
        var writer = new StateWriter();
        panel.Session.Save(writer);
        var state = writer.Written.ToArray();
        var format = state.AsSpan().IndexOf("learning-session"u8) + "learning-session"u8.Length;
        state[format]--;
        var refusal = Assert.Throws<CorruptStateException>(() => panel.New().Load(new StateReader(state))).Message;
        Assert.Contains("'learning-session' has format 1; this build reads 2 only", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1L, 0)]
    [InlineData(0L, -1)]
    public void Options_of_a_member_that_cannot_be_are_refused(long freezeAfter, double staleAfterHours)
    {
        var refusal = Assert.Throws<InvalidOptionsException>(() =>
            new StubPanel().With("a", StubPanel.Half, m => m with { FreezeAfter = freezeAfter, StaleAfterHours = staleAfterHours }).Start());
        Assert.Contains("learning.members[0]", refusal.Message, StringComparison.Ordinal);
    }
}
