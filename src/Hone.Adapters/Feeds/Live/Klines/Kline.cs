using Hone.Trading.Market;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>A candle as an exchange tells it; nothing of it is checked but that its numbers are numbers.</summary>
/// <param name="OpenMs">Its start, in milliseconds since 1970.</param>
/// <param name="CloseMs">Its last millisecond.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded amount of the base asset.</param>
internal readonly record struct Kline(long OpenMs, long CloseMs, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>As a bar that closes at the first moment after it.</summary>
    public Bar ToBar() => new((CloseMs + 1) * 1000, Open, High, Low, Close, Volume);
}
