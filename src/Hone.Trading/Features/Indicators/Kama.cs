using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Kaufman's adaptive moving average: fast when prices go somewhere, slow when they only wobble.</summary>
/// <remarks>Kaufman, "Smarter Trading", 1995.</remarks>
public struct Kama(int window, int fastWindow, int slowWindow) : ISaved
{
    private readonly double _fast = 2.0 / (fastWindow + 1), _slow = 2.0 / (slowWindow + 1);
    private readonly int _window = window;
    private History _values = new(window);
    private RollingSum _path = new(window);
    private int _seen;

    /// <summary>Whether the average exists (a window of values was seen).</summary>
    public readonly bool IsReady => _seen >= _window;

    /// <summary>The average; starts as the window-th value, NaN before.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Net change over the sum of changes, 0…1; NaN before window + 1 values were seen and on a flat window.</summary>
    public double EfficiencyRatio { get; private set; } = double.NaN;

    /// <summary>Takes one value.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double value)
    {
        var change = Math.Abs(value - _values[0]);
        _values.Push(value);
        if (_seen < _window && ++_seen == _window)
            Value = value;
        if (double.IsNaN(change))
            return Value;
        var path = _path.Update(change);
        if (!_path.IsReady)
            return Value;
        EfficiencyRatio = Ratios.Defined(Math.Abs(value - _values[_window]), path);
        // A flat window gives no reason to move.
        if (path > 0)
        {
            var factor = EfficiencyRatio * (_fast - _slow) + _slow;
            Value += factor * factor * (value - Value);
        }
        return Value;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _values.Save(writer);
        _path.Save(writer);
        writer.Write(_seen);
        writer.Write(Value);
        writer.Write(EfficiencyRatio);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _values.Load(reader);
        _path.Load(reader);
        _seen = reader.ReadInt32(0, _window);
        Value = reader.ReadFiniteOrNaN();
        EfficiencyRatio = reader.ReadFiniteOrNaN();
    }
}
