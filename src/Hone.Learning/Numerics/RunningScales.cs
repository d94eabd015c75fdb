using Hone.Learning.State;

namespace Hone.Learning.Numerics;

/// <summary>
/// One over the running standard deviation of each feature: the unit in which lengths along different features can be compared.
/// A feature that has not varied has the scale 0.
/// </summary>
/// <remarks>Each row counts once; after <see cref="RunningScaler.BoundedFrom"/> values one value counts at most ten deviations from the mean.</remarks>
internal sealed class RunningScales : ISaved
{
    private const double Clip = 10, VarianceMin = 1e-200;

    private readonly double _valueMax;
    private readonly double _memory;
    private readonly double[] _mean;
    private readonly double[] _variance;
    private readonly double[] _seen;
    private readonly double[] _bound;
    private readonly double[] _scale;

    /// <summary>Scales of features that have not been seen.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="memory">Rows after which the past is forgotten exponentially.</param>
    /// <param name="valueMax">Largest value that is given, either way.</param>
    public RunningScales(int features, double memory, double valueMax)
    {
        (_memory, _valueMax) = (memory, valueMax);
        _mean = new double[features];
        _variance = new double[features];
        _seen = new double[features];
        _bound = new double[features];
        _scale = new double[features];
        Array.Fill(_bound, 2 * valueMax);
    }

    /// <summary>The scales.</summary>
    public ReadOnlySpan<double> Scale => _scale;

    /// <summary>The running means.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Takes one row; NaN is missing.</summary>
    public void Learn(ReadOnlySpan<double> values)
    {
        Kernels.UpdateMoments(values, _memory, _bound, _mean, _variance, _seen);
        Refresh();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("scales", 1);
        writer.Write(_mean);
        writer.Write(_variance);
        writer.Write(_seen);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("scales", 1);
        reader.ReadWithin(_mean, -_valueMax, _valueMax);
        reader.ReadWithin(_variance, 0, 10 * _valueMax * _valueMax);
        reader.ReadWithin(_seen, 0, _memory);
        Refresh();
    }

    // What follows from the moments is not saved. A deviation of 10⁻¹² of the mean is rounding, not information.
    private void Refresh()
    {
        for (var i = 0; i < _scale.Length; i++)
        {
            var variance = _variance[i];
            var speaks = variance > Math.Max(1e-24 * _mean[i] * _mean[i], VarianceMin);
            var deviation = Math.Sqrt(variance);
            _scale[i] = speaks ? 1 / deviation : 0;
            _bound[i] = speaks && _seen[i] >= RunningScaler.BoundedFrom ? Clip * deviation : 2 * _valueMax;
        }
    }
}
