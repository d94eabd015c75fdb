namespace Hone.Trading.Performance;

/// <summary>What other histories with the same days in another order would have shown.</summary>
public sealed record BootstrapIntervals
{
    /// <summary>Histories drawn.</summary>
    public int Resamples { get; init; }

    /// <summary>Mean length of the blocks in days, chosen from the data.</summary>
    public double BlockLengthDays { get; init; }

    /// <summary>Share of histories inside each interval.</summary>
    public double Confidence { get; init; }

    /// <summary>Annualised Sharpe ratio; null where too many histories have no variance.</summary>
    public Interval? Sharpe { get; init; }

    /// <summary>Annualised Sortino ratio; null where too many histories have no losing day.</summary>
    public Interval? Sortino { get; init; }

    /// <summary>Profit over the same number of days, as a fraction of the starting equity.</summary>
    public Interval NetProfit { get; init; }

    /// <summary>The same as a compounding annual return; null where that is (under 30 days).</summary>
    public Interval? CompoundingAnnualReturn { get; init; }

    /// <summary>Deepest fall of daily equity from its peak, 0…1.</summary>
    public Interval MaxDrawdown { get; init; }
}
