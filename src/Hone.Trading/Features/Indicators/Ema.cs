using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Exponential moving average with factor 2 / (window + 1), seeded with the mean of the first window.</summary>
public struct Ema : ISaved
{
    private readonly int _window;
    private readonly double _factor;
    private double _sum;
    private int _seen;

    /// <summary>An average over about <paramref name="window"/> values, 1 or more.</summary>
    public Ema(int window) : this(window, 2.0 / (window + 1))
    {
    }

    private Ema(int window, double factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _window = window;
        _factor = factor;
        Value = double.NaN;
    }

    /// <summary>Wilder's smoothing: factor 1 / window, seeded with the mean of the first window.</summary>
    /// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978.</remarks>
    public static Ema Wilder(int window) => new(window, 1.0 / window);

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _seen == _window;

    /// <summary>The average; NaN before a whole window was seen.</summary>
    public double Value { get; private set; }

    /// <summary>Takes one value.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double value)
    {
        if (_seen == _window)
        {
            var next = Value + _factor * (value - Value);
            // A series that has become 0 must not creep through subnormal numbers, which are slow and mean nothing.
            return Value = Math.Abs(next) < 1e-200 ? 0 : next;
        }
        _sum += value;
        return ++_seen == _window ? Value = _sum / _window : double.NaN;
    }

    // Chained averages (double, triple) start from one common seed.
    internal void Seed(double value)
    {
        _seen = _window;
        Value = value;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_sum);
        writer.Write(_seen);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _sum = reader.ReadFinite();
        _seen = reader.ReadInt32(0, _window);
        Value = reader.ReadFiniteOrNaN();
        if (double.IsNaN(Value) == IsReady)
            throw new CorruptStateException("An average is there without its window, or the other way round.");
    }
}
