using System.Text.Json;
using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Streams;

namespace Hone.Learning.Evaluation;

/// <summary>Options of a <see cref="DriftComparison"/>.</summary>
public sealed record DriftComparisonOptions
{
    /// <summary>Seed of everything.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Detectors and data drift tests, by name; all where it is null.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Rows of a stream at most; null for no limit.</summary>
    public long? RowsMax { get; init; }

    /// <summary>Streams of each rising error rate.</summary>
    public int ErrorRateStreams { get; init; } = 50;

    /// <summary>Streams of each other kind.</summary>
    public int Streams { get; init; } = 4;

    /// <summary>Quiet rows on which detectors are brought to the same rate of false alarms; 0 leaves that out.</summary>
    public long CalibrationRows { get; init; } = 400_000;

    /// <summary>The rate they are brought to, in 10,000 rows.</summary>
    public double EqualFalseAlarmsPer10000 { get; init; } = 1;

    /// <summary>Streams of each kind of feature for the data drift tests.</summary>
    public int FeatureStreams { get; init; } = 20;

    /// <summary>The learner whose errors are watched, by its name in the catalog.</summary>
    public string Learner { get; init; } = "logistic-regression";
}

/// <summary>What a detector did on one kind of stream.</summary>
/// <param name="Scenario">The stream.</param>
/// <param name="Score">Its score over all seeds.</param>
public sealed record DriftResult(DriftScenario Scenario, DriftScore Score);

/// <summary>What a detector did.</summary>
/// <param name="Name">Its name; the dummies are called never and every-N.</param>
/// <param name="Results">One per scenario.</param>
/// <param name="UpdatesPerSecond">Values per second on rising error rates; NaN where no clock was given.</param>
/// <param name="Equal">The same at an equal rate of false alarms; null where its sensitivity is not known or was not asked for.</param>
public sealed record DetectorReport(string Name, IReadOnlyList<DriftResult> Results, double UpdatesPerSecond, EqualRateReport? Equal)
{
    /// <summary>The score over all scenarios of a kind.</summary>
    public DriftScore Over(DriftScenarioKind kind)
    {
        var all = new DriftScore(1);
        foreach (var result in Results)
            if (result.Scenario.Kind == kind)
                all.Add(result.Score);
        return all;
    }
}

/// <summary>What a detector did once its sensitivity was set to the common rate of false alarms.</summary>
/// <param name="Option">The option that was set.</param>
/// <param name="Value">Its value.</param>
/// <param name="FalseAlarmsPer10000">The rate at that value, on the streams it was set on.</param>
/// <param name="Results">One per rising error rate.</param>
public sealed record EqualRateReport(string Option, double Value, double FalseAlarmsPer10000, IReadOnlyList<DriftResult> Results);

/// <summary>What a data drift test did on one kind of feature.</summary>
/// <param name="Name">The test.</param>
/// <param name="Feature">The kind: independent, autoregressive, clustering volatility.</param>
/// <param name="Quiet">Without a change.</param>
/// <param name="Shift">The mean moved by half a standard deviation (autoregressive: one and a half).</param>
/// <param name="Scale">The values spread half again as far.</param>
/// <param name="UpdatesPerSecond">Values per second; NaN where no clock was given.</param>
public sealed record DataDriftReport(string Name, string Feature, DriftScore Quiet, DriftScore Shift, DriftScore Scale, double UpdatesPerSecond);

/// <summary>
/// Compares detectors: every one of them on every scenario at its defaults, then at an equal rate of false alarms, beside the dummies; and the data drift tests on features.
/// </summary>
/// <param name="catalog">Where detectors and learners are taken from.</param>
/// <param name="options">What is compared.</param>
/// <param name="clock">Seconds since some moment, for rates; null for none.</param>
/// <param name="progress">Told the share that is done, and may throw to stop.</param>
public sealed class DriftComparison(Catalog catalog, DriftComparisonOptions options, Func<double>? clock = null, Action<double>? progress = null)
{
    /// <summary>Rows between the alarms of the dummy.</summary>
    public const int DummyEvery = 1_000;

    private static readonly string[] FeatureKinds = ["independent", "autoregressive", "clustering volatility"];

    private readonly IReadOnlyList<DriftScenario> _scenarios =
        [.. DriftScenario.All(shape => catalog.Learners[options.Learner].Create(shape)).Select(s => options.RowsMax is { } max ? s.Limited(max) : s)];

    private double _done;
    private double _all;

    /// <summary>The scenarios, in the order of the results.</summary>
    public IReadOnlyList<DriftScenario> Scenarios => _scenarios;

    /// <summary>The detectors, then the dummies.</summary>
    /// <exception cref="InvalidOptionsException">A name is neither a detector nor a data drift test.</exception>
    public IReadOnlyList<DetectorReport> Detectors()
    {
        var entries = catalog.Detectors.Where(e => Wanted(e.Name)).ToArray();
        var calibrated = entries.Select(e => options.CalibrationRows > 0 ? DetectorSensitivity.Of(e.Name) : null).ToArray();
        (_done, _all) = (0, _scenarios.Sum(s => (double)Seeds(s)) + calibrated.Count(c => c is not null) * 4 + 1);

        var runs = entries.Select(e => new Run(e.Name, () => e.Create(options.Seed), _scenarios)).ToList();
        if (entries.Length > 0)
        {
            runs.Add(new("never", () => new DummyDetector(0), _scenarios));
            runs.Add(new($"every-{DummyEvery}", () => new DummyDetector(DummyEvery), _scenarios));
        }
        foreach (var scenario in _scenarios)
            Watch(scenario, runs);

        var quiet = Quiet();
        long quietRows = quiet.Sum(q => q.LongLength), alarmsMax = (long)(options.EqualFalseAlarmsPer10000 * quietRows / 10_000);
        var equal = new List<(int At, DetectorSensitivity Sensitivity, double Value, long Alarms, Run Run)>();
        for (var i = 0; i < entries.Length; i++)
        {
            if (calibrated[i] is not { } sensitivity)
                continue;
            var entry = entries[i];
            var (value, alarms) = sensitivity.Calibrate(entry, options.Seed, quiet, alarmsMax);
            var given = sensitivity.Options(value);
            equal.Add((i, sensitivity, value, alarms, new(entry.Name, () => entry.Create(options.Seed, given), _scenarios)));
            Advance(4);
        }
        foreach (var scenario in _scenarios)
            if (scenario.Kind == DriftScenarioKind.ErrorRate)
                Watch(scenario, [.. equal.Select(e => e.Run)], quietly: true);
        Advance(1);

        return
        [
            .. runs.Select((run, i) => new DetectorReport(run.Name, run.Results, run.Rate, equal.Where(e => e.At == i && i < entries.Length)
                .Select(e => new EqualRateReport(e.Sensitivity.Option, e.Value, 10_000.0 * e.Alarms / quietRows, [.. e.Run.Results.Where(r => r.Scenario.Kind == DriftScenarioKind.ErrorRate)]))
                .FirstOrDefault())),
        ];
    }

    /// <summary>The data drift tests on each kind of feature.</summary>
    /// <exception cref="InvalidOptionsException">A name is neither a detector nor a data drift test.</exception>
    public IReadOnlyList<DataDriftReport> DataDrift()
    {
        var entries = catalog.DataDrift.Where(e => Wanted(e.Name)).ToArray();
        (_done, _all) = (0, FeatureKinds.Length * Math.Max(1, entries.Length));
        var rows = (int)Math.Min(20_000, options.RowsMax ?? 20_000);
        var change = Math.Min(5_000, rows / 2);
        var reports = new List<DataDriftReport>();
        foreach (var kind in FeatureKinds)
        {
            foreach (var entry in entries)
            {
                DriftScore quiet = new(1), shift = new(rows), scale = new(rows);
                double seconds = 0;
                for (var s = 0; s < options.FeatureStreams; s++)
                {
                    var seed = options.Seed + (ulong)s;
                    var started = clock?.Invoke() ?? 0;
                    Feature(entry, kind, seed, rows, rows, quiet, x => x);
                    seconds += (clock?.Invoke() ?? 0) - started;
                    Feature(entry, kind, seed, change + 3_000, change, shift, x => x + (kind == "autoregressive" ? 1.5 : 0.5));
                    Feature(entry, kind, seed, change + 3_000, change, scale, x => 1.5 * x);
                }
                reports.Add(new(entry.Name, kind, quiet, shift, scale, clock is null ? double.NaN : (double)rows * options.FeatureStreams / seconds));
                Advance(1);
            }
        }
        return reports;
    }

    private bool Wanted(string name)
    {
        foreach (var wanted in options.Names ?? [])
            if (!catalog.Detectors.Contains(wanted) && !catalog.DataDrift.Contains(wanted))
                throw new InvalidOptionsException($"There is no detector or data drift test '{wanted}'. Known: {string.Join(", ", catalog.Detectors.Select(e => e.Name).Concat(catalog.DataDrift.Select(e => e.Name)))}.");
        return options.Names?.Contains(name) ?? true;
    }

    private int Seeds(DriftScenario scenario) => scenario.Kind == DriftScenarioKind.ErrorRate ? options.ErrorRateStreams : options.Streams;

    private void Watch(DriftScenario scenario, IReadOnlyList<Run> runs, bool quietly = false)
    {
        if (runs.Count == 0)
            return;
        for (var s = 0; s < Seeds(scenario); s++)
        {
            var losses = scenario.Losses(options.Seed + (ulong)s);
            foreach (var run in runs)
            {
                var detector = run.Make();
                var started = clock?.Invoke() ?? 0;
                scenario.Run(losses, detector, run.Score(scenario));
                if (scenario.Kind == DriftScenarioKind.ErrorRate && clock is not null)
                    run.Took(losses.Length, clock() - started);
            }
            if (!quietly)
                Advance(1);
        }
    }

    private List<double[]> Quiet()
    {
        var quiet = new List<double[]>();
        double[] rates = [0.1, 0.3, 0.5];
        var each = options.CalibrationRows / rates.Length;
        var random = new Rng(options.Seed, "quiet");
        foreach (var rate in each > 0 ? rates : [])
        {
            var losses = new double[each];
            for (var i = 0; i < losses.Length; i++)
                losses[i] = random.NextDouble() < rate ? 1 : 0;
            quiet.Add(losses);
        }
        return quiet;
    }

    private static void Feature(CatalogEntry<ulong, IDriftDetector> entry, string kind, ulong seed, int rows, int change, DriftScore score, Func<double, double> changed)
    {
        var detector = entry.Create(seed);
        var random = new Rng(seed, "feature");
        double state = 0, variance = 1;
        var alarms = new List<long>();
        for (var i = 0; i < rows; i++)
        {
            var e = random.NextGaussian();
            switch (kind)
            {
                case "independent":
                    state = e;
                    break;
                case "autoregressive":
                    state = 0.95 * state + Math.Sqrt(1 - 0.95 * 0.95) * e;
                    break;
                default:
                    variance = 0.02 + 0.08 * state * state + 0.90 * variance;
                    state = Math.Sqrt(variance) * e;
                    break;
            }
            if (detector.Update(i < change ? state : changed(state)) == DriftLevel.Drift)
                alarms.Add(i);
        }
        score.Add(rows, change < rows ? [new DriftChange(change, 0)] : [], alarms.ToArray());
    }

    private void Advance(double steps) => progress?.Invoke(Math.Min(1, (_done += steps) / _all));

    private sealed class Run(string name, Func<IDriftDetector> make, IReadOnlyList<DriftScenario> scenarios)
    {
        private double _seconds;
        private long _updates;

        public string Name => name;

        public IReadOnlyList<DriftResult> Results { get; } = [.. scenarios.Select(s => new DriftResult(s, new(s.HorizonRows)))];

        public double Rate => _seconds > 0 ? _updates / _seconds : double.NaN;

        public IDriftDetector Make() => make();

        public DriftScore Score(DriftScenario scenario) => Results.Single(r => r.Scenario == scenario).Score;

        public void Took(long updates, double seconds)
        {
            _updates += updates;
            _seconds += seconds;
        }
    }
}
