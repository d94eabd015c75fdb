namespace Hone.Trading.Market;

/// <summary>Bars that are already in memory, as a feed: for tests, for probes of look-ahead, for bars that came in by other ways.</summary>
public sealed class ReplayFeed : IBarFeed
{
    private readonly IReadOnlyList<Bar> _bars;
    private readonly double[] _extras;
    private readonly QualityCount _count;
    private BarHash _hash;
    private int _next;

    /// <summary>A feed of bars in order of time.</summary>
    /// <param name="symbol">The market's name.</param>
    /// <param name="bars">The bars. They are handed out as they are, damaged ones too: probes poison them on purpose.</param>
    /// <param name="extraColumns">Names of further columns.</param>
    /// <param name="extras">Their values, row after row, (bars × columns).</param>
    /// <param name="stepUs">Usual distance of two bars in microseconds; 0 takes the most common one of the first bars.</param>
    public ReplayFeed(string symbol, IReadOnlyList<Bar> bars, IReadOnlyList<string>? extraColumns = null, double[]? extras = null, long stepUs = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stepUs);
        Symbol = symbol;
        ExtraColumns = extraColumns ?? [];
        _bars = bars;
        _extras = extras ?? [];
        if (_extras.Length != (long)bars.Count * ExtraColumns.Count)
            throw new ArgumentException($"There are {_extras.Length} extra values; {bars.Count} bars × {ExtraColumns.Count} columns were expected.", nameof(extras));
        StepUs = stepUs > 0 ? stepUs : MostCommonStep(bars);
        _count = new(Quality, StepUs);
    }

    /// <inheritdoc/>
    public AssetClass AssetClass { get; init; } = AssetClass.Crypto;

    /// <inheritdoc/>
    public string Symbol { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ExtraColumns { get; }

    /// <inheritdoc/>
    public long StepUs { get; }

    /// <inheritdoc/>
    public double Progress => _bars.Count == 0 ? 1 : (double)_next / _bars.Count;

    /// <inheritdoc/>
    public DataQuality Quality { get; } = new();

    /// <inheritdoc/>
    public bool TryRead(out Bar bar, Span<double> extras)
    {
        if (_next == _bars.Count)
        {
            Quality.DataHash = _hash.ToString();
            bar = default;
            return false;
        }
        bar = _bars[_next];
        _count.Add(bar, bar.CloseTimeUs);
        _hash.Add(bar);
        if (_extras.Length > 0)
        {
            var row = _extras.AsSpan(_next * ExtraColumns.Count, ExtraColumns.Count);
            foreach (var value in row)
            {
                _hash.Add(value);
                if (double.IsNaN(value))
                    Quality.MissingExtras++;
            }
            if (extras.Length > 0)
                row.CopyTo(extras);
        }
        _next++;
        return true;
    }

    /// <summary>Nothing to give back.</summary>
    public void Dispose()
    {
    }

    private static long MostCommonStep(IReadOnlyList<Bar> bars)
    {
        var steps = new StepCount();
        for (var i = 1; i < bars.Count && i <= StepCount.RowsMax; i++)
            steps.Add(bars[i].CloseTimeUs - bars[i - 1].CloseTimeUs);
        return steps.MostCommon is var step and > 0 ? step : EventTime.HourUs;
    }
}
