using System.CommandLine;
using Hone.Adapters.Streams;

namespace Hone.Host.Cli;

/// <summary>hone evaluate: progressive validation of learners on any stream, or of detectors on generated drift.</summary>
internal static class EvaluateVerb
{
    private const int DelayMax = 1_000_000_000;
    private const int ThreadsMax = 1024;

    public static Command Create(VerbContext context)
    {
        var stream = new Option<string?>("--stream") { HelpName = "FILE", Description = "Rows in the order of time: CSV with a line of names, or ARFF; plain or gzip." };
        var target = new Option<string?>("--target") { HelpName = "COL", Description = "Column that is predicted." };
        var learner = new Option<string?>("--learner") { HelpName = "A[,B…]", Description = "Learners by name, separated by commas, or all; `hone catalog` lists them." };
        var options = new Option<string?>("--options") { HelpName = "JSON", Description = "Options of the learner as a JSON object; with several learners an object by name." };
        var delay = new Option<int?>("--delay") { HelpName = "K", Description = "Further rows that are predicted before a label is known (default 0)." };
        var delayColumn = new Option<string?>("--delay-column") { HelpName = "COL", Description = "Column that says for each row how many rows later its label is known, or at what time." };
        var task = new Option<string?>("--task") { HelpName = "TASK", Description = "classification or regression, where the target leaves it open." };
        var ignore = new Option<string?>("--ignore") { HelpName = "COL[,COL…]", Description = "Columns that are left out." };
        var limit = new Option<long?>("--limit") { HelpName = "N", Description = "Rows that are read at most." };
        var seed = new Option<ulong?>("--seed") { HelpName = "N", Description = "Seed of everything random (default 42)." };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "Threads for learners of independent parts when labels are known at once; 0 for all cores. Results do not depend on it.", DefaultValueFactory = _ => 1 };
        var outFolder = new Option<string?>("--out") { HelpName = "DIR", Description = "Folder for report.html and summary.json (default out/<time>-<stream>)." };
        var drift = new Option<bool>("--drift") { Description = "Score detectors of change on generated streams instead." };
        var detectors = new Option<string?>("--detectors") { HelpName = "A[,B…]", Description = "With --drift: detectors by name, separated by commas (default all)." };
        var bandits = new Option<string?>("--bandits") { HelpName = "A[,B…]", Description = "Play bandits in generated worlds instead: all, or those named.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var command = new Command("evaluate", "Progressive validation of learners on any stream: predict, score, then learn. Or detectors of drift, or bandits, in generated worlds.")
        {
            stream, target, learner, options, delay, delayColumn, task, ignore, limit, seed, threads, outFolder, drift, detectors, bandits, json,
        };
        command.SetAction(parse =>
        {
            var rowsMax = parse.GetValue(limit);
            if (rowsMax is < 1)
                throw new VerbException($"--limit is {rowsMax}; it must be 1 or more.");
            var isBandits = parse.GetResult(bandits) is { Implicit: false };
            if (parse.GetValue(drift) || isBandits)
            {
                var generated = isBandits ? bandits.Name : drift.Name;
                foreach (var option in (Option[])[stream, target, learner, options, delay, delayColumn, task, ignore, outFolder, isBandits ? drift : bandits])
                    if (parse.GetResult(option) is { Implicit: false })
                        throw new VerbException($"{option.Name} does not go with {generated}, which makes its own streams.");
            }
            if (isBandits)
            {
                if (parse.GetValue(detectors) is not null)
                    throw new VerbException("--detectors goes with --drift.");
                return EvaluateBandits.Run(context, parse.GetValue(seed) ?? EvaluateArguments.SeedUsual, Names(parse.GetValue(bandits)), rowsMax, parse.GetValue(json));
            }
            if (parse.GetValue(drift))
                return EvaluateDrift.Run(context, parse.GetValue(seed) ?? EvaluateArguments.SeedUsual, Names(parse.GetValue(detectors)), rowsMax, parse.GetValue(json));
            if (parse.GetValue(detectors) is not null)
                throw new VerbException("--detectors goes with --drift.");
            if (parse.GetValue(delay) is { } rows && (rows is < 0 or > DelayMax))
                throw new VerbException($"--delay is {rows}; it must be from 0 to {DelayMax}.");
            if (parse.GetValue(delay) is not null && parse.GetValue(delayColumn) is not null)
                throw new VerbException("--delay and --delay-column say two things; give one of them.");
            if (parse.GetValue(threads) is var lanes && (lanes is < 0 or > ThreadsMax))
                throw new VerbException($"--threads is {lanes}; it must be from 0 to {ThreadsMax}.");
            return new EvaluateProgram(context, new EvaluateArguments
            {
                Stream = parse.GetValue(stream) ?? throw Needed(stream),
                Target = parse.GetValue(target) ?? throw Needed(target),
                Learners = parse.GetValue(learner) ?? throw Needed(learner),
                Options = parse.GetValue(options),
                DelayRows = parse.GetValue(delay) ?? 0,
                DelayColumn = parse.GetValue(delayColumn),
                Task = parse.GetValue(task) switch
                {
                    null => null,
                    "classification" => StreamTask.Classification,
                    "regression" => StreamTask.Regression,
                    var other => throw new VerbException($"--task is '{other}'; it must be classification or regression."),
                },
                Ignore = Names(parse.GetValue(ignore)) ?? [],
                RowsMax = rowsMax,
                Seed = parse.GetValue(seed) ?? EvaluateArguments.SeedUsual,
                Threads = lanes,
                Out = parse.GetValue(outFolder),
                Command = Environment.GetEnvironmentVariable("HONE_COMMAND") ?? $"hone {string.Join(' ', parse.Tokens.Select(t => t.Value))}",
            }, parse.GetValue(json)).Execute();
        });
        return command;
    }

    private static VerbException Needed(Option option) => new($"`hone evaluate` needs {option.Name}: {option.Description}");

    private static string[]? Names(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
