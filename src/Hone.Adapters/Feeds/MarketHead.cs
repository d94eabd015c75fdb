using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Adapters.Feeds;

/// <summary>
/// What the first bars of a source tell a session of its market. One rule for a run over a file and for a live loop over the same bars: their sessions are told the same, hence they
/// predict the same.
/// </summary>
public static class MarketHead
{
    /// <summary>Bars that are looked at before a session starts, to learn whether the source has volume at all.</summary>
    public const int Bars = 256;

    /// <summary>The market of a feed.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="head">Its first bars: <see cref="Bars"/> of them, fewer only where the feed has no more; at least one.</param>
    public static MarketInfo Market(IBarFeed feed, ReadOnlySpan<Bar> head) => Market(feed.Symbol, feed.AssetClass, feed.StepUs, feed.ExtraColumns, head);

    /// <summary>The market of a source that is no <see cref="IBarFeed"/>.</summary>
    /// <param name="symbol">Its name.</param>
    /// <param name="assetClass">Its kind.</param>
    /// <param name="stepUs">Usual distance of two bars in microseconds.</param>
    /// <param name="extraColumns">Names of extra columns.</param>
    /// <param name="head">Its first bars; at least one.</param>
    public static MarketInfo Market(string symbol, AssetClass assetClass, long stepUs, IReadOnlyList<string> extraColumns, ReadOnlySpan<Bar> head)
    {
        var volume = false;
        foreach (ref readonly var bar in head)
            volume |= bar.Volume > 0;
        return new(symbol, assetClass, stepUs, extraColumns, volume, head[0].Close, head[0].CloseTimeUs);
    }
}
