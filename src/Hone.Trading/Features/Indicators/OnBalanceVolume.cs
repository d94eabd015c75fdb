using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>On-balance volume: volume added on a higher close, taken off on a lower one.</summary>
/// <remarks>Granville, "Granville's New Key to Stock Market Profits", 1963.</remarks>
public struct OnBalanceVolume : ISaved
{
    private double _lastClose;

    /// <summary>Nothing seen yet.</summary>
    public OnBalanceVolume() => _lastClose = Signed = double.NaN;

    /// <summary>Whether there was a bar before.</summary>
    public readonly bool IsReady => !double.IsNaN(Signed);

    /// <summary>The running sum, 0 on the first bar.</summary>
    public double Value { get; private set; }

    /// <summary>What the last bar added: its volume with the sign of the close's change; NaN on the first bar.</summary>
    public double Signed { get; private set; }

    /// <summary>Takes one bar.</summary>
    /// <returns><see cref="Signed"/>.</returns>
    public double Update(double close, double volume)
    {
        var last = _lastClose;
        _lastClose = close;
        if (double.IsNaN(last))
            return double.NaN;
        Signed = close > last ? volume : close < last ? -volume : 0;
        Value += Signed;
        return Signed;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_lastClose);
        writer.Write(Value);
        writer.Write(Signed);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _lastClose = reader.ReadFiniteOrNaN();
        Value = reader.ReadFinite();
        Signed = reader.ReadFiniteOrNaN();
    }
}
