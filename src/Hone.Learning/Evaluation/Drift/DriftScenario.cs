using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Streams;

namespace Hone.Learning.Evaluation;

/// <summary>A kind of stream that a detector watches, with its known changes.</summary>
public enum DriftScenarioKind
{
    /// <summary>Independent errors of a known rate that rises.</summary>
    ErrorRate = 0,

    /// <summary>Errors of a learner on a generated stream.</summary>
    Learner = 1,

    /// <summary>Nothing changes: every alarm is false.</summary>
    Quiet = 2,

    /// <summary>Nothing changes but volatility, and the values are not independent: what a detector of losses is not for.</summary>
    Volatility = 3,
}

/// <summary>One stream of losses: where it changes, and what it is for a seed.</summary>
public sealed class DriftScenario
{
    private const int LearnerRows = 20_000;
    private const int LearnerEvery = 5_000;
    private readonly Func<ulong, long, double[]> _losses;

    private DriftScenario(string name, DriftScenarioKind kind, long rows, IReadOnlyList<DriftChange> changes, long horizonRows, Func<ulong, long, double[]> losses)
        => (Name, Kind, Rows, Changes, HorizonRows, _losses) = (name, kind, rows, changes, horizonRows, losses);

    /// <summary>What it is, in a few words.</summary>
    public string Name { get; }

    /// <summary>Its kind.</summary>
    public DriftScenarioKind Kind { get; }

    /// <summary>Its length.</summary>
    public long Rows { get; }

    /// <summary>Its changes.</summary>
    public IReadOnlyList<DriftChange> Changes { get; }

    /// <summary>Rows after a change in which an alarm is about it.</summary>
    public long HorizonRows { get; }

    /// <summary>The losses for a seed, each in 0…1.</summary>
    public double[] Losses(ulong seed) => _losses(seed, Rows);

    /// <summary>The same stream, at most so long.</summary>
    public DriftScenario Limited(long rowsMax) => new(Name, Kind, Math.Min(Rows, rowsMax), Changes, HorizonRows, _losses);

    /// <summary>Errors of a rate that rises after 10,000 rows and stays for 20,000.</summary>
    public static DriftScenario ErrorRate(double rate, double then)
        => new(Rates(rate, then), DriftScenarioKind.ErrorRate, 30_000, [new(10_000, 0)], 20_000, (seed, rows) => Errors(seed, rows, rate, then, 10_000));

    /// <summary>Errors of a rate that stays.</summary>
    public static DriftScenario QuietErrors(double rate)
        => new(FormattableString.Invariant($"errors {rate:.00}"), DriftScenarioKind.Quiet, 100_000, [], 1, (seed, rows) => Errors(seed, rows, rate, rate, rows));

    /// <summary>Errors of a learner of the catalog, predicting before it learns and never told of a change, on a generated stream.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="stream">The stream for a seed; it has classes.</param>
    /// <param name="learner">The learner for the stream's shape.</param>
    /// <param name="rows">Rows.</param>
    public static DriftScenario Learner(string name, Func<ulong, IExampleStream> stream, Func<LearnerShape, IClassifier> learner, long rows = LearnerRows)
    {
        var changes = stream(1).Changes;
        return new(name, changes.Count > 0 ? DriftScenarioKind.Learner : DriftScenarioKind.Quiet, rows, changes, LearnerEvery, (seed, count) =>
        {
            var source = stream(seed);
            var model = learner(new(source.Features, source.Classes, seed));
            var x = new double[source.Features];
            var p = new double[source.Classes];
            var losses = new double[count];
            for (long i = 0; i < count; i++)
            {
                var label = (int)source.Next(x);
                model.TestThenTrain(x, label, p);
                losses[i] = ProbabilityScore.Of(p, label).Predicted == label ? 0 : 1;
            }
            return losses;
        });
    }

    /// <summary>The size of returns whose volatility clusters, as a share of six long-run deviations.</summary>
    public static DriftScenario Magnitudes { get; } = new("size of GARCH returns", DriftScenarioKind.Volatility, 100_000, [], 1, (seed, rows) =>
    {
        var stream = new ReturnStream(ConceptSchedule.Fixed(2), seed);
        var x = new double[stream.Features];
        var values = new double[rows];
        for (long i = 0; i < rows; i++)
        {
            stream.Next(x);
            values[i] = Math.Min(1, Math.Abs(stream.Return) / 6);
        }
        return values;
    });

    /// <summary>Every scenario: error rates that rise, errors of a learner on every generated stream, and streams where nothing changes.</summary>
    public static IReadOnlyList<DriftScenario> All(Func<LearnerShape, IClassifier> learner)
    {
        static ConceptSchedule Turns(ReadOnlySpan<int> concepts, long width = 0) => new(concepts, LearnerEvery, width);
        return
        [
            ErrorRate(0.10, 0.20),
            ErrorRate(0.45, 0.55),
            ErrorRate(0.45, 0.50),
            Learner("SEA", seed => new SeaStream(Turns([0, 2, 3, 2]), seed), learner),
            Learner("sine, reversed", seed => new SineStream(Turns([0, 1, 0, 1]), seed), learner),
            Learner("sine, gradual", seed => new SineStream(Turns([0, 1, 0, 1], 1_000), seed), learner),
            Learner("Agrawal", seed => new AgrawalStream(Turns([0, 1, 6, 3]), seed), learner),
            Learner("LED", seed => new LedStream(Turns([0, 3, 0, 5]), seed), learner),
            Learner("hyperplane, gradual", seed => new HyperplaneStream(Turns([0, 1, 2, 3], 2_000), seed), learner),
            Learner("RBF", seed => new RbfStream(Turns([0, 1, 2, 3]), seed), learner),
            Learner("GARCH, edge turns around", seed => new ReturnStream(Turns([0, 1, 0, 1]), seed, new() { Edge = 0.5 }), learner),
            QuietErrors(0.10),
            QuietErrors(0.50),
            Learner("GARCH, no edge", seed => new ReturnStream(ConceptSchedule.Fixed(2), seed), learner, 100_000),
            Magnitudes,
        ];
    }

    /// <summary>Gives every loss to a detector and the alarms to a score.</summary>
    public void Run(ReadOnlySpan<double> losses, IDriftDetector detector, DriftScore score)
    {
        var alarms = new List<long>();
        for (var i = 0; i < losses.Length; i++)
            if (detector.Update(losses[i]) == DriftLevel.Drift)
                alarms.Add(i);
        score.Add(losses.Length, Changes, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(alarms));
    }

    private static string Rates(double rate, double then) => FormattableString.Invariant($"errors {rate:.00} → {then:.00}");

    private static double[] Errors(ulong seed, long rows, double rate, double then, long change)
    {
        var random = new Rng(seed, "errors");
        var losses = new double[rows];
        for (long i = 0; i < rows; i++)
            losses[i] = random.NextDouble() < (i < change ? rate : then) ? 1 : 0;
        return losses;
    }
}
