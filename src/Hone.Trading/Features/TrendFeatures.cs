using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>Where the price stands against its averages, and how straight and strong its way is. Distances are in average true ranges.</summary>
public sealed class TrendFeatures : IFeatureBlock
{
    private const double DistanceMax = 20, TMax = 50;
    private Ema _ema12 = new(12), _ema26 = new(26), _ema50 = new(50), _ema200 = new(200);
    private LinearRegression _line = new(20);
    private Kama _kama = new(10, 2, 30);
    private Supertrend _supertrend = new(10, 3);
    private Adx _adx = new(14);
    private Aroon _aroon = new(25);

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("ema_distance_50", "trend", 50, 1, "(close − EMA50) / ATR14"),
        new("ema_distance_200", "trend", 200, 1, "(close − EMA200) / ATR14"),
        new("ema_cross", "trend", 26, 1, "(EMA12 − EMA26) / ATR14"),
        new("regression_slope_20", "trend", 20, 1, "least-squares slope per bar / ATR14"),
        new("regression_t_20", "trend", 20, 1, "slope over its standard error"),
        new("kama_distance_10", "trend", 15, 1, "(close − KAMA(10,2,30)) / ATR14; Kaufman 1995"),
        new("supertrend_10_3", "trend", 15, 1, "(close − Supertrend(10,3)) / ATR14; Seban"),
        new("adx_14", "trend", 28, 1, "Wilder 1978"),
        new("di_14", "trend", 15, 1, "+DI − −DI; Wilder 1978"),
        new("aroon_25", "trend", 26, 1, "Aroon up − down; Chande 1995"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        var close = bar.Close;
        _adx.Update(bar.High, bar.Low, close);
        _aroon.Update(bar.High, bar.Low);
        _line.Update(close);
        var perRange = Ratios.InverseRange(_adx.AverageTrueRange, close);
        values[9] = _aroon.Oscillator;
        values[0] = Distance((close - _ema50.Update(close)) * perRange);
        values[1] = Distance((close - _ema200.Update(close)) * perRange);
        values[2] = Distance((_ema12.Update(close) - _ema26.Update(close)) * perRange);
        values[3] = Distance(_line.Slope * perRange);
        values[4] = Math.Clamp(_line.TStatistic, -TMax, TMax);
        values[5] = Distance((close - _kama.Update(close)) * perRange);
        values[6] = Distance((close - _supertrend.Update(bar.High, bar.Low, close)) * perRange);
        values[7] = _adx.Value;
        values[8] = _adx.Plus - _adx.Minus;
    }

    private static double Distance(double ranges) => Math.Clamp(ranges, -DistanceMax, DistanceMax);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _ema12.Save(writer);
        _ema26.Save(writer);
        _ema50.Save(writer);
        _ema200.Save(writer);
        _line.Save(writer);
        _kama.Save(writer);
        _supertrend.Save(writer);
        _adx.Save(writer);
        _aroon.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _ema12.Load(reader);
        _ema26.Load(reader);
        _ema50.Load(reader);
        _ema200.Load(reader);
        _line.Load(reader);
        _kama.Load(reader);
        _supertrend.Load(reader);
        _adx.Load(reader);
        _aroon.Load(reader);
    }
}
