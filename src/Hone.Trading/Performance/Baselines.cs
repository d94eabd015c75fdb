namespace Hone.Trading.Performance;

/// <summary>What a result must be held against.</summary>
public sealed record Baselines
{
    /// <summary>Buying at the first close and holding, less one entry cost; drawdown at every bar.</summary>
    public required ReturnStatistics BuyAndHold { get; init; }

    /// <summary>The falls of buy-and-hold.</summary>
    public required Drawdown BuyAndHoldDrawdown { get; init; }

    /// <summary>Cost of the one entry, as a fraction.</summary>
    public double EntryCost { get; init; }

    /// <summary>Net profit of holding cash: nothing; no interest is assumed.</summary>
    public double Cash => 0;

    /// <summary>The account's own positions at other times; null for under <see cref="BaselineRecorder.BarsMin"/> bars.</summary>
    public ShiftDistribution? RandomSameTurnover { get; init; }
}

/// <summary>
/// Net profits of the account's own positions moved in time: random positions with the same sizes, holding times, turnover and
/// costs. UNITS: fractions of the starting equity.
/// </summary>
public sealed record ShiftDistribution
{
    /// <summary>Shifted histories; fewer than 200 only when there are not as many bars.</summary>
    public int Shifts { get; init; }

    /// <summary>Whether every shift was computed bar by bar; otherwise cells of <see cref="BarsPerCell"/> bars were moved as a whole and the rest approximated.</summary>
    public bool IsExact { get; init; }

    /// <summary>Bars that were moved together.</summary>
    public int BarsPerCell { get; init; }

    /// <summary>The real history by the same arithmetic (close to close, position constant inside a bar), which is not the broker's to the last digit.</summary>
    public double NetProfit { get; init; }

    /// <summary>Mean of the shifted histories.</summary>
    public double Mean { get; init; }

    /// <summary>5 % of the shifted histories made less.</summary>
    public double Percentile5 { get; init; }

    /// <summary>Half of the shifted histories made less.</summary>
    public double Median { get; init; }

    /// <summary>95 % of the shifted histories made less.</summary>
    public double Percentile95 { get; init; }

    /// <summary>Share of the shifted histories that made less than the real one, 0…1.</summary>
    public double PercentileRank { get; init; }

    /// <summary>Net profit of every shifted history, smallest first.</summary>
    public IReadOnlyList<double> NetProfits { get; init; } = [];

    /// <summary>(1 + shifts that made at least as much) / (1 + shifts): the probability of so good a result without timing.</summary>
    public double PValue { get; init; }
}
