using System.CommandLine;
using System.Text.Json.Nodes;
using Hone.Host.Configuration;
using Hone.Host.Runs;

namespace Hone.Host.Cli;

/// <summary>hone run: the loop over history at full speed.</summary>
internal static class RunVerb
{
    public static Command Create(VerbContext context)
    {
        var data = new Option<string[]>("--data") { Description = "Files of bars (CSV, plain or gzip); several are independent books. Without it the built-in market.", AllowMultipleArgumentsPerToken = true };
        var config = new Option<string?>("--config") { Description = "Config file; `hone init` writes one." };
        var equity = new Option<double?>("--equity") { Description = "Money at the start, for each market." };
        var strategy = new Option<string?>("--strategy") { Description = "How members are combined: ensemble, champion, thompson or best." };
        var label = new Option<string?>("--label") { Description = "What is predicted: NAME, NAME:key=value,… or NAME:{json}; `hone catalog labels` lists them." };
        var costs = new Option<string?>("--costs") { Description = "What fills cost: NAME, NAME:key=value,… or NAME:{json}; `hone catalog costs` lists them." };
        var members = new Option<string?>("--members") { Description = "Members of the panel, by learner name, separated by commas." };
        var bars = new Option<long?>("--bars") { Description = "Bars of the built-in market." };
        var seed = new Option<long?>("--seed") { Description = "Seed of everything random, and of the built-in market." };
        var threads = new Option<int?>("--threads") { Description = "Threads for several markets; results do not depend on it." };
        var portfolio = new Option<bool>("--portfolio-limits") { Description = "Several markets share limits on exposure and drawdown." };
        var save = new Option<string?>("--save-state") { Description = "Save the state at the end (one market)." };
        var load = new Option<string?>("--load-state") { Description = "Continue a saved state (one market)." };
        var outFolder = new Option<string?>("--out") { Description = "Folder for report.html, summary.json, trades.csv and predictions.csv (default out/<time>-<symbol>)." };
        var predictions = new Option<string?>("--predictions") { Description = "predictions.csv: auto (the first million rows), all or none." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var command = new Command("run", "Run the loop over history: features, panel, trades, learning, drift, report.")
        {
            data, config, equity, strategy, label, costs, members, bars, seed, threads, portfolio, save, load, outFolder, predictions, json,
        };
        var feed = new FeedFlags();
        feed.AddTo(command);
        command.SetAction(parse =>
        {
            var flags = new Dictionary<string, JsonNode?>();
            feed.WriteTo(flags, parse);
            void Set(string path, object? value)
            {
                if (value is not null)
                    flags[path] = value as JsonNode ?? JsonValue.Create(value);
            }
            Set("broker.equity", parse.GetValue(equity));
            Set("learning.strategy", parse.GetValue(strategy));
            Set("label", parse.GetValue(label) is { } l ? ConfigLoader.Choice("--label", l) : null);
            Set("costs", parse.GetValue(costs) is { } c ? ConfigLoader.Choice("--costs", c) : null);
            Set("simulator.bars", parse.GetValue(bars));
            if (parse.GetValue(seed) is { } seedValue)
            {
                if (seedValue < 0)
                    throw new VerbException($"--seed is {seedValue}; it must be 0 or more.");
                Set("seed", seedValue);
                Set("simulator.seed", seedValue);
            }
            Set("threads", parse.GetValue(threads));
            if (parse.GetValue(members) is { } list)
                Set("learning.members", new JsonArray([.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(m => (JsonNode)new JsonObject { ["learner"] = m })]));

            var loaded = ConfigLoader.Load(parse.GetValue(config), Environment.GetEnvironmentVariables(), flags);
            var arguments = new RunArguments
            {
                Data = parse.GetValue(data) ?? [],
                Out = parse.GetValue(outFolder),
                SaveState = parse.GetValue(save),
                LoadState = parse.GetValue(load),
                PortfolioLimits = parse.GetValue(portfolio),
                Predictions = parse.GetValue(predictions) switch
                {
                    null or "auto" => PredictionRows.Auto,
                    "all" => PredictionRows.All,
                    "none" => PredictionRows.None,
                    var other => throw new VerbException($"--predictions is '{other}'; it must be auto, all or none."),
                },
                Command = Environment.GetEnvironmentVariable("HONE_COMMAND") ?? $"hone {string.Join(' ', parse.Tokens.Select(t => t.Value))}",
            };
            return new RunProgram(context, loaded, arguments, parse.GetValue(json)).Execute();
        });
        return command;
    }
}
