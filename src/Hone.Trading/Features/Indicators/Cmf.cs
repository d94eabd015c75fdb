using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Chaikin money flow: volume weighted by where the close lies in its bar, over volume; −1…1.</summary>
/// <remarks>Chaikin; the multiplier of a bar without height is 0, as in the accumulation/distribution line.</remarks>
public struct Cmf(int window) : ISaved
{
    private RollingSum _flow = new(window), _volume = new(window);

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _flow.IsReady;

    /// <summary>The flow; NaN before a whole window was seen and where nothing was traded.</summary>
    public readonly double Value => Ratios.Defined(_flow.Value, _volume.Value);

    /// <summary>Volume of the window; NaN before a whole window was seen.</summary>
    public readonly double Volume => _volume.Value;

    /// <summary>Takes one bar.</summary>
    public void Update(double high, double low, double close, double volume)
    {
        var height = high - low;
        _flow.Update(height > 0 ? (close - low - (high - close)) / height * volume : 0);
        _volume.Update(volume);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _flow.Save(writer);
        _volume.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _flow.Load(reader);
        _volume.Load(reader);
    }
}
