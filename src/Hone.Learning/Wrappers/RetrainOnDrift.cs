using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning.Drift;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Options of <see cref="RetrainOnDrift"/> and <see cref="RetrainOnDriftRegressor"/>.</summary>
public sealed record RetrainOnDriftOptions
{
    /// <summary>Catalog name of the learner that is replaced; logistic-regression unless given, linear-regression for a number.</summary>
    public string? Learner { get; init; }

    /// <summary>Options of that learner; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Catalog name of the detector that watches its losses.</summary>
    [Required] public string Detector { get; init; } = WrapperDefaults.Detector;

    /// <summary>Options of the detector; its defaults unless given.</summary>
    public JsonElement? DetectorOptions { get; init; }

    /// <summary>Which loss of a classifier the detector sees; of a number it is the absolute error.</summary>
    public WatchedLoss Loss { get; init; } = WatchedLoss.Error;

    /// <summary>Newest examples that are kept to train the new learner with; 1 starts it with nothing but the newest one.</summary>
    [Range(1, 1_000_000)]
    public int WarmStartRows { get; init; } = 500;
}

/// <summary>
/// Watches the losses of another learner, and when a detector says that they have risen starts it anew from the newest examples, those
/// since the change.
/// </summary>
/// <remarks>
/// <para>Which examples are new: all since the detector's warning, and all since the point of the kept losses at which a rise of their mean is
/// most likely (n₀n₁/n · (m₁ − m₀)² is largest); where they show no rise the change is older, and all that are kept.
/// A detector is late by the examples that it needs, and a warning often comes together with the alarm.</para>
/// <para>The learner is as built, with the same seed, and learns the kept examples in the call that raised the alarm: that one
/// takes as long as <see cref="RetrainOnDriftOptions.WarmStartRows"/> others.</para>
/// <para>Losses are of predictions made before the label was learned; where neighbouring labels overlap the learner is given each label that much later.</para>
/// <para>Gama, Medas, Castillo, Rodrigues, "Learning with drift detection", SBIA 2004 (a new learner from the rows since the warning);
/// Hinkley, "Inference about the change-point in a sequence of random variables", Biometrika 57, 1970.</para>
/// </remarks>
public sealed class RetrainOnDrift : ClassifierWrapper
{
    private const string Name = "retrain-on-drift";
    private readonly RetrainOnDriftOptions _options;
    private readonly BlankState _blank;
    private readonly Retraining _retraining;
    private readonly double[] _said;

    /// <summary>Around a learner that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The learner or the detector is unknown or cannot be built.</exception>
    public RetrainOnDrift(LearnerShape shape, RetrainOnDriftOptions options, Catalog catalog)
        : base(shape.Features, shape.Classes)
    {
        _options = options;
        Inner = Nested.Judged(catalog, Name, shape, options.Learner ?? WrapperDefaults.Classifier, options.Options);
        _blank = new(Inner);
        var detector = catalog.Detectors[options.Detector].Create(shape.Seed, options.DetectorOptions);
        _retraining = new(new(Name, options.WarmStartRows, shape.Features), new(detector, Math.Max(1, shape.Overlap), unbounded: false));
        _said = new double[shape.Classes];
    }

    /// <summary>How often the learner was replaced.</summary>
    public long Retrained => _retraining.Times;

    private protected override IClassifier Inner { get; }

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
        writer.Write(Classes);
        _retraining.Save(writer, Classes);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        reader.ReadInt32(Classes, Classes);
        _retraining.Load(reader, Classes);
        Inner.Load(reader);
    }

    private void Watch(ReadOnlySpan<double> x, int label, double weight, ReadOnlySpan<double> said)
    {
        if (!_retraining.Add(x, label, weight, Losses.Of(_options.Loss, said, label), out var first))
            return;
        _blank.Restore();
        var rows = _retraining.Rows;
        for (var i = first; i < rows.Count; i++)
            Inner.Learn(rows.Row(i), (int)rows.Target(i), rows.Weight(i));
    }
}

/// <summary>The same around a learner of a number: the detector sees its absolute errors, each as a share of itself and the usual one.</summary>
public sealed class RetrainOnDriftRegressor : RegressorWrapper
{
    private const string Name = "retrain-on-drift";
    private readonly BlankState _blank;
    private readonly Retraining _retraining;

    /// <summary>Around a learner that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The learner or the detector is unknown or cannot be built.</exception>
    public RetrainOnDriftRegressor(RegressorShape shape, RetrainOnDriftOptions options, Catalog catalog)
        : base(shape.Features)
    {
        Inner = Nested.Regressor(catalog, Name, shape, options.Learner ?? WrapperDefaults.Regressor, options.Options);
        _blank = new(Inner);
        var detector = catalog.Detectors[options.Detector].Create(shape.Seed, options.DetectorOptions);
        _retraining = new(new(Name, options.WarmStartRows, shape.Features), new(detector, 1, unbounded: true));
    }

    /// <summary>How often the learner was replaced.</summary>
    public long Retrained => _retraining.Times;

    private protected override IRegressor Inner { get; }

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
        _retraining.Save(writer, 0);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _retraining.Load(reader, 0);
        Inner.Load(reader);
    }

    private void Watch(ReadOnlySpan<double> x, double target, double weight, double said)
    {
        if (!_retraining.Add(x, target, weight, Math.Min(Math.Abs(said - target), DriftInput.MagnitudeMax), out var first))
            return;
        _blank.Restore();
        var rows = _retraining.Rows;
        for (var i = first; i < rows.Count; i++)
            Inner.Learn(rows.Row(i), rows.Target(i), rows.Weight(i));
    }
}
