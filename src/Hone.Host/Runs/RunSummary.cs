using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Host.Configuration;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Host.Runs;

/// <summary>summary.json and `run --json`: keys are a contract; numbers are finite, what does not exist is null.</summary>
public static class RunSummary
{
    /// <summary>Version of this build.</summary>
    public static string Version { get; } =
        typeof(RunSummary).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>One market.</summary>
    public static JsonObject Of(MarketResult result, HoneConfig config)
    {
        var session = result.Run.Session;
        var learning = session.Learning;
        var score = learning.Score;
        var answered = score.Count > 0;
        var net = result.Statistics.Net;
        var trades = result.Statistics.Trades;
        var intervals = net.Intervals;
        var summary = new JsonObject
        {
            ["symbol"] = session.Market.Symbol,
            ["bars"] = result.Run.Bars,
            ["first_bar"] = Time(session.Real.Performance.FirstTimeUs),
            ["last_bar"] = Time(session.Real.Performance.LastTimeUs),
            ["seconds"] = Number(result.Run.Seconds),
            ["bars_per_second"] = Number(result.Run.Bars / Math.Max(result.Run.Seconds, 1e-9)),
            ["state_hash"] = result.StateHash,
            ["feature_count"] = session.Features.SelectedSchema.Features.Count,
            ["accuracy"] = Number(answered ? score.Accuracy : null),
            ["accuracy_no_change"] = Number(answered ? score.NoChangeAccuracy : null),
            ["accuracy_majority"] = Number(answered ? score.MajorityAccuracy : null),
            ["accuracy_rules_only"] = Number(session.Rules.Accuracy),
            ["accuracy_where_rules_speak"] = Number(session.Rules.PanelAccuracy),
            ["rules_only_answers"] = session.Rules.Answers,
            ["kappa"] = Number(answered ? score.Kappa : null),
            ["kappa_temporal"] = Number(answered ? score.KappaTemporal : null),
            ["log_loss"] = Number(answered ? score.LogLoss : null),
            ["brier"] = Number(answered ? score.Brier : null),
            ["ece"] = Number(answered && score.Classes == 2 ? learning.Reliability.Error(overlap: session.HorizonBars).Value : null),
            ["ic"] = Number(result.InformationCoefficient),
            ["rank_ic"] = Number(session.RankInformationCoefficient.Count > 2 ? session.RankInformationCoefficient.Value : null),
            ["answers"] = score.Count,
            ["effective_answers"] = Number((double)score.Count / session.HorizonBars),
            ["trades"] = trades.Trades,
            ["win_rate"] = Number(trades.WinRate),
            ["profit_factor"] = Number(trades.ProfitFactor),
            ["expectancy"] = Number(trades.Expectancy),
            ["sqn"] = Number(trades.Sqn),
            ["sharpe"] = Number(net.Sharpe),
            ["sharpe_interval"] = Interval(intervals?.Sharpe),
            ["sharpe_gross"] = Number(result.Statistics.Gross.Sharpe),
            ["sortino"] = Number(net.Sortino),
            ["calmar"] = Number(net.Calmar),
            ["probabilistic_sharpe"] = Number(net.ProbabilisticSharpe),
            ["deflated_sharpe"] = Number(net.DeflatedSharpe),
            ["trials"] = result.Trials.Count,
            ["max_drawdown"] = Number(net.MaxDrawdown),
            ["max_drawdown_interval"] = Interval(intervals?.MaxDrawdown),
            ["net_profit"] = Number(net.NetProfit),
            ["net_profit_interval"] = Interval(intervals?.NetProfit),
            ["gross_profit"] = Number(result.Statistics.Gross.NetProfit),
            ["total_fees"] = Number(result.Statistics.TotalFees),
            ["turnover"] = Number(result.Statistics.Turnover),
            ["exposure"] = Number(result.Statistics.Exposure),
            ["panel_acted"] = Number(result.PanelActed),
            ["buy_and_hold"] = Number(result.Baselines.BuyAndHold.NetProfit),
            ["rules_only"] = Number(result.RulesOnly.Net.NetProfit),
            ["random_same_turnover"] = Number(result.Baselines.RandomSameTurnover?.Mean),
            ["random_p_value"] = Number(result.Baselines.RandomSameTurnover?.PValue),
            ["cash"] = 0.0,
            ["ml_contribution"] = Number(result.MlContribution),
            ["verdict"] = Verdict(result.Verdict.Conclusion),
            ["verdict_text"] = result.Verdict.Sentence,
            ["costs"] = session.Costs.IsFree ? "no costs" : session.Costs.Name,
            ["label"] = config.Label.Name,
            ["agents"] = new JsonArray([.. config.Agents.Select(a => (JsonNode)a.Name)]),
            ["features"] = new JsonArray([.. session.Features.SelectedSchema.Features.Select(f => (JsonNode)f.Name)]),
            ["drift_count"] = learning.Drifts,
            ["adaptation_count"] = learning.Adaptations,
            ["drifts"] = new JsonArray([.. result.Run.Recorder.Drifts.Select(d => (JsonNode)new JsonObject
            {
                ["at"] = Time(d.TimeMs * 1000), ["bar"] = d.Bar, ["member"] = d.Member, ["detector"] = d.Detector, ["statistic"] = Number(d.Statistic),
            })]),
            ["adaptations"] = new JsonArray([.. result.Run.Recorder.Adaptations.Select(a => (JsonNode)new JsonObject
            {
                ["at"] = Time(a.TimeMs * 1000), ["bar"] = a.Bar, ["member"] = a.Member, ["action"] = a.Action, ["cause"] = a.Cause,
            })]),
            ["members"] = Members(result),
            ["outcome_learner"] = new JsonObject
            {
                ["learned"] = session.Outcomes.Learned, ["profitable"] = session.Outcomes.Profitable, ["votes"] = session.Outcomes.Votes, ["vetoes"] = session.Vetoes,
            },
            ["data_quality"] = Quality(result.Run.Quality),
            ["warnings"] = new JsonArray([.. result.Warnings.Select(w => (JsonNode)w)]),
            ["suspect_leak"] = result.Suspicions.Count > 0,
            ["allocated_bytes_per_bar"] = Number(result.Run.AllocatedBytesPerBar),
            ["seed"] = config.Seed,
            ["version"] = Version,
            ["config_hash"] = ConfigLoader.Hash(config),
            ["data_hash"] = result.Run.Quality.DataHash,
            ["feature_hash"] = session.Features.SelectedSchema.Hash,
        };
        return summary;
    }

    /// <summary>Several markets and their sum.</summary>
    public static JsonObject Of(IReadOnlyList<MarketResult> results, Portfolio portfolio, HoneConfig config) => new()
    {
        ["symbols"] = new JsonArray([.. results.Select(r => (JsonNode)Of(r, config))]),
        ["portfolio"] = portfolio.Json(config),
    };

    /// <summary>A number, or null where it does not exist.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;

    /// <summary>A time as ISO-8601 UTC.</summary>
    public static string Time(long timeUs) => EventTime.ToDateTime(timeUs).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The text of a summary.</summary>
    public static string Text(JsonObject summary) => summary.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    internal static string Verdict(EdgeConclusion conclusion) => conclusion switch
    {
        EdgeConclusion.Edge => "edge",
        EdgeConclusion.NoEdge => "no-edge",
        _ => "not-enough-data",
    };

    internal static JsonNode? Interval(Interval? interval)
        => interval is { } range ? new JsonArray(Number(range.Low), Number(range.High)) : null;

    private static JsonArray Members(MarketResult result)
    {
        var learning = result.Run.Session.Learning;
        var members = new JsonArray();
        var m = 0;
        foreach (var name in learning.MemberNames)
        {
            var statistics = learning.Statistics(m);
            var trades = result.Run.Session.TradesOf(m);
            members.Add(new JsonObject
            {
                ["name"] = name,
                ["predictions"] = statistics.Predictions,
                ["resolved"] = statistics.Resolved,
                ["accuracy"] = Number(statistics.Accuracy),
                ["log_loss"] = Number(statistics.LogLoss),
                ["brier"] = Number(statistics.Brier),
                ["ema_accuracy"] = Number(statistics.EmaAccuracy),
                ["adaptive_threshold"] = Number(statistics.Threshold),
                ["adaptive_weight"] = Number(learning.Weight(m)),
                ["thompson_alpha"] = Number(statistics.ThompsonAlpha),
                ["thompson_beta"] = Number(statistics.ThompsonBeta),
                ["calibration_error"] = Number(statistics.CalibrationError),
                ["calibration_error_null"] = Number(statistics.CalibrationErrorNull),
                ["state"] = JsonNamingPolicy.KebabCaseLower.ConvertName(learning.State(m).ToString()),
                ["trade_count"] = trades.Count,
                ["trade_wins"] = trades.Wins,
                ["trade_pnl"] = Number(trades.NetPnl / result.Statistics.StartEquity),
            });
            m++;
        }
        return members;
    }

    private static JsonObject Quality(DataQuality quality) => new()
    {
        ["bars"] = quality.Bars,
        ["gaps"] = quality.Gaps,
        ["missing_bars"] = quality.MissingBars,
        ["longest_gap_bars"] = quality.LongestGapBars,
        ["longest_gap_at"] = quality.LongestGapBars > 0 ? Time(quality.LongestGapAtUs) : null,
        ["duplicates_dropped"] = quality.DuplicatesDropped,
        ["zero_volume"] = quality.ZeroVolume,
        ["flat_bars"] = quality.FlatBars,
        ["missing_extras"] = quality.MissingExtras,
        ["notes"] = new JsonArray([.. quality.Notes.Select(n => (JsonNode)n)]),
    };
}
