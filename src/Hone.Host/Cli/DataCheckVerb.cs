using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Learning;
using Hone.Trading.Market;

namespace Hone.Host.Cli;

/// <summary>hone data check: reads files of bars to their end and tells what they are and what is wrong with them.</summary>
internal static class DataCheckVerb
{
    public static Command Create(VerbContext context)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files of bars (CSV, plain or gzip).", Arity = ArgumentArity.OneOrMore };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "Config file; its data section says how files are read." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var feed = new FeedFlags();
        var command = new Command("check", "Read files of bars to their end: what they are, and everything that is wrong with them.") { files, config, json };
        feed.AddTo(command);
        command.SetAction(parse =>
        {
            var flags = new Dictionary<string, JsonNode?>();
            feed.WriteTo(flags, parse);
            var options = ConfigLoader.Load(parse.GetValue(config), Environment.GetEnvironmentVariables(), flags).Data;
            var paths = parse.GetValue(files)!;
            using var progress = new ProgressLine(context, "data check");
            var reports = new List<BarDataReport>();
            foreach (var path in paths)
            {
                context.Cancel.ThrowIfCancellationRequested();
                reports.Add(BarDataCheck.Check(path, options));
                progress.Report((double)reports.Count / paths.Length);
            }
            progress.Dispose();
            var clean = reports.TrueForAll(r => r.IsClean);
            if (parse.GetValue(json))
                context.Out.WriteLine(CliJson.Text(new JsonObject { ["clean"] = clean, ["files"] = new JsonArray([.. reports.Select(Json)]) }));
            else
                WriteText(context, reports);
            return clean ? 0 : 1;
        });
        return command;
    }

    private static JsonNode Json(BarDataReport report)
    {
        var quality = report.Quality;
        return new JsonObject
        {
            ["file"] = report.File,
            ["clean"] = report.IsClean,
            ["symbol"] = IsOpen(report) ? report.Symbol : null,
            ["asset_class"] = IsOpen(report) ? Name(report.AssetClass) : null,
            ["step_seconds"] = IsOpen(report) ? report.StepUs / 1e6 : null,
            ["bars"] = quality.Bars,
            ["first_close"] = quality.Bars > 0 ? CliJson.Time(report.FirstCloseUs) : null,
            ["last_close"] = quality.Bars > 0 ? CliJson.Time(report.LastCloseUs) : null,
            ["gaps"] = quality.Gaps,
            ["missing_bars"] = quality.MissingBars,
            ["longest_gap_bars"] = quality.LongestGapBars,
            ["longest_gap_after"] = quality.LongestGapBars > 0 ? CliJson.Time(quality.LongestGapAtUs) : null,
            ["duplicates_dropped"] = quality.DuplicatesDropped,
            ["zero_volume"] = quality.ZeroVolume,
            ["flat_bars"] = quality.FlatBars,
            ["missing_extras"] = quality.MissingExtras,
            ["largest_move"] = quality.Bars > 1 ? CliJson.Number(report.LargestMove) : null,
            ["largest_move_at"] = report.LargestMove > 0 ? CliJson.Time(report.LargestMoveAtUs) : null,
            ["data_hash"] = quality.DataHash.Length > 0 ? quality.DataHash : null,
            ["notes"] = new JsonArray([.. quality.Notes.Select(n => (JsonNode)n)]),
            ["problem_count"] = report.ProblemCount,
            ["problems"] = new JsonArray([.. report.Problems.Select(p => (JsonNode)new JsonObject
            {
                ["line"] = p.Line > 0 ? p.Line : null,
                ["column"] = p.Column.Length > 0 ? p.Column : null,
                ["value"] = p.Value.Length > 0 ? p.Value : null,
                ["what"] = p.What,
                ["remedy"] = p.Remedy,
            })]),
        };
    }

    private static void WriteText(VerbContext context, List<BarDataReport> reports)
    {
        for (var i = 0; i < reports.Count; i++)
        {
            if (i > 0)
                context.Out.WriteLine();
            WriteText(context, reports[i]);
        }
        if (reports.Count > 1)
        {
            context.Out.WriteLine();
            context.Out.WriteLine($"{reports.Count} files, {reports.Count(r => r.IsClean)} clean, {reports.Count(r => !r.IsClean)} with problems.");
        }
    }

    private static void WriteText(VerbContext context, BarDataReport report)
    {
        var output = context.Out;
        output.WriteLine($"{report.File}: {(report.IsClean ? "clean" : Count(report.ProblemCount, "problem"))}");
        if (IsOpen(report))
        {
            var quality = report.Quality;
            var table = new PlainTable(indent: 2);
            table.Add("market", $"{report.Symbol}, {Name(report.AssetClass)}, a bar every {DurationConverter.Text(new TimeSpan(report.StepUs * TimeSpan.TicksPerMicrosecond))}");
            table.Add("bars", quality.Bars == 0 ? "none" : $"{Number(quality.Bars)}, closing from {CliJson.Time(report.FirstCloseUs)} to {CliJson.Time(report.LastCloseUs)}");
            table.Add("gaps", quality.Gaps == 0 ? "none"
                : $"{Number(quality.Gaps)}, {Number(quality.MissingBars)} bars missing, nights and week-ends included; the longest {Number(quality.LongestGapBars)} bars after {CliJson.Time(quality.LongestGapAtUs)}");
            table.Add("volume", quality.ZeroVolume == 0 ? "in every bar" : quality.ZeroVolume == quality.Bars ? "in no bar" : $"{Number(quality.ZeroVolume)} bars without");
            table.Add("flat bars", Number(quality.FlatBars));
            table.Add("duplicates", $"{Number(quality.DuplicatesDropped)} dropped");
            if (quality.MissingExtras > 0)
                table.Add("extra columns", $"{Number(quality.MissingExtras)} values missing");
            if (report.LargestMove > 0)
                table.Add("largest move", $"{(report.LargestMove * 100).ToString("0.##", CultureInfo.InvariantCulture)} % at {CliJson.Time(report.LargestMoveAtUs)}");
            foreach (var note in quality.Notes)
                table.Add("note", note);
            table.Write(output, context.Width);
        }
        foreach (var problem in report.Problems)
            output.WriteLine($"  problem: {problem}");
        if (report.ProblemCount > report.Problems.Count)
            output.WriteLine($"  … and {Number(report.ProblemCount - report.Problems.Count)} more");
    }

    // A file that could not be opened has no step.
    private static bool IsOpen(BarDataReport report) => report.StepUs > 0;

    private static string Name(AssetClass assetClass) => JsonNamingPolicy.KebabCaseLower.ConvertName(assetClass.ToString());

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Count(long count, string what) => count == 1 ? $"1 {what}" : $"{Number(count)} {what}s";
}
