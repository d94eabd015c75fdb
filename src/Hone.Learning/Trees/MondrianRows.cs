using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>
/// Rows as Mondrian trees take them: single precision, counted from the first value that each feature had, missing values as NaN, padded
/// to whole lanes; and the features' running units.
/// </summary>
internal sealed class MondrianRows : ISaved
{
    // Sums of such numbers times such scales stay within single precision.
    private const double ValueMax = 1e17, ScaleMax = 1e17;

    private readonly double[] _origin;
    private readonly double[] _values;
    private readonly RunningScales _scales;

    /// <summary>Nothing seen yet.</summary>
    public MondrianRows(int features, double memory)
    {
        (Features, Length) = (features, Kernels.Padded(features));
        _origin = new double[features];
        _values = new double[features];
        _scales = new(features, memory, ValueMax);
        Array.Fill(_origin, double.NaN);
    }

    /// <summary>Length of a feature vector.</summary>
    public int Features { get; }

    /// <summary>Length of a row.</summary>
    public int Length { get; }

    /// <summary>Writes a row. A feature that never had a value is missing.</summary>
    public void Write(ReadOnlySpan<double> x, Span<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        for (var i = 0; i < x.Length; i++)
        {
            // NaN and infinity stay what they are in the subtraction, and fail the test.
            var value = x[i] - _origin[i];
            row[i] = double.IsFinite(x[i]) && !double.IsNaN(value) ? (float)Math.Min(Math.Max(value, -ValueMax), ValueMax) : float.NaN;
        }
        row[x.Length..].Fill(float.NaN);
    }

    /// <summary>Takes a row into the units, then writes it and the units that now hold.</summary>
    public void Learn(ReadOnlySpan<double> x, Span<float> row, Span<float> scale)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        for (var i = 0; i < x.Length; i++)
        {
            if (double.IsNaN(_origin[i]) && double.IsFinite(x[i]))
                _origin[i] = x[i];
            _values[i] = double.IsFinite(x[i]) ? Math.Min(Math.Max(x[i] - _origin[i], -ValueMax), ValueMax) : double.NaN;
        }
        _scales.Learn(_values);
        Write(x, row);
        for (var i = 0; i < x.Length; i++)
            scale[i] = (float)Math.Min(_scales.Scale[i], ScaleMax);
        scale[x.Length..].Clear();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("mondrian-rows", 1);
        writer.Write(_origin);
        _scales.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("mondrian-rows", 1);
        reader.Read(_origin);
        foreach (var origin in _origin)
            if (double.IsInfinity(origin))
                throw new CorruptStateException("A feature's first value is infinite.");
        _scales.Load(reader);
    }
}
