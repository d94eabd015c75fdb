using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="RunningMean"/>.</summary>
public sealed record RunningMeanOptions
{
    /// <summary>Weight of examples after which the past is forgotten exponentially; 0 never forgets.</summary>
    [Range(0, 1e12)]
    public double Memory { get; init; }
}

/// <summary>Baseline: the weighted mean of the targets so far. It looks at no feature.</summary>
public sealed class RunningMean : IRegressor, IBaseline
{
    private readonly double _most;
    private double _mean;
    private double _weight;

    /// <summary>A baseline that has seen nothing and says 0.</summary>
    public RunningMean(RegressorShape shape, RunningMeanOptions options)
    {
        TargetUnits.Check(shape);
        Features = shape.Features;
        _most = options.Memory > 0 ? options.Memory : Tally.WeightMax;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x) => _mean;

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        TargetUnits.Check(target, weight);
        var counted = Math.Min(weight, _most);
        _weight = Math.Min(_weight + counted, _most);
        _mean += counted / _weight * (target - _mean);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("running-mean", 1);
        writer.Write(Features);
        writer.Write(_mean);
        writer.Write(_weight);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("running-mean", 1);
        reader.ReadInt32(Features, Features);
        _mean = reader.ReadWithin(-1.0001e100, 1.0001e100);
        _weight = reader.ReadWithin(0, Tally.WeightMax);
    }
}
