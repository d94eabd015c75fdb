using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Aroon: how long ago the highest high and the lowest low of the last window + 1 bars were.</summary>
/// <remarks>
/// Chande, "A time price oscillator", Stocks &amp; Commodities 13(9), 1995. Of equal extremes the oldest counts. The window is
/// searched only when its extreme leaves: at worst window + 1 comparisons.
/// </remarks>
public struct Aroon : ISaved
{
    private readonly double[] _highs, _lows;
    private int _next, _highAge, _lowAge, _seen;

    /// <summary>Ages 0…<paramref name="window"/>, 1 or more.</summary>
    public Aroon(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _highs = new double[window + 1];
        _lows = new double[window + 1];
    }

    /// <summary>Whether window + 1 bars were seen.</summary>
    public readonly bool IsReady => _seen == _highs.Length;

    /// <summary>100 when the highest high is now, 0 when it is about to leave; NaN before window + 1 bars were seen.</summary>
    public readonly double Up => IsReady ? 100.0 * (_highs.Length - 1 - _highAge) / (_highs.Length - 1) : double.NaN;

    /// <summary>The same for the lowest low.</summary>
    public readonly double Down => IsReady ? 100.0 * (_lows.Length - 1 - _lowAge) / (_lows.Length - 1) : double.NaN;

    /// <summary>Up − down, −100…100; NaN before window + 1 bars were seen.</summary>
    public readonly double Oscillator => IsReady ? 100.0 * (_lowAge - _highAge) / (_highs.Length - 1) : double.NaN;

    /// <summary>Takes one bar.</summary>
    public void Update(double high, double low)
    {
        var length = _highs.Length;
        _highs[_next] = high;
        _lows[_next] = low;
        if (++_next == length)
            _next = 0;
        if (_seen < length)
            _seen++;
        if (++_highAge >= _seen)
            _highAge = Oldest(_highs, 1);
        else if (high > _highs[At(_highAge)])
            _highAge = 0;
        if (++_lowAge >= _seen)
            _lowAge = Oldest(_lows, -1);
        else if (low < _lows[At(_lowAge)])
            _lowAge = 0;
    }

    private readonly int At(int age)
    {
        var slot = _next - 1 - age;
        return slot < 0 ? slot + _highs.Length : slot;
    }

    private readonly int Oldest(double[] values, int sign)
    {
        var best = _seen - 1;
        for (var age = best - 1; age >= 0; age--)
            if (sign * values[At(age)] > sign * values[At(best)])
                best = age;
        return best;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_highs);
        writer.Write(_lows);
        writer.Write(_next);
        writer.Write(_highAge);
        writer.Write(_lowAge);
        writer.Write(_seen);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_highs);
        reader.ReadFinite(_lows);
        _next = reader.ReadInt32(0, _highs.Length - 1);
        _highAge = reader.ReadInt32(0, _highs.Length - 1);
        _lowAge = reader.ReadInt32(0, _highs.Length - 1);
        _seen = reader.ReadInt32(0, _highs.Length);
    }
}
