using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Host.Runs;
using Hone.Learning.Evaluation;
using Spectre.Console;

namespace Hone.Host.Cli;

/// <summary>hone evaluate --drift: how fast and how falsely detectors of change alarm on generated streams whose changes are known.</summary>
internal static class EvaluateDrift
{
    private const long CalibrationRows = 400_000;

    // Measured elsewhere on the same error rates: ADWIN of MOA at delta 0.002.
    private static readonly double[] AdwinElsewhere = [279, 599, 2_871];

    /// <summary>Scores the detectors and data drift tests of the catalog beside dummies.</summary>
    /// <param name="context">Catalog and outputs.</param>
    /// <param name="seed">Seed of every stream.</param>
    /// <param name="detectors">Names of detectors or data drift tests; null for all.</param>
    /// <param name="limit">Rows of a stream at most; null for no limit.</param>
    /// <param name="json">One JSON object instead of tables.</param>
    /// <returns>0.</returns>
    public static int Run(VerbContext context, ulong seed, IReadOnlyList<string>? detectors, long? limit, bool json)
    {
        using var progress = new ProgressLine(context, "evaluate --drift");
        var options = new DriftComparisonOptions { Seed = seed, Names = detectors, RowsMax = limit, CalibrationRows = limit is { } rows ? Math.Min(CalibrationRows, 20 * Math.Min(rows, CalibrationRows)) : CalibrationRows };
        // Detectors first: most of the time is theirs.
        double from = 0, to = 0.85;
        var comparison = new DriftComparison(context.Catalog.Learning, options, () => progress.Elapsed.TotalSeconds, share =>
        {
            context.Cancel.ThrowIfCancellationRequested();
            progress.Report(from + (to - from) * share);
        });
        var reports = comparison.Detectors();
        (from, to) = (0.85, 1);
        var tests = comparison.DataDrift();
        var seconds = progress.Elapsed.TotalSeconds;
        progress.Dispose();
        if (json)
            context.Out.WriteLine(CliJson.Text(Json(options, reports, tests, seconds)));
        else
            WriteText(context, options, reports, tests, seconds);
        return 0;
    }

    private static void WriteText(VerbContext context, DriftComparisonOptions options, IReadOnlyList<DetectorReport> reports, IReadOnlyList<DataDriftReport> tests, double seconds)
    {
        if (reports.Count > 0)
        {
            var rising = reports[0].Results.Where(r => r.Scenario.Kind == DriftScenarioKind.ErrorRate).Select(r => r.Scenario.Name).ToArray();
            context.Out.WriteLine("Detectors at their defaults: rows from a change to its alarm (share of the changes that were missed), where errors");
            context.Out.WriteLine("rise from one rate to another and where a learner's do because the world has changed; false alarms per 10,000 rows,");
            context.Out.WriteLine("and on values of which nothing changes but their clusters of volatility.");
            var defaults = Table(["detector", .. rising.Select(r => r.Replace("errors ", "")), "learner's", "false", "volatile", "updates/s"]);
            foreach (var report in reports)
            {
                Add(defaults,
                [
                    report.Name, .. Of(report.Results, DriftScenarioKind.ErrorRate).Select(r => Delay(r.Score)), Delay(report.Over(DriftScenarioKind.Learner)),
                    Number(Overall(report).FalseAlarmsPer10000, "0.00"), Number(report.Over(DriftScenarioKind.Volatility).FalseAlarmsPer10000, "0.00"), Number(report.UpdatesPerSecond / 1e6, "0.0") + " M",
                ]);
            }
            Add(defaults, ["ADWIN elsewhere", .. AdwinElsewhere.Select(d => Number(d, "N0")), "", "", "", ""]);
            context.Tables.Write(defaults);
            context.Out.WriteLine();

            context.Out.WriteLine($"The same at an equal rate of false alarms: {Number(options.EqualFalseAlarmsPer10000, "0.##")} in 10,000 rows without a change");
            var equals = Table(["detector", "set to", "false", .. rising.Select(r => r.Replace("errors ", ""))]);
            foreach (var (report, equal) in reports.Where(r => r.Equal is not null).Select(r => (r, r.Equal!)).OrderBy(r => Mean(r.Item2)))
                Add(equals, [report.Name, $"{equal.Option} {Number(equal.Value, "G3")}", Number(equal.FalseAlarmsPer10000, "0.00"), .. equal.Results.Select(r => Delay(r.Score))]);
            context.Tables.Write(equals);
            context.Out.WriteLine();
        }
        if (tests.Count > 0)
        {
            context.Out.WriteLine("Data drift tests of one feature: false alarms per 10,000 rows without a change, rows from a change to its alarm");
            var table = Table(["test", "feature", "false alarms", "shift", "wider spread", "updates/s"]);
            foreach (var test in tests)
                Add(table, [test.Name, test.Feature, Number(test.Quiet.FalseAlarmsPer10000, "0.000"), Delay(test.Shift), Delay(test.Scale), Number(test.UpdatesPerSecond / 1e6, "0.0") + " M"]);
            context.Tables.Write(table);
            context.Out.WriteLine();
        }
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {seconds:0.0} s; every stream, median delays and settings: --json"));
    }

    private static JsonObject Json(DriftComparisonOptions options, IReadOnlyList<DetectorReport> reports, IReadOnlyList<DataDriftReport> tests, double seconds) => new()
    {
        ["detectors"] = new JsonArray([.. reports.Select(report => (JsonNode)new JsonObject
        {
            ["detector"] = report.Name,
            ["overall"] = Score(Overall(report)),
            ["kinds"] = new JsonObject(Enum.GetValues<DriftScenarioKind>().Select(kind => KeyValuePair.Create(Name(kind), (JsonNode?)Score(report.Over(kind))))),
            ["streams"] = Streams(report.Results),
            ["equal_rate"] = report.Equal is not { } equal ? null : new JsonObject
            {
                ["option"] = equal.Option,
                ["value"] = equal.Value,
                ["false_alarms_per_10000"] = equal.FalseAlarmsPer10000,
                ["streams"] = Streams(equal.Results),
            },
            ["updates_per_second"] = CliJson.Number(report.UpdatesPerSecond),
        })]),
        ["data_drift"] = new JsonArray([.. tests.Select(test => (JsonNode)new JsonObject
        {
            ["test"] = test.Name,
            ["feature"] = test.Feature,
            ["quiet"] = Score(test.Quiet),
            ["shift"] = Score(test.Shift),
            ["scale"] = Score(test.Scale),
            ["updates_per_second"] = CliJson.Number(test.UpdatesPerSecond),
        })]),
        ["equal_false_alarms_per_10000"] = options.EqualFalseAlarmsPer10000,
        ["learner"] = options.Learner,
        ["seed"] = options.Seed,
        ["seconds"] = seconds,
        ["version"] = RunSummary.Version,
    };

    private static JsonArray Streams(IReadOnlyList<DriftResult> results) => new([.. results.Select(r =>
    {
        var score = Score(r.Score);
        score.Insert(0, "stream", r.Scenario.Name);
        score.Insert(1, "kind", Name(r.Scenario.Kind));
        return (JsonNode)score;
    })]);

    private static JsonObject Score(DriftScore score) => new()
    {
        ["rows"] = score.Rows,
        ["changes"] = score.Changes,
        ["missed"] = score.Missed,
        ["mean_delay_rows"] = CliJson.Number(score.MeanDelay),
        ["median_delay_rows"] = CliJson.Number(score.MedianDelay),
        ["false_alarms"] = score.FalseAlarms,
        ["false_alarms_per_10000"] = CliJson.Number(score.FalseAlarmsPer10000),
    };

    /// <summary>All streams but those that no detector of losses is for.</summary>
    private static DriftScore Overall(DetectorReport report)
    {
        var all = new DriftScore(1);
        foreach (var result in report.Results)
            if (result.Scenario.Kind != DriftScenarioKind.Volatility)
                all.Add(result.Score);
        return all;
    }

    private static IEnumerable<DriftResult> Of(IReadOnlyList<DriftResult> results, DriftScenarioKind kind) => results.Where(r => r.Scenario.Kind == kind);

    // A missed change counts as one that is found when the stream has ended.
    private static double Mean(EqualRateReport equal)
        => equal.Results.Average(r => r.Score.Changes == 0 ? 0 : (r.Score.Found * (r.Score.Found > 0 ? r.Score.MeanDelay : 0) + r.Score.Missed * (double)r.Scenario.HorizonRows) / r.Score.Changes);

    private static string Name(DriftScenarioKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static string Delay(DriftScore score)
        => score.Changes == 0 ? "–"
            : score.Found == 0 ? "never"
            : score.Missed == 0 ? Number(score.MeanDelay, "N0")
            : $"{Number(score.MeanDelay, "N0")} ({Number(100 * score.MissedShare, "0")} %)";

    private static Table Table(string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < columns.Length; i++)
            table.AddColumn(new TableColumn(Markup.Escape(columns[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right, Padding = new Padding(i == 0 ? 1 : 0, 0, 1, 0), NoWrap = true });
        return table;
    }

    private static void Add(Table table, string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";
}
