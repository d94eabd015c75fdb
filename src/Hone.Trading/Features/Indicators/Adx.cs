using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Directional movement: +DI, −DI and the average directional index, each 0…100.</summary>
/// <remarks>
/// J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978. Wilder smooths sums, this smooths means; the ratios
/// are the same. A bar on which neither side moved has no direction index and leaves the average as it was.
/// </remarks>
public struct Adx(int window) : ISaved
{
    private TrueRange _range = new();
    private Ema _averageRange = Ema.Wilder(window), _plus = Ema.Wilder(window), _minus = Ema.Wilder(window), _index = Ema.Wilder(window);
    private double _lastHigh = double.NaN, _lastLow = double.NaN;

    /// <summary>Whether 2 · window bars were seen (more where nothing moved).</summary>
    public readonly bool IsReady => _index.IsReady;

    /// <summary>Strength of the trend, 0…100; NaN before 2 · window bars were seen and while the market stands still.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>+DI; NaN before window + 1 bars were seen and while the market stands still.</summary>
    public double Plus { get; private set; } = double.NaN;

    /// <summary>−DI; NaN as <see cref="Plus"/>.</summary>
    public double Minus { get; private set; } = double.NaN;

    /// <summary>The average true range of the same window, in price units.</summary>
    public readonly double AverageTrueRange => _averageRange.Value;

    /// <summary>Takes one bar.</summary>
    public void Update(double high, double low, double close)
    {
        var range = _range.Update(high, low, close);
        var up = high - _lastHigh;
        var down = _lastLow - low;
        _lastHigh = high;
        _lastLow = low;
        if (double.IsNaN(range))
            return;
        var averageRange = _averageRange.Update(range);
        var plus = _plus.Update(up > down ? Math.Max(up, 0) : 0);
        var minus = _minus.Update(down > up ? Math.Max(down, 0) : 0);
        if (!_averageRange.IsReady)
            return;
        var scale = 100 * Ratios.InverseRange(averageRange, close);
        Plus = plus * scale;
        Minus = minus * scale;
        var moved = plus + minus;
        if (moved > 1e-9 * averageRange)
            _index.Update(100 * (Math.Abs(plus - minus) / moved));
        Value = double.IsNaN(scale) ? double.NaN : _index.Value;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _range.Save(writer);
        _averageRange.Save(writer);
        _plus.Save(writer);
        _minus.Save(writer);
        _index.Save(writer);
        writer.Write(_lastHigh);
        writer.Write(_lastLow);
        writer.Write(Value);
        writer.Write(Plus);
        writer.Write(Minus);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _range.Load(reader);
        _averageRange.Load(reader);
        _plus.Load(reader);
        _minus.Load(reader);
        _index.Load(reader);
        _lastHigh = reader.ReadFiniteOrNaN();
        _lastLow = reader.ReadFiniteOrNaN();
        Value = reader.ReadFiniteOrNaN();
        Plus = reader.ReadFiniteOrNaN();
        Minus = reader.ReadFiniteOrNaN();
    }
}
