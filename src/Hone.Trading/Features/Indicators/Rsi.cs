using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Relative strength index, 0…100.</summary>
/// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978.</remarks>
public struct Rsi(int window) : ISaved
{
    private Ema _gain = Ema.Wilder(window), _loss = Ema.Wilder(window);
    private double _last = double.NaN;

    /// <summary>Whether window + 1 values were seen.</summary>
    public readonly bool IsReady => _gain.IsReady;

    /// <summary>100 · gains / (gains + losses); NaN before window + 1 values were seen and where nothing moved.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Takes one value.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double value)
    {
        var change = value - _last;
        _last = value;
        if (double.IsNaN(change))
            return double.NaN;
        var gain = _gain.Update(Math.Max(change, 0));
        var moved = gain + _loss.Update(Math.Max(-change, 0));
        return Value = moved > 1e-13 * Math.Abs(value) ? 100 * (gain / moved) : double.NaN;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _gain.Save(writer);
        _loss.Save(writer);
        writer.Write(_last);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _gain.Load(reader);
        _loss.Load(reader);
        _last = reader.ReadFiniteOrNaN();
        Value = reader.ReadFiniteOrNaN();
    }
}
