using System.Globalization;

namespace Hone.Trading.Performance;

/// <summary>
/// Results that are too good: in markets they come from a look at the future far more often than from skill. They do not fail
/// a run; they put "suspect leak" on top of its report and make the probes run.
/// </summary>
public static class SuspectLeak
{
    /// <summary>Information coefficients above this are suspect; honest ones are 0.03…0.07.</summary>
    public const double IcMax = 0.2;

    /// <summary>Annualised Sharpe ratios above this are suspect.</summary>
    public const double SharpeMax = 5;

    /// <summary>Hit rates above this are suspect on more than <see cref="HitRateTradesMin"/> trades.</summary>
    public const double HitRateMax = 0.8;

    /// <summary>Trades up to which a high hit rate may be luck.</summary>
    public const long HitRateTradesMin = 100;

    /// <summary>What is suspect about a result, one sentence each; empty when nothing is.</summary>
    /// <param name="ic">Correlation of prediction and outcome; null when there is none. A strongly negative one is as suspect.</param>
    /// <param name="sharpe">Annualised, from daily returns.</param>
    /// <param name="hitRate">Winning trades over trades.</param>
    /// <param name="trades">Finished trades.</param>
    public static IReadOnlyList<string> Check(double? ic, double? sharpe, double? hitRate, long trades)
    {
        var reasons = new List<string>();
        if (ic is { } coefficient && Math.Abs(coefficient) > IcMax)
            reasons.Add(Text($"The information coefficient is {coefficient:0.000}; honest ones are 0.03 to 0.07, and anything beyond {IcMax} usually knows the future."));
        if (sharpe > SharpeMax)
            reasons.Add(Text($"The Sharpe ratio is {sharpe.Value:0.00}; above {SharpeMax} look for a fill at a price that was not to be had."));
        if (hitRate > HitRateMax && trades > HitRateTradesMin)
            reasons.Add(Text($"{hitRate.Value:0.0 %} of {trades} trades won; above {HitRateMax:0 %} look for a label or a stop that is known too early."));
        return reasons;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
