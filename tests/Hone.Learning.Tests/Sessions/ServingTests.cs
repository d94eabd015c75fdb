using Hone.Learning.Sessions;

namespace Hone.Learning.Tests.Sessions;

/// <summary>Which members a prediction is made of.</summary>
public sealed class ServingTests
{
    private static double Seven(ReadOnlySpan<double> x, long learned) => x[0] == 1 ? 0.7 : 0.3;

    [Fact]
    public void An_ensemble_is_the_mean_of_the_voters_by_their_weights()
    {
        var panel = new StubPanel().With("right", StubPanel.Right).With("base", (s, _) => new BaselineStub(s, StubPanel.Right)).With("seven", Seven).Start();
        panel.Run(25);
        var prediction = panel.Ask([1, 0, 0]);
        var (right, seven) = (panel.Session.Weight(0), panel.Session.Weight(2));
        Assert.True(right > seven && seven > 0);
        Assert.Equal(1, right + seven, 12);
        Assert.Equal(0.9 * right + 0.7 * seven, prediction.Probabilities[1], 12);
        Assert.Equal([right, 0, seven], prediction.Votes.ToArray().Select(v => v.Weight), Close);
        Assert.Equal([MemberState.Voting, MemberState.Baseline, MemberState.Voting], prediction.Votes.ToArray().Select(v => v.State));
        Assert.Equal([0.3, 0.7], panel.Session.Last.MemberProbabilities(2).ToArray(), Close);
        Assert.Equal(1, prediction.Agreement, 12);
    }

    [Fact]
    public void Agreement_is_the_share_of_weight_that_votes_for_the_decision()
    {
        var panel = new StubPanel().With("right", StubPanel.Right).With("other", (x, _) => x[1] == 1 ? 0.45 : x[0] == 1 ? 0.9 : 0.1).Start();
        panel.Run(20);
        var prediction = panel.Ask([1, 1, 0]);
        Assert.Equal((1, 0.5), (prediction.Label, Math.Round(prediction.Agreement, 12)));
    }

    [Fact]
    public void A_member_without_a_vote_keeps_its_weight_up_to_date()
    {
        // The right one fails once: it is left out and warms up, while the others share the vote; then it is back with what it has earned.
        var panel = new StubPanel()
            .With("right", (x, _) => x[1] == 1 ? double.NaN : x[0] == 1 ? 0.9 : 0.1)
            .With("seven", Seven).With("half", StubPanel.Half).Start();
        panel.Run(30);
        var before = panel.Session.Weight(0);
        Assert.True(before > 0.9);
        var prediction = panel.Ask([1, 1, 0]);
        var (seven, half) = (panel.Session.Weight(1), panel.Session.Weight(2));
        Assert.Equal((0.7 * seven + 0.5 * half) / (seven + half), prediction.Probabilities[1], 12);
        Assert.Equal([0, seven / (seven + half), half / (seven + half)], prediction.Votes.ToArray().Select(v => v.Weight), Close);
        Assert.Equal([MemberState.Failed, MemberState.Voting, MemberState.Voting], prediction.Votes.ToArray().Select(v => v.State));
        panel.Run(10);
        Assert.True(panel.Session.Weight(0) > before);
        Assert.Equal(panel.Session.Weight(0), panel.Ask([1, 0, 0]).Votes[0].Weight, 12);
    }

    [Fact]
    public void The_champion_is_the_first_that_votes()
    {
        var panel = new StubPanel().With("base", (s, _) => new BaselineStub(s, StubPanel.Right)).With("seven", (x, _) => x[1] == 1 ? double.NaN : Seven(x, 0)).With("right", StubPanel.Right)
            .Start(new() { Strategy = ServingStrategy.Champion });
        panel.Run(20);
        Assert.Equal(0.7, panel.Ask([1, 0, 0]).Probabilities[1], 12);
        Assert.Equal([0.0, 1.0, 0.0], panel.Session.Last.Votes.ToArray().Select(v => v.Weight));
        Assert.Equal(0.9, panel.Ask([1, 1, 0]).Probabilities[1], 12);
        Assert.Equal([0.0, 0.0, 1.0], panel.Session.Last.Votes.ToArray().Select(v => v.Weight));
        Assert.Equal(ServingStrategy.Champion, panel.Session.Last.Strategy);
    }

    [Fact]
    public void The_best_is_the_voter_with_the_lowest_log_loss_of_the_window()
    {
        // The first is right for 60 answers and wrong from then on: of all answers it stays the better one for long, of the last 20 it soon is not.
        var panel = new StubPanel().With("base", (s, _) => new BaselineStub(s, StubPanel.Right)).With("once", (x, learned) => learned < 60 ? StubPanel.Right(x, 0) : 0.4).With("seven", Seven)
            .Start(new() { Strategy = ServingStrategy.Best, WindowAnswers = 20, FloorEvidence = 1e12 });
        panel.Run(60);
        Assert.Equal(1, Served(panel));
        panel.Run(20);
        Assert.True(panel.Session.Statistics(1).LogLoss < panel.Session.Statistics(2).LogLoss);
        Assert.Equal(2, Served(panel));
    }

    [Fact]
    public void Thompson_draws_when_flat_or_after_a_horizon_and_holds_in_between()
    {
        const int Horizon = 7;
        var panel = new StubPanel(Horizon).With("a", Seven).With("b", Seven).With("c", Seven).Start(new() { Strategy = ServingStrategy.Thompson });
        panel.Run(30);

        var flat = Enumerable.Range(0, 60).Select(_ => Served(panel)).ToArray();
        Assert.Equal([0, 1, 2], flat.Distinct().Order());

        // In a position: each draw serves exactly h questions.
        panel.Ask([1, 0, 0], flat: true);
        var held = Enumerable.Range(0, 70 * Horizon).Select(_ => Served(panel, flat: false)).ToArray();
        var last = Array.FindIndex([.. panel.Session.Last.Votes], v => v.Weight == 1);
        Assert.Equal(last, held[^1]);
        for (var i = 1; i < held.Length; i++)
            Assert.True(held[i] == held[i - 1] || (i + 1) % Horizon == 0, $"a new draw at {i}");
        Assert.Equal([0, 1, 2], held.Distinct().Order());

        // Going flat draws at once and starts the count again.
        var changed = 0;
        for (var i = 0; i < 60; i++)
        {
            var now = Served(panel, flat: true);
            for (var k = 1; k < Horizon; k++)
                Assert.Equal(now, Served(panel, flat: false));
            changed += Served(panel, flat: false) != now ? 1 : 0;
        }
        Assert.InRange(changed, 10, 59);
    }

    [Fact]
    public void Thompson_prefers_what_was_right_and_never_draws_a_member_without_a_vote()
    {
        var panel = new StubPanel().With("base", (s, _) => new BaselineStub(s, StubPanel.Right)).With("right", StubPanel.Right).With("half", StubPanel.Half)
            .Start(new() { Strategy = ServingStrategy.Thompson });
        Assert.Equal(ActReason.NoVotes, panel.Ask([1, 0, 0]).Reason);
        panel.Run(60);
        var served = Enumerable.Range(0, 300).Select(_ => Served(panel)).GroupBy(m => m).ToDictionary(g => g.Key, g => g.Count());
        Assert.False(served.ContainsKey(0));
        Assert.True(served[1] > 250);
    }

    [Fact]
    public void The_confidence_is_compared_with_the_threshold_of_what_was_served()
    {
        // The champion says 0.9 and is right six times in ten; the calibrator says so, and the panel's own threshold has no reason to rise.
        var catalog = Catalog.BuiltIn();
        catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("sure", "A stub.", (shape, _) => new Stub(shape, StubPanel.Right)));
        var session = new LearningSession(catalog,
            new() { Members = [new() { Learner = "sure" }], Strategy = ServingStrategy.Champion, InputDrift = false, Adapt = false, InitialThreshold = 0.55 },
            new SessionShape(["x0"], 2, 1, 1));
        for (var i = 0; i < 6_000; i++)
        {
            session.Ask(i, [i % 2], i);
            session.TryAnswer(i, i % 10 < 6 ? i % 2 : 1 - i % 2, i, out _);
        }
        Assert.InRange(session.Last.Confidence, 0.57, 0.63);
        Assert.Equal(0.9, session.Statistics(0).Threshold, 2);
        Assert.Equal(session.Panel.Threshold, session.Last.Threshold);
        Assert.True(session.Last.Act);
    }

    [Fact]
    public void Three_classes_are_served_and_scored()
    {
        var panel = new StubPanel(classes: 3).With("right", StubPanel.Right).With("half", StubPanel.Half).Start();
        for (var i = 0; i < 90; i++)
            panel.Step([i % 3 == 1 ? 1 : 0, 0, 0], i % 3);
        var prediction = panel.Ask([1, 0, 0]);
        Assert.Equal(1, prediction.Label);
        Assert.Equal(1, prediction.Probabilities.ToArray().Sum(), 12);
        var brier = LearningSession.Brier(prediction.Probabilities, 2);
        Assert.True(panel.Session.TryAnswer(panel.NextId - 1, 2, panel.NowUs, out var verdict));
        Assert.Equal((1, 2, false), (verdict.Predicted, verdict.Label, verdict.Correct));
        Assert.Equal(brier, verdict.Brier, 12);
    }

    private static int Served(StubPanel panel, bool flat = true)
    {
        var votes = panel.Ask([1, 0, 0], flat: flat).Votes;
        var served = -1;
        for (var m = 0; m < votes.Length; m++)
            if (votes[m].Weight == 1)
                served = m;
        return served;
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-12;
}
