using System.Text.Json.Nodes;
using Hone.Host.Cli;

namespace Hone.Host.Streams;

/// <summary>Results on a stream as JSON: what the verb prints, and the fuller file beside the report.</summary>
internal static class EvaluationJson
{
    /// <summary>What the verb prints: the object of the one learner, or the stream's name and one object per learner.</summary>
    public static JsonObject Printed(StreamResults results) => results.Results is [var one]
        ? Of(one, results)
        : new()
        {
            ["stream"] = results.Stream.Name,
            ["results"] = new JsonArray([.. results.Results.Select(r => (JsonNode)Of(r, results))]),
        };

    /// <summary>The file: everything that says how the figures came about.</summary>
    public static JsonObject File(StreamResults results)
    {
        var stream = results.Stream;
        var baselines = results.IsClassification
            ? new JsonObject { ["accuracy_no_change"] = results.AccuracyNoChange, ["accuracy_majority"] = results.AccuracyMajority }
            : new JsonObject { ["mae_last_value"] = results.Baselines.Last, ["mae_mean"] = results.Baselines.Frequent };
        return new()
        {
            ["stream"] = stream.Name,
            ["file"] = stream.Path,
            ["task"] = results.IsClassification ? "classification" : "regression",
            ["target"] = stream.Target,
            ["instances"] = stream.Rows,
            ["rows_without_target"] = stream.RowsWithoutTarget,
            ["features"] = new JsonArray([.. stream.Features.Select(f => (JsonNode)f)]),
            ["classes"] = results.IsClassification ? new JsonArray([.. stream.Classes.Select(c => (JsonNode)c)]) : null,
            ["labels_known"] = results.Delay,
            ["baselines"] = baselines,
            ["results"] = new JsonArray([.. results.Results.Select(r =>
            {
                var node = Of(r, results);
                node["options"] = JsonNode.Parse(r.Options);
                return (JsonNode)node;
            })]),
            ["notices"] = new JsonArray([.. stream.Notices.Select(n => (JsonNode)n)]),
            ["warnings"] = new JsonArray([.. results.Warnings.Select(w => (JsonNode)w)]),
            ["seed"] = results.Seed,
            ["threads"] = results.Threads,
            ["command"] = results.Command,
            ["version"] = Runs.RunSummary.Version,
        };
    }

    private static JsonObject Of(LearnerResult result, StreamResults results)
    {
        var node = new JsonObject { ["learner"] = result.Learner, ["stream"] = results.Stream.Name, ["instances"] = results.Stream.Rows };
        if (result.Score is NumbersScore numbers)
        {
            node["mae"] = CliJson.Number(numbers.Mae);
            node["rmse"] = CliJson.Number(numbers.Rmse);
            node["r2"] = CliJson.Number(numbers.R2);
            node["mae_last_value"] = CliJson.Number(results.Baselines.Last);
            node["mae_mean"] = CliJson.Number(results.Baselines.Frequent);
        }
        else
        {
            var score = (result.Score as ClassesScore)?.Score;
            var accuracy = score?.Accuracy ?? double.NaN;
            node["accuracy"] = CliJson.Number(accuracy);
            node["kappa"] = CliJson.Number(score?.Kappa ?? double.NaN);
            node["kappa_m"] = CliJson.Number(StreamResults.Over(accuracy, results.AccuracyMajority));
            node["kappa_temporal"] = CliJson.Number(StreamResults.Over(accuracy, results.AccuracyNoChange));
            node["accuracy_no_change"] = CliJson.Number(results.AccuracyNoChange);
            node["accuracy_majority"] = CliJson.Number(results.AccuracyMajority);
            node["log_loss"] = CliJson.Number(score?.LogLoss ?? double.NaN);
            node["auc"] = CliJson.Number((result.Score as ClassesScore)?.Auc ?? ((AnomalyScore)result.Score).Auc);
        }
        node["coverage_90"] = CliJson.Number(result.Coverage?.Coverage ?? double.NaN);
        node[results.IsClassification ? "set_size_90" : "interval_width_90"] = CliJson.Number(result.Coverage?.Size ?? double.NaN);
        node["seconds"] = result.Seconds;
        node["instances_per_second"] = CliJson.Number(results.Stream.Rows / result.Seconds);
        node["allocated_bytes_per_instance"] = result.AllocatedBytesPerInstance;
        node["memory_bytes"] = result.MemoryBytes;
        node["drifts"] = new JsonArray([.. result.Drifts.Select(d => (JsonNode)new JsonObject { ["row"] = d.Row, ["detector"] = d.Detector, ["statistic"] = CliJson.Number(d.Statistic) })]);
        node["state_hash"] = result.StateHash;
        return node;
    }
}
