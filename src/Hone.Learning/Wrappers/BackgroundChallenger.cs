using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning.Drift;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Options of <see cref="BackgroundChallenger"/> and <see cref="BackgroundChallengerRegressor"/>.</summary>
public sealed record BackgroundChallengerOptions
{
    /// <summary>Catalog name of the learner; logistic-regression unless given, linear-regression for a number.</summary>
    public string? Learner { get; init; }

    /// <summary>Options of that learner; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Catalog name of the detector that watches its losses.</summary>
    [Required] public string Detector { get; init; } = WrapperDefaults.Detector;

    /// <summary>Options of the detector; its defaults unless given.</summary>
    public JsonElement? DetectorOptions { get; init; }

    /// <summary>Which loss of a classifier the detector sees; of a number it is the absolute error.</summary>
    public WatchedLoss Loss { get; init; } = WatchedLoss.Error;

    /// <summary>Examples that a challenger learns before it is judged.</summary>
    [Range(0, 1_000_000)]
    public int WarmUpRows { get; init; } = 50;

    /// <summary>Examples in which a challenger is judged; one that has not proved itself by then is dropped.</summary>
    [Range(1, 1_000_000_000)]
    public int TrialRowsMax { get; init; } = 2_000;

    /// <summary>Evidence from which the challenger takes over: one that is never better takes over with a probability of at most 1 / evidence.</summary>
    [Range(1.0, 1e9)]
    public double Evidence { get; init; } = 20;
}

/// <summary>
/// When the losses of a learner rise, a second one like it starts from nothing and learns beside it. It takes over once a sequential test
/// says that it is the better one; if that does not come in time it is dropped.
/// </summary>
/// <remarks>
/// <para>A warning of the detector starts a challenger, and so does an alarm when there is none. After its warm-up the difference of both half
/// Brier scores of each example goes into a bet that it is the better one, an <see cref="Evaluation.EProcess"/>. A further alarm during the trial asks for less: then it is enough that the
/// wealth is above 1, the evidence being on the challenger's side.</para>
/// <para>Both learners are built at the beginning and take turns, so a trial costs time, not memory. Outside of a trial the
/// second one costs nothing. Losses are of predictions made before the label was learned; where neighbouring labels overlap both are given each label that much later, and the test sees means over as many.</para>
/// </remarks>
public sealed class BackgroundChallenger : ClassifierWrapper
{
    private const string Name = "background-challenger";

    private readonly BackgroundChallengerOptions _options;
    private readonly IClassifier[] _learners = new IClassifier[2];
    private readonly BlankState[] _blanks = new BlankState[2];
    private readonly ChallengerTrial _trial;
    private readonly double[] _said;
    private readonly double[] _challengerSaid;

    /// <summary>Around a learner that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The learner or the detector is unknown or cannot be built.</exception>
    public BackgroundChallenger(LearnerShape shape, BackgroundChallengerOptions options, Catalog catalog)
        : base(shape.Features, shape.Classes)
    {
        _options = options;
        for (var i = 0; i < _learners.Length; i++)
        {
            _learners[i] = Nested.Judged(catalog, Name, shape with { Seed = Nested.Seed(shape.Seed, i) }, options.Learner ?? WrapperDefaults.Classifier, options.Options);
            _blanks[i] = new(_learners[i]);
        }
        var detector = catalog.Detectors[options.Detector].Create(shape.Seed, options.DetectorOptions);
        _trial = new(options, new(detector, Math.Max(1, shape.Overlap), unbounded: false), Math.Max(1, shape.Overlap));
        _said = new double[shape.Classes];
        _challengerSaid = new double[shape.Classes];
    }

    /// <summary>Whether a challenger learns at present.</summary>
    public bool OnTrial => _trial.Running;

    /// <summary>How often a challenger has started.</summary>
    public long Started => _trial.Started;

    /// <summary>How often a challenger has taken over.</summary>
    public long TakenOver => _trial.TakenOver;

    private protected override IClassifier Inner => _learners[_trial.Present];

    /// <inheritdoc/>
    public override void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => Inner.Predict(x, probabilities);

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        TestThenTrain(Inner, x, label, weight, _said);
        Watch(x, label, weight, _said);
    }

    /// <inheritdoc/>
    public override void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Inner.TestThenTrain(x, label, probabilities);
        Watch(x, label, 1, probabilities);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        _trial.Save(writer);
        Inner.Save(writer);
        if (_trial.Running)
            _learners[1 - _trial.Present].Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _trial.Load(reader);
        Inner.Load(reader);
        if (_trial.Running)
            _learners[1 - _trial.Present].Load(reader);
    }

    private void Watch(ReadOnlySpan<double> x, int label, double weight, ReadOnlySpan<double> said)
    {
        if (_trial.Running)
        {
            TestThenTrain(_learners[1 - _trial.Present], x, label, weight, _challengerSaid);
            _trial.Judge((Losses.Brier(said, label) - Losses.Brier(_challengerSaid, label)) * Math.Min(weight, 1));
        }
        if (_trial.Watch(Losses.Of(_options.Loss, said, label)))
            _blanks[1 - _trial.Present].Restore();
    }
}

/// <summary>
/// The same around a learner of a number. The detector sees absolute errors, each as a share of itself and the usual one; the test sees
/// the difference of the squared errors as a share of their sum.
/// </summary>
public sealed class BackgroundChallengerRegressor : RegressorWrapper
{
    private const string Name = "background-challenger";
    private readonly IRegressor[] _learners = new IRegressor[2];
    private readonly BlankState[] _blanks = new BlankState[2];
    private readonly ChallengerTrial _trial;

    /// <summary>Around a learner that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The learner or the detector is unknown or cannot be built.</exception>
    public BackgroundChallengerRegressor(RegressorShape shape, BackgroundChallengerOptions options, Catalog catalog)
        : base(shape.Features)
    {
        for (var i = 0; i < _learners.Length; i++)
        {
            _learners[i] = Nested.Regressor(catalog, Name, shape with { Seed = Nested.Seed(shape.Seed, i) }, options.Learner ?? WrapperDefaults.Regressor, options.Options);
            _blanks[i] = new(_learners[i]);
        }
        var detector = catalog.Detectors[options.Detector].Create(shape.Seed, options.DetectorOptions);
        _trial = new(options, new(detector, 1, unbounded: true), 1);
    }

    /// <summary>Whether a challenger learns at present.</summary>
    public bool OnTrial => _trial.Running;

    /// <summary>How often a challenger has started.</summary>
    public long Started => _trial.Started;

    /// <summary>How often a challenger has taken over.</summary>
    public long TakenOver => _trial.TakenOver;

    private protected override IRegressor Inner => _learners[_trial.Present];

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> x) => Inner.Predict(x);

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        Check(target, weight);
        Watch(x, target, weight, TestThenTrain(Inner, x, target, weight));
    }

    /// <inheritdoc/>
    public override double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        var prediction = Inner.TestThenTrain(x, target);
        Watch(x, target, 1, prediction);
        return prediction;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        _trial.Save(writer);
        Inner.Save(writer);
        if (_trial.Running)
            _learners[1 - _trial.Present].Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _trial.Load(reader);
        Inner.Load(reader);
        if (_trial.Running)
            _learners[1 - _trial.Present].Load(reader);
    }

    private void Watch(ReadOnlySpan<double> x, double target, double weight, double said)
    {
        var error = Math.Min(Math.Abs(said - target), DriftInput.MagnitudeMax);
        if (_trial.Running)
        {
            var challenger = Math.Min(Math.Abs(TestThenTrain(_learners[1 - _trial.Present], x, target, weight) - target), DriftInput.MagnitudeMax);
            var (own, other) = (error * error, challenger * challenger);
            var sum = own + other;
            _trial.Judge(sum > 0 ? (own - other) / sum * Math.Min(weight, 1) : 0);
        }
        if (_trial.Watch(error))
            _blanks[1 - _trial.Present].Restore();
    }
}
