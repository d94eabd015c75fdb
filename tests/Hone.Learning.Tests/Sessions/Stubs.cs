using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>Probability of class 1, from the features and the number of examples learned so far.</summary>
internal delegate double Guess(ReadOnlySpan<double> x, long learned);

/// <summary>A learner that says what a test wants and remembers what it was taught.</summary>
internal class Stub(LearnerShape shape, Guess guess) : IClassifier
{
    public int Features => shape.Features;

    public int Classes => shape.Classes;

    public ulong Seed => shape.Seed;

    public long Learned { get; private set; }

    public double WeightSum { get; private set; }

    /// <summary>First feature of every example since the last load, in order.</summary>
    public List<double> Examples { get; } = [];

    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        var p = guess(x, Learned);
        probabilities.Fill((1 - p) / (Classes - 1));
        probabilities[1] = p;
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Learned++;
        WeightSum += weight;
        Examples.Add(x[0]);
    }

    public void Save(StateWriter writer)
    {
        writer.Section("stub", 1);
        writer.Write(Learned);
        writer.Write(WeightSum);
    }

    public void Load(StateReader reader)
    {
        reader.Section("stub", 1);
        Learned = reader.ReadInt64();
        WeightSum = reader.ReadFinite();
    }
}

internal sealed class BaselineStub(LearnerShape shape, Guess guess) : Stub(shape, guess), IBaseline;

internal sealed class BoostedStub(LearnerShape shape, Guess guess) : Stub(shape, guess), IRateBoost
{
    public List<double> Boosts { get; } = [];

    public void BoostRate(double factor) => Boosts.Add(factor);
}

/// <summary>A detector that follows a script: the level after its n-th value since it was built or reset.</summary>
internal sealed class ScriptedDetector(Func<long, DriftLevel> script) : IDriftDetector
{
    private long _count;

    public double Statistic { get; private set; }

    public double Threshold => 7;

    public DriftLevel Update(double value)
    {
        Statistic = value;
        return script(++_count);
    }

    public void Reset() => _count = 0;

    public void Save(StateWriter writer)
    {
        writer.Write(_count);
        writer.Write(Statistic);
    }

    public void Load(StateReader reader)
    {
        _count = reader.ReadInt64();
        Statistic = reader.ReadFinite();
    }
}

/// <summary>No options.</summary>
internal sealed record StubOptions;

/// <summary>Remembers events.</summary>
internal sealed class EventLog : ISessionObserver
{
    public List<DriftEvent> Drifts { get; } = [];

    public List<AdaptationEvent> Adaptations { get; } = [];

    public void OnDrift(in DriftEvent drift) => Drifts.Add(drift);

    public void OnAdaptation(in AdaptationEvent adaptation) => Adaptations.Add(adaptation);

    public IEnumerable<AdaptationEvent> Of(string member) => Adaptations.Where(a => a.Member == member);

    public IEnumerable<string> Actions(string member) => Of(member).Select(a => a.Action);
}

/// <summary>A session of stubs whose questions are answered in turn, one per minute.</summary>
internal sealed class StubPanel
{
    public const long MinuteUs = 60_000_000;

    private readonly Catalog _catalog = Catalog.BuiltIn();
    private readonly List<MemberOptions> _members = [];
    private readonly int _horizon;
    private readonly int _classes;
    private readonly int _features;

    public StubPanel(int horizon = 1, int classes = 2, int features = 3)
    {
        (_horizon, _classes, _features) = (horizon, classes, features);
        _catalog.Detectors.Add(CatalogEntry<ulong, IDriftDetector>.Of<StubOptions>("quiet", "Never anything.", (_, _) => new ScriptedDetector(_ => DriftLevel.None)));
    }

    public LearningSession Session { get; private set; } = null!;

    public EventLog Log { get; } = new();

    /// <summary>Every learner that was built for a member, in order; the first is the one it starts with.</summary>
    public Dictionary<string, List<Stub>> Built { get; } = [];

    public long NextId { get; set; }

    public long NowUs { get; set; }

    public StubPanel With(string name, Guess guess, Func<MemberOptions, MemberOptions>? options = null) => With(name, (shape, _) => new Stub(shape, guess), options);

    /// <summary>A member whose n-th learner (from 0) is built by <paramref name="build"/>.</summary>
    public StubPanel With(string name, Func<LearnerShape, int, Stub> build, Func<MemberOptions, MemberOptions>? options = null)
    {
        var built = Built[name] = [];
        _catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>(name, "A stub.", (shape, _) =>
        {
            var stub = build(shape, built.Count);
            built.Add(stub);
            return stub;
        }));
        var member = new MemberOptions { Learner = name };
        _members.Add(options?.Invoke(member) ?? member);
        return this;
    }

    public StubPanel WithDetector(string name, Func<long, DriftLevel> script)
    {
        _catalog.Detectors.Add(CatalogEntry<ulong, IDriftDetector>.Of<StubOptions>(name, "A script.", (_, _) => new ScriptedDetector(script)));
        return this;
    }

    public StubPanel Start(SessionOptions? options = null, params string[] detectors)
    {
        Session = New(options, detectors);
        Session.Observer = Log;
        return this;
    }

    /// <summary>Another session of the same stubs.</summary>
    public LearningSession New(SessionOptions? options = null, params string[] detectors) => new(
        _catalog,
        (options ?? new()) with
        {
            Members = _members,
            Detectors = detectors.Length == 0 ? [new() { Detector = "quiet" }] : [.. detectors.Select(d => new DetectorOptions { Detector = d })],
            InputDrift = false,
            Calibrator = "identity",
        },
        new SessionShape([.. Enumerable.Range(0, _features).Select(i => $"x{i}")], _classes, _horizon, 11));

    /// <summary>Asks one question.</summary>
    public Prediction Ask(ReadOnlySpan<double> x, int regime = 0, bool flat = true) => Session.Ask(NextId++, x, NowUs += MinuteUs, regime, flat);

    /// <summary>Asks and answers at once.</summary>
    public Verdict Step(ReadOnlySpan<double> x, int label, int regime = 0)
    {
        Ask(x, regime);
        Assert.True(Session.TryAnswer(NextId - 1, label, NowUs, out var verdict));
        return verdict;
    }

    /// <summary>Asks and answers so often: labels alternate 0 1 0 1, and the label stands in the first feature.</summary>
    public void Run(int count, int regime = 0, Func<int, int>? label = null)
    {
        Span<double> x = stackalloc double[_features];
        for (var i = 0; i < count; i++)
        {
            var y = label?.Invoke(i) ?? i % 2;
            x.Clear();
            x[0] = y;
            Step(x, y, regime);
        }
    }

    /// <summary>The label stands in the first feature: nine tenths for it.</summary>
    public static double Right(ReadOnlySpan<double> x, long learned) => x[0] == 1 ? 0.9 : 0.1;

    /// <summary>Nine tenths against it.</summary>
    public static double Wrong(ReadOnlySpan<double> x, long learned) => x[0] == 1 ? 0.1 : 0.9;

    /// <summary>No opinion.</summary>
    public static double Half(ReadOnlySpan<double> x, long learned) => 0.5;
}
