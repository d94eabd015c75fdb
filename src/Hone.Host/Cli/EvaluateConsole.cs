using System.Globalization;
using Hone.Host.Streams;
using Spectre.Console;

namespace Hone.Host.Cli;

/// <summary>The readable results of an evaluation.</summary>
internal sealed class EvaluateConsole(VerbContext context)
{
    private const string Below = " ▼";
    private static readonly string[] LeastNeeded = ["cover", "memory", "drifts", "kappa", "AUC", "kappa-t", "R²", "rows/s"];

    public void Print(StreamResults results, string folder)
    {
        var stream = results.Stream;
        var what = results.IsClassification ? $"{stream.Classes.Count} classes of" : "the number";
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{stream.Name}  {stream.Rows:N0} rows, {stream.Features.Count:N0} {(stream.Features.Count == 1 ? "feature" : "features")}, {what} '{stream.Target}'; labels are known {results.Delay}"));
        context.Out.WriteLine(results.Verdict);
        context.Out.WriteLine();
        context.Tables.Write(results.IsClassification ? Classes(results) : Numbers(results));
        if (results.Results.Any(results.IsBelowLast))
            context.Out.WriteLine(results.IsClassification ? "▼ below no-change: repeating the last known label is right more often." : "▼ worse than the last value: repeating the last known target is nearer.");
        foreach (var notice in stream.Notices)
            context.Out.WriteLine($"notice: {notice}");
        foreach (var warning in results.Warnings)
            context.Out.WriteLine($"warning: {warning}");
        context.Out.WriteLine();
        context.Out.WriteLine($"report   {Path.Combine(folder, "report.html")}");
        context.Out.WriteLine($"files    {folder}{Path.DirectorySeparatorChar}: summary.json");
    }

    private Table Classes(StreamResults results)
    {
        var covers = results.Results.Any(r => r.Coverage is not null);
        string[] columns = ["learner", "accuracy", "kappa", "kappa-t", "log-loss", "AUC", .. covers ? ["cover"] : Array.Empty<string>(), "rows/s", "memory", "drifts"];
        List<(double Rank, string[] Cells)> rows = [];
        foreach (var result in results.Ranked)
        {
            var score = (result.Score as ClassesScore)?.Score;
            var auc = (result.Score as ClassesScore)?.Auc ?? ((AnomalyScore)result.Score).Auc;
            rows.Add((score?.Accuracy ?? -1,
            [
                result.Learner, Number(score?.Accuracy, "0.0000") + Mark(result, results), Number(score?.Kappa, "0.000"), Number(score is null ? null : StreamResults.Over(score.Accuracy, results.AccuracyNoChange), "0.000"),
                Number(score?.LogLoss, "0.0000"), Number(auc, "0.000"), .. covers ? [Covers(result)] : Array.Empty<string>(), .. Costs(result, results),
            ]));
        }
        void Baseline(string name, double accuracy)
        {
            if (results.Results.All(r => r.Learner != name))
                rows.Add((accuracy, [$"{name} (baseline)", Number(accuracy, "0.0000") + Mark(null, results), "", Number(StreamResults.Over(accuracy, results.AccuracyNoChange), "0.000"), "", "", .. covers ? [""] : Array.Empty<string>(), "", "", ""]));
        }
        Baseline("no-change", results.AccuracyNoChange);
        Baseline("majority", results.AccuracyMajority);
        return Table(columns, [.. rows.OrderByDescending(r => r.Rank).Select(r => r.Cells)]);
    }

    private Table Numbers(StreamResults results)
    {
        var covers = results.Results.Any(r => r.Coverage is not null);
        string[] columns = ["regressor", "MAE", "RMSE", "R²", .. covers ? ["cover"] : Array.Empty<string>(), "rows/s", "memory", "drifts"];
        List<(double Rank, string[] Cells)> rows = [];
        double[] errors = [results.Baselines.Last, results.Baselines.Frequent, .. results.Results.Select(r => ((NumbersScore)r.Score).Mae)];
        var format = Format(errors.Min(), errors.Max());
        foreach (var result in results.Ranked)
        {
            var score = (NumbersScore)result.Score;
            rows.Add((score.Mae, [result.Learner, Number(score.Mae, format) + Mark(result, results), Number(score.Rmse, format), Number(score.R2, "0.000"), .. covers ? [Covers(result)] : Array.Empty<string>(), .. Costs(result, results)]));
        }
        void Baseline(string name, double error)
        {
            if (results.Results.All(r => r.Learner != name))
                rows.Add((error, [$"{name} (baseline)", Number(error, format) + Mark(null, results), "", "", .. covers ? [""] : Array.Empty<string>(), "", "", ""]));
        }
        Baseline("last-value", results.Baselines.Last);
        Baseline("running-mean", results.Baselines.Frequent);
        return Table(columns, [.. rows.OrderBy(r => r.Rank).Select(r => r.Cells)]);
    }

    /// <summary>As many decimals for all as show four digits of the least, unless the figures lie too far apart for that.</summary>
    private static string Format(double least, double most)
    {
        if (!(least > 0) || !(most < 1e9) || most / least > 1e6)
            return "G5";
        return $"N{Math.Clamp(3 - (int)Math.Floor(Math.Log10(least)), 0, 12)}";
    }

    private static string[] Costs(LearnerResult result, StreamResults results)
        => [Number(results.Stream.Rows / result.Seconds, "N0"), Bytes(result.MemoryBytes), result.Score is AnomalyScore ? "–" : Number(result.Drifts.Count, "N0")];

    private static string Covers(LearnerResult result) => Number(result.Coverage?.Coverage, "P1");

    /// <summary>The mark, or as much room where another row has it: the figures stay under one another.</summary>
    private static string Mark(LearnerResult? result, StreamResults results)
        => result is not null && results.IsBelowLast(result) ? Below : results.Results.Any(results.IsBelowLast) ? "  " : "";

    /// <summary>A table that is no wider than the screen: what is least needed there is left out, a broken figure could not be read at all.</summary>
    private Table Table(string[] columns, List<string[]> rows)
    {
        List<int> kept = [.. Enumerable.Range(0, columns.Length)];
        int Width() => 2 + kept.Sum(c => Math.Max(columns[c].Length, rows.Max(r => r[c].Length)) + 2);
        foreach (var dropped in LeastNeeded)
            if (Width() > context.Width)
                kept.Remove(Array.IndexOf(columns, dropped));
        // Ten columns and names of 28 characters go into the 120 columns of a log.
        var table = Empty([.. kept.Select(c => columns[c])]);
        foreach (var cells in rows)
            table.AddRow([.. kept.Select(c => Markup.Escape(cells[c]))]);
        return table;
    }

    private static Table Empty(string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < columns.Length; i++)
            table.AddColumn(new TableColumn(Markup.Escape(columns[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right, Padding = new Padding(i == 0 ? 1 : 0, 0, 1, 0), NoWrap = true });
        return table;
    }

    private static string Bytes(long bytes) => bytes >= 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB");

    private static string Number(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "–";
}
