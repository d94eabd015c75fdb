using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Broker;

/// <summary>A paper broker with hourly bars written in one line; 1000 units of volume unless a test says otherwise.</summary>
internal sealed class Book
{
    public Book(ICostModel? costs = null, BrokerOptions? options = null)
    {
        Options = options ?? new() { Equity = 100_000 };
        Broker = new(Options, costs ?? new NoCosts());
    }

    public BrokerOptions Options { get; }

    public PaperBroker Broker { get; }

    public long TimeUs { get; private set; } = 1_700_000_000 * EventTime.SecondUs;

    /// <summary>10 bp taker, 2 bp maker, 1 bp half-spread, no slippage.</summary>
    public static ICostModel Simple => new BasisPointCosts(new CustomCostsOptions { TakerBp = 10, MakerBp = 2, HalfSpreadBp = 1 });

    public Bar Next(double open, double high, double low, double close, double volume = 1e6)
        => new(TimeUs + EventTime.HourUs, open, high, low, close, volume);

    /// <summary>Runs the next bar.</summary>
    public Book Bar(double open, double high, double low, double close, double volume = 1e6) => Run(Next(open, high, low, close, volume));

    public Book Run(in Bar bar)
    {
        TimeUs = bar.CloseTimeUs;
        Broker.Fill(bar);
        Broker.Mark(bar);
        return this;
    }

    /// <summary>A bar on which nothing moves.</summary>
    public Book Quiet(double price = 100, double volume = 1e6) => Bar(price, price, price, price, volume);

    public Book Market(double quantity, Bracket bracket = default, bool reduceOnly = false)
    {
        Broker.Submit(new Order(OrderKind.Market, quantity, 0, reduceOnly), bracket);
        return this;
    }

    public Book Limit(double quantity, double price, Bracket bracket = default, bool reduceOnly = false)
    {
        Broker.Submit(new Order(OrderKind.Limit, quantity, price, reduceOnly), bracket);
        return this;
    }

    public Book Stop(double quantity, double price, Bracket bracket = default, bool reduceOnly = false)
    {
        Broker.Submit(new Order(OrderKind.Stop, quantity, price, reduceOnly), bracket);
        return this;
    }

    public Book Target(double quantity, double price)
    {
        Broker.Submit(new Order(OrderKind.TakeProfit, quantity, price));
        return this;
    }

    public Fill OnlyFill => Assert.Single(Broker.Fills.ToArray());

    public Trade OnlyTrade => Assert.Single(Broker.ClosedTrades.ToArray());

    public static byte[] Saved(ISaved state)
    {
        var writer = new StateWriter();
        state.Save(writer);
        return writer.Written.ToArray();
    }
}
