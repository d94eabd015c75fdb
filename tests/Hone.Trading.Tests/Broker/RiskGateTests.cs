using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Broker;

public sealed class RiskGateTests
{
    // 2024-05-01 00:00 UTC.
    private const long Midnight = 1_714_521_600 * EventTime.SecondUs;

    private sealed class Gate(RiskLimits limits, double equity = 100_000)
    {
        public RiskGate Inner { get; } = new(limits, equity);

        public long TimeUs { get; private set; } = Midnight;

        public double Held { get; set; }

        public double Other { get; set; }

        public double Equity { get; private set; } = equity;

        private BookState State => new(Equity, Held, Other);

        public Gate Bar(double? equity = null, params double[] netPnls)
        {
            Equity = equity ?? Equity;
            TimeUs += EventTime.HourUs;
            Inner.Update(State, TimeUs, netPnls.Select(pnl => new Trade { NetPnl = pnl }).ToArray());
            return this;
        }

        public RiskDecision Wish(double desired) => Inner.Decide(desired, State);
    }

    // Limits that never act, so that a test sees only the one it sets.
    private static readonly RiskLimits Open = new()
    {
        MaxPosition = 10, MaxExposure = 100, DailyLoss = 1, DrawdownStop = 1, CooldownBars = 0, LossStreak = 0,
    };

    [Theory]
    [InlineData(0.1, 0.1, RiskReason.Allowed)]
    [InlineData(-0.25, -0.25, RiskReason.Allowed)]
    [InlineData(0.4, 0.25, RiskReason.Position)]
    [InlineData(-0.4, -0.25, RiskReason.Position)]
    [InlineData(0, 0, RiskReason.Allowed)]
    public void A_position_is_cut_to_its_largest_size(double desired, double allowed, RiskReason reason)
        => Assert.Equal(new RiskDecision(allowed, reason), new Gate(new()).Bar().Wish(desired));

    [Fact]
    public void Exposure_counts_the_other_symbols_of_the_book()
    {
        var gate = new Gate(Open with { MaxExposure = 0.5 }) { Other = 0.4 }.Bar();
        Assert.Equal(RiskReason.Exposure, gate.Wish(-0.2).Reason);
        Assert.Equal(-0.1, gate.Wish(-0.2).Fraction, 12);

        gate.Other = 0.6;
        Assert.Equal(new RiskDecision(0, RiskReason.Exposure), gate.Wish(0.2));
    }

    [Fact]
    public void The_portfolio_caps_a_book_and_lifts_the_cap()
    {
        var gate = new Gate(Open).Bar();
        gate.Inner.SetPortfolioCap(0.05);
        Assert.Equal(new RiskDecision(0.05, RiskReason.Portfolio), gate.Wish(0.2));
        gate.Inner.SetPortfolioCap(0);
        Assert.Equal(new RiskDecision(0, RiskReason.Portfolio), gate.Wish(-0.2));
        gate.Inner.SetPortfolioCap(double.PositiveInfinity);
        Assert.Equal(new RiskDecision(0.2, RiskReason.Allowed), gate.Wish(0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.Inner.SetPortfolioCap(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.Inner.SetPortfolioCap(-1));
    }

    [Fact]
    public void The_reason_is_the_limit_that_cuts_most()
    {
        var gate = new Gate(Open with { MaxPosition = 0.3, MaxExposure = 0.2 }).Bar();
        gate.Inner.SetPortfolioCap(0.25);

        Assert.Equal(new RiskDecision(0.2, RiskReason.Exposure), gate.Wish(1));
    }

    [Fact]
    public void A_daily_loss_flattens_until_the_UTC_day_ends()
    {
        var gate = new Gate(Open with { DailyLoss = 0.03 });

        gate.Bar(97_001);
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);
        gate.Bar(97_000);
        Assert.Equal(new RiskDecision(0, RiskReason.DailyLoss), gate.Wish(0.1));

        // A recovery inside the day does not lift it; nor does the bar that ends the day at 00:00.
        gate.Bar(101_000);
        Assert.Equal(RiskReason.DailyLoss, gate.Wish(0.1).Reason);
        while (gate.TimeUs < Midnight + EventTime.DayUs)
            gate.Bar(99_000);
        Assert.Equal(RiskReason.DailyLoss, gate.Wish(0.1).Reason);
        gate.Bar(99_000);
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);

        // The new day counts from the equity at its start, 99,000.
        gate.Bar(96_031);
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);
        gate.Bar(96_030);
        Assert.Equal(RiskReason.DailyLoss, gate.Wish(0.1).Reason);
    }

    [Fact]
    public void A_drawdown_flattens_and_resumes_after_its_bars_with_a_new_peak()
    {
        var gate = new Gate(Open with { DrawdownStop = 0.20, DrawdownResumeBars = 3 }).Bar(110_000).Bar(88_001);
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);

        gate.Bar(88_000);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new RiskDecision(0, RiskReason.Drawdown), gate.Wish(0.1));
            gate.Bar(88_000);
        }
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);

        gate.Bar(70_401);
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);
        gate.Bar(70_400);
        Assert.Equal(RiskReason.Drawdown, gate.Wish(0.1).Reason);
    }

    [Fact]
    public void Without_bars_to_resume_only_an_operator_ends_a_drawdown_stop()
    {
        var gate = new Gate(Open with { DrawdownStop = 0.20, DrawdownResumeBars = 0 }).Bar(80_000);
        for (var i = 0; i < 2000; i++)
            gate.Bar();
        Assert.Equal(RiskReason.Drawdown, gate.Wish(0.1).Reason);

        gate.Inner.Resume();
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);
        Assert.Equal(RiskReason.Allowed, gate.Bar(70_000).Wish(0.1).Reason);
    }

    [Fact]
    public void A_losing_trade_forbids_new_exposure_for_the_cooldown()
    {
        var gate = new Gate(Open with { CooldownBars = 3 }).Bar(null, -5.0);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new RiskDecision(0, RiskReason.Cooldown), gate.Wish(0.1));
            gate.Bar();
        }
        Assert.Equal(new RiskDecision(0.1, RiskReason.Allowed), gate.Wish(0.1));
    }

    [Fact]
    public void A_cooldown_lets_a_position_be_kept_and_reduced_but_neither_grow_nor_turn()
    {
        var gate = new Gate(Open with { CooldownBars = 3 }) { Held = -0.1 }.Bar(null, -5.0);

        Assert.Equal(new RiskDecision(-0.1, RiskReason.Allowed), gate.Wish(-0.1));
        Assert.Equal(new RiskDecision(-0.05, RiskReason.Allowed), gate.Wish(-0.05));
        Assert.Equal(new RiskDecision(-0.1, RiskReason.Cooldown), gate.Wish(-0.2));
        Assert.Equal(new RiskDecision(0, RiskReason.Cooldown), gate.Wish(0.1));
    }

    [Fact]
    public void A_winning_trade_starts_no_cooldown_and_ends_a_streak()
    {
        var gate = new Gate(Open with { CooldownBars = 3, LossStreak = 3, LossStreakPauseBars = 5 }).Bar(null, 1.0);
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);

        gate.Bar(null, -1, -1, 1, -1);
        Assert.Equal(1, gate.Inner.LosingStreak);
    }

    [Fact]
    public void A_loss_streak_pauses_the_book_and_starts_anew()
    {
        var gate = new Gate(Open with { LossStreak = 3, LossStreakPauseBars = 2 }).Bar(null, -1.0).Bar(null, -1.0);
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);

        gate.Bar(null, -1.0);
        Assert.Equal((RiskReason.LossStreak, 0), (gate.Wish(0.1).Reason, gate.Inner.LosingStreak));
        Assert.Equal(RiskReason.LossStreak, gate.Bar().Wish(0.1).Reason);
        Assert.Equal(RiskReason.Allowed, gate.Bar().Wish(0.1).Reason);
    }

    [Fact]
    public void An_operator_stops_and_resumes_a_book()
    {
        var gate = new Gate(Open).Bar();
        gate.Inner.Stop();
        Assert.Equal(new RiskDecision(0, RiskReason.Stopped), gate.Bar().Wish(0.1));
        gate.Inner.Resume();
        Assert.Equal(RiskReason.Allowed, gate.Wish(0.1).Reason);
    }

    [Fact]
    public void A_book_without_equity_is_stopped_whatever_is_wished()
    {
        var gate = new Gate(Open).Bar(-1);
        Assert.Equal(RiskReason.Stopped, gate.Wish(0.1).Reason);
        gate.Inner.Resume();
        Assert.Equal(RiskReason.Stopped, gate.Bar(0).Wish(0.1).Reason);
    }

    [Fact]
    public void Reasons_are_counted()
    {
        var gate = new Gate(new() { MaxPosition = 0.2 }).Bar();
        gate.Wish(0.1);
        gate.Wish(0.3);
        gate.Wish(-0.3);

        Assert.Equal((1L, 2L, 0L), (gate.Inner.Count(RiskReason.Allowed), gate.Inner.Count(RiskReason.Position), gate.Inner.Count(RiskReason.Cooldown)));
    }

    [Fact]
    public void A_wish_that_is_not_a_number_is_a_mistake_of_the_caller()
    {
        var gate = new Gate(new()).Bar();
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.Wish(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.Bar(double.NaN));
        Assert.Throws<ArgumentException>(() => gate.Inner.Update(new(1, 0), 0, []));
        Assert.Throws<InvalidOptionsException>(() => new RiskGate(new() { DailyLoss = double.NaN }, 1));
        Assert.Throws<InvalidOptionsException>(() => new RiskGate(new() { MaxPosition = -1 }, 1));
        Assert.Throws<InvalidOptionsException>(() => new RiskGate(new(), double.NaN));
    }

    [Fact]
    public void An_unknown_exposure_closes_the_gate()
    {
        var gate = new Gate(Open) { Other = double.NaN }.Bar();
        Assert.Equal(new RiskDecision(0, RiskReason.Exposure), gate.Wish(0.1));
    }

    [Fact]
    public void The_gate_never_enlarges_or_turns_a_wish_and_a_saved_gate_continues_bit_for_bit()
    {
        var limits = new RiskLimits { CooldownBars = 4, LossStreak = 3, LossStreakPauseBars = 9, DrawdownStop = 0.05, DrawdownResumeBars = 20, DailyLoss = 0.02 };
        var rng = new Hone.Learning.Numerics.Rng(7, "gate");
        var gate = new RiskGate(limits, 100);
        var equity = 100.0;
        for (var i = 1; i <= 5000; i++)
        {
            equity *= 1 + 0.01 * rng.NextGaussian();
            var book = new BookState(equity, rng.NextDouble() - 0.5, rng.NextDouble());
            Trade[] trades = rng.NextInt32(4) == 0 ? [new Trade { NetPnl = rng.NextGaussian() }] : [];
            if (i % 97 == 0)
            {
                var restored = new RiskGate(limits, 100);
                restored.Load(new StateReader(Book.Saved(gate)));
                Assert.Equal(Book.Saved(gate), Book.Saved(restored));
                gate = restored;
            }
            gate.Update(book, Midnight + i * EventTime.HourUs, trades);
            var desired = rng.NextGaussian() * 0.3;
            var decision = gate.Decide(desired, book);
            Assert.True(decision.Fraction * desired >= 0 && Math.Abs(decision.Fraction) <= Math.Abs(desired));
            Assert.Equal(decision.Reason == RiskReason.Allowed, decision.Fraction == desired);
        }
        foreach (var reason in (RiskReason[])[RiskReason.Position, RiskReason.Exposure, RiskReason.DailyLoss, RiskReason.Drawdown, RiskReason.Cooldown, RiskReason.LossStreak])
            Assert.True(gate.Count(reason) > 0, reason.ToString());
    }

    [Fact]
    public void A_damaged_gate_is_refused()
    {
        var gate = new Gate(new()).Bar(90_000, -1.0);
        Damage.IsRefused(Book.Saved(gate.Inner), reader => new RiskGate(new(), 1).Load(reader));
    }
}
