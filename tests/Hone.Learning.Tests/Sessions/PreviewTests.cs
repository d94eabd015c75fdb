using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Sessions;

/// <summary>A preview is what the next question would be answered with, and leaves no trace.</summary>
public sealed class PreviewTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_preview_is_bit_for_bit_what_asking_gives_and_changes_nothing(int seed)
    {
        // All strategies, with and without specialists, overlapping answers, lost votes and swaps; a third of the questions stand behind a review that is due.
        var panel = new RealPanel(seed);
        var rng = new Rng((ulong)seed, "previews");
        var preview = panel.Session.NewPrediction();
        var x = new double[panel.Session.FeatureCount];
        for (var i = 0; i < 400; i++)
        {
            panel.Run(1 + rng.NextInt32(5));
            foreach (ref var value in x.AsSpan())
                value = rng.NextInt32(9) == 0 ? double.NaN : rng.NextGaussian();
            var at = panel.Session.NowUs + (rng.NextInt32(3) == 0 ? rng.NextInt32(900) * 1_000_000L : 0);
            var (regime, flat) = (rng.NextInt32(4), rng.NextInt32(3) == 0);
            var before = StateHash.Of(panel.Session);
            panel.Session.Preview(x, regime, at, preview, flat);
            panel.Session.Preview(x, regime, at, preview, flat);
            Assert.Equal(before, StateHash.Of(panel.Session));

            // Asked in a copy, so that the stream of the panel goes on undisturbed.
            var asked = panel.Copy().Ask(long.MaxValue - i, x, at, regime, flat);
            Same(asked, preview);
            Assert.Equal((0, panel.Session.Seq, at), (preview.Id, preview.Seq, preview.AtUs));
        }
    }

    [Fact]
    public void A_preview_of_a_failing_member_leaves_it_out_and_the_member_as_it_is()
    {
        var panel = new StubPanel().With("fails", (x, _) => x[1] == 1 ? double.NaN : 0.8).With("right", StubPanel.Right).Start();
        panel.Run(20);
        var preview = panel.Session.NewPrediction();
        panel.Session.Preview([1, 1, 0], 0, panel.NowUs, preview);
        Assert.Equal((MemberState.Failed, false), (preview.Votes[0].State, preview.Votes[0].Eligible));
        Assert.Equal(MemberState.Voting, panel.Session.State(0));
        Assert.Single(panel.Built["fails"]);
        panel.NowUs -= StubPanel.MinuteUs;
        Same(panel.Ask([1, 1, 0]), preview);

        // Failed, and about to prove itself again.
        panel.Session.Preview([1, 0, 0], 0, panel.NowUs, preview);
        panel.NowUs -= StubPanel.MinuteUs;
        Same(panel.Ask([1, 0, 0]), preview);
        Assert.Equal(MemberState.WarmingUp, preview.Votes[0].State);
    }

    [Fact]
    public void A_preview_beyond_a_review_knows_what_the_review_does()
    {
        // The review takes the vote of who is under the hard floor; the copy that holds it is thrown away.
        var panel = new StubPanel().With("weak", StubPanel.Half).Start(new() { HardPerformanceFloor = true, WindowAnswers = 60, MonitorIntervalSecs = 100_000 });
        panel.Run(80, label: i => i % 3 == 0 ? 0 : 1);
        var (preview, later) = (panel.Session.NewPrediction(), panel.NowUs + 100_000_000_000);
        panel.Session.Preview([1, 0, 0], 0, panel.NowUs, preview);
        Assert.Equal(MemberState.Voting, preview.Votes[0].State);
        panel.Session.Preview([1, 0, 0], 0, later, preview);
        Assert.Equal((ActReason.NoVotes, MemberState.LostVote), (preview.Reason, preview.Votes[0].State));
        Assert.Empty(panel.Log.Adaptations);
        Assert.Equal(MemberState.Voting, panel.Session.State(0));
        Same(panel.Session.Ask(9_999, [1, 0, 0], later), preview);
    }

    [Fact]
    public void Wrong_numbers_are_refused_as_in_asking()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start();
        panel.Run(3);
        var (session, preview) = (panel.Session, panel.Session.NewPrediction());
        Assert.Throws<ArgumentException>(() => session.Preview([1, 2], 0, panel.NowUs, preview));
        Assert.Throws<ArgumentException>(() => session.Preview([1, double.NegativeInfinity, 2], 0, panel.NowUs, preview));
        Assert.Throws<ArgumentException>(() => session.Preview([1, 2, 3], 0, panel.NowUs - 1, preview));
        Assert.ThrowsAny<ArgumentException>(() => session.Preview([1, 2, 3], LearningSession.RegimesMax, panel.NowUs, preview));
        var other = new StubPanel().With("a", StubPanel.Half).With("b", StubPanel.Half).Start().Session.NewPrediction();
        Assert.Contains("NewPrediction", Assert.Throws<ArgumentException>(() => session.Preview([1, 2, 3], 0, panel.NowUs, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copied_prediction_outlives_the_next_question()
    {
        var panel = new StubPanel().With("right", StubPanel.Right).Start();
        panel.Run(20);
        var copy = panel.Session.NewPrediction();
        panel.Ask([1, 0, 0]).CopyTo(copy);
        Same(panel.Session.Last, copy);
        Assert.Equal((panel.Session.Last.Id, panel.Session.Last.Seq), (copy.Id, copy.Seq));
        panel.Ask([0, 0, 0]);
        Assert.Equal((1, 0.9), (copy.Label, copy.Probabilities[1]));
    }

    [Fact]
    public void A_vote_names_the_learner_behind_it()
    {
        // The first learner is replaced by its background learner, the second by a new one when it fails.
        var panel = new StubPanel().With("swaps", (shape, n) => new Stub(shape, n == 0 ? StubPanel.Half : StubPanel.Right)).With("fails", (x, _) => x[1] == 1 ? double.NaN : 0.5)
            .WithDetector("warns-once", n => n == 1 ? DriftLevel.Warning : DriftLevel.None).Start(new() { FloorEvidence = 1e12 }, "warns-once");
        panel.Run(150);
        Assert.Equal(new MemberVersion(1, 0, 150), panel.Ask([1, 0, 0]).Votes[0].Version);
        panel.Run(1);
        Assert.Equal("swap", panel.Log.Of("swaps").Last().Action);
        Assert.Equal(new MemberVersion(1, 1, 50), panel.Ask([1, 0, 0]).Votes[0].Version);
        var before = panel.Session.Last.Votes[1].Version;
        Assert.Equal(before, panel.Ask([1, 1, 0]).Votes[1].Version);
        var after = panel.Ask([1, 0, 0]).Votes[1].Version;
        Assert.True(after.Generation > before.Generation);
        Assert.Equal(0, after.Learned);
    }

    [Fact]
    public void A_preview_allocates_nothing()
    {
        var session = new LearningSession(Catalog.BuiltIn(), new(), new SessionShape([.. Enumerable.Range(0, 8).Select(i => $"x{i}")], 2, 1, 7));
        var preview = session.NewPrediction();
        var x = new double[8];
        for (var i = 0; i < 500; i++)
        {
            x[i % 8] = i * 7 % 11;
            session.Ask(i, x, i);
            session.TryAnswer(i, i * 5 % 7 > 3 ? 1 : 0, i, out _);
            session.Preview(x, 0, i, preview);
        }
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var i = 0; i < 10_000; i++)
                session.Preview(x, 0, 500, preview);
        }));
    }

    private static void Same(Prediction expected, Prediction found)
    {
        Assert.Equal(expected.Probabilities.ToArray(), found.Probabilities.ToArray());
        Assert.Equal(expected.Votes.ToArray(), found.Votes.ToArray());
        for (var m = 0; m < expected.Votes.Length; m++)
            Assert.Equal(expected.MemberProbabilities(m).ToArray(), found.MemberProbabilities(m).ToArray());
        Assert.Equal(
            (expected.Label, expected.Confidence, expected.Threshold, expected.Act, expected.Reason, expected.Strategy, expected.Agreement),
            (found.Label, found.Confidence, found.Threshold, found.Act, found.Reason, found.Strategy, found.Agreement));
    }
}
