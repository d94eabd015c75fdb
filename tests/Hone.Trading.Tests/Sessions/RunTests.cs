using Hone.Learning.State;

namespace Hone.Trading.Tests.Sessions;

[Collection(SessionTests.Name)]
public class RunTests
{
    // Numbers to be looked at, not to be copied: they change when a rule, a feature or a learner behaves otherwise, and then the release notes say so.
    [Theory]
    [InlineData("default", "97669b925fd0d0ec054822988cf0ac15", "2d405df68766ec9da4a6cfa98d3c0bb0")]
    [InlineData("panel-of-five", "5e19ad96b103c32ef3233fffd68f1809", "55892a0ef1fd3aaf862388b7be1c0ab5")]
    public void Five_thousand_bars_give_the_same_bits_everywhere(string kind, string emissions, string state)
    {
        var session = TestMarket.Session(Setups.All[kind]);
        TestMarket.Run(session, TestMarket.Simulated(5000));
        Assert.Equal((emissions, state), (session.EmissionHash, StateHash.Of(session)));
    }

    public static TheoryData<string> Kinds => StateTests.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_label_and_strategy_asks_answers_and_trades(string kind)
    {
        var setup = Setups.All[kind];
        var session = TestMarket.Session(setup);
        TestMarket.Run(session, TestMarket.Simulated(2000));
        var horizon = session.HorizonBars;
        Assert.Equal(2000 - 214, session.Decisions);
        Assert.InRange(session.Learning.Score.Count, session.Decisions - horizon, session.Decisions - 1);
        Assert.Equal(session.Decisions - session.Learning.Score.Count, session.Learning.OpenQuestions);
        Assert.Equal(0, session.Learning.Expired);
        Assert.True(session.Real.Broker.Trades > 10);
        Assert.True(session.RulesOnly.Broker.Trades > 10);
        Assert.True(session.Outcomes.Learned > 10);
        // A correlation with the direction exists only where the panel predicts one of two directions.
        var directional = setup.Label.Name != "trade-profitable" && session.Learning.Score.Classes == 2;
        Assert.Equal(directional ? session.Learning.Score.Count : 0, session.InformationCoefficient.Count);
        Assert.True(session.Learning.MemberCount > 0 && session.Learning.Statistics(0).Resolved == session.Learning.Score.Count);
    }

    [Fact]
    public void In_steady_state_a_bar_allocates_nothing()
    {
        // Between two doublings of the arrays that hold a few numbers per day.
        var bars = TestMarket.Simulated(46_000);
        var session = TestMarket.Session(new());
        TestMarket.Run(session, bars.AsSpan(0, 26_000));
        var least = long.MaxValue;
        for (var from = 26_000; from < bars.Length; from += 4_000)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            TestMarket.Run(session, bars.AsSpan(from, 4_000));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        // An adaptation may take something, a bar never does.
        Assert.Equal(0, least);
        Assert.True(session.Real.Broker.Trades > 500);
    }

    [Fact]
    public void A_frozen_session_predicts_and_trades_and_learns_nothing()
    {
        var bars = TestMarket.Simulated(2000);
        var session = TestMarket.Session(new());
        TestMarket.Run(session, bars.AsSpan(0, 1500));
        session.Learning.Frozen = true;
        var (learned, weight, means) = (session.Outcomes.Learned, session.Learning.Weight(0), session.BreakEvenConfidence(bars[1500]));
        var trades = session.RulesOnly.Broker.Trades;
        TestMarket.Run(session, bars.AsSpan(1500));
        Assert.True(session.RulesOnly.Broker.Trades > trades + 5);
        Assert.Equal((learned, weight, means), (session.Outcomes.Learned, session.Learning.Weight(0), session.BreakEvenConfidence(bars[1500])));
    }
}
