using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Supertrend: a stop that follows the price at some average true ranges and changes sides when it is hit.</summary>
/// <remarks>Seban; the usual bands around (high + low) / 2.</remarks>
public struct Supertrend(int window, double multiple) : ISaved
{
    private readonly double _multiple = multiple;
    private Atr _atr = new(window);
    private double _upper = double.NaN, _lower = double.NaN, _lastClose = double.NaN;
    private bool _rising;

    /// <summary>Whether window + 1 bars were seen.</summary>
    public readonly bool IsReady => _atr.IsReady;

    /// <summary>The stop in price units, below the price in a rising trend; NaN before window + 1 bars were seen.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Whether the stop is below the price.</summary>
    public readonly bool IsRising => _rising;

    /// <summary>The average true range of the same window in price units.</summary>
    public readonly double AverageTrueRange => _atr.Value;

    /// <summary>Takes one bar.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double high, double low, double close)
    {
        var atr = _atr.Update(high, low, close);
        var last = _lastClose;
        _lastClose = close;
        if (!_atr.IsReady)
            return double.NaN;
        var middle = (high + low) / 2;
        var upper = middle + _multiple * atr;
        var lower = middle - _multiple * atr;
        if (double.IsNaN(_upper))
        {
            _rising = close >= middle;
            (_upper, _lower) = (upper, lower);
        }
        if (upper < _upper || last > _upper)
            _upper = upper;
        if (lower > _lower || last < _lower)
            _lower = lower;
        _rising = close > (_rising ? _lower : _upper);
        return Value = _rising ? _lower : _upper;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _atr.Save(writer);
        writer.Write(_upper);
        writer.Write(_lower);
        writer.Write(_lastClose);
        writer.Write(_rising);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _atr.Load(reader);
        _upper = reader.ReadFiniteOrNaN();
        _lower = reader.ReadFiniteOrNaN();
        _lastClose = reader.ReadFiniteOrNaN();
        _rising = reader.ReadBool();
        Value = reader.ReadFiniteOrNaN();
    }
}
