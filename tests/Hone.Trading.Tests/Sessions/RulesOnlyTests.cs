using Hone.Learning.Sessions;
using Hone.Trading.Agents;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Trading.Tests.Sessions;

[Collection(SessionTests.Name)]
public class RulesOnlyTests
{
    [Fact]
    public void The_rules_only_book_does_not_depend_on_the_panel_or_on_the_veto()
    {
        var bars = TestMarket.Simulated(4000);
        var truth = Equities(new SessionSetup(), bars);
        Assert.True(truth.Distinct().Count() > 100);
        var seed = new SessionSetup();
        foreach (var setup in (SessionSetup[])
                 [
                     seed with { Learning = new() { Members = [new() { Learner = "mlp" }], Strategy = ServingStrategy.Champion } },
                     seed with { Learning = new() { Members = [new() { Learner = "majority" }] } },
                     seed with { Learning = new() { Strategy = ServingStrategy.Thompson }, Seed = 7 },
                     seed with { Trading = new() { OutcomeVeto = false } },
                     seed with { Features = ["return_1", "higher_24_rsi_7"] },
                 ])
            Assert.Equal(truth, Equities(setup, bars));
    }

    [Fact]
    public void Where_the_panel_never_acts_and_vetoes_nothing_the_real_book_is_the_rules_only_book()
    {
        var session = TestMarket.Session(new SessionSetup { Learning = new() { Members = [new() { Learner = "majority" }] }, Trading = new() { OutcomeVeto = false } });
        foreach (var bar in TestMarket.Simulated(3000))
        {
            session.On(bar);
            Assert.Equal(session.RulesOnly.Broker.Equity, session.Real.Broker.Equity);
        }
        Assert.True(session.Real.Broker.Trades > 30);
        Assert.Equal(0, session.PanelActed);
    }

    [Fact]
    public void A_panel_that_is_sure_and_right_trades_without_a_rule()
    {
        var catalog = TestMarket.Scripted(_ => default);
        FixedLearner.AddTo(catalog, "up", 0.99);
        var setup = TestMarket.Small() with { Learning = new() { Members = [new() { Learner = "up" }], Calibrator = "identity" } };
        var session = TestMarket.Session(setup, catalog);
        // A market that rises with small steps back, so that both a right and a wrong answer are known.
        var bars = TestMarket.Quiet(400);
        for (var i = 0; i < bars.Length; i++)
        {
            var scale = 1 + 0.001 * i - (i % 40 < 5 ? 0.004 * (i % 40) : 0);
            bars[i] = bars[i] with { Open = scale * 100, High = scale * 100.5, Low = scale * 99.5, Close = scale * 100 };
        }
        TestMarket.Run(session, bars);
        Assert.True(session.PanelActed > 0);
        Assert.True(session.Real.Broker.Turnover > 0);
        Assert.Equal(0, session.RulesOnly.Broker.Turnover);
    }

    [Fact]
    public void The_panel_acts_exactly_when_its_expected_value_after_costs_is_above_zero()
    {
        var session = TestMarket.Session(new SessionSetup { Costs = new() { Name = "custom", Options = TestMarket.Json("""{"taker_bp":0.1,"maker_bp":0.1,"half_spread_bp":0}""") } });
        // The trailing means, computed again: about a thousand answers, believed after fifty.
        var (answers, gain, gainWeight, loss, lossWeight) = (0, 0.0, 0.0, 0.0, 0.0);
        var (acted, held) = (0, 0);
        session.Observer = new Listener
        {
            Answer = (_, label, verdict) =>
            {
                answers++;
                var size = Math.Abs(label.Outcome.Return);
                if (verdict.Correct)
                    (gain, gainWeight) = (gain + 0.001 * (size - gain), gainWeight + 0.001 * (1 - gainWeight));
                else
                    (loss, lossWeight) = (loss + 0.001 * (size - loss), lossWeight + 0.001 * (1 - lossWeight));
            },
            Bar = (s, bar) =>
            {
                if (!s.Asked || s.Learning.Last.Reason == ActReason.NoVotes)
                    return;
                var p = s.Learning.Last.Confidence;
                var value = p * gain / gainWeight - (1 - p) * loss / lossWeight - s.Costs.RoundTrip(bar.Close, bar.CloseTimeUs);
                if (Math.Abs(value) < 1e-12)
                    return;
                Assert.Equal(answers >= 50 && value > 0 && p != 0.5, s.Signal.PanelActed);
                (acted, held) = s.Signal.PanelActed ? (acted + 1, held) : (acted, held + 1);
            },
        };
        TestMarket.Run(session, TestMarket.Simulated(4000));
        Assert.True(acted > 20 && held > 20, $"{acted} {held}");
        Assert.InRange(session.PanelActed, acted, acted + 5);
    }

    [Theory]
    [InlineData(0.39, false)]
    [InlineData(0.41, true)]
    public void A_rule_enters_only_from_its_entry_signal_on(double strength, bool enters)
    {
        var session = TestMarket.Session(TestMarket.Small(), TestMarket.Scripted(bar => bar >= 30 ? new Signal(strength, 1) : default));
        TestMarket.Run(session, TestMarket.Quiet(50));
        Assert.Equal(enters, session.Real.Broker.Position > 0);
        Assert.Equal(enters, session.RulesOnly.Broker.Position > 0);
    }

    [Fact]
    public void A_loss_that_ends_in_a_stop_is_not_missing_from_the_shifted_positions()
    {
        var bars = TestMarket.Quiet(60);
        // Bought at the open of bar 31, stopped inside bar 32: no position is seen at the close of bar 32, and its fall was felt.
        bars[32] = bars[32] with { Low = 98, Close = 98 };
        bars[33] = bars[33] with { Open = 98, Low = 98 };
        var session = TestMarket.Session(TestMarket.Small(), TestMarket.Scripted(bar => bar == 30 ? TestMarket.Long : default));
        TestMarket.Run(session, bars);
        Assert.Equal(1, session.Real.Broker.Trades);
        var exposed = 0.1 * (bars[31].Open / bars[30].Close);
        var fall = bars[32].Close / bars[31].Close - 1;
        Assert.Equal(exposed * fall, session.Baselines.Compute(365, 1).RandomSameTurnover!.NetProfit, 1e-4);
    }

    [Fact]
    public void Vetoes_begin_only_after_enough_rules_only_trades_and_never_starve_the_learner()
    {
        var catalog = Catalog();
        var setup = new SessionSetup { Trading = new() { OutcomeLearner = "never", OutcomeVotesAfter = 20 }, Learning = new() { Members = [new() { Learner = "majority" }] } };
        var session = TestMarket.Session(setup, catalog);
        var (first, at) = (-1L, -1L);
        var realTrades = 0;
        session.Observer = new Listener
        {
            Bar = (s, _) =>
            {
                if (s.Vetoes == 0)
                    realTrades = s.Real.Broker.Trades;
                else if (first < 0)
                    (first, at) = (s.Outcomes.Learned, s.Bars);
            },
        };
        TestMarket.Run(session, TestMarket.Simulated(4000));
        Assert.InRange(first, 20, 40);
        Assert.True(at > 0);
        // Each rule is vetoed from then on, so the real book stands still while the rules-only book goes on and teaches.
        Assert.InRange(session.Real.Broker.Trades, realTrades, realTrades + 1);
        Assert.True(session.Outcomes.Learned > first + 20);
        Assert.Equal(session.RulesOnly.Broker.Trades, session.Outcomes.Learned);

        var patient = TestMarket.Session(setup with { Trading = setup.Trading with { OutcomeVotesAfter = 1000 } }, Catalog());
        TestMarket.Run(patient, TestMarket.Simulated(4000));
        Assert.Equal(0, patient.Vetoes);

        static TradingCatalog Catalog()
        {
            var catalog = TradingCatalog.BuiltIn();
            FixedLearner.AddTo(catalog, "never", 0.0);
            return catalog;
        }
    }

    [Fact]
    public void The_accuracy_of_the_rules_is_counted_on_the_questions_on_which_they_spoke()
    {
        var session = TestMarket.Session(new SessionSetup());
        var sides = new Dictionary<long, int>();
        var (answers, right, panel) = (0, 0, 0);
        session.Observer = new Listener
        {
            Bar = (s, _) => sides[s.Bars - 1] = s.Asked ? Math.Sign(s.Signal.Rule.Direction) : 0,
            Answer = (_, label, verdict) =>
            {
                if (sides[label.Id] == 0)
                    return;
                answers++;
                right += (label.Outcome.Return > 0) == (sides[label.Id] > 0) ? 1 : 0;
                panel += verdict.Correct ? 1 : 0;
            },
        };
        TestMarket.Run(session, TestMarket.Simulated(3000));
        Assert.True(answers > 100);
        Assert.Equal((answers, right, panel), (session.Rules.Answers, session.Rules.Correct, session.Rules.PanelCorrect));
        Assert.Equal((double)right / answers, session.Rules.Accuracy);
    }

    [Fact]
    public void Buy_and_hold_and_shifted_positions_stand_beside_the_account()
    {
        var bars = TestMarket.Simulated(3000);
        var session = TestMarket.Session(new SessionSetup { Costs = new() { Name = "none" } });
        TestMarket.Run(session, bars);
        var baselines = session.Baselines.Compute(365, 1);
        Assert.Equal(bars[^1].Close / bars[0].Close - 1, baselines.BuyAndHold.NetProfit!.Value, 1e-9);
        // Without costs, close to close on the exposure after the open's fills comes near the account itself.
        Assert.NotNull(baselines.RandomSameTurnover);
        Assert.Equal(session.Real.Broker.NetPnl / 100_000, baselines.RandomSameTurnover.NetProfit, 0.02);
        Assert.Equal(bars.Length, session.Baselines.Bars);
    }

    private static double[] Equities(SessionSetup setup, Bar[] bars)
    {
        var session = TestMarket.Session(setup);
        var equities = new double[bars.Length];
        for (var i = 0; i < bars.Length; i++)
        {
            session.On(bars[i]);
            equities[i] = session.RulesOnly.Broker.Equity;
        }
        return equities;
    }
}
