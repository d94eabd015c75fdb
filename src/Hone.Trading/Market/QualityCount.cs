namespace Hone.Trading.Market;

/// <summary>Counts what every feed counts in its bars: gaps, bars without volume, flat bars.</summary>
public sealed class QualityCount(DataQuality quality, long stepUs)
{
    private long _lastStampUs = long.MinValue;
    private long _lastCloseTimeUs;

    /// <summary>Takes a bar that is handed out.</summary>
    /// <param name="bar">The bar.</param>
    /// <param name="stampUs">Its stamp in the source, from which distances are measured.</param>
    public void Add(in Bar bar, long stampUs)
    {
        quality.Bars++;
        if (bar.Volume == 0)
            quality.ZeroVolume++;
        if (bar.High == bar.Low && bar.Open == bar.Close && bar.Open == bar.High)
            quality.FlatBars++;
        if (_lastStampUs != long.MinValue && stampUs - _lastStampUs > stepUs)
            AddGap(stampUs - _lastStampUs);
        _lastStampUs = stampUs;
        _lastCloseTimeUs = bar.CloseTimeUs;
    }

    /// <summary>Takes a flat bar without volume that a policy puts into a gap; the gap itself is counted with the bar after it.</summary>
    public void AddFilled()
    {
        quality.Bars++;
        quality.ZeroVolume++;
        quality.FlatBars++;
    }

    private void AddGap(long distanceUs)
    {
        quality.Gaps++;
        // A distance of 1.4 steps misses no bar: rounded, not cut, so that irregular stamps are not counted as missing.
        var missing = (distanceUs + stepUs / 2) / stepUs - 1;
        quality.MissingBars += missing;
        if (missing <= quality.LongestGapBars)
            return;
        quality.LongestGapBars = missing;
        quality.LongestGapAtUs = _lastCloseTimeUs;
    }
}
