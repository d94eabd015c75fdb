using Hone.Learning.Sessions;
using Hone.Trading.Agents;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Trading.Tests.Sessions;

[Collection(SessionTests.Name)]
public class TradeCreditTests
{
    // Too few for the panel to know what acting would give: the script alone trades.
    private const int Bars = 70;

    // The votes are what is tested: nobody loses them.
    private static readonly SessionOptions Panel = new()
    {
        Members = [new() { Learner = "says-one" }, new() { Learner = "says-zero" }, new() { Learner = "majority" }],
        Adapt = false,
        MinPredictionsForAdaptation = 1,
    };

    [Fact]
    public void A_members_trades_are_those_whose_side_it_voted_for()
    {
        // Long from bar 30, short from bar 50, flat never: the first trade is long, the second short and open at the end.
        var session = Run(bar => bar is 30 ? TestMarket.Long : bar is 50 ? TestMarket.Short : default, TestMarket.Quiet(Bars), out var trades);
        var trade = Assert.Single(trades).Trade;
        Assert.Equal(1, trade.Side);
        Assert.Equal((1, 0), (session.TradesOf(0).Count, session.TradesOf(1).Count));
        Assert.Equal(trade.NetPnl, session.TradesOf(0).NetPnl);
        Assert.Equal(trade.NetPnl > 0 ? 1 : 0, session.TradesOf(0).Wins);
        // The baseline has no vote, whatever it predicts.
        Assert.Equal(0, session.TradesOf(2).Count);
    }

    [Fact]
    public void On_a_simulated_market_members_are_credited_as_the_entries_say()
    {
        var session = TestMarket.Session(new SessionSetup());
        var counts = new long[session.Learning.MemberCount];
        var money = new double[counts.Length];
        session.Observer = new Listener
        {
            Trade = (_, trade, entry) =>
            {
                for (var m = 0; m < counts.Length; m++)
                {
                    if (entry.Votes[m].Weight <= 0 || entry.Votes[m].Label != (trade.Side > 0 ? 1 : 0))
                        continue;
                    counts[m]++;
                    money[m] += trade.NetPnl;
                }
            },
        };
        TestMarket.Run(session, TestMarket.Simulated(5000));
        Assert.True(counts[0] > 20);
        for (var m = 0; m < counts.Length; m++)
        {
            Assert.Equal(counts[m], session.TradesOf(m).Count);
            Assert.Equal(money[m], session.TradesOf(m).NetPnl);
        }
        Assert.Equal(0, counts[^1]);
    }

    [Fact]
    public void A_trade_that_opens_and_closes_inside_one_bar_comes_of_its_own_decision()
    {
        var bars = TestMarket.Quiet(Bars);
        // The long of bar 30 ends in the stop of the bar it is filled in; the one of bar 45 lives on until it is turned.
        bars[31] = bars[31] with { Low = 90 };
        var session = Run(bar => bar is 30 or 45 ? TestMarket.Long : bar is 60 ? TestMarket.Short : default, bars, out var trades);
        Assert.Equal(2, trades.Count);
        Assert.Equal(0, trades[0].Trade.Bars);
        Assert.Equal(OrderKind.Stop, trades[0].Trade.ExitKind);
        Assert.Equal(bars[30].Close / bars[29].Close - 1, trades[0].Features[0], 1e-12);
        Assert.Equal(bars[45].Close / bars[44].Close - 1, trades[1].Features[0], 1e-12);
        Assert.Equal(2, session.TradesOf(0).Count);
    }

    [Fact]
    public void The_outcome_learner_is_taught_each_trade_with_the_features_of_its_own_decision()
    {
        var catalog = TestMarket.Scripted(bar => bar is 40 or 60 ? TestMarket.Long : bar is 71 ? TestMarket.Short : default);
        var taught = new List<(double[] X, int Label)>();
        FixedLearner.AddTo(catalog, "outcome", 0.5, taught);
        var setup = TestMarket.Small();
        var session = TestMarket.Session(setup with { Trading = setup.Trading with { OutcomeLearner = "outcome" } }, catalog);
        var bars = TestMarket.Quiet(90);
        bars[41] = bars[41] with { Low = 90 };
        bars[60] = bars[60] with { Close = 100.12, High = 100.2 };
        bars[61] = bars[61] with { Open = 100.12 };
        TestMarket.Run(session, bars);
        Assert.Equal(2, taught.Count);
        Assert.Equal(0, taught[0].Label);
        Assert.Equal(bars[40].Close / bars[39].Close - 1, taught[0].X[0], 1e-12);
        Assert.Equal(bars[60].Close / bars[59].Close - 1, taught[1].X[0], 1e-12);
        Assert.Equal([1, 1], taught[1].X[^2..]);
    }

    [Fact]
    public void Under_a_label_about_the_rules_side_a_short_is_credited_to_those_who_called_it_profitable()
    {
        var session = Run(bar => bar is 30 ? TestMarket.Short : bar is 50 ? TestMarket.Long : default, TestMarket.Quiet(Bars), out var trades, "trade-profitable");
        Assert.Equal(-1, Assert.Single(trades).Trade.Side);
        Assert.Equal((1, 0), (session.TradesOf(0).Count, session.TradesOf(1).Count));
    }

    private static TradingSession Run(
        Func<long, Signal> script, Bar[] bars, out List<(Trade Trade, double[] Features)> trades, string label = "direction")
    {
        var catalog = TestMarket.Scripted(script);
        FixedLearner.AddTo(catalog, "says-one", 0.6);
        FixedLearner.AddTo(catalog, "says-zero", 0.4);
        var session = TestMarket.Session(TestMarket.Small(label: label) with { Learning = Panel }, catalog);
        var heard = new List<(Trade, double[])>();
        session.Observer = new Listener { Trade = (_, trade, entry) => heard.Add((trade, entry.Features.ToArray())) };
        TestMarket.Run(session, bars);
        trades = heard;
        return session;
    }
}
