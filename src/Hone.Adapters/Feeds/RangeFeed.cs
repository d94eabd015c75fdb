using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>The part of a feed whose bars start in [from, to). What it says about the data is about that part.</summary>
public sealed class RangeFeed : IBarFeed
{
    private readonly IBarFeed _feed;
    private readonly QualityCount _count;
    private readonly long _from;
    private readonly long _to;
    private BarHash _hash;

    /// <summary>A part of a feed; takes over the feed.</summary>
    public RangeFeed(IBarFeed feed, DateTime? from, DateTime? to)
    {
        _feed = feed;
        _from = from is { } f ? Utc(f) : long.MinValue;
        _to = to is { } t ? Utc(t) : long.MaxValue;
        _count = new QualityCount(Quality, feed.StepUs);
        Quality.Notes.AddRange(feed.Quality.Notes);
    }

    /// <inheritdoc/>
    public string Symbol => _feed.Symbol;

    /// <inheritdoc/>
    public AssetClass AssetClass => _feed.AssetClass;

    /// <inheritdoc/>
    public IReadOnlyList<string> ExtraColumns => _feed.ExtraColumns;

    /// <inheritdoc/>
    public long StepUs => _feed.StepUs;

    /// <inheritdoc/>
    public double Progress => _feed.Progress;

    /// <inheritdoc/>
    public DataQuality Quality { get; } = new();

    /// <inheritdoc/>
    public bool TryRead(out Bar bar, Span<double> extras)
    {
        while (_feed.TryRead(out bar, extras))
        {
            var start = bar.CloseTimeUs - _feed.StepUs;
            if (start >= _to)
                break;
            if (start < _from)
                continue;
            _count.Add(bar, bar.CloseTimeUs);
            _hash.Add(bar);
            foreach (var value in extras)
            {
                _hash.Add(value);
                if (double.IsNaN(value))
                    Quality.MissingExtras++;
            }
            return true;
        }
        Quality.DataHash = _hash.ToString();
        bar = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _feed.Dispose();

    // A time without a zone is UTC, wherever the program runs.
    private static long Utc(DateTime time) => EventTime.FromDateTime(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time);
}
