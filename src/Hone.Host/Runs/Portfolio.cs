using System.Text.Json.Nodes;
using Hone.Host.Configuration;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Host.Runs;

/// <summary>The sum of several books with equal capital, day by day.</summary>
public sealed class Portfolio
{
    private readonly PerformanceStatistics _statistics;
    private readonly double _start;

    /// <summary>Sums up finished runs.</summary>
    public Portfolio(IReadOnlyList<MarketResult> results, HoneConfig config, string note)
    {
        Note = note;
        Symbols = results.Count;
        _start = results.Sum(r => r.Statistics.StartEquity);
        var days = new SortedSet<int>();
        foreach (var result in results)
            foreach (var day in result.Run.Session.Real.Performance.Days)
                days.Add(day);
        TimesMs = [.. days.Select(d => (d + 1L) * EventTime.DayUs / 1000)];
        Equity = Sum(results, days, r => (r.Run.Session.Real.Performance.Days.ToArray(), r.Run.Session.Real.Performance.DailyEquity.ToArray(), r.Statistics.StartEquity));
        RulesOnly = Sum(results, days, r => (r.Run.Session.RulesOnly.Performance.Days.ToArray(), r.Run.Session.RulesOnly.Performance.DailyEquity.ToArray(), r.Statistics.StartEquity));
        BuyAndHold = Sum(results, days, r =>
        {
            var closes = r.Run.Session.Real.Performance.DailyClose.ToArray();
            var scale = closes.Length > 0 ? r.Statistics.StartEquity * (1 + (r.Baselines.BuyAndHold.NetProfit ?? 0)) / closes[^1] : 0;
            return (r.Run.Session.Real.Performance.Days.ToArray(), Array.ConvertAll(closes, c => c * scale), r.Statistics.StartEquity);
        });

        // Days of several kinds of market are not aligned; the sum is recorded on the calendar of the market that is open most.
        var assetClass = results.Select(r => r.Run.Session.Market.AssetClass).Min();
        var recorder = new PerformanceRecorder(_start, assetClass);
        for (var i = 0; i < TimesMs.Count; i++)
            recorder.On(TimesMs[i] * 1000, Equity[i] * _start, 0, 1);
        _statistics = PerformanceStatistics.Compute(recorder, TradingCalendar.DaysPerYear(assetClass), new TrialCount(results.Sum(r => r.Trials.Count), null), config.Seed);
    }

    /// <summary>What the markets share.</summary>
    public string Note { get; }

    /// <summary>Number of markets.</summary>
    public int Symbols { get; }

    /// <summary>Ends of days, in milliseconds since 1970 UTC.</summary>
    public IReadOnlyList<long> TimesMs { get; }

    /// <summary>Sum of equities over the starting sum.</summary>
    public IReadOnlyList<double> Equity { get; }

    /// <summary>Sum of the rules-only books.</summary>
    public IReadOnlyList<double> RulesOnly { get; }

    /// <summary>The same capital in buy-and-hold of every market.</summary>
    public IReadOnlyList<double> BuyAndHold { get; }

    internal JsonObject Json(HoneConfig config)
    {
        var net = _statistics.Net;
        return new JsonObject
        {
            ["symbols"] = Symbols,
            ["limits"] = Note,
            ["start_equity"] = _start,
            ["net_profit"] = RunSummary.Number(net.NetProfit),
            ["sharpe"] = RunSummary.Number(net.Sharpe),
            ["sharpe_interval"] = RunSummary.Interval(net.Intervals?.Sharpe),
            ["sortino"] = RunSummary.Number(net.Sortino),
            ["calmar"] = RunSummary.Number(net.Calmar),
            ["probabilistic_sharpe"] = RunSummary.Number(net.ProbabilisticSharpe),
            ["max_drawdown"] = RunSummary.Number(net.MaxDrawdown),
            ["buy_and_hold"] = RunSummary.Number(BuyAndHold.Count > 0 ? BuyAndHold[^1] - 1 : null),
            ["rules_only"] = RunSummary.Number(RulesOnly.Count > 0 ? RulesOnly[^1] - 1 : null),
            ["ml_contribution"] = RunSummary.Number(Equity.Count > 0 ? Equity[^1] - RulesOnly[^1] : null),
            ["seed"] = config.Seed,
            ["config_hash"] = ConfigLoader.Hash(config),
        };
    }

    private double[] Sum(IReadOnlyList<MarketResult> results, SortedSet<int> days, Func<MarketResult, (int[] Days, double[] Values, double Start)> series)
    {
        var sum = new double[days.Count];
        foreach (var result in results)
        {
            var (own, values, start) = series(result);
            var (next, last, at) = (0, start, 0);
            foreach (var day in days)
            {
                while (next < own.Length && own[next] <= day)
                    last = values[next++];
                sum[at++] += last / _start;
            }
        }
        return sum;
    }
}
