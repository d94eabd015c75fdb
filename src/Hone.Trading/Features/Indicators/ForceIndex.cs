using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Force index: average of change times volume, and the same as a share of the most that the true range allowed.</summary>
/// <remarks>Elder, "Trading for a Living", 1993.</remarks>
public struct ForceIndex(int window) : ISaved
{
    private TrueRange _range = new();
    private Ema _force = new(window), _most = new(window);
    private double _lastClose = double.NaN;

    /// <summary>Whether window + 1 bars were seen.</summary>
    public readonly bool IsReady => _force.IsReady;

    /// <summary>The index in price times volume; NaN before window + 1 bars were seen.</summary>
    public readonly double Value => _force.Value;

    /// <summary>The index over the average of true range times volume, −1…1; NaN before window + 1 bars were seen and without volume.</summary>
    public readonly double Share => Ratios.Defined(_force.Value, _most.Value);

    /// <summary>Takes one bar.</summary>
    public void Update(double high, double low, double close, double volume)
    {
        var range = _range.Update(high, low, close);
        var change = close - _lastClose;
        _lastClose = close;
        if (double.IsNaN(change))
            return;
        _force.Update(change * volume);
        _most.Update(range * volume);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _range.Save(writer);
        _force.Save(writer);
        _most.Save(writer);
        writer.Write(_lastClose);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _range.Load(reader);
        _force.Load(reader);
        _most.Load(reader);
        _lastClose = reader.ReadFiniteOrNaN();
    }
}
