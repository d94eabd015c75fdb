using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Trading.Sessions;

/// <summary>A virtual account that follows one stream of decisions: broker, risk gate, record. The real book and every shadow book are this class.</summary>
public sealed class Book : ISaved
{
    // What a bar costs may exceed what is left of a ruined account; the baselines take a fraction.
    private const double ShareMax = 0.999;

    // A position that is over the portfolio's cap by less is left: trading at every tick would cost more than the excess risks.
    private const double TrimShareMin = 0.01;

    private readonly TradingOptions _options;
    private readonly int _horizonBars;
    private int _openId;

    // Of the last bar only.
    private int _openIdBefore;
    private double _equityBefore;

    internal Book(SessionSetup setup, MarketInfo market, ICostModel costs, int horizonBars)
    {
        _options = setup.Trading;
        _horizonBars = horizonBars;
        Broker = new PaperBroker(setup.Broker with { VolumeKnown = market.VolumeKnown && setup.Broker.VolumeKnown }, costs);
        Risk = new RiskGate(setup.Risk, setup.Broker.Equity);
        Performance = new PerformanceRecorder(setup.Broker.Equity, market.AssetClass);
    }

    /// <summary>Orders, fills, money.</summary>
    public PaperBroker Broker { get; }

    /// <summary>Limits.</summary>
    public RiskGate Risk { get; }

    /// <summary>What came of it.</summary>
    public PerformanceRecorder Performance { get; }

    /// <summary>Whether no position is held and none is about to be.</summary>
    public bool IsFlat => Broker.Position == 0 && Broker.PendingOrders == 0;

    /// <summary>Whether the last bar opened a trade that is open still.</summary>
    internal bool Opened { get; private set; }

    /// <summary>Whether a trade that the last bar closed was open before it; otherwise it was opened and closed inside that bar.</summary>
    internal bool WasOpen(in Trade trade) => trade.Id == _openIdBefore;

    /// <summary>Steps 2 and 3 of a bar: fills, then mark to market.</summary>
    internal void Take(in Bar bar)
    {
        _equityBefore = Broker.Equity;
        Broker.Fill(bar);
        Broker.Mark(bar);
        var id = Broker.Position == 0 ? 0 : Broker.OpenTrade.Id;
        Opened = id != 0 && id != _openId;
        _openIdBefore = _openId;
        _openId = id;
        Risk.Update(BookState.Of(Broker), bar.CloseTimeUs, Broker.ClosedTrades);
        foreach (ref readonly var trade in Broker.ClosedTrades)
            Performance.On(trade);
        Performance.On(bar.CloseTimeUs, Broker.Equity, Broker.PositionFraction, bar.Close, Broker.TotalCosts, Broker.Turnover);
    }

    /// <summary>Signed share of equity that was exposed to the last bar: the position after the fills at its open, before stops and targets inside it.</summary>
    internal double ExposedFraction(in Bar bar)
    {
        var units = Broker.Position;
        foreach (ref readonly var fill in Broker.Fills)
            if (fill.Kind != OrderKind.Market)
                units -= fill.Quantity;
        return units != 0 && _equityBefore > 0 ? units * bar.Open / _equityBefore : 0;
    }

    /// <summary>An amount of money of the last bar as a share of the equity before it, under 1 either way.</summary>
    internal double ShareOfEquity(double money) => _equityBefore > 0 ? Math.Clamp(money / _equityBefore, -ShareMax, ShareMax) : 0;

    /// <summary>Steps 9 and 10: what the decision wants, cut by the gate, as orders for the next bar.</summary>
    /// <param name="bar">The bar that has just closed.</param>
    /// <param name="side">+1 or −1 to be in the market on that side, 0 for no opinion (a position is kept).</param>
    /// <param name="fraction">Share of equity that a new position may have, 0 or more.</param>
    /// <param name="sigma">Volatility per bar, for stop and target.</param>
    /// <returns>Whether an order that may open a trade was placed.</returns>
    internal bool Decide(in Bar bar, int side, double fraction, double sigma)
    {
        var state = BookState.Of(Broker);
        var position = Broker.Position;
        var leaving = IsLeaving(position);
        if (Broker.PendingOrders > 0)
            Broker.CancelEntries();
        if (position != 0)
        {
            // A position is its own wish: the gate may take it away at any bar. An exit that the volume did not let through goes on.
            var held = Risk.Decide(state.PositionFraction, state);
            if (held.Fraction == 0 && held.Reason is not RiskReason.Allowed || Broker.OpenTrade.Bars >= _options.HoldingHorizonsMax * _horizonBars || leaving && side == 0)
            {
                Broker.Flatten();
                return false;
            }
            if (side == 0 || side == Math.Sign(position))
            {
                if (held.Reason == RiskReason.Portfolio)
                    Trim(position, state.PositionFraction, held.Fraction);
                return false;
            }
        }
        else if (side == 0)
        {
            return false;
        }

        var wish = Risk.Decide(side * fraction, state);
        if (Math.Abs(wish.Fraction) < _options.PositionFractionMin)
        {
            // Against the position, but not enough for one of its own: leave.
            if (position != 0)
                Broker.Flatten();
            return false;
        }
        var units = PositionSizer.Units(wish.Fraction, Broker.Equity, bar.Close) - position;
        if (units == 0)
            return false;
        Broker.Submit(new Order(OrderKind.Market, units), BracketBuilder.Build(_options.Bracket, sigma, _horizonBars));
        return true;
    }

    private bool IsLeaving(double position)
    {
        var pending = Broker.PendingMarketQuantity;
        return pending * position < 0 && Math.Abs(pending) > Math.Abs(position) * (1 - 1e-9);
    }

    /// <summary>Prices have moved the position over what the portfolio grants: gives back what is over it, unless that is next to nothing.</summary>
    private void Trim(double position, double fraction, double allowed)
    {
        if (Math.Abs(fraction) >= Math.Abs(allowed) * (1 + TrimShareMin))
            Broker.Submit(new Order(OrderKind.Market, position * (allowed / fraction - 1), ReduceOnly: true));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("book", 1);
        writer.Write(_openId);
        Broker.Save(writer);
        Risk.Save(writer);
        Performance.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("book", 1);
        _openId = reader.ReadInt32(0, int.MaxValue);
        Broker.Load(reader);
        Risk.Load(reader);
        Performance.Load(reader);
    }
}
