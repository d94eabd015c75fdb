using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Money flow index: an RSI of typical price times volume, 0…100.</summary>
/// <remarks>Quong and Soudack, "Volume-weighted RSI: money flow", Stocks &amp; Commodities 7(3), 1989.</remarks>
public struct Mfi(int window) : ISaved
{
    private RollingSum _up = new(window), _down = new(window);
    private double _last = double.NaN;

    /// <summary>Whether window + 1 bars were seen.</summary>
    public readonly bool IsReady => _up.IsReady;

    /// <summary>The index; NaN before window + 1 bars were seen and where no money flowed.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Takes one bar.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double high, double low, double close, double volume)
    {
        var typical = (high + low + close) / 3;
        var last = _last;
        _last = typical;
        if (double.IsNaN(last))
            return double.NaN;
        var flow = typical * volume;
        var up = _up.Update(typical > last ? flow : 0);
        var down = _down.Update(typical < last ? flow : 0);
        return Value = 100 * Ratios.Defined(up, up + down);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _up.Save(writer);
        _down.Save(writer);
        writer.Write(_last);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _up.Load(reader);
        _down.Load(reader);
        _last = reader.ReadFiniteOrNaN();
        Value = reader.ReadFiniteOrNaN();
    }
}
