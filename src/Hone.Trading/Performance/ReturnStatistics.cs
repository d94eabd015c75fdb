using Hone.Learning.Numerics;

namespace Hone.Trading.Performance;

/// <summary>
/// What daily returns amount to. UNITS: returns, profits, volatilities, value at risk and drawdowns are fractions (0.1 is
/// 10 %); ratios are annualised; probabilities are 0…1. A number that does not exist is null, never NaN or infinity.
/// </summary>
public sealed record ReturnStatistics
{
    /// <summary>Fewer calendar days give no annual return: 3 % in 3 days would read as 3,500 % a year.</summary>
    public const double AnnualiseDaysMin = 30;

    /// <summary>Daily returns.</summary>
    public int Days { get; init; }

    /// <summary>Daily returns assumed in a year.</summary>
    public double DaysPerYear { get; init; }

    /// <summary>Profit over the whole time as a fraction of the starting equity.</summary>
    public double? NetProfit { get; init; }

    /// <summary>Growth per calendar year that leads to the net profit; null under <see cref="AnnualiseDaysMin"/> days.</summary>
    public double? CompoundingAnnualReturn { get; init; }

    /// <summary>Mean daily return.</summary>
    public double? MeanDaily { get; init; }

    /// <summary>Standard deviation of daily returns times √(days per year).</summary>
    public double? AnnualStandardDeviation { get; init; }

    /// <summary>Mean over standard deviation (n − 1) of daily returns, times √(days per year); no risk-free rate is taken off.</summary>
    public double? Sharpe { get; init; }

    /// <summary>Mean over downside deviation √(Σ min(r, 0)² / n), times √(days per year).</summary>
    public double? Sortino { get; init; }

    /// <summary>Compounding annual return over the maximum drawdown.</summary>
    public double? Calmar { get; init; }

    /// <summary>Sum of gains over sum of losses of daily returns.</summary>
    public double? Omega { get; init; }

    /// <summary>Deepest fall from a peak as a fraction of the peak.</summary>
    public double? MaxDrawdown { get; init; }

    /// <summary>LEAN's value at risk: the 5 % quantile of a normal with this mean and deviation, as a daily return (usually below 0).</summary>
    public double? ValueAtRisk95 { get; init; }

    /// <summary>LEAN's value at risk at 99 %.</summary>
    public double? ValueAtRisk99 { get; init; }

    /// <summary>The 5 % quantile of the daily returns themselves: what fat tails really did. From 20 days on.</summary>
    public double? HistoricalValueAtRisk95 { get; init; }

    /// <summary>The 1 % quantile of the daily returns themselves. From 100 days on.</summary>
    public double? HistoricalValueAtRisk99 { get; init; }

    /// <summary>Skewness of daily returns.</summary>
    public double? Skew { get; init; }

    /// <summary>Kurtosis of daily returns, not in excess: 3 for a normal.</summary>
    public double? Kurtosis { get; init; }

    /// <summary>Best daily return.</summary>
    public double? BestDay { get; init; }

    /// <summary>Worst daily return.</summary>
    public double? WorstDay { get; init; }

    /// <summary>Share of days above 0.</summary>
    public double? WinningDays { get; init; }

    /// <summary>Probability that the true Sharpe ratio is above 0.</summary>
    public double? ProbabilisticSharpe { get; init; }

    /// <summary>Probability that the true Sharpe ratio is above what the luckiest of all worthless trials would have shown.</summary>
    public double? DeflatedSharpe { get; init; }

    /// <summary>Trials that the deflation counted.</summary>
    public long Trials { get; init; }

    /// <summary>Days needed before this Sharpe ratio is above 0 with 95 % probability; null when it is not above 0.</summary>
    public double? MinTrackRecordDays { get; init; }

    /// <summary>Years of history below which the best of that many worthless trials shows this Sharpe ratio; null when it is not above 0.</summary>
    public double? MinBacktestYears { get; init; }

    /// <summary>95 % intervals by the stationary bootstrap; null under <see cref="StationaryBootstrap.ObservationsMin"/> days.</summary>
    public BootstrapIntervals? Intervals { get; init; }

    /// <summary>Everything about one series of daily returns.</summary>
    /// <param name="returns">Daily returns as fractions, in order, finite.</param>
    /// <param name="netProfit">Profit over the whole time; null compounds the returns.</param>
    /// <param name="maxDrawdown">Deepest fall on a finer grid than days; null takes it from the days.</param>
    /// <param name="years">Calendar years from the first to the last bar.</param>
    /// <param name="daysPerYear">Daily returns in a year, see <see cref="TradingCalendar.DaysPerYear"/>.</param>
    /// <param name="trials">What was tried, this one included.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="resamples">Bootstrap histories; 0 leaves the intervals out.</param>
    public static ReturnStatistics Compute(
        ReadOnlySpan<double> returns, double? netProfit, double? maxDrawdown, double years, double daysPerYear, TrialCount trials, ulong seed, int resamples = 1000)
    {
        if (!(daysPerYear > 0) || !double.IsFinite(daysPerYear))
            throw new ArgumentOutOfRangeException(nameof(daysPerYear), daysPerYear, "Days per year must be above 0; see TradingCalendar.DaysPerYear.");
        var n = returns.Length;
        if (n == 0)
            return new() { DaysPerYear = daysPerYear, NetProfit = netProfit, MaxDrawdown = maxDrawdown, Trials = trials.Count };

        var moments = Moments.Of(returns);
        double downside = 0, gains = 0, losses = 0, growth = 1;
        var winning = 0;
        var (best, worst) = (returns[0], returns[0]);
        var drawdown = new DrawdownTracker(1);
        for (var i = 0; i < n; i++)
        {
            var value = returns[i];
            growth *= 1 + value;
            drawdown.On(i, growth);
            best = Math.Max(best, value);
            worst = Math.Min(worst, value);
            if (value > 0)
            {
                winning++;
                gains += value;
            }
            else
            {
                losses -= value;
                downside += value * value;
            }
        }

        var annual = Math.Sqrt(daysPerYear);
        var profit = netProfit ?? Finite(growth - 1);
        var depth = maxDrawdown ?? Finite(drawdown.Depth);
        var compounding = profit is { } total ? Annualise(total, years) : null;
        double? daily = n > 1 && moments.Varies ? moments.Mean / moments.Deviation : null;
        double? sharpe = daily is { } ratio ? Finite(ratio * annual) : null;
        double? probabilistic = null, deflated = null, minimum = null;
        if (daily is { } observed && moments.Skew is { } skew && moments.Kurtosis is { } kurtosis)
        {
            // Without a measured spread of the trials: the spread that worthless trials have by chance alone.
            var variance = trials.VarianceOfSharpes ?? 1.0 / (n - 1);
            probabilistic = SharpeInference.Probabilistic(observed, 0, n, skew, kurtosis);
            deflated = SharpeInference.Deflated(observed, n, skew, kurtosis, trials.Count, variance);
            minimum = SharpeInference.MinimumTrackRecord(observed, 0, skew, kurtosis);
        }
        var sorted = returns.ToArray();
        Array.Sort(sorted);
        return new()
        {
            Days = n,
            DaysPerYear = daysPerYear,
            NetProfit = profit,
            CompoundingAnnualReturn = compounding,
            MeanDaily = Finite(moments.Mean),
            AnnualStandardDeviation = n > 1 ? Finite(moments.Deviation * annual) : null,
            Sharpe = sharpe,
            Sortino = downside > 0 ? Finite(moments.Mean / Math.Sqrt(downside / n) * annual) : null,
            Calmar = compounding is { } perYear && depth > 0 ? Finite(perYear / depth.Value) : null,
            Omega = losses > 0 ? Finite(gains / losses) : null,
            MaxDrawdown = depth,
            ValueAtRisk95 = n > 1 ? Finite(moments.Mean + moments.Deviation * Elementary.NormalQuantile(0.05)) : null,
            ValueAtRisk99 = n > 1 ? Finite(moments.Mean + moments.Deviation * Elementary.NormalQuantile(0.01)) : null,
            HistoricalValueAtRisk95 = n >= 20 ? Quantiles.OfSorted(sorted, 0.05) : null,
            HistoricalValueAtRisk99 = n >= 100 ? Quantiles.OfSorted(sorted, 0.01) : null,
            Skew = moments.Skew,
            Kurtosis = moments.Kurtosis,
            BestDay = best,
            WorstDay = worst,
            WinningDays = winning / (double)n,
            ProbabilisticSharpe = probabilistic,
            DeflatedSharpe = deflated,
            Trials = trials.Count,
            MinTrackRecordDays = minimum,
            MinBacktestYears = sharpe is { } perYearSharpe ? SharpeInference.MinimumBacktestYears(trials.Count, perYearSharpe) : null,
            Intervals = resamples > 0 ? StationaryBootstrap.Returns(returns, daysPerYear, years, seed, resamples) : null,
        };
    }

    /// <summary>Growth per year that leads to a profit; −1 when everything was lost; null under <see cref="AnnualiseDaysMin"/> days or beyond all numbers.</summary>
    internal static double? Annualise(double netProfit, double? years)
    {
        if (years is not { } length || !(length * 365 >= AnnualiseDaysMin))
            return null;
        return netProfit <= -1 ? -1 : Finite(Elementary.Pow(1 + netProfit, 1 / length) - 1);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
