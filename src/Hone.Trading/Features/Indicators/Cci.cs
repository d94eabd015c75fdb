using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Commodity channel index: distance of the typical price from its mean over 0.015 mean absolute deviations.</summary>
/// <remarks>Lambert, "Commodity channel index", Commodities 9(10), 1980. The deviation needs the whole window each time; 20 values are 8 ns.</remarks>
public struct Cci : ISaved
{
    private readonly double[] _ring;
    private int _next;
    private RollingSum _sum;

    /// <summary>An index over <paramref name="window"/> bars, a multiple of 4.</summary>
    public Cci(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 4);
        ArgumentOutOfRangeException.ThrowIfNotEqual(window % 4, 0, nameof(window));
        _ring = new double[window];
        _sum = new(window);
        Value = double.NaN;
    }

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _sum.IsReady;

    /// <summary>The index, mostly within ±200; NaN before a whole window was seen and on a flat one.</summary>
    public double Value { get; private set; }

    /// <summary>Takes one bar.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double high, double low, double close)
    {
        var ring = _ring;
        var typical = (high + low + close) / 3;
        ring[_next] = typical;
        if (++_next == ring.Length)
            _next = 0;
        var sum = _sum.Update(typical);
        if (!_sum.IsReady)
            return double.NaN;
        var mean = sum / ring.Length;
        // Four sums side by side, in fixed order: a single chain of additions would take four times as long.
        double a = 0, b = 0, c = 0, d = 0;
        for (var i = 0; i + 3 < ring.Length; i += 4)
        {
            a += Math.Abs(ring[i] - mean);
            b += Math.Abs(ring[i + 1] - mean);
            c += Math.Abs(ring[i + 2] - mean);
            d += Math.Abs(ring[i + 3] - mean);
        }
        var deviation = (a + b + (c + d)) / ring.Length;
        // Below this the deviation is the rounding of the mean.
        return Value = deviation > 1e-13 * mean ? (typical - mean) / (0.015 * deviation) : double.NaN;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_ring);
        writer.Write(_next);
        _sum.Save(writer);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_ring);
        _next = reader.ReadInt32(0, _ring.Length - 1);
        _sum.Load(reader);
        Value = reader.ReadFiniteOrNaN();
    }
}
