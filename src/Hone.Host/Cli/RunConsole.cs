using System.Globalization;
using Hone.Host.Runs;
using Hone.Trading.Performance;
using Spectre.Console;

namespace Hone.Host.Cli;

/// <summary>The readable summary of a run.</summary>
internal sealed class RunConsole(VerbContext context)
{
    public void Print(IReadOnlyList<MarketResult> results, Portfolio? portfolio, string folder, bool predictions)
    {
        foreach (var result in results)
            if (results.Count <= 3)
                Market(result);
        if (portfolio is not null)
            Markets(results, portfolio);
        Warnings(results);
        context.Out.WriteLine();
        context.Out.WriteLine($"report   {Path.Combine(folder, "report.html")}");
        context.Out.WriteLine($"files    {folder}{Path.DirectorySeparatorChar}: summary.json, {(results.Count > 1 ? "and for each market " : "")}trades.csv{(predictions ? ", predictions.csv" : "")}");
    }

    /// <summary>A warning that holds for many markets is said once.</summary>
    private void Warnings(IReadOnlyList<MarketResult> results)
    {
        foreach (var group in results.SelectMany(r => r.Warnings.Select(w => (Symbol: r.Run.Session.Market.Symbol, Text: w))).GroupBy(w => w.Text))
        {
            var symbols = group.Select(w => w.Symbol).ToArray();
            var where = results.Count == 1 ? "" : symbols.Length <= 4 ? $"{string.Join(", ", symbols)}: " : $"{symbols.Length} markets ({symbols[0]}, {symbols[1]}, …): ";
            context.Out.WriteLine($"warning: {where}{group.Key}");
        }
    }

    private void Market(MarketResult result)
    {
        var session = result.Run.Session;
        var score = session.Learning.Score;
        var net = result.Statistics.Net;
        var trades = result.Statistics.Trades;
        context.Out.WriteLine();
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{session.Market.Symbol}  {result.Run.Bars:N0} bars in {result.Run.Seconds:0.00} s ({result.Run.Bars / Math.Max(result.Run.Seconds, 1e-9):N0} bars/s), costs: {(session.Costs.IsFree ? "no costs" : session.Costs.Name)}"));
        context.Out.WriteLine(result.Verdict.Sentence);
        context.Out.WriteLine();

        var learning = Table("learning", "panel", "no-change", "majority");
        Row(learning, "accuracy", Share(score.Accuracy), Share(score.NoChangeAccuracy), Share(score.MajorityAccuracy));
        Row(learning, "log-loss", Number(score.LogLoss, "0.00000"), "", "");
        Row(learning, "kappa, temporal kappa", $"{Number(score.Kappa, "0.000")}, {Number(score.KappaTemporal, "0.000")}", "", "");
        Row(learning, "IC", $"{Number(result.InformationCoefficient, "0.0000")} ± {Number(EdgeVerdict.IcStandardError(session.InformationCoefficient.Count, session.HorizonBars), "0.0000")}", "0", "0");
        context.Tables.Write(learning);

        var money = Table("money", "Hone", "rules only", "buy-and-hold", "random, same turnover");
        Row(money, "net profit", Percent(net.NetProfit), Percent(result.RulesOnly.Net.NetProfit), Percent(result.Baselines.BuyAndHold.NetProfit), Percent(result.Baselines.RandomSameTurnover?.Mean));
        Row(money, "Sharpe", Between(net.Sharpe, net.Intervals?.Sharpe), Number(result.RulesOnly.Net.Sharpe, "0.00"), Number(result.Baselines.BuyAndHold.Sharpe, "0.00"), $"p = {Number(result.Baselines.RandomSameTurnover?.PValue, "0.000")}");
        Row(money, "max drawdown", Percent(-net.MaxDrawdown), Percent(-result.RulesOnly.Net.MaxDrawdown), Percent(-result.Baselines.BuyAndHold.MaxDrawdown), "");
        Row(money, "probabilistic, deflated Sharpe", $"{Number(net.ProbabilisticSharpe, "0.000")}, {Number(net.DeflatedSharpe, "0.000")}", "", "", "");
        Row(money, "trades, win rate", $"{trades.Trades:N0}, {Share(trades.WinRate)}", $"{result.RulesOnly.Trades.Trades:N0}, {Share(result.RulesOnly.Trades.WinRate)}", "", "");
        Row(money, "profit factor, expectancy", $"{Number(trades.ProfitFactor, "0.00")}, {Number(trades.Expectancy, "0.000")}", "", "", "");
        Row(money, "costs", Percent(-result.Statistics.TotalFees), Percent(-result.RulesOnly.TotalFees), "", "");
        Row(money, "what the models added", Percent(result.MlContribution), "", "", "");
        context.Tables.Write(money);

        var members = Table("member", "accuracy", "log-loss", "weight", "threshold", "state");
        var m = 0;
        foreach (var name in session.Learning.MemberNames)
        {
            var statistics = session.Learning.Statistics(m);
            Row(members, name, Share(statistics.Accuracy), Number(statistics.LogLoss, "0.00000"),
                session.Learning.IsBaseline(m) ? "–" : Number(session.Learning.Weight(m), "0.00"), Number(statistics.Threshold, "0.00"),
                System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(session.Learning.State(m).ToString()));
            m++;
        }
        context.Tables.Write(members);
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"drift alarms {session.Learning.Drifts:N0}, adaptations {session.Learning.Adaptations:N0}, panel acted on {Share(result.PanelActed)} of decisions, state {result.StateHash}"));
    }

    private void Markets(IReadOnlyList<MarketResult> results, Portfolio portfolio)
    {
        context.Out.WriteLine();
        var table = Table("market", "bars", "accuracy", "no-change", "IC", "net profit", "rules only", "buy-and-hold", "Sharpe", "verdict");
        foreach (var result in results)
        {
            var session = result.Run.Session;
            Row(table, session.Market.Symbol, result.Run.Bars.ToString("N0", CultureInfo.InvariantCulture), Share(session.Learning.Score.Accuracy), Share(session.Learning.Score.NoChangeAccuracy),
                Number(result.InformationCoefficient, "0.000"), Percent(result.Statistics.Net.NetProfit), Percent(result.RulesOnly.Net.NetProfit), Percent(result.Baselines.BuyAndHold.NetProfit),
                Number(result.Statistics.Net.Sharpe, "0.00"), RunSummary.Verdict(result.Verdict.Conclusion));
        }
        Row(table, $"portfolio ({portfolio.Note})", "", "", "", "", Percent(portfolio.Equity.Count > 0 ? portfolio.Equity[^1] - 1 : null), Percent(portfolio.RulesOnly.Count > 0 ? portfolio.RulesOnly[^1] - 1 : null),
            Percent(portfolio.BuyAndHold.Count > 0 ? portfolio.BuyAndHold[^1] - 1 : null), "", "");
        context.Tables.Write(table);
    }

    private static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < columns.Length; i++)
            table.AddColumn(new TableColumn(Markup.Escape(columns[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right });
        return table;
    }

    private static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);

    private static string Number(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "–";

    private static string Share(double? value) => value is { } number && double.IsFinite(number) ? string.Create(CultureInfo.InvariantCulture, $"{number:P2}") : "–";

    private static string Percent(double? value) => value is { } number && double.IsFinite(number) ? string.Create(CultureInfo.InvariantCulture, $"{number:+0.00%;-0.00%;0.00%}") : "–";

    private static string Between(double? value, Interval? interval)
        => interval is { } range ? string.Create(CultureInfo.InvariantCulture, $"{Number(value, "0.00")} ({range.Low:0.00} … {range.High:0.00})") : Number(value, "0.00");
}
