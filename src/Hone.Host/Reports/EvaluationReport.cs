using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Host.Cli;
using Hone.Host.Runs;
using Hone.Host.Streams;

namespace Hone.Host.Reports;

/// <summary>The report of an evaluation: learning curves, table, reliability, options, notices. Bounded whatever the stream's length.</summary>
internal static class EvaluationReport
{
    private const int DriftsMax = 1_000;
    private const int Digits = 6;

    private static readonly ReportPage Page = new("evaluate.js");

    /// <summary>Writes the report's file.</summary>
    public static void WriteFile(StreamResults results, string path)
    {
        using var file = new AtomicFile(path);
        using (var output = new StreamWriter(file.Stream, leaveOpen: true))
            Write(results, output);
        file.Complete();
    }

    /// <summary>Writes the file's text.</summary>
    public static void Write(StreamResults results, TextWriter output)
        => Page.Write($"{results.Stream.Name} – Hone evaluation", JsonSerializer.SerializeToUtf8Bytes(Data(results)), output);

    private static JsonObject Data(StreamResults results)
    {
        var stream = results.Stream;
        var curve = new LearningCurve(stream.Rows);
        var ranked = results.Ranked;
        var best = ranked.FirstOrDefault(r => r.Score.Reliability is not null);
        return new()
        {
            ["stream"] = stream.Name,
            ["classification"] = results.IsClassification,
            ["target"] = stream.Target,
            ["rows"] = stream.Rows,
            ["features"] = stream.Features.Count,
            ["classes"] = Texts(stream.Classes),
            ["labels_known"] = results.Delay,
            ["verdict"] = results.Verdict,
            ["beats"] = results.BeatsBaselines,
            ["window"] = curve.Window,
            ["ends"] = new JsonArray([.. curve.Ends.Select(e => (JsonNode)e)]),
            ["last"] = Baseline(results, results.Baselines.LastLoss, results.IsClassification ? results.AccuracyNoChange : results.Baselines.Last, curve),
            ["frequent"] = Baseline(results, results.Baselines.FrequentLoss, results.IsClassification ? results.AccuracyMajority : results.Baselines.Frequent, curve),
            ["learners"] = new JsonArray([.. ranked.Select(r => (JsonNode)Learner(r, results, curve))]),
            ["reliability"] = best is null ? null : Reliability(best, stream.Classes.Count),
            ["notices"] = Texts(stream.Notices),
            ["warnings"] = Texts(results.Warnings),
            ["command"] = results.Command,
            ["provenance"] = Provenance(results),
        };
    }

    private static JsonObject Learner(LearnerResult result, StreamResults results, LearningCurve curve)
    {
        var classes = result.Score as ClassesScore;
        var numbers = result.Score as NumbersScore;
        return new()
        {
            ["name"] = result.Learner,
            ["below"] = results.IsBelowLast(result),
            ["accuracy"] = Number(classes?.Score.Accuracy),
            ["kappa"] = Number(classes?.Score.Kappa),
            ["kappa_temporal"] = Number(classes is null ? null : StreamResults.Over(classes.Score.Accuracy, results.AccuracyNoChange)),
            ["log_loss"] = Number(classes?.Score.LogLoss),
            ["auc"] = Number(classes?.Auc ?? (result.Score as AnomalyScore)?.Auc),
            ["mae"] = Number(numbers?.Mae),
            ["rmse"] = Number(numbers?.Rmse),
            ["r2"] = Number(numbers?.R2),
            ["coverage"] = Number(result.Coverage?.Coverage),
            ["size"] = Number(result.Coverage?.Size),
            ["per_second"] = Number(results.Stream.Rows / result.Seconds),
            ["bytes_per_row"] = Number(result.AllocatedBytesPerInstance),
            ["memory"] = result.MemoryBytes,
            ["state_hash"] = result.StateHash,
            ["options"] = result.Options,
            ["drift_count"] = result.Drifts.Count,
            ["drifts"] = new JsonArray([.. result.Drifts.Take(DriftsMax).Select(d => (JsonNode)d.Row)]),
            ["curve"] = result.Curve is { } means ? Curve(means, results.IsClassification) : null,
        };
    }

    private static JsonObject Baseline(StreamResults results, double[] losses, double figure, LearningCurve curve)
        => new() { ["figure"] = Number(figure), ["curve"] = Curve(curve.Means(losses), results.IsClassification) };

    /// <summary>Mean losses as what is drawn: accuracy, or the error itself.</summary>
    private static JsonArray Curve(double[] means, bool isAccuracy) => [.. means.Select(m => Number(isAccuracy ? 1 - m : m))];

    private static JsonObject Reliability(LearnerResult result, int classes)
    {
        var diagram = result.Score.Reliability!;
        var bins = new Learning.Calibration.ReliabilityBin[10];
        var written = diagram.Bins(bins);
        var error = diagram.Error();
        var array = new JsonArray();
        foreach (var bin in bins.AsSpan(0, written))
            array.Add(new JsonArray(Number(bin.Confidence), Number(bin.Frequency), bin.Count, Number(bin.NullLow), Number(bin.NullHigh)));
        return new() { ["learner"] = result.Learner, ["binary"] = classes == 2, ["bins"] = array, ["ece"] = Number(error.Value), ["ece_null"] = Number(error.NullHigh) };
    }

    private static JsonArray Provenance(StreamResults results)
    {
        var list = new JsonArray();
        void Add(string name, string value) => list.Add(new JsonArray(name, value));
        Add("file", results.Stream.Path);
        Add("version", RunSummary.Version);
        Add("seed", results.Seed.ToString(CultureInfo.InvariantCulture));
        Add("threads", results.Threads.ToString(CultureInfo.InvariantCulture));
        Add("runtime", RuntimeInformation.FrameworkDescription);
        Add("system", $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}");
        return list;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)t)];

    private static JsonNode? Number(double? value)
        => value is { } number && double.IsFinite(number) ? CliJson.Number(double.Parse(number.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) : null;
}
