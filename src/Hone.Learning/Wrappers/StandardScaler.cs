using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Options of <see cref="StandardScaler"/> and <see cref="StandardScalerRegressor"/>.</summary>
public sealed record StandardScalerOptions
{
    /// <summary>Catalog name of the learner behind the scaler; for a number the default is linear-regression.</summary>
    public string? Learner { get; init; }

    /// <summary>Options of that learner; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Examples after which means and deviations are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double Memory { get; init; } = 10_000;

    /// <summary>Largest standardised value, in standard deviations.</summary>
    [Range(1.0, 100.0)]
    public double Clip { get; init; } = 5;

    /// <summary>Whether a missing value becomes 0, the mean; otherwise it stays missing and the learner behind decides.</summary>
    public bool Impute { get; init; }
}

/// <summary>
/// Standardises the features as they come, (x − mean) / standard deviation, and gives them to another learner: for learners that
/// take features as they are.
/// </summary>
/// <remarks>
/// An example is standardised by the examples before it, never by itself, when it is predicted and when it is learned. The first
/// ten values of a feature are 0. See <see cref="RunningScaler"/>.
/// </remarks>
public sealed class StandardScaler : ClassifierWrapper
{
    private const string Name = "standard-scaler";
    private readonly Scaling _scaling;
    private readonly double[] _z;

    /// <summary>A scaler that has seen nothing around a learner that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The learner is unknown or cannot be built.</exception>
    public StandardScaler(LearnerShape shape, StandardScalerOptions options, Catalog catalog)
        : base(shape.Features, shape.Classes)
    {
        Inner = Nested.Classifier(catalog, Name, shape, options.Learner ?? WrapperDefaults.Classifier, options.Options);
        _scaling = new(shape.Features, options);
        _z = new double[shape.Features];
    }

    private protected override IClassifier Inner { get; }

    /// <inheritdoc/>
    public override void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var z = new Scratch(stackalloc double[Scratch.StackMax], Features);
        _scaling.Apply(x, z.Span);
        Inner.Predict(z.Span, probabilities);
    }

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        _scaling.Apply(x, _z);
        Inner.Learn(_z, label, weight);
        _scaling.Learn(x);
    }

    /// <inheritdoc/>
    public override void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        _scaling.Apply(x, _z);
        Inner.TestThenTrain(_z, label, probabilities);
        _scaling.Learn(x);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        _scaling.Save(writer);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _scaling.Load(reader);
        Inner.Load(reader);
    }
}

/// <summary>The same in front of a learner of a number; the target is left as it is.</summary>
public sealed class StandardScalerRegressor : RegressorWrapper
{
    private const string Name = "standard-scaler";
    private readonly Scaling _scaling;
    private readonly double[] _z;

    /// <summary>A scaler that has seen nothing around a learner that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The learner is unknown or cannot be built.</exception>
    public StandardScalerRegressor(RegressorShape shape, StandardScalerOptions options, Catalog catalog)
        : base(shape.Features)
    {
        Inner = Nested.Regressor(catalog, Name, shape, options.Learner ?? WrapperDefaults.Regressor, options.Options);
        _scaling = new(shape.Features, options);
        _z = new double[shape.Features];
    }

    private protected override IRegressor Inner { get; }

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> x)
    {
        using var z = new Scratch(stackalloc double[Scratch.StackMax], Features);
        _scaling.Apply(x, z.Span);
        return Inner.Predict(z.Span);
    }

    /// <inheritdoc/>
    public override void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        _scaling.Apply(x, _z);
        Inner.Learn(_z, target, weight);
        _scaling.Learn(x);
    }

    /// <inheritdoc/>
    public override double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        _scaling.Apply(x, _z);
        var prediction = Inner.TestThenTrain(_z, target);
        _scaling.Learn(x);
        return prediction;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        _scaling.Save(writer);
        Inner.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _scaling.Load(reader);
        Inner.Load(reader);
    }
}

/// <summary>The scaler of both, with its rule for what is missing.</summary>
internal sealed class Scaling(int features, StandardScalerOptions options) : ISaved
{
    private readonly RunningScaler _scaler = new(features, options.Clip, options.Memory);

    public void Apply(ReadOnlySpan<double> x, Span<double> z)
    {
        _scaler.Apply(x, z);
        if (options.Impute)
            return;
        for (var i = 0; i < x.Length; i++)
            z[i] = double.IsFinite(x[i]) ? z[i] : double.NaN;
    }

    public void Learn(ReadOnlySpan<double> x) => _scaler.Learn(x);

    public void Save(StateWriter writer) => _scaler.Save(writer);

    public void Load(StateReader reader) => _scaler.Load(reader);
}
