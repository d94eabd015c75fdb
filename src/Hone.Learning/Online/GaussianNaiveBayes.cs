using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="GaussianNaiveBayes"/>.</summary>
public sealed record GaussianNaiveBayesOptions
{
    /// <summary>Examples after which the past is forgotten exponentially; 0 never forgets.</summary>
    [Range(0.0, 1e12)]
    public double Memory { get; init; }

    /// <summary>Weight with which a class's variances are pulled towards those of all examples: what a class of few examples leans on.</summary>
    [Range(0.0, 1e6)]
    public double Shrinkage { get; init; } = 1;

    /// <summary>Examples' worth that each class is credited with before it has been seen.</summary>
    [Range(1e-6, 1e6)]
    public double Smoothing { get; init; } = 1;

    /// <summary>Smallest variance of a feature in a class, as a share of its variance over all examples.</summary>
    [Range(1e-15, 1.0)]
    public double VarianceFloor { get; init; } = 1e-9;
}

/// <summary>Class probabilities by Bayes' rule from one Gaussian per class and feature, as if features were independent within a class.</summary>
/// <remarks>
/// <para>ln p(c | x) = ln n_c + Σ (−½ ln v − ½ (x − m)² / v) + constant over the features that are there; a missing feature is left out.
/// Logarithms and reciprocals are kept with the class and renewed when it learns, so that a row costs classes × features
/// multiplications to predict and features to learn. What has not been seen of a class is taken for what has been seen of all.</para>
/// <para>Forgetting makes new examples heavier instead of old ones lighter, so it costs nothing per class; when the weights have grown by
/// 2²⁰⁰ all are scaled back at once, by a power of two, which changes no bit of what is predicted.</para>
/// <para>Independence is a fiction and makes the probabilities too sure of themselves; a calibrator behind it helps.</para>
/// <para>Hand, Yu, "Idiot's Bayes: not so stupid after all?", International Statistical Review 69(3), 2001; Chan, Golub, LeVeque,
/// "Algorithms for computing the sample variance", The American Statistician 37(3), 1983.</para>
/// </remarks>
public sealed class GaussianNaiveBayes : IClassifier
{
    private const double ValueMax = 1e100, VarianceMax = 1e201, WeightMax = 1e100, UnitMax = 1.6069380442589903e60;

    private readonly GaussianNaiveBayesOptions _options;
    private readonly int _length;
    private readonly double _growth;

    // One row per class and one of all examples behind them.
    private readonly double[] _mean;
    private readonly double[] _variance;
    private readonly double[] _weights;
    private readonly double[] _counts;

    // Weight of an example of weight 1: above 1 once something was to be forgotten.
    private double _unit = 1;

    // What follows from the above, at the time a class learned last.
    private readonly double[] _slope;
    private readonly double[] _constant;
    private readonly double[] _logCounts;

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    public GaussianNaiveBayes(LearnerShape shape, GaussianNaiveBayesOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _length = Kernels.Padded(Features);
        _growth = options.Memory > 0 ? 1 + 1 / options.Memory : 1;
        _mean = new double[(Classes + 1) * _length];
        _variance = new double[(Classes + 1) * _length];
        _weights = new double[(Classes + 1) * _length];
        _slope = new double[(Classes + 1) * _length];
        _constant = new double[(Classes + 1) * _length];
        _counts = new double[Classes];
        _logCounts = new double[Classes];
        Array.Fill(_counts, options.Smoothing);
        Array.Fill(_logCounts, Elementary.Log(options.Smoothing));
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var padded = new Scratch(stackalloc double[Scratch.StackMax], _length);
        using var scores = new Scratch(stackalloc double[Scratch.StackMax], Classes);
        Pad(x, padded.Span);
        Score(padded.Span, scores.Span);
        if (Classes == 2)
            Scores.ToProbabilities([scores.Span[1] - scores.Span[0]], probabilities);
        else
            Scores.ToProbabilities(scores.Span, probabilities[..Classes]);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        using var padded = new Scratch(stackalloc double[Scratch.StackMax], _length);
        Pad(x, padded.Span);
        Step(padded.Span, label, Math.Min(weight, 1e20));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("naive-bayes", 1);
        writer.Write(Classes);
        writer.Write(Features);
        writer.Write(_mean);
        writer.Write(_variance);
        writer.Write(_weights);
        writer.Write(_counts);
        writer.Write(_unit);
        writer.Write(_slope);
        writer.Write(_constant);
        writer.Write(_logCounts);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("naive-bayes", 1);
        reader.ReadInt32(Classes, Classes);
        reader.ReadInt32(Features, Features);
        reader.ReadWithin(_mean, -ValueMax, ValueMax);
        reader.ReadWithin(_variance, 0, VarianceMax);
        reader.ReadWithin(_weights, 0, WeightMax);
        reader.ReadWithin(_counts, 0, WeightMax);
        _unit = reader.ReadWithin(1, UnitMax);
        reader.ReadWithin(_slope, -1 / GaussianKernels.VarianceMin, 0);
        reader.ReadWithin(_constant, -1e3, 1e3);
        reader.ReadWithin(_logCounts, -1e3, 1e3);
    }

    private void Score(ReadOnlySpan<double> x, Span<double> scores)
    {
        // What has not been seen of a class is what is seen of all.
        using var common = new Scratch(stackalloc double[Scratch.StackMax], _length);
        GaussianKernels.Terms(x, Row(_mean, Classes), Row(_slope, Classes), Row(_constant, Classes), common.Span);
        for (var k = 0; k < Classes; k++)
            scores[k] = _logCounts[k] + GaussianKernels.LogDensity(x, Row(_mean, k), Row(_slope, k), Row(_constant, k), common.Span);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        _unit *= _growth;
        if (_unit > UnitMax)
            Rescale();
        var w = weight * _unit;
        var common = Row(_variance, Classes);
        GaussianKernels.Learn(x, w, WeightMax, Row(_mean, Classes), common, Row(_weights, Classes));
        GaussianKernels.Learn(x, w, WeightMax, Row(_mean, label), Row(_variance, label), Row(_weights, label));
        GaussianKernels.Refresh(common, Row(_weights, Classes), common, 0, 0, Row(_slope, Classes), Row(_constant, Classes));
        GaussianKernels.Refresh(Row(_variance, label), Row(_weights, label), common, _options.Shrinkage * _unit, _options.VarianceFloor, Row(_slope, label), Row(_constant, label));
        _counts[label] = Math.Min(_counts[label] + w, WeightMax);
        _logCounts[label] = Elementary.Log(_counts[label]);
    }

    private void Rescale()
    {
        Kernels.Scale(1 / UnitMax, _weights);
        Kernels.Scale(1 / UnitMax, _counts);
        _unit /= UnitMax;
        for (var k = 0; k < Classes; k++)
        {
            _counts[k] = Math.Max(_counts[k], 1e-300);
            _logCounts[k] = Elementary.Log(_counts[k]);
        }
    }

    private void Pad(ReadOnlySpan<double> x, Span<double> padded)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        GaussianKernels.Pad(x, ValueMax, padded);
    }

    private Span<double> Row(double[] matrix, int row) => matrix.AsSpan(row * _length, _length);
}
