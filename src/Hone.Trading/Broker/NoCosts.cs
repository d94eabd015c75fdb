using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>Charges nothing; possible only by naming it, and every output of such a run says "no costs".</summary>
public sealed class NoCosts : ICostModel, IWarnsAboutCosts
{
    /// <inheritdoc/>
    public string Name => "none";

    /// <inheritdoc/>
    public bool IsFree => true;

    /// <inheritdoc/>
    public double MarketPrice(double price, int side, in Bar bar) => price;

    /// <inheritdoc/>
    public double Fee(double quantity, double price, bool maker, long timeUs) => 0;

    /// <inheritdoc/>
    public double Carry(double position, double price, long fromUs, long toUs) => 0;

    /// <inheritdoc/>
    public double RoundTrip(double price, long timeUs) => 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings(bool shorts, AssetClass assetClass) => ["No costs: nothing in this run was charged for trading."];
}
