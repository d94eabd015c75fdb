namespace Hone.Trading.Market;

/// <summary>Bars in order of time, one at a time.</summary>
public interface IBarFeed : IDisposable
{
    /// <summary>The market's name.</summary>
    string Symbol { get; }

    /// <summary>What kind of market it is.</summary>
    AssetClass AssetClass { get; }

    /// <summary>Names of further numeric columns, in the order in which <see cref="TryRead"/> writes them; often empty.</summary>
    IReadOnlyList<string> ExtraColumns { get; }

    /// <summary>Usual distance of two bars in microseconds, as found in the data.</summary>
    long StepUs { get; }

    /// <summary>How much was read and how much there is, 0…1, for progress; NaN when unknown.</summary>
    double Progress { get; }

    /// <summary>Reads the next bar, and its extra columns into <paramref name="extras"/> (NaN where missing).</summary>
    /// <returns>False at the end.</returns>
    bool TryRead(out Bar bar, Span<double> extras);

    /// <summary>What was found in the data so far: gaps, duplicates and so on.</summary>
    DataQuality Quality { get; }
}

/// <summary>What a feed found in its data; every policy that was applied is counted here.</summary>
public sealed class DataQuality
{
    /// <summary>Bars handed out.</summary>
    public long Bars { get; set; }

    /// <summary>Places where the next bar is more than one step later (nights, week-ends and holidays included).</summary>
    public long Gaps { get; set; }

    /// <summary>Steps without a bar inside those gaps.</summary>
    public long MissingBars { get; set; }

    /// <summary>Longest gap in steps.</summary>
    public long LongestGapBars { get; set; }

    /// <summary>Close time of the bar before the longest gap.</summary>
    public long LongestGapAtUs { get; set; }

    /// <summary>Repeated bars that were left out (same stamp, same values).</summary>
    public long DuplicatesDropped { get; set; }

    /// <summary>Bars without volume.</summary>
    public long ZeroVolume { get; set; }

    /// <summary>Bars whose four prices are equal.</summary>
    public long FlatBars { get; set; }

    /// <summary>Values in extra columns that were missing.</summary>
    public long MissingExtras { get; set; }

    /// <summary>What was recognised or decided, in words: layout, stamp convention, policies.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>128-bit hash of the parsed bars, 32 hex digits; empty until the end was read.</summary>
    public string DataHash { get; set; } = "";
}
