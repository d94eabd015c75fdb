namespace Hone.Trading.Performance;

/// <summary>
/// What finished trades amount to. Money is in the account's currency, rates and returns are fractions; what does not exist
/// (an average of nothing, a ratio to no losses) is null, never NaN or infinity.
/// </summary>
public sealed record TradeStatistics
{
    /// <summary>Finished trades.</summary>
    public long Trades { get; init; }

    /// <summary>Trades that made more than nothing.</summary>
    public long WinningTrades { get; init; }

    /// <summary>All others; a scratch is no win.</summary>
    public long LosingTrades { get; init; }

    /// <summary>Winning trades over trades, 0…1.</summary>
    public double? WinRate { get; init; }

    /// <summary>1 − win rate.</summary>
    public double? LossRate { get; init; }

    /// <summary>Sum of all results, in money.</summary>
    public double Total { get; init; }

    /// <summary>Mean result, in money: what one more trade would have brought.</summary>
    public double? AverageTrade { get; init; }

    /// <summary>Mean result over the entry value, as a fraction.</summary>
    public double? AverageReturn { get; init; }

    /// <summary>Mean result of the winners, in money.</summary>
    public double? AverageWin { get; init; }

    /// <summary>Mean result of the losers, in money, 0 or less.</summary>
    public double? AverageLoss { get; init; }

    /// <summary>Best result in money; null without a win.</summary>
    public double? LargestWin { get; init; }

    /// <summary>Worst result in money, 0 or less; null without a loss.</summary>
    public double? LargestLoss { get; init; }

    /// <summary>Best result over the entry value, as a fraction.</summary>
    public double? BestReturn { get; init; }

    /// <summary>Worst result over the entry value, as a fraction.</summary>
    public double? WorstReturn { get; init; }

    /// <summary>Money won over money lost; null when nothing was lost.</summary>
    public double? ProfitFactor { get; init; }

    /// <summary>Average win over average loss; null without both.</summary>
    public double? ProfitLossRatio { get; init; }

    /// <summary>LEAN's expectancy: win rate · profit-loss ratio − loss rate, in units of the average loss.</summary>
    public double? Expectancy { get; init; }

    /// <summary>Kelly's fraction: win rate − loss rate / profit-loss ratio.</summary>
    public double? KellyCriterion { get; init; }

    /// <summary>System quality number: √n · mean / standard deviation of the results in money (Van Tharp).</summary>
    public double? Sqn { get; init; }

    /// <summary>Most wins in a row.</summary>
    public long WinStreakMax { get; init; }

    /// <summary>Most losses in a row.</summary>
    public long LossStreakMax { get; init; }

    /// <summary>Mean time held, in bars.</summary>
    public double? AverageBars { get; init; }

    /// <summary>Mean time winners were held, in bars.</summary>
    public double? AverageWinningBars { get; init; }

    /// <summary>Mean time losers were held, in bars.</summary>
    public double? AverageLosingBars { get; init; }

    /// <summary>Mean time held, in hours.</summary>
    public double? AverageHours { get; init; }

    /// <summary>Mean time winners were held, in hours.</summary>
    public double? AverageWinningHours { get; init; }

    /// <summary>Mean time losers were held, in hours.</summary>
    public double? AverageLosingHours { get; init; }
}
