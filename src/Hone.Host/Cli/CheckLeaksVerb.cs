using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Host.Runs;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Cli;

/// <summary>hone check-leaks: looks for look-ahead in the whole session (a user's own parts included) on a user's own data.</summary>
internal static class CheckLeaksVerb
{
    // Below, most of the history is warm-up and the probes compare little.
    private const int BarsUsefulMin = 1000;
    private const int BarsMax = 1_000_000;
    private const int CutsMax = 10_000;

    public static Command Create(VerbContext context)
    {
        var data = new Option<string?>("--data") { HelpName = "FILE", Description = "File of bars (CSV, plain or gzip); without it the built-in market." };
        var bars = new Option<int>("--bars") { HelpName = "N", Description = "Bars from the start of the data that are probed.", DefaultValueFactory = _ => 5000 };
        var cuts = new Option<int>("--cuts") { HelpName = "N", Description = "Random moments after which the future is changed.", DefaultValueFactory = _ => 50 };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "Config file; `hone init` writes one." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var feed = new FeedFlags();
        var command = new Command("check-leaks", "Look for look-ahead: change the future of the data and compare everything the session said before.") { data, bars, cuts, config, json };
        feed.AddTo(command);
        command.SetAction(parse =>
        {
            var flags = new Dictionary<string, JsonNode?>();
            feed.WriteTo(flags, parse);
            var barsMax = Within("--bars", parse.GetValue(bars), BarsMax);
            var cutCount = Within("--cuts", parse.GetValue(cuts), CutsMax);
            var loaded = ConfigLoader.Load(parse.GetValue(config), Environment.GetEnvironmentVariables(), flags);
            using IBarFeed source = parse.GetValue(data) is { } path
                ? new CsvBarFeed(path, loaded.Data)
                : new SimulatedFeed(loaded.Simulator with { Bars = barsMax }, loaded.Data.Symbol ?? "SIM");
            var history = LeakProbing.Read(source, barsMax);
            if (history.Bars.Length < 8)
                throw new VerbException($"{source.Symbol}: {history.Bars.Length} bars are too few to probe; give about {BarsUsefulMin} or more.", 1);
            using var progress = new ProgressLine(context, "check-leaks");
            var report = LeakProbing.Run(history, source, loaded, context.Catalog, share => progress.Report(share), context.Cancel, cutCount);
            var seconds = progress.Elapsed.TotalSeconds;
            progress.Dispose();
            var warnings = history.Bars.Length < BarsUsefulMin
                ? new[] { $"only {history.Bars.Length} bars: most of them are warm-up, so the probes say little; give {BarsUsefulMin} or more" }
                : [];
            if (parse.GetValue(json))
                context.Out.WriteLine(CliJson.Text(Json(source.Symbol, report, warnings, loaded, seconds)));
            else
                WriteText(context, source.Symbol, report, warnings);
            return report.Holds ? 0 : 1;
        });
        return command;
    }

    private static int Within(string flag, int value, int max)
        => value >= 1 && value <= max ? value : throw new VerbException($"{flag} is {value}; it must be from 1 to {max}.");

    private static JsonObject Json(string symbol, LeakReport report, string[] warnings, HoneConfig config, double seconds) => new()
    {
        ["symbol"] = symbol,
        ["holds"] = report.Holds,
        ["bars"] = report.Bars,
        ["cuts"] = report.Cuts,
        ["probes"] = report.Probes,
        ["findings"] = new JsonArray([.. report.Findings.Select(f => (JsonNode)new JsonObject
        {
            ["kind"] = Name(f.Kind),
            ["cut_bar"] = f.CutBar,
            ["bar"] = f.Bar,
            ["what"] = f.What,
        })]),
        ["warnings"] = new JsonArray([.. warnings.Select(w => (JsonNode)w)]),
        ["seconds"] = seconds,
        ["seed"] = config.Seed,
        ["config_hash"] = ConfigLoader.Hash(config),
        ["version"] = RunSummary.Version,
    };

    private static void WriteText(VerbContext context, string symbol, LeakReport report, string[] warnings)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"{report.Bars:N0} bars, {report.Cuts} cuts, {report.Probes} replays compared");
        if (report.Holds)
        {
            context.Out.WriteLine($"{symbol}: no look-ahead found ({what}); what was said before a cut holds whatever comes after it.");
        }
        else
        {
            context.Out.WriteLine($"{symbol}: LEAK, {report.Findings.Count} finding{(report.Findings.Count == 1 ? "" : "s")} ({what}):");
            var table = new PlainTable(indent: 2);
            foreach (var finding in report.Findings)
                table.Add(Name(finding.Kind), $"changed after bar {finding.CutBar}", $"bar {finding.Bar}", finding.What);
            table.Write(context.Out, context.Width);
        }
        foreach (var warning in warnings)
            context.Out.WriteLine($"warning: {warning}.");
    }

    private static string Name(LeakProbeKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
