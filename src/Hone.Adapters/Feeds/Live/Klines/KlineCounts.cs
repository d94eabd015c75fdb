namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>What became of the candles of a feed that were not handed out as bars. Kept over restarts of the bars.</summary>
internal sealed class KlineCounts
{
    /// <summary>Bars that were handed out already and came again the same.</summary>
    public long Duplicates { get; set; }

    /// <summary>Bars that were handed out already and came again with other values; the first ones hold.</summary>
    public long Corrections { get; set; }

    /// <summary>Messages and candles that were refused.</summary>
    public long Rejected { get; set; }

    /// <summary>Gaps that a bar was handed out after.</summary>
    public long Gaps { get; set; }

    /// <summary>The last thing that was not as it should be, in a sentence; null when nothing was.</summary>
    public string? Problem { get; set; }

    /// <summary>Counts a message or candle that is refused.</summary>
    public void Reject(string problem)
    {
        Rejected++;
        Problem = problem;
    }
}
