using System.Globalization;
using Hone.Adapters.Streams;
using Hone.Host.Reports;
using Hone.Host.Runs;
using Hone.Host.Streams;
using Hone.Learning;
using Hone.Learning.Conformal;

namespace Hone.Host.Cli;

/// <summary>What `hone evaluate` does once its options are read: the stream, the learners one after the other, results, files, the table.</summary>
internal sealed class EvaluateProgram(VerbContext context, EvaluateArguments arguments, bool json)
{
    private const string Detector = "adwin";
    private const double CoveredShare = 0.9;

    public int Execute()
    {
        var folder = arguments.Out;
        if (folder is not null)
            RequireWritable(folder);
        var results = Evaluate();
        folder ??= Path.Combine("out", $"{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{results.Stream.Name}");
        AtomicFile.WriteText(Path.Combine(folder, "summary.json"), CliJson.Text(EvaluationJson.File(results)) + "\n");
        EvaluationReport.WriteFile(results, Path.Combine(folder, "report.html"));
        if (json)
        {
            context.Out.WriteLine(CliJson.Text(EvaluationJson.Printed(results)));
            foreach (var warning in results.Warnings)
                context.Error.WriteLine($"warning: {warning}");
            context.Error.WriteLine($"report: {Path.Combine(folder, "report.html")}");
        }
        else
        {
            new EvaluateConsole(context).Print(results, folder);
        }
        return 0;
    }

    /// <summary>A folder that cannot be written shows before learners have taken their minutes, not after.</summary>
    private static void RequireWritable(string folder)
    {
        try
        {
            using var probe = new AtomicFile(Path.Combine(folder, "report.html"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new VerbException($"--out {folder}: nothing can be written there ({Configuration.ConfigProblem.OneLine(e.Message)}) Name another folder.");
        }
    }

    private StreamResults Evaluate()
    {
        var catalog = context.Catalog.Learning;
        LearnerChoice.RequireKnown(catalog, arguments.Learners);
        var options = LearnerChoice.Parse(arguments.Options);
        StreamTable stream;
        using (var progress = new ProgressLine(context, $"reading {Path.GetFileName(arguments.Stream)}", logSeconds: 3, firstSeconds: 3))
            stream = StreamFile.Read(arguments.Stream, new()
            {
                Target = arguments.Target,
                DelayColumn = arguments.DelayColumn,
                Ignore = arguments.Ignore,
                Task = arguments.Task,
                RowsMax = arguments.RowsMax,
            }, share => progress.Report(share), context.Cancel);

        var schedule = stream.Delays is { } delays ? LabelSchedule.Of(delays) : LabelSchedule.Fixed(stream.Rows, arguments.DelayRows);
        var choice = new LearnerChoice(catalog, stream, arguments.Learners, options, arguments.Seed);
        using var pool = arguments.Threads == 1 ? null : new LanePool(arguments.Threads);
        ILanes lanes = pool is null ? OneLane.Instance : pool;

        // A mistake in the options of the last learner shows before the first one has taken its minutes.
        foreach (var name in choice.Names)
            choice.Make(name, schedule, lanes);
        var results = new LearnerResult[choice.Names.Count];
        using (var progress = new ProgressLine(context, "evaluate", logSeconds: 5, firstSeconds: 5))
            for (var i = 0; i < results.Length; i++)
            {
                var (name, done) = (choice.Names[i], i);
                var evaluation = new StreamEvaluation(stream, schedule, arguments.WarmUpSeconds, share => progress.Report((done + share) / results.Length, name), context.Cancel);
                var isAnomaly = choice.IsAnomaly(name);
                results[i] = evaluation.Run(name, choice.OptionsOf(name), () => choice.Make(name, schedule, lanes), choice.ScoreOf(name, schedule),
                    isAnomaly ? null : (Detector, catalog.Detectors[Detector].Create(arguments.Seed)), isAnomaly ? null : Coverage(catalog), lanes.Count > 1);
            }
        return new()
        {
            Stream = stream,
            Delay = Delay(stream, schedule),
            LabelsKnown = schedule.Known,
            Baselines = StreamBaselines.Of(stream, schedule),
            Results = results,
            Seed = arguments.Seed,
            Threads = schedule.IsImmediate ? lanes.Count : 1,
            ThreadsWanted = lanes.Count,
            Command = arguments.Command,
        };
    }

    /// <summary>An adaptive conformal method, if the catalog has one.</summary>
    private static CoverageScore? Coverage(Catalog catalog)
        => catalog.Conformal.FirstOrDefault(e => e.Name.StartsWith("adaptive", StringComparison.Ordinal)) is { } entry ? new((IConformal)entry.Create(CoveredShare)) : null;

    private string Delay(StreamTable stream, LabelSchedule schedule)
    {
        FormattableString text = stream.Delays is { } delays
            ? $"when '{delays.Column}' says; {schedule.Known:N0} of {stream.Rows:N0} within the stream"
            : arguments.DelayRows > 0 ? $"after {arguments.DelayRows:N0} further rows" : (FormattableString)$"at once";
        return text.ToString(CultureInfo.InvariantCulture);
    }
}
