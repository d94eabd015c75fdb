using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>What a fill costs. A broker cannot be built without one; no costs at all is possible only by naming it.</summary>
public interface ICostModel
{
    /// <summary>Its catalog name, shown in every output.</summary>
    string Name { get; }

    /// <summary>Whether nothing is charged, so that every output says "no costs".</summary>
    bool IsFree { get; }

    /// <summary>The price a market order really gets: the quoted price worsened by half the spread and slippage.</summary>
    /// <param name="price">Quoted price.</param>
    /// <param name="side">+1 buys, −1 sells.</param>
    /// <param name="bar">
    /// The bar whose range slippage may use. For a fill at an open it is the last complete bar before it, because the range of the bar
    /// that has just opened is not known yet; for a stop that is touched inside a bar it is that bar.
    /// </param>
    double MarketPrice(double price, int side, in Bar bar);

    /// <summary>Fee in money.</summary>
    /// <param name="quantity">Units, above 0.</param>
    /// <param name="price">Price per unit.</param>
    /// <param name="maker">Whether the order waited in the book.</param>
    /// <param name="timeUs">When; schedules are dated.</param>
    double Fee(double quantity, double price, bool maker, long timeUs);

    /// <summary>Funding or borrow for holding a position over one bar, in money; above 0 is paid.</summary>
    /// <param name="position">Signed units.</param>
    /// <param name="price">Price per unit.</param>
    /// <param name="fromUs">Close time of the bar before.</param>
    /// <param name="toUs">Close time of this bar.</param>
    double Carry(double position, double price, long fromUs, long toUs);

    /// <summary>Typical cost of getting in and out, as a fraction of the price, at that time.</summary>
    double RoundTrip(double price, long timeUs);
}

/// <summary>What a cost model is built for.</summary>
/// <param name="Symbol">The market.</param>
/// <param name="AssetClass">What kind of market.</param>
public sealed record CostContext(string Symbol, AssetClass AssetClass);
