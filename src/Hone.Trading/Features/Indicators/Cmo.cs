using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Chande momentum oscillator: gains minus losses over gains plus losses, −100…100.</summary>
/// <remarks>Chande and Kroll, "The New Technical Trader", 1994.</remarks>
public struct Cmo(int window) : ISaved
{
    private RollingSum _gain = new(window), _loss = new(window);
    private double _last = double.NaN;

    /// <summary>Whether window + 1 values were seen.</summary>
    public readonly bool IsReady => _gain.IsReady;

    /// <summary>The oscillator; NaN before window + 1 values were seen and on a flat window.</summary>
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
        var loss = _loss.Update(Math.Max(-change, 0));
        return Value = 100 * Ratios.Defined(gain - loss, gain + loss);
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
