using Hone.Learning.Calibration;
using Hone.Learning.Drift;
using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Drift;

/// <summary>Something with state, and how to feed it: event i is a function of i, so that two specimens can be fed alike from anywhere.</summary>
public sealed record Specimen(string Name, Func<ISaved> Make, Action<ISaved, int> Feed, Action<ISaved> Reset, int Events)
{
    /// <summary>Every detector and calibrator of the catalog, and the other stateful things of the three rooms.</summary>
    public static IReadOnlyList<Specimen> All { get; } =
    [
        .. Catalog.BuiltIn().Detectors.Select(entry => Of(entry.Name, () => entry.Create(7), (d, i) => d.Update(Loss(i)), d => d.Reset())),
        .. Catalog.BuiltIn().Calibrators.Select(entry => Of(entry.Name, () => entry.Create(7), (c, i) => c.Learn(Uniform(i), i % 3 == 0 ? 1 : 0, 0.5 + Uniform(i + 1)), c => c.Reset())),
        Of("adwin shrinking both ways", () => new Adwin(new() { Direction = DriftDirection.Both, AfterDrift = AdwinAfterDrift.Shrink }), (d, i) => d.Update(Loss(i)), d => d.Reset()),
        Of("page-hinkley both ways", () => new PageHinkley(new() { Direction = DriftDirection.Both, Scaled = false, Delta = 0.005, Lambda = 20 }), (d, i) => d.Update(Loss(i)), d => d.Reset()),
        Of("loss scaler", () => new LossScaler(new() { WarmUp = 1_000 }), (s, i) => s.TryScale(Uniform(i), out _), s => s.Reset()),
        Of("input drift", () => new InputDriftMonitor(Small, 3, 7), Row, m => m.Reset(), 2_500),
        Of("reliability", () => new ReliabilityDiagram(), (r, i) => r.Add(0.45 + 0.1 * Uniform(i), i % 2 == 0), r => r.Reset()),
        Of("classification score", () => new ClassificationScore(3, delay: 4), Three, s => s.Reset()),
        Of("rolling score", () => new RollingScore(100), (s, i) => s.Add(Uniform(i), i % 2), s => s.Reset()),
        Of("fading score", () => new FadingScore(), (s, i) => s.Add(Uniform(i), i % 2), s => s.Reset()),
        Of("rolling kappa", () => new RollingKappa(3, 100, delay: 4), (s, i) => s.Add(i % 3, i * i % 3), s => s.Reset()),
        Of("fading kappa", () => new FadingKappa(3, 0.99, delay: 4), (s, i) => s.Add(i % 3, i * i % 3), s => s.Reset()),
        Of("brier decomposition", () => new BrierDecomposition(), (b, i) => b.Add(Uniform(i), i % 2), b => b.Reset()),
        Of("correlation", () => new Correlation(), (c, i) => c.Add(Uniform(i), Uniform(i) + Uniform(i + 9)), c => c.Reset()),
        Of("rank correlation", () => new RankCorrelation(3, 64), (c, i) => c.Add(Uniform(i), Uniform(i) + Uniform(i + 9)), c => c.Reset()),
        Of("e-process", () => new EProcess(new() { Bound = 0.5 }), (e, i) => e.Add(Uniform(i) - 0.45), e => e.Reset()),
        Of("auc", () => new AucScore(), (a, i) => a.Add(Uniform(i), i % 2), a => a.Reset()),
        Of("multi-class auc", () => new MultiClassAuc(3), (a, i) => a.Add([Uniform(i), Uniform(i + 1), Uniform(i + 2)], i * i % 3), a => a.Reset()),
        Of("regression score", () => new RegressionScore(delay: 4), (s, i) => s.Add(Uniform(i), Uniform(i + 1)), s => s.Reset()),
    ];

    public static Specimen Named(string name) => All.Single(s => s.Name == name);

    public byte[] Saved(ISaved thing)
    {
        var writer = new StateWriter();
        thing.Save(writer);
        return writer.Written.ToArray();
    }

    public ISaved Fed(int from, int to, ISaved? thing = null)
    {
        thing ??= Make();
        for (var i = from; i < to; i++)
            Feed(thing, i);
        return thing;
    }

    private static InputDriftOptions Small => new() { ReferenceRows = 400, TestRows = 100, RowStride = 2, BootstrapDraws = 50 };

    private static Specimen Of<T>(string name, Func<T> make, Action<T, int> feed, Action<T> reset, int events = 1_500)
        where T : ISaved
        => new(name, () => make(), (thing, i) => feed((T)thing, i), thing => reset((T)thing), events);

    private static double Uniform(int i) => new Rng(11, "specimen", (ulong)i).NextDouble();

    // The error rate steps up every 400 events, so that states contain alarms and what follows them.
    private static double Loss(int i) => Uniform(i) < (i / 400 % 2 == 0 ? 0.1 : 0.6) ? 1 : 0;

    private static void Three(ClassificationScore score, int i)
    {
        var a = Uniform(i);
        var b = (1 - a) * Uniform(i + 1);
        score.Add([a, b, 1 - a - b], i * i % 3);
    }

    private static void Row(InputDriftMonitor monitor, int i)
    {
        Span<double> row = stackalloc double[3];
        for (var j = 0; j < row.Length; j++)
            row[j] = Uniform(3 * i + j) + (i is > 900 and < 1_700 ? 1 : 0);
        monitor.Add(row);
    }
}
