using Hone.Trading.Market;

namespace Hone.Trading.Performance;

/// <summary>
/// Everything about one account, in the words of the field (LEAN's names where it has one). UNITS: returns, drawdowns, costs,
/// exposure and value at risk are fractions; turnover is times the mean equity per year; ratios are annualised from daily
/// returns; money is in the account's currency. What does not exist is null, never NaN or infinity.
/// </summary>
public sealed record PerformanceStatistics
{
    /// <summary>Money at the start.</summary>
    public double StartEquity { get; init; }

    /// <summary>Money at the end.</summary>
    public double EndEquity { get; init; }

    /// <summary>Bars.</summary>
    public long Bars { get; init; }

    /// <summary>Years of 365 days from the first to the last bar.</summary>
    public double Years { get; init; }

    /// <summary>Returns after all costs. Its drawdown is measured at every bar.</summary>
    public required ReturnStatistics Net { get; init; }

    /// <summary>Returns before costs: the days compounded as if their costs had not been charged. Its drawdown is measured at days.</summary>
    public required ReturnStatistics Gross { get; init; }

    /// <summary>The deepest and the longest fall after costs.</summary>
    public required Drawdown Drawdown { get; init; }

    /// <summary>Trades after costs.</summary>
    public required TradeStatistics Trades { get; init; }

    /// <summary>Trades before costs.</summary>
    public required TradeStatistics GrossTrades { get; init; }

    /// <summary>Long trades after costs.</summary>
    public required TradeStatistics LongTrades { get; init; }

    /// <summary>Short trades after costs.</summary>
    public required TradeStatistics ShortTrades { get; init; }

    /// <summary>Share of bars at whose close a position was held.</summary>
    public double? Exposure { get; init; }

    /// <summary>Share of bars with a long position.</summary>
    public double? LongShare { get; init; }

    /// <summary>Share of bars with a short position.</summary>
    public double? ShortShare { get; init; }

    /// <summary>Mean |position value| over equity, over all bars.</summary>
    public double MeanExposure { get; init; }

    /// <summary>Largest |position value| over equity.</summary>
    public double MaxExposure { get; init; }

    /// <summary>Value bought and sold per year over the mean daily equity; null under one day.</summary>
    public double? Turnover { get; init; }

    /// <summary>All costs over the starting equity.</summary>
    public double TotalFees { get; init; }

    /// <summary>Best calendar month; null without one.</summary>
    public MonthlyReturn? BestMonth { get; init; }

    /// <summary>Worst calendar month; null without one.</summary>
    public MonthlyReturn? WorstMonth { get; init; }

    /// <summary>All calendar months.</summary>
    public IReadOnlyList<MonthlyReturn> Months { get; init; } = [];

    /// <summary>Slope of daily returns over those of the market.</summary>
    public double? Beta { get; init; }

    /// <summary>Annual return that is not explained by the market: (mean − beta · market's mean) · days per year.</summary>
    public double? Alpha { get; init; }

    /// <summary>Annualised standard deviation of daily returns minus the market's.</summary>
    public double? TrackingError { get; init; }

    /// <summary>Annualised mean of daily returns minus the market's, over the tracking error.</summary>
    public double? InformationRatio { get; init; }

    /// <summary>Annualised mean daily return over beta.</summary>
    public double? TreynorRatio { get; init; }

    /// <summary>Computes everything; to be called at the end of a run.</summary>
    /// <param name="recorder">The account.</param>
    /// <param name="daysPerYear">Daily returns in a year, see <see cref="TradingCalendar.DaysPerYear"/>.</param>
    /// <param name="trials">What was tried, this result included.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="resamples">Bootstrap histories, at least 100; 0 leaves the intervals out.</param>
    public static PerformanceStatistics Compute(PerformanceRecorder recorder, double daysPerYear, TrialCount trials, ulong seed, int resamples = 1000)
    {
        var years = (recorder.LastTimeUs - recorder.FirstTimeUs) / (365.0 * EventTime.DayUs);
        var drawdown = recorder.Drawdown();
        double[] net = recorder.DailyReturns(), gross = recorder.DailyReturns(beforeCosts: true);
        var months = recorder.MonthlyReturns();
        double meanEquity = 0;
        foreach (var equity in recorder.DailyEquity)
            meanEquity += equity;
        meanEquity /= Math.Max(1, recorder.DailyEquity.Length);
        var turnover = years * 365 >= 1 && meanEquity > 0 ? recorder.TotalTraded / meanEquity / years : (double?)null;
        var market = Market.Of(net, recorder.DailyMarketReturns(), daysPerYear);
        var netProfit = recorder.LastEquity / recorder.StartEquity - 1;
        return new()
        {
            StartEquity = recorder.StartEquity,
            EndEquity = recorder.LastEquity,
            Bars = recorder.Bars,
            Years = years,
            Net = ReturnStatistics.Compute(net, netProfit, drawdown.Depth, years, daysPerYear, trials, seed, resamples),
            Gross = ReturnStatistics.Compute(gross, null, null, years, daysPerYear, trials, seed, resamples),
            Drawdown = drawdown,
            Trades = recorder.Net.Result(),
            GrossTrades = recorder.Gross.Result(),
            LongTrades = recorder.Long.Result(),
            ShortTrades = recorder.Short.Result(),
            Exposure = Share(recorder.BarsInMarket, recorder.Bars),
            LongShare = Share(recorder.BarsLong, recorder.Bars),
            ShortShare = Share(recorder.BarsShort, recorder.Bars),
            MeanExposure = recorder.MeanExposure,
            MaxExposure = recorder.MaxExposure,
            Turnover = turnover,
            TotalFees = recorder.TotalCosts / recorder.StartEquity,
            Months = months,
            BestMonth = Extreme(months, 1),
            WorstMonth = Extreme(months, -1),
            Beta = market.Beta,
            Alpha = market.Alpha,
            TrackingError = market.TrackingError,
            InformationRatio = market.InformationRatio,
            TreynorRatio = market.Treynor,
        };
    }

    private static double? Share(long part, long whole) => whole > 0 ? part / (double)whole : null;

    private static MonthlyReturn? Extreme(MonthlyReturn[] months, int sign)
    {
        MonthlyReturn? found = null;
        foreach (var month in months)
        {
            if (found is not { } best || sign * month.Return > sign * best.Return)
                found = month;
        }
        return found;
    }

    private readonly record struct Market(double? Beta, double? Alpha, double? TrackingError, double? InformationRatio, double? Treynor)
    {
        public static Market Of(ReadOnlySpan<double> account, ReadOnlySpan<double> market, double daysPerYear)
        {
            var n = Math.Min(account.Length, market.Length);
            if (n < 2)
                return default;
            account = account[..n];
            market = market[..n];
            Moments own = Moments.Of(account), other = Moments.Of(market);
            var active = new double[n];
            double covariance = 0;
            for (var i = 0; i < n; i++)
            {
                covariance += (account[i] - own.Mean) * (market[i] - other.Mean);
                active[i] = account[i] - market[i];
            }
            var ahead = Moments.Of(active);
            double? beta = other.Varies ? covariance / (n - 1) / (other.Deviation * other.Deviation) : null;
            var error = ahead.Deviation * Math.Sqrt(daysPerYear);
            return new(
                Finite(beta),
                Finite((own.Mean - beta * other.Mean) * daysPerYear),
                Finite(error),
                ahead.Varies ? Finite(ahead.Mean * daysPerYear / error) : null,
                beta is { } slope && slope != 0 ? Finite(own.Mean * daysPerYear / slope) : null);
        }

        private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
    }
}
