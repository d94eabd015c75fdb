using Hone.Trading.Market;

namespace Hone.Host.Runs;

/// <summary>The part of a feed whose bars start in [from, to).</summary>
public sealed class RangeFeed(IBarFeed feed, DateTime? from, DateTime? to) : IBarFeed
{
    private readonly long _from = from is { } f ? EventTime.FromDateTime(f.ToUniversalTime()) : long.MinValue;
    private readonly long _to = to is { } t ? EventTime.FromDateTime(t.ToUniversalTime()) : long.MaxValue;

    /// <inheritdoc/>
    public string Symbol => feed.Symbol;

    /// <inheritdoc/>
    public AssetClass AssetClass => feed.AssetClass;

    /// <inheritdoc/>
    public IReadOnlyList<string> ExtraColumns => feed.ExtraColumns;

    /// <inheritdoc/>
    public long StepUs => feed.StepUs;

    /// <inheritdoc/>
    public double Progress => feed.Progress;

    /// <inheritdoc/>
    public DataQuality Quality => feed.Quality;

    /// <inheritdoc/>
    public bool TryRead(out Bar bar, Span<double> extras)
    {
        while (feed.TryRead(out bar, extras))
        {
            var start = bar.CloseTimeUs - feed.StepUs;
            if (start >= _to)
                return false;
            if (start >= _from)
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => feed.Dispose();
}
