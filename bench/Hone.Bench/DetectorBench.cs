using System.Diagnostics;
using System.Globalization;
using Hone.Learning;
using Hone.Learning.Evaluation;

namespace Hone.Bench;

/// <summary>
/// Detectors on streams whose changes are known: delays, misses and false alarms at their defaults and at an equal rate of false alarms, beside dummies; data drift tests on
/// three kinds of features. Arguments: detectors (all), seed (42), streams of each error rate (200).
/// </summary>
internal static class DetectorBench
{
    // Measured elsewhere on the same rates: ADWIN of MOA at delta 0.002.
    private static readonly double[] AdwinElsewhere = [279, 599, 2_871];

    public static int Run(string[] arguments)
    {
        var options = new DriftComparisonOptions
        {
            Names = arguments.Length > 0 && arguments[0] != "all" ? arguments[0].Split(',') : null,
            Seed = arguments.Length > 1 ? ulong.Parse(arguments[1], CultureInfo.InvariantCulture) : 42,
            ErrorRateStreams = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 200,
            Streams = 10,
            CalibrationRows = 1_500_000,
            FeatureStreams = 100,
        };
        var watch = Stopwatch.StartNew();
        var comparison = new DriftComparison(Catalog.BuiltIn(), options, () => watch.Elapsed.TotalSeconds);
        var detectors = comparison.Detectors();
        if (detectors.Count > 0)
        {
            Defaults(detectors);
            Equal(detectors, options);
            Learners(detectors);
            Quiet(detectors);
        }
        DataDrift(comparison.DataDrift());
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:0} s, seed {options.Seed}, {options.ErrorRateStreams} streams of each error rate, {options.Streams} of each other.");
        return 0;
    }

    private static void Defaults(IReadOnlyList<DetectorReport> reports)
    {
        Console.WriteLine("### Rising error rates, defaults: mean delay in rows (missed of all); the change comes after 10,000 rows\n");
        var names = reports[0].Results.Where(r => r.Scenario.Kind == DriftScenarioKind.ErrorRate).Select(r => r.Scenario.Name).ToArray();
        Console.WriteLine($"| detector | {string.Join(" | ", names)} | false alarms per 10,000 | updates per second |");
        Console.WriteLine($"|---|{string.Concat(names.Select(_ => "---:|"))}---:|---:|");
        foreach (var report in reports)
            Console.WriteLine($"| {report.Name} | {Delays(report.Results)} | {Number(report.Over(DriftScenarioKind.ErrorRate).FalseAlarmsPer10000)} | {report.UpdatesPerSecond / 1e6:0.0} M |");
        Console.WriteLine($"| ADWIN measured elsewhere | {string.Join(" | ", AdwinElsewhere.Select(d => $"{d:0}"))} | | |\n");
    }

    private static void Equal(IReadOnlyList<DetectorReport> reports, DriftComparisonOptions options)
    {
        Console.WriteLine($"### The same at an equal rate of false alarms: {options.EqualFalseAlarmsPer10000} in 10,000 quiet rows (error rates 0.1, 0.3, 0.5)\n");
        Console.WriteLine("| detector | option | rate | .10 → .20 | .45 → .55 | .45 → .50 |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|");
        foreach (var report in reports)
            if (report.Equal is { } equal)
                Console.WriteLine($"| {report.Name} | {equal.Option} {equal.Value.ToString("G3", CultureInfo.InvariantCulture)} | {Number(equal.FalseAlarmsPer10000)} | {Delays(equal.Results)} |");
        Console.WriteLine();
    }

    private static void Learners(IReadOnlyList<DetectorReport> reports)
    {
        Console.WriteLine("### Errors of a logistic regression that goes on learning: mean delay (missed of all; false alarms per 10,000)\n");
        var names = reports[0].Results.Where(r => r.Scenario.Kind == DriftScenarioKind.Learner).Select(r => r.Scenario.Name).ToArray();
        Console.WriteLine($"| detector | {string.Join(" | ", names)} |");
        Console.WriteLine($"|---|{string.Concat(names.Select(_ => "---:|"))}");
        foreach (var report in reports)
            Console.WriteLine($"| {report.Name} | {string.Join(" | ", report.Results.Where(r => r.Scenario.Kind == DriftScenarioKind.Learner).Select(r => $"{Number(r.Score.MeanDelay, "0")} ({r.Score.Missed}/{r.Score.Changes}; {Number(r.Score.FalseAlarmsPer10000)})"))} |");
        Console.WriteLine();
    }

    private static void Quiet(IReadOnlyList<DetectorReport> reports)
    {
        Console.WriteLine("### Nothing changes: false alarms per 10,000\n");
        var quiet = reports[0].Results.Where(r => r.Scenario.Kind is DriftScenarioKind.Quiet or DriftScenarioKind.Volatility).Select(r => r.Scenario.Name).ToArray();
        Console.WriteLine($"| detector | {string.Join(" | ", quiet)} |");
        Console.WriteLine($"|---|{string.Concat(quiet.Select(_ => "---:|"))}");
        foreach (var report in reports)
            Console.WriteLine($"| {report.Name} | {string.Join(" | ", report.Results.Where(r => quiet.Contains(r.Scenario.Name)).Select(r => Number(r.Score.FalseAlarmsPer10000)))} |");
        Console.WriteLine();
    }

    private static void DataDrift(IReadOnlyList<DataDriftReport> reports)
    {
        if (reports.Count == 0)
            return;
        Console.WriteLine("### Data drift tests: false alarms per 10,000 rows; mean delay (missed of all) when the mean moves by half a deviation (autoregressive: one and a half), when values spread half again as far\n");
        Console.WriteLine("| test | feature | false alarms | shift | scale | updates per second |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|");
        foreach (var r in reports)
            Console.WriteLine($"| {r.Name} | {r.Feature} | {Number(r.Quiet.FalseAlarmsPer10000, "0.000")} | {Delay(r.Shift)} | {Delay(r.Scale)} | {r.UpdatesPerSecond / 1e6:0.0} M |");
        Console.WriteLine();
    }

    private static string Delays(IReadOnlyList<DriftResult> results)
        => string.Join(" | ", results.Where(r => r.Scenario.Kind == DriftScenarioKind.ErrorRate).Select(r => Delay(r.Score)));

    private static string Delay(DriftScore score) => $"{Number(score.MeanDelay, "0")} ({score.Missed}/{score.Changes})";

    private static string Number(double value, string format = "0.00") => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";
}
