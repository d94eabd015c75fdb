using Hone.Learning.State;

namespace Hone.Learning.Numerics;

/// <summary>Mean of the last values. The sum is formed anew each time the ring comes round, so that rounding never builds up.</summary>
public sealed class RollingMean(int window)
{
    private readonly double[] _ring = new double[window];
    private double _sum;
    private int _next;

    /// <summary>Values in the window.</summary>
    public int Count { get; private set; }

    /// <summary>The mean; NaN before the first value.</summary>
    public double Mean => Count > 0 ? _sum / Count : double.NaN;

    /// <summary>Takes one value; the oldest leaves when the window is full.</summary>
    public void Add(double value)
    {
        if (Count == _ring.Length)
            _sum -= _ring[_next];
        else
            Count++;
        _ring[_next] = value;
        _sum += value;
        if (++_next == _ring.Length)
        {
            _next = 0;
            _sum = 0;
            foreach (var kept in _ring)
                _sum += kept;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_ring);
        _sum = 0;
        _next = Count = 0;
    }

    /// <summary>Writes the window.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(_next);
        writer.Write(_sum);
        writer.Write((ReadOnlySpan<double>)_ring);
    }

    /// <summary>Reads the window; every value must lie in <paramref name="min"/>…<paramref name="max"/>.</summary>
    /// <exception cref="CorruptStateException">The length is another one, a value is out of range, or the sum is not that of the values.</exception>
    public void Load(StateReader reader, double min = -1e300, double max = 1e300)
    {
        Count = reader.ReadInt32(0, _ring.Length);
        _next = reader.ReadInt32(0, _ring.Length - 1);
        _sum = reader.ReadFinite();
        reader.Read(_ring);
        if (Count < _ring.Length && _next != Count)
            throw new CorruptStateException($"A window of {_ring.Length} with {Count} values goes on at {_next}.");
        var sum = 0.0;
        for (var i = 0; i < _ring.Length; i++)
        {
            if (i < Count ? !(_ring[i] >= min && _ring[i] <= max) : _ring[i] != 0)
                throw new CorruptStateException($"A window has the value {_ring[i]}; it must be from {min} to {max}, and 0 where there is none yet.");
            sum += _ring[i];
        }

        // Rounding builds up until the ring comes round; values that have left it count as well.
        if (!(Math.Abs(_sum - sum) <= 1e-9 * _ring.Length * Math.Max(Math.Abs(min), Math.Abs(max))))
            throw new CorruptStateException($"A window's sum is {_sum} instead of {sum}.");
    }
}
