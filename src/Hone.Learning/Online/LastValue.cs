using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="LastValue"/>: there are none.</summary>
public sealed record LastValueOptions;

/// <summary>Baseline: the target stays what it last was. It looks at no feature; weights change nothing, the latest target is the latest.</summary>
public sealed class LastValue : IRegressor, IBaseline
{
    private double _last;

    /// <summary>A baseline that has seen nothing and says 0.</summary>
    public LastValue(RegressorShape shape)
    {
        TargetUnits.Check(shape);
        Features = shape.Features;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x) => _last;

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        TargetUnits.Check(target, weight);
        _last = target;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("last-value", 1);
        writer.Write(Features);
        writer.Write(_last);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("last-value", 1);
        reader.ReadInt32(Features, Features);
        _last = reader.ReadWithin(-1e100, 1e100);
    }
}
