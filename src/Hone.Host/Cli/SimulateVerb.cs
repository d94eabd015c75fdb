using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Trading.Market;

namespace Hone.Host.Cli;

/// <summary>hone simulate: a market with planted regimes and drifts as files, and the truth beside it.</summary>
internal static class SimulateVerb
{
    public static Command Create(VerbContext context)
    {
        var bars = new Option<long>("--bars") { HelpName = "N", Description = "Bars to write.", Required = true };
        var seed = new Option<ulong?>("--seed") { HelpName = "N", Description = "Seed of everything random (default 1)." };
        var outFile = new Option<string>("--out") { HelpName = "FILE.csv", Description = "File of the bars; .csv.gz is compressed. What is there is replaced.", DefaultValueFactory = _ => "SIM.csv" };
        var edge = new Option<double?>("--edge") { HelpName = "X", Description = "Correlation of what can be known with the next bar's return (default 0.03)." };
        var driftEvery = new Option<long?>("--drift-every") { HelpName = "N", Description = "The concept changes every N bars; 0 never (default 25000)." };
        var pureNoise = new Option<bool>("--pure-noise") { Description = "Nothing can be predicted but volatility and volume." };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "Config file; its simulator section has every other option." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var command = new Command("simulate", "Write a simulated market with planted regimes and drifts, and the truth beside it.")
        {
            bars, seed, outFile, edge, driftEvery, pureNoise, config, json,
        };
        command.SetAction(parse =>
        {
            var flags = new Dictionary<string, JsonNode?> { ["simulator.bars"] = parse.GetValue(bars) };
            if (parse.GetValue(seed) is { } s)
                flags["simulator.seed"] = s;
            if (parse.GetValue(edge) is { } e)
                flags["simulator.edge"] = double.IsFinite(e) ? e : throw new VerbException($"--edge is {e.ToString(CultureInfo.InvariantCulture)}; it must be a finite number.");
            if (parse.GetValue(driftEvery) is { } d)
                flags["simulator.drift_every_bars"] = d;
            if (parse.GetValue(pureNoise))
                flags["simulator.pure_noise"] = true;
            var options = ConfigLoader.Load(parse.GetValue(config), Environment.GetEnvironmentVariables(), flags).Simulator;
            return Write(context, options, parse.GetValue(outFile)!, parse.GetValue(json));
        });
        return command;
    }

    private static int Write(VerbContext context, SimulatorOptions options, string path, bool json)
    {
        if (path.Length == 0 || Directory.Exists(path))
            throw new VerbException($"--out is '{path}'; name a file.");
        var drifts = new MarketSimulator(options).DriftPoints.Count;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var progress = new ProgressLine(context, "simulate");
        var files = SimulatedMarketFiles.Write(options, path, share =>
        {
            context.Cancel.ThrowIfCancellationRequested();
            progress.Report(share);
        });
        var seconds = progress.Elapsed.TotalSeconds;
        progress.Dispose();
        if (json)
        {
            context.Out.WriteLine(CliJson.Text(new JsonObject
            {
                ["bars"] = files.BarCount,
                ["seed"] = options.Seed,
                ["edge"] = options.PureNoise ? 0 : options.Edge,
                ["pure_noise"] = options.PureNoise,
                ["drift_points"] = drifts,
                ["bars_file"] = files.Bars,
                ["truth_file"] = files.Truth,
                ["truth_by_bar_file"] = files.TruthByBar,
                ["seconds"] = seconds,
            }));
            return 0;
        }
        var market = options.PureNoise ? "pure noise" : $"edge {options.Edge.ToString(CultureInfo.InvariantCulture)}, {drifts} planted drifts";
        var table = new PlainTable();
        table.Add("bars", $"{files.Bars}  ({files.BarCount.ToString("N0", CultureInfo.InvariantCulture)} bars, seed {options.Seed}, {market})");
        table.Add("truth", $"{files.Truth}  (options, drift points, concepts)");
        table.Add("truth by bar", $"{files.TruthByBar}  (expected return, trend and concept at each close)");
        table.Write(context.Out, int.MaxValue);
        return 0;
    }
}
