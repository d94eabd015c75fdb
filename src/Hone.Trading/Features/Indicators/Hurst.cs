using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Hurst exponent by rescaled range over the last n changes: about 0.5 for a random walk, above for trends, below for reversion.</summary>
/// <remarks>
/// Hurst, "Long-term storage capacity of reservoirs", Trans. ASCE 116, 1951; chunks of n, n/2, n/4, … while at least 8 long.
/// On short windows it is biased upwards. It needs the whole window each time, so it is recomputed every <c>stride</c> values
/// from the first full window on, and held between.
/// </remarks>
public struct Hurst : ISaved
{
    private const int ChunkMin = 8;
    private readonly double[] _ring, _window;
    private readonly int _stride;
    private int _next, _untilFull, _untilNext;

    /// <summary>An exponent over <paramref name="window"/> changes (16 to 4096), recomputed every <paramref name="stride"/>.</summary>
    public Hurst(int window, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2 * ChunkMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        _ring = new double[window];
        _window = new double[window];
        _stride = stride;
        _untilFull = window;
        Value = double.NaN;
    }

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _untilFull == 0;

    /// <summary>The exponent; NaN before a whole window was seen and where a chunk is flat.</summary>
    public double Value { get; private set; }

    /// <summary>Takes one change (a return).</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double change)
    {
        _ring[_next] = change;
        if (++_next == _ring.Length)
            _next = 0;
        if (_untilFull > 0 && --_untilFull > 0)
            return double.NaN;
        if (--_untilNext > 0)
            return Value;
        _untilNext = _stride;
        var oldFirst = _ring.Length - _next;
        _ring.AsSpan(_next).CopyTo(_window);
        _ring.AsSpan(0, _next).CopyTo(_window.AsSpan(oldFirst));
        return Value = Exponent(_window);
    }

    private static double Exponent(ReadOnlySpan<double> values)
    {
        double points = 0, sumX = 0, sumY = 0, sumXx = 0, sumXy = 0;
        for (var chunks = 1; values.Length / chunks >= ChunkMin; chunks *= 2)
        {
            var size = values.Length / chunks;
            var rescaled = 0.0;
            for (var chunk = 0; chunk < chunks; chunk++)
                rescaled += RescaledRange(values.Slice(chunk * size, size));
            var x = Elementary.Log(size);
            var y = Elementary.Log(rescaled / chunks);
            points++;
            sumX += x;
            sumY += y;
            sumXx += x * x;
            sumXy += x * y;
        }
        var slope = (points * sumXy - sumX * sumY) / (points * sumXx - sumX * sumX);
        return double.IsFinite(slope) ? slope : double.NaN;
    }

    private static double RescaledRange(ReadOnlySpan<double> values)
    {
        var mean = 0.0;
        foreach (var value in values)
            mean += value;
        mean /= values.Length;
        double sum = 0, squares = 0, high = double.NegativeInfinity, low = double.PositiveInfinity;
        foreach (var value in values)
        {
            var deviation = value - mean;
            sum += deviation;
            squares += deviation * deviation;
            high = Math.Max(high, sum);
            low = Math.Min(low, sum);
        }
        // Equal changes leave nothing but the rounding of their mean.
        var deviationSize = Math.Sqrt(squares / values.Length);
        return deviationSize > 1e-13 * Math.Abs(mean) ? (high - low) / deviationSize : double.NaN;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_ring);
        writer.Write(_next);
        writer.Write(_untilFull);
        writer.Write(_untilNext);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_ring);
        _next = reader.ReadInt32(0, _ring.Length - 1);
        _untilFull = reader.ReadInt32(0, _ring.Length);
        _untilNext = reader.ReadInt32(0, _stride);
        Value = reader.ReadFiniteOrNaN();
    }
}
