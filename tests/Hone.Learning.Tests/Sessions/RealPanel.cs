using System.Text.Json;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>
/// A session of the built-in learners on a stream whose edge turns round now and then, with regimes, late answers and touchy detectors, so that in
/// few answers everything happens.
/// </summary>
internal sealed class RealPanel
{
    private readonly int _seed;
    private readonly int _features;
    private readonly int _horizon;
    private readonly bool _small;
    private readonly EdgeStream _stream;
    private readonly List<(long Id, int Label)> _late = [];
    private readonly double[] _x;
    private HashChain _emissions;
    private Rng _rng;
    private long _step;

    public RealPanel(int seed, bool small = false)
    {
        (_seed, _small) = (seed, small);
        _horizon = seed % 3 == 0 ? 3 : 1;
        _features = small ? 2 : 5;
        _stream = new EdgeStream((ulong)seed, _features, _horizon, 1.5) { Missing = 0.02 };
        _x = new double[_features];
        _rng = new Rng((ulong)seed, "panel");
        Session = New();
    }

    public LearningSession Session { get; private set; }

    public string Emissions => _emissions.ToString();

    /// <summary>Saves the session and goes on with a new one that has loaded it.</summary>
    public void Move() => Session = Copy();

    /// <summary>Another session with the state of this one.</summary>
    public LearningSession Copy()
    {
        var writer = new StateWriter();
        Session.Save(writer);
        var copy = New();
        copy.Load(new StateReader(writer.Written.ToArray()));
        return copy;
    }

    /// <summary>Asks and answers so many times.</summary>
    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++, _step++)
        {
            // The edge turns round every 400 questions.
            _stream.Sign = _step / 400 % 2 == 0 ? 1 : -1;
            var at = _step * 60_000_000;
            if (_stream.Next(out var label))
                _late.Add((_step - _horizon, label));
            if (_late.Count > 0 && _rng.NextInt32(20) > 0)
                Answer(0, at);
            if (_late.Count > 2 && _rng.NextInt32(2) == 0)
                Answer(_rng.NextInt32(_late.Count), at);
            var prediction = Session.Ask(_step, _stream.Seen(_x), at, (int)(_step / 150 % 3), _rng.NextInt32(3) == 0);
            _emissions.Add(prediction.Probabilities[1]);
            _emissions.Add(prediction.Threshold);
            foreach (ref readonly var vote in prediction.Votes)
                _emissions.Add(vote.Weight);
        }
    }

    /// <summary>Asks and answers after whatever the session holds.</summary>
    public void RunOn(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var id = (1L << 40) + i;
            _stream.Next(out var label);
            var at = Session.NowUs >= long.MaxValue - 1_000 ? Session.NowUs : Session.NowUs + 1;
            Session.Ask(id, _stream.Seen(_x), at, i % 3, i % 2 == 0);
            Assert.True(Session.TryAnswer(id, label, at, out var verdict));
            Assert.True(double.IsFinite(verdict.LogLoss) && verdict.Brier is >= 0 and <= 1);
        }
        foreach (var (id, label) in _late)
            Session.TryAnswer(id, label, Session.NowUs, out _);
    }

    private void Answer(int late, long at)
    {
        var (id, label) = _late[late];
        _late.RemoveAt(late);
        Assert.True(Session.TryAnswer(id, label, at, out var verdict, 0.5 + label));
        _emissions.Add(verdict.LogLoss);
        _emissions.Add((long)verdict.Drift);
    }

    private LearningSession New() => new(
        Catalog.BuiltIn(),
        new()
        {
            Members = _small
                ? [new() { Learner = "logistic-regression" }, new() { Learner = "passive-aggressive", Options = Json("""{"c": 10}""") }, new() { Learner = "no-change" }]
                : [new() { Learner = "logistic-regression" }, new() { Learner = "passive-aggressive", Options = Json("""{"c": 10}""") }, new() { Learner = "mlp", Options = Json("""{"learning_rate": 5}""") }, new() { Learner = "no-change" }],
            Strategy = (ServingStrategy)(_seed % 4),
            Specialists = _seed % 2 == 0 ? SpecialistPolicy.ByRegime : SpecialistPolicy.None,
            Detectors = [new() { Detector = "page-hinkley", Options = Json("""{"lambda": 5, "delta": 0.02}""") }, new() { Detector = "adwin" }],
            FloorEvidence = 5,
            AdaptiveReview = _seed % 2 == 1,
            RegimeChangeQuestions = 20,
            WindowAnswers = 40,
            OpenQuestionsMax = 50,
        },
        new SessionShape([.. Enumerable.Range(0, _features).Select(i => $"x{i}")], 2, _horizon, (ulong)_seed));

    private static JsonElement Json(string json) => JsonElement.Parse(json);
}
