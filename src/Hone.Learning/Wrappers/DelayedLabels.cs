using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Options of <see cref="DelayedLabels"/> and <see cref="DelayedLabelsRegressor"/>.</summary>
public sealed record DelayedLabelsOptions
{
    /// <summary>Catalog name of the learner whose labels come late; for a number the default is linear-regression.</summary>
    public string? Learner { get; init; }

    /// <summary>Options of that learner; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Further examples for which each example is held back; 0 holds nothing back.</summary>
    [Range(0, 1_000_000)]
    public int Delay { get; init; } = 1;
}

/// <summary>
/// Lets another learner learn every example only when so many further ones have come: what its answers are worth when labels are
/// known late. The features are those of the example itself, as they were when it was asked about.
/// </summary>
/// <remarks>
/// With a delay of d the prediction for row t comes from the rows up to t − d − 1, as in the delayed evaluation of a stream.
/// Takes d rows of memory at construction. Examples that are held back at the end are never learned.
/// </remarks>
public sealed class DelayedLabels : ClassifierWrapper
{
    private const string Name = "delayed-labels";
    private readonly RowBuffer _held;

    /// <summary>Around the named learner of the catalog.</summary>
    /// <exception cref="InvalidOptionsException">The learner is unknown or cannot be built, or so many rows do not fit.</exception>
    public DelayedLabels(LearnerShape shape, DelayedLabelsOptions options, Catalog catalog)
        : this(Nested.Classifier(catalog, Name, shape with { Delay = shape.Delay + options.Delay }, options.Learner ?? WrapperDefaults.Classifier, options.Options), options.Delay)
    {
    }

    /// <summary>Around a learner, with every label so many examples late.</summary>
    /// <exception cref="InvalidOptionsException">So many rows do not fit.</exception>
    public DelayedLabels(IClassifier learner, int delay)
        : base(learner.Features, learner.Classes)
    {
        Inner = learner;
        _held = new(Name, delay, Features);
    }

    private protected override IClassifier Inner { get; }

    /// <inheritdoc/>
    public override void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => Inner.Predict(x, probabilities);

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        if (_held.Capacity == 0)
        {
            Inner.Learn(x, label, weight);
            return;
        }
        if (_held.Count == _held.Capacity)
            Inner.Learn(_held.Row(0), (int)_held.Target(0), _held.Weight(0));
        _held.Push(x, label, weight);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write(Classes);
        _held.Save(writer);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        reader.ReadInt32(Classes, Classes);
        _held.Load(reader, Classes);
        Inner.Load(reader);
    }
}

/// <summary>The same around a learner of a number.</summary>
public sealed class DelayedLabelsRegressor : RegressorWrapper
{
    private const string Name = "delayed-labels";
    private readonly RowBuffer _held;

    /// <summary>Around the named learner of the catalog.</summary>
    /// <exception cref="InvalidOptionsException">The learner is unknown or cannot be built, or so many rows do not fit.</exception>
    public DelayedLabelsRegressor(RegressorShape shape, DelayedLabelsOptions options, Catalog catalog)
        : base(shape.Features)
    {
        Inner = Nested.Regressor(catalog, Name, shape with { Delay = shape.Delay + options.Delay }, options.Learner ?? WrapperDefaults.Regressor, options.Options);
        _held = new(Name, options.Delay, Features);
    }

    private protected override IRegressor Inner { get; }

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> x) => Inner.Predict(x);

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        Check(target, weight);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        if (_held.Capacity == 0)
        {
            Inner.Learn(x, target, weight);
            return;
        }
        if (_held.Count == _held.Capacity)
            Inner.Learn(_held.Row(0), _held.Target(0), _held.Weight(0));
        _held.Push(x, target, weight);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        _held.Save(writer);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _held.Load(reader, 0);
        Inner.Load(reader);
    }
}
