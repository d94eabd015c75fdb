using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Moving average convergence divergence in price units.</summary>
/// <remarks>Appel, "The Moving Average Convergence-Divergence Trading Method", 1979.</remarks>
public struct Macd(int fastWindow, int slowWindow, int signalWindow) : ISaved
{
    private Ema _fast = new(fastWindow), _slow = new(slowWindow), _signal = new(signalWindow);

    /// <summary>Whether the signal line exists.</summary>
    public readonly bool IsReady => _signal.IsReady;

    /// <summary>Fast minus slow average; NaN before the slow window was seen.</summary>
    public readonly double Line => _fast.Value - _slow.Value;

    /// <summary>Average of the line; NaN before slow + signal − 1 values were seen.</summary>
    public readonly double Signal => _signal.Value;

    /// <summary>Line minus signal; NaN before slow + signal − 1 values were seen.</summary>
    public readonly double Histogram => Line - Signal;

    /// <summary>The fast average.</summary>
    public readonly double Fast => _fast.Value;

    /// <summary>The slow average.</summary>
    public readonly double Slow => _slow.Value;

    /// <summary>Takes one value.</summary>
    public void Update(double value)
    {
        _fast.Update(value);
        _slow.Update(value);
        if (_slow.IsReady)
            _signal.Update(Line);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _fast.Save(writer);
        _slow.Save(writer);
        _signal.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _fast.Load(reader);
        _slow.Load(reader);
        _signal.Load(reader);
    }
}
