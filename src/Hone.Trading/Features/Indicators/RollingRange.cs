using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Highest high and lowest low of the last n bars in 3 comparisons per bar, whatever n is (Donchian channel).</summary>
/// <remarks>Blocks as in <see cref="RollingSum"/>.</remarks>
public struct RollingRange : ISaved
{
    // Pairs: before _next (high, low) of the current block, from there on the extremes of the last block's tail.
    private readonly double[] _ring;
    private int _next;
    private double _headHigh, _headLow;
    private bool _full;

    /// <summary>A channel over <paramref name="window"/> bars, 1 or more.</summary>
    public RollingRange(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _ring = new double[2 * window];
        High = Low = double.NaN;
    }

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _full;

    /// <summary>Highest high; NaN before a whole window was seen.</summary>
    public double High { get; private set; }

    /// <summary>Lowest low; NaN before a whole window was seen.</summary>
    public double Low { get; private set; }

    /// <summary>Takes one bar's high and low, both finite.</summary>
    public void Update(double high, double low)
    {
        var ring = _ring;
        var next = _next;
        ring[next] = high;
        ring[next + 1] = low;
        // Prices are finite and positive, so the fast instruction has no NaN or signed zero to be careful about.
        _headHigh = next == 0 ? high : double.MaxNative(_headHigh, high);
        _headLow = next == 0 ? low : double.MinNative(_headLow, low);
        next += 2;
        if (next == ring.Length)
        {
            EndBlock();
            return;
        }
        _next = next;
        if (!_full)
            return;
        High = double.MaxNative(ring[next], _headHigh);
        Low = double.MinNative(ring[next + 1], _headLow);
    }

    /// <summary>Where a price lies in the channel: 0 at its low, 1 at its high, beyond on a breakout; NaN while there is no channel or no height.</summary>
    public readonly double Position(double price) => High > Low ? (price - Low) / (High - Low) : double.NaN;

    private void EndBlock()
    {
        var ring = _ring;
        for (var i = ring.Length - 4; i >= 0; i -= 2)
        {
            ring[i] = double.MaxNative(ring[i], ring[i + 2]);
            ring[i + 1] = double.MinNative(ring[i + 1], ring[i + 3]);
        }
        High = _headHigh;
        Low = _headLow;
        _next = 0;
        _full = true;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_ring);
        writer.Write(_next);
        writer.Write(_headHigh);
        writer.Write(_headLow);
        writer.Write(_full);
        writer.Write(High);
        writer.Write(Low);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_ring);
        _next = reader.ReadInt32(0, _ring.Length - 2);
        if (_next % 2 != 0)
            throw new CorruptStateException("A channel stands between two bars.");
        _headHigh = reader.ReadFinite();
        _headLow = reader.ReadFinite();
        _full = reader.ReadBool();
        High = reader.ReadFiniteOrNaN();
        Low = reader.ReadFiniteOrNaN();
        if (double.IsNaN(High) == _full || double.IsNaN(Low) == _full)
            throw new CorruptStateException("A channel is there without its window, or the other way round.");
    }
}
