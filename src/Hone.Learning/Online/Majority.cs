using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="Majority"/>.</summary>
public sealed record MajorityOptions
{
    /// <summary>Examples added to each class before the first one (Laplace's is 1).</summary>
    [Range(1e-6, 1e6)]
    public double Smoothing { get; init; } = 1;

    /// <summary>Examples after which the past is forgotten exponentially; 0 never forgets.</summary>
    [Range(0, 1e12)]
    public double Memory { get; init; }
}

/// <summary>Baseline: the frequency of each class so far. It looks at no feature.</summary>
public sealed class Majority : IClassifier, IBaseline
{
    private readonly MajorityOptions _options;
    private readonly double[] _weights;
    private double _sum;

    /// <summary>A baseline that has seen nothing: every class is equally likely.</summary>
    public Majority(LearnerShape shape, MajorityOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _weights = new double[Classes];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        var total = _sum + _options.Smoothing * Classes;
        for (var k = 0; k < Classes; k++)
            probabilities[k] = (_weights[k] + _options.Smoothing) / total;
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        if (_options.Memory > 0)
        {
            var keep = 1 - 1 / Math.Max(_options.Memory, 1);
            for (var k = 0; k < Classes; k++)
                _weights[k] *= keep;
        }
        _weights[label] = Math.Min(_weights[label] + weight, Tally.WeightMax);
        _sum = Tally.Sum(_weights);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("majority", 1);
        writer.Write(_weights);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("majority", 1);
        reader.ReadWithin(_weights, 0, Tally.WeightMax);
        _sum = Tally.Sum(_weights);
    }
}
