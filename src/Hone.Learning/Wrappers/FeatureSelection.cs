using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Options of <see cref="FeatureSelection"/> and <see cref="FeatureSelectionRegressor"/>.</summary>
public sealed record FeatureSelectionOptions
{
    /// <summary>Catalog name of the learner that sees the selected features; logistic-regression unless given, linear-regression for a number.</summary>
    public string? Learner { get; init; }

    /// <summary>Options of that learner; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Most features that are selected.</summary>
    [Range(1, 1_000_000)]
    public int FeaturesMax { get; init; } = 32;

    /// <summary>So many are selected even when fewer tell anything, the most relevant first.</summary>
    [Range(0, 1_000_000)]
    public int FeaturesMin { get; init; } = 8;

    /// <summary>Probability that any feature that tells nothing passes at a review; 1 lets every feature pass.</summary>
    [Range(1e-12, 1.0)]
    public double Significance { get; init; } = 0.001;

    /// <summary>Examples, by weight, between two reviews of the selection; before the first one every feature is selected.</summary>
    [Range(1, 1_000_000_000)]
    public int ReviewRows { get; init; } = 1_000;

    /// <summary>Examples after which relevance is forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double Memory { get; init; } = 20_000;

    /// <summary>Intervals into which a feature's values are divided.</summary>
    [Range(2, 64)]
    public int Bins { get; init; } = 8;

    /// <summary>By which share a feature must be more relevant than a selected one to take its place.</summary>
    [Range(0.0, 100.0)]
    public double Hysteresis { get; init; } = 0.2;
}

/// <summary>
/// Gives another learner only the features that tell something about the label, and reviews the choice as the stream goes on.
/// </summary>
/// <remarks>
/// <para>Relevance is the mutual information of a feature and the label; see <see cref="FeatureRelevance"/>. It is marginal: a feature that tells something only together
/// with another one is not seen, and of two that say the same both are. Where that matters, raise features_min.</para>
/// <para>A feature that is not selected is missing to the learner: every learner says what it does with missing values, so a changed
/// selection needs no new learner. What it had learned about a feature that goes rests, and is there when the feature returns; nothing else
/// moves. The price is that the learner takes as long as with all features.</para>
/// </remarks>
public sealed class FeatureSelection : ClassifierWrapper
{
    private const string Name = "feature-selection";
    private readonly FeatureRelevance _relevance;
    private readonly double[] _masked;

    /// <summary>Around a learner that has seen nothing, with every feature selected.</summary>
    /// <exception cref="InvalidOptionsException">The learner is unknown or cannot be built, or features_min is above features_max.</exception>
    public FeatureSelection(LearnerShape shape, FeatureSelectionOptions options, Catalog catalog)
        : base(shape.Features, shape.Classes)
    {
        Inner = Nested.Classifier(catalog, Name, shape, options.Learner ?? WrapperDefaults.Classifier, options.Options);
        _relevance = new(shape.Features, shape.Classes, options);
        _masked = new double[shape.Features];
    }

    /// <summary>Whether the feature is selected.</summary>
    public bool IsSelected(int feature) => _relevance.IsSelected(feature);

    /// <summary>Nats that the feature tells about the label, as of the last review, less what chance would; 0 before.</summary>
    public double Relevance(int feature) => _relevance[feature];

    private protected override IClassifier Inner { get; }

    /// <inheritdoc/>
    public override void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        if (_relevance.AllSelected)
        {
            Inner.Predict(x, probabilities);
            return;
        }
        using var masked = new Scratch(stackalloc double[Scratch.StackMax], Features);
        _relevance.Mask(x, masked.Span);
        Inner.Predict(masked.Span, probabilities);
    }

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Inner.Learn(Masked(x), label, weight);
        _relevance.Learn(x, label, weight);
    }

    /// <inheritdoc/>
    public override void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Inner.TestThenTrain(Masked(x), label, probabilities);
        _relevance.Learn(x, label, 1);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write(Classes);
        _relevance.Save(writer);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        reader.ReadInt32(Classes, Classes);
        _relevance.Load(reader);
        Inner.Load(reader);
    }

    private ReadOnlySpan<double> Masked(ReadOnlySpan<double> x)
    {
        if (_relevance.AllSelected)
            return x;
        _relevance.Mask(x, _masked);
        return _masked;
    }
}

/// <summary>The same around a learner of a number: what features tell about the part of the target's range, one of four, in which it lies.</summary>
public sealed class FeatureSelectionRegressor : RegressorWrapper
{
    private const string Name = "feature-selection";
    private const int Parts = 4;
    private const double Quarter = 0.6744897501960817;

    private readonly FeatureRelevance _relevance;
    private readonly double[] _masked;

    // The target, standardised; its quarters are those of a normal.
    private readonly RunningScaler _target;

    /// <summary>Around a learner that has seen nothing, with every feature selected.</summary>
    /// <exception cref="InvalidOptionsException">The learner is unknown or cannot be built, or features_min is above features_max.</exception>
    public FeatureSelectionRegressor(RegressorShape shape, FeatureSelectionOptions options, Catalog catalog)
        : base(shape.Features)
    {
        Inner = Nested.Regressor(catalog, Name, shape, options.Learner ?? WrapperDefaults.Regressor, options.Options);
        _relevance = new(shape.Features, Parts, options);
        _masked = new double[shape.Features];
        _target = new(1, 10, options.Memory);
    }

    /// <summary>Whether the feature is selected.</summary>
    public bool IsSelected(int feature) => _relevance.IsSelected(feature);

    /// <summary>Nats that the feature tells about the target, as of the last review, less what chance would; 0 before.</summary>
    public double Relevance(int feature) => _relevance[feature];

    private protected override IRegressor Inner { get; }

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> x)
    {
        if (_relevance.AllSelected)
            return Inner.Predict(x);
        using var masked = new Scratch(stackalloc double[Scratch.StackMax], Features);
        _relevance.Mask(x, masked.Span);
        return Inner.Predict(masked.Span);
    }

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        Inner.Learn(Masked(x), target, weight);
        Follow(x, target, weight);
    }

    /// <inheritdoc/>
    public override double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        var prediction = Inner.TestThenTrain(Masked(x), target);
        Follow(x, target, 1);
        return prediction;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        _target.Save(writer);
        _relevance.Save(writer);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _target.Load(reader);
        _relevance.Load(reader);
        Inner.Load(reader);
    }

    private void Follow(ReadOnlySpan<double> x, double target, double weight)
    {
        Span<double> z = stackalloc double[1];
        _target.Apply([target], z);
        _target.Learn([target]);
        _relevance.Learn(x, z[0] < -Quarter ? 0 : z[0] < 0 ? 1 : z[0] < Quarter ? 2 : 3, weight);
    }

    private ReadOnlySpan<double> Masked(ReadOnlySpan<double> x)
    {
        if (_relevance.AllSelected)
            return x;
        _relevance.Mask(x, _masked);
        return _masked;
    }
}
