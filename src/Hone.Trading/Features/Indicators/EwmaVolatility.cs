using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Standard deviation of returns per bar, exponentially weighted with a fixed decay; the mean is taken as 0.</summary>
/// <remarks>RiskMetrics technical document, J.P. Morgan, 1996 (decay 0.94); seeded with the mean of the first 20 squares.</remarks>
public struct EwmaVolatility(double decay) : ISaved
{
    private const int SeedReturns = 20;
    private readonly double _new = 1 - decay;
    private double _square;
    private int _seen;

    /// <summary>Whether 20 returns were seen.</summary>
    public readonly bool IsReady => _seen == SeedReturns;

    /// <summary>The deviation per bar; NaN before 20 returns were seen.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Takes one return; NaN is passed over.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double change)
    {
        if (double.IsNaN(change))
            return Value;
        var square = change * change;
        if (_seen < SeedReturns)
        {
            _square += square;
            if (++_seen < SeedReturns)
                return double.NaN;
            _square /= SeedReturns;
        }
        else
        {
            _square += _new * (square - _square);
            // As in Ema: no creeping through subnormal numbers.
            if (_square < 1e-200)
                _square = 0;
        }
        return Value = Math.Sqrt(_square);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_square);
        writer.Write(_seen);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _square = reader.ReadAtLeast(0);
        _seen = reader.ReadInt32(0, SeedReturns);
        Value = reader.ReadFiniteOrNaN();
        if (double.IsNaN(Value) == IsReady)
            throw new CorruptStateException("A volatility is there without its returns, or the other way round.");
    }
}
