using Hone.Trading.Agents;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Trading.Tests.Sessions;

[Collection(SessionTests.Name)]
public class BarOrderTests
{
    [Fact]
    public void A_decision_on_a_bar_fills_at_the_open_of_the_next_one_and_not_before()
    {
        var bars = TestMarket.Quiet(60);
        var session = TestMarket.Session(TestMarket.Small(), TestMarket.Scripted(bar => bar == 40 ? TestMarket.Long : default));
        TestMarket.Run(session, bars.AsSpan(0, 41));
        Assert.Equal(0, session.Real.Broker.Position);
        Assert.Equal(1, session.Real.Broker.PendingOrders);
        var wanted = session.Real.Broker.PendingMarketQuantity;

        session.On(bars[41]);
        var fill = Assert.Single(session.Real.Broker.Fills.ToArray());
        Assert.Equal(bars[41].Open, fill.Price);
        Assert.Equal(wanted, fill.Quantity);
        Assert.Equal(0.10 * 100_000 / bars[40].Close, fill.Quantity, 1e-9);
        Assert.Equal(OrderKind.Market, fill.Kind);
    }

    [Fact]
    public void Nothing_is_decided_before_the_features_are_ready()
    {
        var bars = TestMarket.Quiet(40);
        var session = TestMarket.Session(TestMarket.Small(), TestMarket.Scripted(_ => TestMarket.Long));
        TestMarket.Run(session, bars.AsSpan(0, TestMarket.FirstAsked));
        Assert.False(session.Asked);
        Assert.True(session.Real.IsFlat);
        session.On(bars[TestMarket.FirstAsked]);
        Assert.True(session.Asked);
        Assert.Equal(1, session.Real.Broker.PendingOrders);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_bar_that_reaches_stop_and_target_ends_in_the_stop(int side)
    {
        var bars = TestMarket.Quiet(60);
        var trades = new List<Trade>();
        var session = TestMarket.Session(TestMarket.Small(), TestMarket.Scripted(bar => bar == 40 ? new Signal(side, 1) : default));
        session.Observer = new Listener { Trade = (_, trade, _) => trades.Add(trade) };
        TestMarket.Run(session, bars.AsSpan(0, 42));
        var stop = session.Real.Broker.StopPrice;
        var target = session.Real.Broker.TargetPrice;
        Assert.InRange(side * stop, double.NegativeInfinity, side * bars[41].Close);
        Assert.InRange(side * target, side * bars[41].Close, double.PositiveInfinity);

        session.On(bars[42] with { High = 105, Low = 95 });
        var trade = Assert.Single(trades);
        Assert.Equal(OrderKind.Stop, trade.ExitKind);
        Assert.Equal(stop, trade.ExitPrice, 1e-9);
    }

    [Fact]
    public void A_label_is_learned_before_the_next_question_is_asked_and_not_a_bar_later()
    {
        var catalog = TestMarket.Scripted(_ => default);
        var taught = new List<(double[] X, int Label)>();
        FixedLearner.AddTo(catalog, "fixed", 0.5, taught);
        var setup = TestMarket.Small() with { Learning = new() { Members = [new() { Learner = "fixed" }] } };
        var session = TestMarket.Session(setup, catalog);
        var answers = 0;
        session.Observer = new Listener
        {
            Answer = (s, label, verdict) =>
            {
                answers++;
                // Horizon 3: the question of three bars ago, while this bar's question has not been asked.
                Assert.Equal(s.Bars - 3, label.Id);
                Assert.Equal(s.Bars - TestMarket.FirstAsked, s.Learning.Panel.Predictions);
                Assert.Equal(3, label.AgeBars);
                Assert.Equal(label.AvailableAtUs, s.LastBarUs);
            },
            Bar = (s, _) => Assert.Equal(Math.Max(0, s.Bars - TestMarket.FirstAsked - 3), taught.Count),
        };
        var bars = TestMarket.Simulated(200);
        TestMarket.Run(session, bars);
        Assert.Equal(200 - TestMarket.FirstAsked - 3, answers);
        for (var i = 0; i < taught.Count; i++)
            Assert.Equal(bars[TestMarket.FirstAsked + i + 3].Close > bars[TestMarket.FirstAsked + i].Close ? 1 : 0, taught[i].Label);
    }

    [Fact]
    public void Without_costs_the_account_is_the_sum_of_its_fills_to_the_last_digits()
    {
        var setup = new SessionSetup { Costs = new() { Name = "none" } };
        var session = TestMarket.Session(setup);
        var (cash, position, closed) = (100_000.0, 0.0, 0.0);
        session.Observer = new Listener { Trade = (_, trade, _) => closed += trade.NetPnl };
        foreach (var bar in TestMarket.Simulated(4000))
        {
            session.On(bar);
            foreach (var fill in session.Real.Broker.Fills)
            {
                cash -= fill.Quantity * fill.Price;
                position += fill.Quantity;
                if (fill.Kind == OrderKind.Market)
                    Assert.Equal(bar.Open, fill.Price);
                else
                    Assert.InRange(fill.Price, bar.Low, bar.High);
            }
            Assert.Equal(cash + position * bar.Close, session.Real.Broker.Equity, 1e-6);
        }
        Assert.True(session.Real.Broker.Trades > 50);
        Assert.Equal(0, session.Real.Broker.TotalCosts);
        Assert.Equal(session.Real.Broker.GrossPnl, session.Real.Broker.NetPnl, 1e-6);
        Assert.Equal(100_000 + closed + session.Real.Broker.OpenTrade.NetPnl, session.Real.Broker.Equity, 1e-6);
    }

    [Fact]
    public void An_exit_that_the_volume_cuts_goes_on_until_nothing_is_held()
    {
        var bars = TestMarket.Quiet(80);
        // At bar 50 a weak opposite signal: enough to leave, not enough for a position of its own. After it, no opinion.
        var script = TestMarket.Scripted(bar => bar == 40 ? TestMarket.Long : bar == 50 ? new Signal(-0.5, 0.02) : default);
        var session = TestMarket.Session(TestMarket.Small(), script);
        TestMarket.Run(session, bars.AsSpan(0, 51));
        var held = session.Real.Broker.Position;
        Assert.True(held > 90);
        // 5 % of 800 units: the exit needs three bars.
        for (var i = 51; i < 54; i++)
        {
            Assert.True(session.Real.Broker.Position > 0);
            session.On(bars[i] with { Volume = 800 });
        }
        Assert.Equal(0, session.Real.Broker.Position);
        Assert.Equal(1, session.Real.Broker.Trades);
    }

    [Fact]
    public void A_bar_that_is_no_bar_is_refused_and_changes_nothing()
    {
        var setup = new SessionSetup();
        var session = TestMarket.Session(setup);
        var bars = TestMarket.Simulated(400);
        TestMarket.Run(session, bars.AsSpan(0, 300));
        var hash = Learning.State.StateHash.Of(session);
        var bar = bars[300];
        foreach (var bad in (Bar[])
                 [
                     bar with { CloseTimeUs = bars[299].CloseTimeUs }, bar with { Close = double.NaN }, bar with { High = double.PositiveInfinity }, bar with { Low = 0 },
                     bar with { High = bar.Low }, bar with { Low = bar.High }, bar with { Volume = -1 }, bar with { Volume = double.NaN }, bar with { Open = bar.High * 2 },
                 ])
            Assert.Throws<ArgumentException>(() => session.On(bad));
        Assert.Throws<ArgumentException>(() => session.On(bar, [1.0]));
        Assert.Equal(hash, Learning.State.StateHash.Of(session));
        session.On(bar);
    }

    [Fact]
    public void An_agent_without_a_number_has_no_opinion_and_one_out_of_range_is_named()
    {
        var bars = TestMarket.Quiet(60);
        var silent = TestMarket.Session(TestMarket.Small(), TestMarket.Scripted(_ => new Signal(double.NaN, 1)));
        TestMarket.Run(silent, bars);
        Assert.Equal(0, silent.Real.Broker.Turnover);

        var loud = TestMarket.Session(TestMarket.Small(), TestMarket.Scripted(_ => new Signal(1.5, 1)));
        var error = Assert.Throws<InvalidOperationException>(() => TestMarket.Run(loud, bars));
        Assert.Contains("'scripted'", error.Message);
    }
}
