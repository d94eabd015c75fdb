using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hone.Learning.State;

namespace Hone.Learning.Numerics;

/// <summary>
/// Means of the last values of four series that come together. The sums are formed anew each time the ring comes round, so that
/// rounding never builds up.
/// </summary>
/// <remarks>The four share a vector register, each in its own lane: the same additions in the same order as one after the other, at a quarter of the price.</remarks>
public sealed class RollingMeans(int window)
{
    /// <summary>Number of series.</summary>
    public const int Series = 4;

    private readonly Vector256<double>[] _ring = new Vector256<double>[window];
    private Vector256<double> _sum;
    private int _next;

    /// <summary>Values of each series in the window.</summary>
    public int Count { get; private set; }

    /// <summary>The mean of a series, 0…3; NaN before the first value.</summary>
    public double this[int series] => Count > 0 ? _sum.GetElement(series) / Count : double.NaN;

    /// <summary>Takes one value of each series; the oldest leave when the window is full.</summary>
    public void Add(double first, double second, double third, double fourth)
    {
        var values = Vector256.Create(first, second, third, fourth);
        ref var place = ref _ring[_next];
        if (Count == _ring.Length)
            _sum -= place;
        else
            Count++;
        place = values;
        _sum += values;
        if (++_next < _ring.Length)
            return;
        _next = 0;
        _sum = Sum();
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_ring);
        _sum = default;
        _next = Count = 0;
    }

    /// <summary>Writes the window.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(_next);
        for (var series = 0; series < Series; series++)
            writer.Write(_sum.GetElement(series));
        writer.Write(MemoryMarshal.Cast<Vector256<double>, double>((ReadOnlySpan<Vector256<double>>)_ring));
    }

    /// <summary>Reads the window; every value of a series must lie in its <paramref name="min"/>…<paramref name="max"/>.</summary>
    /// <exception cref="CorruptStateException">The length is another one, a value is out of range, or a sum is not that of its values.</exception>
    public void Load(StateReader reader, ReadOnlySpan<double> min, ReadOnlySpan<double> max)
    {
        Count = reader.ReadInt32(0, _ring.Length);
        _next = reader.ReadInt32(0, _ring.Length - 1);
        if (Count < _ring.Length && _next != Count)
            throw new CorruptStateException($"A window of {_ring.Length} with {Count} values goes on at {_next}.");
        _sum = Vector256.Create(reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite());
        reader.Read(MemoryMarshal.Cast<Vector256<double>, double>(_ring.AsSpan()));
        for (var i = 0; i < _ring.Length; i++)
            for (var series = 0; series < Series; series++)
            {
                var value = _ring[i].GetElement(series);
                if (i < Count ? !(value >= min[series] && value <= max[series]) : value != 0)
                    throw new CorruptStateException($"A window has the value {value}; it must be from {min[series]} to {max[series]}, and 0 where there is none yet.");
            }

        // Rounding builds up until the ring comes round; values that have left it count as well.
        var sum = Sum();
        for (var series = 0; series < Series; series++)
            if (!(Math.Abs(_sum.GetElement(series) - sum.GetElement(series)) <= 1e-9 * _ring.Length * Math.Max(Math.Abs(min[series]), Math.Abs(max[series]))))
                throw new CorruptStateException($"A window's sum is {_sum.GetElement(series)} instead of {sum.GetElement(series)}.");
    }

    private Vector256<double> Sum()
    {
        var sum = Vector256<double>.Zero;
        foreach (var kept in _ring)
            sum += kept;
        return sum;
    }
}
