using System.Globalization;
using System.Runtime.InteropServices;
using Hone.Host.Configuration;
using Hone.Host.Reports;
using Hone.Learning.Calibration;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Host.Runs;

/// <summary>Turns finished runs into the data of the report.</summary>
internal static class ReportBuilder
{
    private const int HeatFeaturesMax = 40;

    public static RunReport Build(IReadOnlyList<MarketResult> results, Portfolio? portfolio, HoneConfig config, string command) => new()
    {
        Symbols = [.. results.Select(r => Symbol(r))],
        Portfolio = portfolio is null ? null : new PortfolioReport(portfolio.TimesMs, portfolio.Equity, portfolio.BuyAndHold, portfolio.RulesOnly, portfolio.Note),
        Command = command,
        ConfigJson = ConfigLoader.Effective(config),
        Provenance = Provenance(results, config),
    };

    private static SymbolReport Symbol(MarketResult result)
    {
        var session = result.Run.Session;
        var recorder = result.Run.Recorder;
        var chart = recorder.Chart;
        var columns = new Dictionary<string, int>();
        for (var i = 0; i < chart.Columns.Count; i++)
            columns[chart.Columns[i].Name] = i;
        double[] Series(string name) => chart.Values(columns[name]).ToArray();
        var close = Series("close");
        var calibration = session.Learning.Reliability.Error(overlap: session.HorizonBars);
        return new SymbolReport
        {
            Symbol = session.Market.Symbol,
            Verdict = result.Verdict.Sentence,
            VerdictKind = RunSummary.Verdict(result.Verdict.Conclusion),
            Figures = Figures(result, calibration),
            Warnings = result.Warnings,
            LeakSuspicions = result.Suspicions,
            LeakProbes = Probes(result),
            CostModel = session.Costs.IsFree ? $"no costs ({session.Costs.Name})" : session.Costs.Name,
            TimesMs = [.. chart.Times.ToArray().Select(t => t / 1000)],
            BarIndexes = [.. Series("bar").Select(b => (long)b)],
            Open = Series("open"),
            High = Series("high"),
            Low = Series("low"),
            Close = close,
            Trend = [.. Series("trend").Select(v => (int)v)],
            Volatility = [.. Series("volatility").Select(v => (int)v)],
            Equity = Series("equity"),
            BuyAndHold = BuyAndHold(close, result.Baselines),
            RulesOnly = Series("rules_only"),
            Drawdown = Series("drawdown"),
            Exposure = Series("exposure"),
            Random = new RandomBaseline(
                result.Baselines.RandomSameTurnover?.NetProfits ?? [], result.Baselines.RandomSameTurnover?.NetProfit ?? result.Statistics.Net.NetProfit ?? 0,
                result.Statistics.Trades.Trades > 0 ? result.Baselines.RandomSameTurnover?.PValue : null),
            Members = Members(result, Series),
            Drifts = recorder.Drifts,
            Adaptations = recorder.Adaptations,
            Reliability = Reliability(session.Learning.Reliability, session.HorizonBars),
            Ece = calibration.Value,
            EceNull = calibration.NullHigh,
            FeatureDrift = Heat(result),
            Contributions = Contributions(result),
            Months = Months(session.Real.Performance),
            Trades = recorder.TradesShown,
            TradeCount = (int)result.Statistics.Trades.Trades,
            Costs =
            [
                new("fees", session.Real.Broker.TotalFees), new("spread and slippage", session.Real.Broker.TotalSpreadCost), new("carry", session.Real.Broker.TotalCarry),
            ],
            DataQuality = Quality(result),
        };
    }

    private static List<Figure> Figures(MarketResult result, CalibrationError calibration)
    {
        var session = result.Run.Session;
        var score = session.Learning.Score;
        var statistics = result.Statistics;
        var net = statistics.Net;
        var trades = statistics.Trades;
        var intervals = net.Intervals;
        var answers = FormattableString.Invariant($"{score.Count:N0} answers, {score.Count / (double)session.HorizonBars:N0} effective");
        return
        [
            new("Result", "net_profit", Percent(net.NetProfit), Range(intervals?.NetProfit, "+0.0%;-0.0%")),
            new("Result", "ml_contribution", Percent(result.MlContribution), "against the same rules without models"),
            new("Result", "rules_only", Percent(result.RulesOnly.Net.NetProfit)),
            new("Result", "buy_and_hold", Percent(result.Baselines.BuyAndHold.NetProfit)),
            new("Result", "random_same_turnover", Percent(result.Baselines.RandomSameTurnover?.Mean), result.Baselines.RandomSameTurnover is { } shift ? FormattableString.Invariant($"p = {shift.PValue:0.000}") : ""),
            new("Result", "gross_profit", Percent(statistics.Gross.NetProfit), "before costs"),
            new("Risk", "sharpe", Number(net.Sharpe, "+0.00;-0.00;0.00"), Range(intervals?.Sharpe, "0.00")),
            new("Risk", "sortino", Number(net.Sortino, "+0.00;-0.00;0.00")),
            new("Risk", "calmar", Number(net.Calmar, "+0.00;-0.00;0.00")),
            new("Risk", "probabilistic_sharpe", Number(net.ProbabilisticSharpe, "0.000")),
            new("Risk", "deflated_sharpe", Number(net.DeflatedSharpe, "0.000"), FormattableString.Invariant($"{result.Trials.Count} tries counted")),
            new("Risk", "max_drawdown", Percent(-net.MaxDrawdown), Range(intervals?.MaxDrawdown, "0.0%")),
            new("Risk", "drawdown_duration", FormattableString.Invariant($"{statistics.Drawdown.LongestDays:0} d"), "longest time under the last high"),
            new("Risk", "exposure", Number(statistics.Exposure, "0.0%"), "share of bars with a position"),
            new("Risk", "turnover", Number(statistics.Turnover, "0.0"), "times equity a year"),
            new("Risk", "total_fees", Percent(-statistics.TotalFees), "all costs"),
            new("Trades", "trades", trades.Trades.ToString("N0", CultureInfo.InvariantCulture)),
            new("Trades", "win_rate", Number(trades.WinRate, "0.0%")),
            new("Trades", "profit_factor", Number(trades.ProfitFactor, "0.00")),
            new("Trades", "expectancy", Number(trades.Expectancy, "+0.000;-0.000;0.000")),
            new("Trades", "sqn", Number(trades.Sqn, "+0.00;-0.00;0.00")),
            new("Trades", "average_bars_held", Number(trades.AverageBars, "0.0")),
            new("Learning", "accuracy", Number(score.Count > 0 ? score.Accuracy : null, "0.00%"), answers),
            new("Learning", "accuracy_no_change", Number(score.Count > 0 ? score.NoChangeAccuracy : null, "0.00%")),
            new("Learning", "accuracy_majority", Number(score.Count > 0 ? score.MajorityAccuracy : null, "0.00%")),
            new("Learning", "accuracy_rules_only", Number(session.Rules.Accuracy, "0.00%"),
                FormattableString.Invariant($"the panel {Number(session.Rules.PanelAccuracy, "0.00%")} on the same {session.Rules.Answers:N0} answers")),
            new("Learning", "kappa_temporal", Number(score.Count > 0 ? score.KappaTemporal : null, "+0.000;-0.000;0.000")),
            new("Learning", "log_loss", Number(score.Count > 0 ? score.LogLoss : null, "0.00000"), "always 50 %: 0.69315"),
            new("Learning", "brier", Number(score.Count > 0 ? score.Brier : null, "0.00000")),
            new("Learning", "ic", Number(result.InformationCoefficient, "+0.0000;-0.0000;0"),
                EdgeVerdict.IcStandardError(session.InformationCoefficient.Count, session.HorizonBars) is { } error ? FormattableString.Invariant($"± {error:0.0000} standard error") : ""),
            new("Learning", "ece", Number(calibration.Value, "0.0000"), FormattableString.Invariant($"up to {calibration.NullHigh:0.0000} by chance alone")),
            new("Learning", "panel_acted", Number(result.PanelActed, "0.0%")),
            new("Learning", "drifts", session.Learning.Drifts.ToString("N0", CultureInfo.InvariantCulture)),
            new("Learning", "adaptations", session.Learning.Adaptations.ToString("N0", CultureInfo.InvariantCulture)),
            new("Run", "bars", result.Run.Bars.ToString("N0", CultureInfo.InvariantCulture)),
            new("Run", "seconds", Number(result.Run.Seconds, "0.000")),
            new("Run", "bars_per_second", Number(result.Run.Bars / Math.Max(result.Run.Seconds, 1e-9), "N0")),
            new("Run", "feature_count", session.Features.SelectedSchema.Features.Count.ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private static List<string> Probes(MarketResult result)
    {
        if (result.Probes is not { } probes)
            return [];
        var lines = new List<string> { FormattableString.Invariant($"{probes.Probes} replays over {probes.Bars:N0} bars at {probes.Cuts} cuts: {(probes.Holds ? "no leak found" : $"{probes.Findings.Count} leaks")}") };
        lines.AddRange(probes.Findings.Select(f => FormattableString.Invariant($"{f.Kind}: future changed after bar {f.CutBar}, but {f.What} differs at bar {f.Bar}")));
        return lines;
    }

    private static double[] BuyAndHold(double[] close, Baselines baselines)
    {
        if (close.Length == 0)
            return [];
        var scale = (1 + (baselines.BuyAndHold.NetProfit ?? 0)) / close[^1];
        return Array.ConvertAll(close, c => c * scale);
    }

    private static List<MemberSeries> Members(MarketResult result, Func<string, double[]> series)
    {
        var learning = result.Run.Session.Learning;
        var ones = series("panel_threshold");
        var members = new List<MemberSeries>
        {
            new("panel", false, series("panel_accuracy"), series("panel_log_loss"), Array.ConvertAll(ones, _ => double.NaN), ones),
        };
        var m = 0;
        foreach (var name in learning.MemberNames)
        {
            var baseline = learning.IsBaseline(m++);
            var weight = series($"{name}_weight");
            members.Add(new MemberSeries(name, baseline, series($"{name}_accuracy"), series($"{name}_log_loss"), baseline ? Array.ConvertAll(weight, _ => double.NaN) : weight, series($"{name}_threshold")));
        }
        return members;
    }

    private static List<Reports.ReliabilityBin> Reliability(ReliabilityDiagram diagram, int overlap)
    {
        Span<Learning.Calibration.ReliabilityBin> bins = stackalloc Learning.Calibration.ReliabilityBin[10];
        var count = diagram.Bins(bins, overlap);
        var list = new List<Reports.ReliabilityBin>();
        foreach (ref readonly var bin in bins[..count])
            list.Add(new Reports.ReliabilityBin(bin.Confidence, bin.Frequency, bin.Count, bin.NullLow, bin.NullHigh));
        return list;
    }

    private static DriftHeatMap Heat(MarketResult result)
    {
        var tests = result.Run.Recorder.Heat;
        var features = result.Run.Session.Features.SelectedSchema.Features;
        if (tests.Count == 0)
            return new DriftHeatMap([], [], []);
        var order = Enumerable.Range(0, features.Count)
            .Where(f => tests.Any(t => !double.IsNaN(t.Ratios[f])))
            .OrderByDescending(f => tests.Max(t => double.IsNaN(t.Ratios[f]) ? 0 : t.Ratios[f]))
            .ThenBy(f => f)
            .Take(HeatFeaturesMax)
            .ToArray();
        return new DriftHeatMap(
            [.. order.Select(f => features[f].Name)], [.. tests.Select(t => t.TimeMs)], [.. order.Select(f => (IReadOnlyList<double>)[.. tests.Select(t => t.Ratios[f])])]);
    }

    private static List<KeyValuePair<string, double>> Contributions(MarketResult result)
    {
        var rules = result.RulesOnly;
        var own = result.Statistics;
        var rulesGross = (rules.Net.NetProfit ?? 0) + rules.TotalFees;
        var ownGross = (own.Net.NetProfit ?? 0) + own.TotalFees;
        return
        [
            new("rules, before costs", rulesGross),
            new("costs of the rules", -rules.TotalFees),
            new("models: better or worse trades, before costs", ownGross - rulesGross),
            new("models: costs saved or added", rules.TotalFees - own.TotalFees),
        ];
    }

    private static List<MonthReturn> Months(PerformanceRecorder recorder)
    {
        var days = recorder.Days;
        var equity = recorder.DailyEquity;
        var costs = recorder.DailyCosts;
        var months = new List<MonthReturn>();
        var (equityBefore, costsBefore) = (recorder.StartEquity, 0.0);
        for (var i = 0; i < days.Length; i++)
        {
            var date = EventTime.ToDateTime(days[i] * EventTime.DayUs);
            if (i + 1 < days.Length && EventTime.ToDateTime(days[i + 1] * EventTime.DayUs) is var next && next.Year == date.Year && next.Month == date.Month)
                continue;
            if (equityBefore <= 0)
                break;
            var net = equity[i] / equityBefore - 1;
            months.Add(new MonthReturn(date.Year, date.Month, net, net + (costs[i] - costsBefore) / equityBefore));
            (equityBefore, costsBefore) = (equity[i], costs[i]);
        }
        return months;
    }

    private static List<KeyValuePair<string, string>> Quality(MarketResult result)
    {
        var quality = result.Run.Quality;
        var list = new List<KeyValuePair<string, string>>
        {
            new("bars", quality.Bars.ToString("N0", CultureInfo.InvariantCulture)),
            new("gaps", FormattableString.Invariant($"{quality.Gaps:N0} ({quality.MissingBars:N0} steps without a bar)")),
            new("longest gap", quality.LongestGapBars > 0 ? FormattableString.Invariant($"{quality.LongestGapBars:N0} bars after {RunSummary.Time(quality.LongestGapAtUs)}") : "none"),
            new("duplicates dropped", quality.DuplicatesDropped.ToString("N0", CultureInfo.InvariantCulture)),
            new("bars without volume", quality.ZeroVolume.ToString("N0", CultureInfo.InvariantCulture)),
            new("flat bars", quality.FlatBars.ToString("N0", CultureInfo.InvariantCulture)),
            new("missing values in extra columns", quality.MissingExtras.ToString("N0", CultureInfo.InvariantCulture)),
        };
        list.AddRange(quality.Notes.Select(note => new KeyValuePair<string, string>("note", note)));
        return list;
    }

    private static List<KeyValuePair<string, string>> Provenance(IReadOnlyList<MarketResult> results, HoneConfig config)
    {
        var list = new List<KeyValuePair<string, string>>
        {
            new("version", RunSummary.Version),
            new("seed", config.Seed.ToString(CultureInfo.InvariantCulture)),
            new("config_hash", ConfigLoader.Hash(config)),
        };
        foreach (var result in results)
        {
            var prefix = results.Count > 1 ? $"{result.Run.Session.Market.Symbol} " : "";
            list.Add(new($"{prefix}state_hash", result.StateHash));
            list.Add(new($"{prefix}emission_hash", result.Run.Session.EmissionHash));
            list.Add(new($"{prefix}data_hash", result.Run.Quality.DataHash));
            list.Add(new($"{prefix}feature_hash", result.Run.Session.Features.SelectedSchema.Hash));
        }
        list.Add(new("runtime", RuntimeInformation.FrameworkDescription));
        list.Add(new("system", $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"));
        list.Add(new("cpu", Cpu()));
        return list;
    }

    private static string Cpu()
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/cpuinfo"))
                if (line.StartsWith("model name", StringComparison.Ordinal))
                    return $"{line[(line.IndexOf(':') + 1)..].Trim()}, {Environment.ProcessorCount} cores";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Other systems say it elsewhere; the report does without.
        }
        return $"{Environment.ProcessorCount} cores";
    }

    private static string Number(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "–";

    private static string Percent(double? value) => Number(value, "+0.00%;-0.00%;0.00%");

    private static string Range(Interval? interval, string format)
        => interval is { } range ? $"95 %: {range.Low.ToString(format, CultureInfo.InvariantCulture)} to {range.High.ToString(format, CultureInfo.InvariantCulture)}" : "";
}
