using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>True range: the bar's height, the gap from the last close included.</summary>
/// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978.</remarks>
public struct TrueRange : ISaved
{
    private double _lastClose;

    /// <summary>Nothing seen yet.</summary>
    public TrueRange() => Value = _lastClose = double.NaN;

    /// <summary>The true range; NaN on the first bar.</summary>
    public double Value { get; private set; }

    /// <summary>Whether there was a bar before.</summary>
    public readonly bool IsReady => !double.IsNaN(Value);

    /// <summary>Takes one bar.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double high, double low, double close)
    {
        // Math.Max and Min hand on the NaN of the first bar.
        Value = Math.Max(high, _lastClose) - Math.Min(low, _lastClose);
        _lastClose = close;
        return Value;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_lastClose);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _lastClose = reader.ReadFiniteOrNaN();
        Value = reader.ReadFiniteOrNaN();
        if (!double.IsNaN(Value) && double.IsNaN(_lastClose))
            throw new CorruptStateException("A true range is there without its close.");
    }
}
