using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Slow stochastic: %K is the mean of three raw values, %D the mean of three %K; 0…100.</summary>
/// <remarks>Lane, "Lane's stochastics", Stocks &amp; Commodities 2(3), 1984.</remarks>
public struct Stochastic(int window) : ISaved
{
    private RollingRange _range = new(window);
    // A raw value without a range is NaN; sums of three are taken anew each time, so it is gone after three bars.
    private double _raw1 = double.NaN, _raw2 = double.NaN, _k1 = double.NaN, _k2 = double.NaN;

    /// <summary>Whether a whole window was seen; %K needs 2 bars more, %D 4.</summary>
    public readonly bool IsReady => _range.IsReady;

    /// <summary>Fast %K: where the close lies in the window's range, 0…100; NaN where that has no height. Williams' %R is this − 100.</summary>
    public double Raw { get; private set; } = double.NaN;

    /// <summary>Slow %K, 0…100.</summary>
    public double K { get; private set; } = double.NaN;

    /// <summary>%D, 0…100.</summary>
    public double D { get; private set; } = double.NaN;

    /// <summary>Takes one bar.</summary>
    public void Update(double high, double low, double close)
    {
        _range.Update(high, low);
        var raw = 100 * _range.Position(close);
        var k = (_raw2 + _raw1 + raw) * (1.0 / 3);
        D = (_k2 + _k1 + k) * (1.0 / 3);
        (_raw2, _raw1, Raw) = (_raw1, raw, raw);
        (_k2, _k1, K) = (_k1, k, k);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _range.Save(writer);
        ReadOnlySpan<double> numbers = [_raw1, _raw2, _k1, _k2, Raw, K, D];
        foreach (var number in numbers)
            writer.Write(number);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _range.Load(reader);
        _raw1 = reader.ReadFiniteOrNaN();
        _raw2 = reader.ReadFiniteOrNaN();
        _k1 = reader.ReadFiniteOrNaN();
        _k2 = reader.ReadFiniteOrNaN();
        Raw = reader.ReadFiniteOrNaN();
        K = reader.ReadFiniteOrNaN();
        D = reader.ReadFiniteOrNaN();
    }
}
