using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning.Calibration;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Options of <see cref="Calibrated"/>.</summary>
public sealed record CalibratedOptions
{
    /// <summary>Catalog name of the learner whose probabilities are calibrated.</summary>
    [Required] public string Learner { get; init; } = WrapperDefaults.Classifier;

    /// <summary>Options of that learner; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Catalog name of the calibrator.</summary>
    [Required] public string Calibrator { get; init; } = "platt";

    /// <summary>Options of the calibrator; its defaults unless given.</summary>
    public JsonElement? CalibratorOptions { get; init; }
}

/// <summary>
/// Calibrates the probabilities of another learner. Two classes have one calibrator, that of class 1; more classes have one each, one
/// class against the rest, and what they say is scaled to sum to one.
/// </summary>
/// <remarks>
/// <para>A calibrator learns from what the learner says about an example at the moment before it learns it. Where neighbouring labels overlap
/// the learner is given each label that much later, so that it never knows a part of the label it is judged by.</para>
/// <para>Zadrozny, Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002.</para>
/// </remarks>
public sealed class Calibrated : ClassifierWrapper
{
    private const string Name = "calibrated";

    // What calibrators take.
    private const double WeightMax = 1e6;

    private readonly ICalibrator[] _calibrators;
    private readonly double[] _raw;

    /// <summary>Around a learner that has seen nothing, with calibrators at the identity.</summary>
    /// <exception cref="InvalidOptionsException">The learner or the calibrator is unknown or cannot be built.</exception>
    public Calibrated(LearnerShape shape, CalibratedOptions options, Catalog catalog)
        : base(shape.Features, shape.Classes)
    {
        Inner = Nested.Judged(catalog, Name, shape, options.Learner, options.Options);
        var entry = catalog.Calibrators[options.Calibrator];
        _calibrators = new ICalibrator[Scores.Count(shape.Classes)];
        for (var i = 0; i < _calibrators.Length; i++)
            _calibrators[i] = entry.Create(shape.Seed, options.CalibratorOptions);
        _raw = new double[shape.Classes];
    }

    private protected override IClassifier Inner { get; }

    /// <inheritdoc/>
    public override void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        Inner.Predict(x, probabilities);
        Apply(probabilities);
    }

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        TestThenTrain(Inner, x, label, weight, _raw);
        Follow(label, weight);
    }

    /// <inheritdoc/>
    public override void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Inner.TestThenTrain(x, label, probabilities);
        probabilities.CopyTo(_raw);
        Apply(probabilities);
        Follow(label, 1);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write(Classes);
        foreach (var calibrator in _calibrators)
            calibrator.Save(writer);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        reader.ReadInt32(Classes, Classes);
        foreach (var calibrator in _calibrators)
            calibrator.Load(reader);
        Inner.Load(reader);
    }

    private void Apply(Span<double> probabilities)
    {
        if (_calibrators.Length == 1)
        {
            var up = _calibrators[0].Apply(Math.Clamp(probabilities[1], 0, 1));
            probabilities[0] = 1 - up;
            probabilities[1] = up;
            return;
        }
        var sum = 0.0;
        for (var k = 0; k < probabilities.Length; k++)
            sum += probabilities[k] = _calibrators[k].Apply(Math.Clamp(probabilities[k], 0, 1));
        for (var k = 0; k < probabilities.Length; k++)
            probabilities[k] /= sum;
    }

    private void Follow(int label, double weight)
    {
        var bounded = Math.Min(weight, WeightMax);
        for (var i = 0; i < _calibrators.Length; i++)
        {
            var k = _calibrators.Length == 1 ? 1 : i;
            _calibrators[i].Learn(Math.Clamp(_raw[k], 0, 1), label == k ? 1 : 0, bounded);
        }
    }
}
