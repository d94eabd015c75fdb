using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Average true range: Wilder's average of the true ranges from the second bar on.</summary>
/// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978.</remarks>
public struct Atr(int window) : ISaved
{
    private TrueRange _range = new();
    private Ema _average = Ema.Wilder(window);

    /// <summary>Whether window + 1 bars were seen.</summary>
    public readonly bool IsReady => _average.IsReady;

    /// <summary>The average in price units; NaN before window + 1 bars were seen.</summary>
    public readonly double Value => _average.Value;

    /// <summary>The last bar's true range in price units; NaN on the first bar.</summary>
    public readonly double TrueRange => _range.Value;

    /// <summary>Takes one bar.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double high, double low, double close)
    {
        var range = _range.Update(high, low, close);
        return double.IsNaN(range) ? double.NaN : _average.Update(range);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _range.Save(writer);
        _average.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _range.Load(reader);
        _average.Load(reader);
    }
}
