using System.Globalization;
using Hone.Host.Streams;
using Spectre.Console;

namespace Hone.Host.Cli;

/// <summary>The readable results of an evaluation.</summary>
internal sealed class EvaluateConsole(VerbContext context)
{
    public void Print(StreamResults results, string folder)
    {
        var stream = results.Stream;
        var what = results.IsClassification ? $"{stream.Classes.Count} classes of" : "the number";
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{stream.Name}  {stream.Rows:N0} rows, {stream.Features.Count:N0} features, {what} '{stream.Target}'; labels are known {results.Delay}"));
        context.Out.WriteLine(results.Verdict);
        context.Out.WriteLine();
        context.Tables.Write(results.IsClassification ? Classes(results) : Numbers(results));
        foreach (var notice in stream.Notices)
            context.Out.WriteLine($"notice: {notice}");
        foreach (var warning in results.Warnings)
            context.Out.WriteLine($"warning: {warning}");
        context.Out.WriteLine();
        context.Out.WriteLine($"report   {Path.Combine(folder, "report.html")}");
        context.Out.WriteLine($"files    {folder}{Path.DirectorySeparatorChar}: summary.json");
    }

    private static Table Classes(StreamResults results)
    {
        var covers = results.Results.Any(r => r.Coverage is not null);
        var table = Table(["learner", "accuracy", "kappa", "kappa-t", "log-loss", "AUC", .. covers ? ["90 % sets cover"] : Array.Empty<string>(), "rows/s", "memory", "drifts"]);
        List<(double Rank, string[] Cells)> rows = [];
        foreach (var result in results.Ranked)
        {
            var score = (result.Score as ClassesScore)?.Score;
            var below = score is not null && score.Accuracy < results.AccuracyNoChange ? ", below no-change" : "";
            var auc = (result.Score as ClassesScore)?.Auc ?? ((AnomalyScore)result.Score).Auc;
            rows.Add((score?.Accuracy ?? -1,
            [
                result.Learner + below, Number(score?.Accuracy, "0.0000"), Number(score?.Kappa, "0.000"), Number(score is null ? null : StreamResults.Over(score.Accuracy, results.AccuracyNoChange), "0.000"),
                Number(score?.LogLoss, "0.0000"), Number(auc, "0.000"), .. covers ? [Covers(result)] : Array.Empty<string>(), .. Costs(result, results),
            ]));
        }
        void Baseline(string name, double accuracy)
        {
            if (results.Results.All(r => r.Learner != name))
                rows.Add((accuracy, [$"{name} (baseline)", Number(accuracy, "0.0000"), "", Number(StreamResults.Over(accuracy, results.AccuracyNoChange), "0.000"), "", "", .. covers ? [""] : Array.Empty<string>(), "", "", ""]));
        }
        Baseline("no-change", results.AccuracyNoChange);
        Baseline("majority", results.AccuracyMajority);
        foreach (var (_, cells) in rows.OrderByDescending(r => r.Rank))
            table.AddRow([.. cells.Select(Markup.Escape)]);
        return table;
    }

    private static Table Numbers(StreamResults results)
    {
        var covers = results.Results.Any(r => r.Coverage is not null);
        var table = Table(["regressor", "MAE", "RMSE", "R²", .. covers ? ["90 % intervals cover"] : Array.Empty<string>(), "rows/s", "memory", "drifts"]);
        List<(double Rank, string[] Cells)> rows = [];
        foreach (var result in results.Ranked)
        {
            var score = (NumbersScore)result.Score;
            var below = score.Mae > results.Baselines.Last ? ", worse than the last value" : "";
            rows.Add((score.Mae, [result.Learner + below, Number(score.Mae, "G5"), Number(score.Rmse, "G5"), Number(score.R2, "0.000"), .. covers ? [Covers(result)] : Array.Empty<string>(), .. Costs(result, results)]));
        }
        rows.Add((results.Baselines.Last, ["last value (baseline)", Number(results.Baselines.Last, "G5"), "", "", .. covers ? [""] : Array.Empty<string>(), "", "", ""]));
        rows.Add((results.Baselines.Frequent, ["running mean (baseline)", Number(results.Baselines.Frequent, "G5"), "", "", .. covers ? [""] : Array.Empty<string>(), "", "", ""]));
        foreach (var (_, cells) in rows.OrderBy(r => r.Rank))
            table.AddRow([.. cells.Select(Markup.Escape)]);
        return table;
    }

    private static string[] Costs(LearnerResult result, StreamResults results)
        => [Number(results.Stream.Rows / result.Seconds, "N0"), Bytes(result.MemoryBytes), result.Score is AnomalyScore ? "–" : Number(result.Drifts.Count, "N0")];

    private static string Covers(LearnerResult result)
        => result.Coverage is { } coverage ? string.Create(CultureInfo.InvariantCulture, $"{coverage.Coverage:P1} ({coverage.Size:G3})") : "–";

    private static Table Table(string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < columns.Length; i++)
            table.AddColumn(new TableColumn(Markup.Escape(columns[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right });
        return table;
    }

    private static string Bytes(long bytes) => bytes >= 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB");

    private static string Number(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "–";
}
