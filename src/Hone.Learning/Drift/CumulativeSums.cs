using System.Runtime.CompilerServices;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>The mean of all values since the last drift and the sums of deviations above and below it: what <see cref="Cusum"/> and <see cref="PageHinkley"/> accumulate.</summary>
internal struct CumulativeSums
{
    private double _above;
    private double _below;

    /// <summary>Values since the last drift.</summary>
    public long Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>Sum of the squared deviations from the mean.</summary>
    public double Squares { get; private set; }

    /// <summary>Takes a value into the mean.</summary>
    /// <returns>How far it is from the mean of the values before it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Take(double value)
    {
        Count++;
        var deviation = value - Mean;
        Mean += deviation / Count;
        Squares += deviation * (value - Mean);
        return deviation;
    }

    /// <summary>Adds a deviation to both sums.</summary>
    /// <param name="deviation">How far a value is above what was expected.</param>
    /// <param name="delta">Tolerance.</param>
    /// <param name="alpha">Share of the sums that is kept.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(double deviation, double delta, double alpha = 1)
    {
        _above = Math.Max(0, alpha * _above + deviation - delta);
        _below = Math.Max(0, alpha * _below - deviation - delta);
    }

    /// <summary>The sum that is watched; the larger one when both are.</summary>
    public readonly double Largest(DriftDirection direction) => direction switch
    {
        DriftDirection.Up => _above,
        DriftDirection.Down => _below,
        _ => Math.Max(_above, _below),
    };

    public readonly void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(Mean);
        writer.Write(Squares);
        writer.Write(_above);
        writer.Write(_below);
    }

    public static CumulativeSums Load(StateReader reader)
    {
        CumulativeSums sums = new()
        {
            Count = reader.ReadInt64(),
            Mean = reader.ReadWithin(-DriftInput.MagnitudeMax, DriftInput.MagnitudeMax),
            Squares = reader.ReadWithin(0, double.MaxValue),
            _above = reader.ReadWithin(0, double.MaxValue),
            _below = reader.ReadWithin(0, double.MaxValue),
        };
        return sums.Count is >= 0 and <= 1L << 62 ? sums : throw new CorruptStateException($"Sums of {sums.Count} values are impossible.");
    }
}
