using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>True strength index: twice smoothed change over twice smoothed absolute change, −100…100.</summary>
/// <remarks>Blau, "True strength index", Stocks &amp; Commodities 9(11), 1991.</remarks>
public struct Tsi(int slowWindow, int fastWindow) : ISaved
{
    private Ema _slow = new(slowWindow), _fast = new(fastWindow), _slowSize = new(slowWindow), _fastSize = new(fastWindow);
    private double _last = double.NaN;

    /// <summary>Whether slow + fast values were seen.</summary>
    public readonly bool IsReady => _fast.IsReady;

    /// <summary>The index; NaN before slow + fast values were seen and where nothing moved.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Takes one value.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double value)
    {
        var change = value - _last;
        _last = value;
        if (double.IsNaN(change))
            return double.NaN;
        var slow = _slow.Update(change);
        var slowSize = _slowSize.Update(Math.Abs(change));
        if (!_slow.IsReady)
            return double.NaN;
        var size = _fastSize.Update(slowSize);
        return Value = 100 * Ratios.Defined(_fast.Update(slow), size, 1e-13 * Math.Abs(value));
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _slow.Save(writer);
        _fast.Save(writer);
        _slowSize.Save(writer);
        _fastSize.Save(writer);
        writer.Write(_last);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _slow.Load(reader);
        _fast.Load(reader);
        _slowSize.Load(reader);
        _fastSize.Load(reader);
        _last = reader.ReadFiniteOrNaN();
        Value = reader.ReadFiniteOrNaN();
    }
}
