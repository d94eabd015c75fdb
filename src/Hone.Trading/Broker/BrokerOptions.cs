using System.ComponentModel.DataAnnotations;

namespace Hone.Trading.Broker;

/// <summary>Options of <see cref="PaperBroker"/>.</summary>
public sealed record BrokerOptions
{
    /// <summary>Money at the start, in the currency in which the symbol is quoted.</summary>
    [Range(1.0, 1e12)] public double Equity { get; init; } = 100_000;

    /// <summary>Largest share of a bar's volume that all fills of this book in that bar may take together.</summary>
    [Range(1e-6, 1.0)] public double VolumeShare { get; init; } = 0.05;

    /// <summary>
    /// Whether the source has volume. Where it has, a bar without volume fills nothing; where it has none at all (most currencies), volume
    /// limits nothing and the report says so.
    /// </summary>
    public bool VolumeKnown { get; init; } = true;

    /// <summary>Bars for which an order, or what is left of it, waits before it expires. Reduce-only stops and targets do not expire.</summary>
    [Range(1, 1_000_000)] public int OrderBarsMax { get; init; } = 10;

    /// <summary>Most orders that can wait at once, the bracket of the position not counted.</summary>
    [Range(1, 4096)] public int PendingMax { get; init; } = 64;
}
