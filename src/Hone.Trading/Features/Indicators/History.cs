using System.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>The last values of a series, by age.</summary>
public struct History : ISaved
{
    private readonly double[] _ring;
    private uint _newest;

    /// <summary>Room for ages 0…<paramref name="ageMax"/>; all NaN at first.</summary>
    public History(int ageMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ageMax);
        _ring = new double[BitOperations.RoundUpToPowerOf2((uint)ageMax + 1)];
        Array.Fill(_ring, double.NaN);
    }

    /// <summary>The value that many updates ago, 0 for the newest; NaN when there was none.</summary>
    public readonly double this[int age]
    {
        get
        {
            var ring = _ring;
            return ring[(int)(_newest - (uint)age) & (ring.Length - 1)];
        }
    }

    /// <summary>Takes the next value.</summary>
    public void Push(double value)
    {
        var ring = _ring;
        ring[(int)++_newest & (ring.Length - 1)] = value;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_ring);
        writer.Write((int)_newest & (_ring.Length - 1));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Read(_ring);
        foreach (var value in _ring)
            if (double.IsInfinity(value))
                throw new CorruptStateException("A history holds an infinite value.");
        _newest = (uint)reader.ReadInt32(0, _ring.Length - 1);
    }
}
