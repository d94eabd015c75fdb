using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Sum over the last n values that never subtracts: nothing drifts, nothing cancels, however long it runs.</summary>
/// <remarks>
/// Time is cut into blocks of n. The window is the tail of the last block and the head of the current one; tails are summed
/// once per block from its end backwards, the head as it grows. 2 additions per value on average. The same idea for extremes:
/// van Herk, Pattern Recognition Letters 13(7), 1992; Gil and Werman, IEEE PAMI 15(5), 1993.
/// </remarks>
public struct RollingSum : ISaved
{
    // Slots before _next hold values of the current block, the others the sums of the last block from there to its end.
    private readonly double[] _ring;
    private int _next;
    private double _head;
    private bool _full;

    /// <summary>A sum over <paramref name="window"/> values, 1 or more.</summary>
    public RollingSum(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _ring = new double[window];
        Value = double.NaN;
    }

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _full;

    /// <summary>The sum; NaN before a whole window was seen.</summary>
    public double Value { get; private set; }

    /// <summary>The mean; NaN before a whole window was seen.</summary>
    public readonly double Mean => Value / _ring.Length;

    /// <summary>Takes one value.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double value)
    {
        var ring = _ring;
        var next = _next;
        ring[next++] = value;
        _head += value;
        if (next < ring.Length)
        {
            _next = next;
            return _full ? Value = ring[next] + _head : double.NaN;
        }
        return EndBlock();
    }

    private double EndBlock()
    {
        var ring = _ring;
        var tail = 0.0;
        for (var i = ring.Length - 1; i >= 0; i--)
            ring[i] = tail += ring[i];
        Value = _head;
        _head = 0;
        _next = 0;
        _full = true;
        return Value;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_ring);
        writer.Write(_next);
        writer.Write(_head);
        writer.Write(_full);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_ring);
        _next = reader.ReadInt32(0, _ring.Length - 1);
        _head = reader.ReadFinite();
        _full = reader.ReadBool();
        Value = reader.ReadFiniteOrNaN();
        if (double.IsNaN(Value) == _full)
            throw new CorruptStateException("A sum is there without its window, or the other way round.");
    }
}
