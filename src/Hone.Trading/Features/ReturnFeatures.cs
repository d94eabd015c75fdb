using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>Simple returns over 1 to 24 bars, and the last one in units of the volatility before it.</summary>
public sealed class ReturnFeatures : IFeatureBlock
{
    private const double ScaledMax = 10;
    private History _closes = new(24);
    private EwmaVolatility _volatility = new(0.94);

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("return_1", "returns", 2, 1, "close / close[1] − 1"),
        new("return_3", "returns", 4, 1, "close / close[3] − 1"),
        new("return_6", "returns", 7, 1, "close / close[6] − 1"),
        new("return_12", "returns", 13, 1, "close / close[12] − 1"),
        new("return_24", "returns", 25, 1, "close / close[24] − 1"),
        new("scaled_return_1", "returns", 22, 1, "return_1 over the RiskMetrics (1996) volatility before it"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        var close = bar.Close;
        _closes.Push(close);
        var return1 = Return(close, _closes[1]);
        var before = _volatility.Value;
        _volatility.Update(return1);
        values[5] = Math.Clamp(return1 * (before > Ratios.Flat ? 1 / before : double.NaN), -ScaledMax, ScaledMax);
        values[0] = return1;
        values[1] = Return(close, _closes[3]);
        values[2] = Return(close, _closes[6]);
        values[3] = Return(close, _closes[12]);
        values[4] = Return(close, _closes[24]);
    }

    // Not close / past − 1: the difference of two near prices is exact, the quotient is rounded at 1.
    private static double Return(double close, double past) => (close - past) / past;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _closes.Save(writer);
        _volatility.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _closes.Load(reader);
        _volatility.Load(reader);
    }
}
