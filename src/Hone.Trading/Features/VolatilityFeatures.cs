using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>How much prices move: range estimators, bands, and how volatility itself changes. Volatilities are per bar.</summary>
public sealed class VolatilityFeatures : IFeatureBlock
{
    private const double KeltnerMax = 10;
    private const double TwoLn2Minus1 = 0.38629436111989061, QuarterByLn2 = 0.36067376022224085;
    // Yang and Zhang's weight of the open-to-close variance for 20 bars.
    private const double OpenToCloseShare = 0.34 / (1.34 + 21.0 / 19);
    private Atr _atr14 = new(14), _atr10 = new(10);
    private RollingMoments _closes = new(20), _volatilities = new(50);
    private Ema _ema20 = new(20);
    private RollingSum _heights = new(20), _bodies = new(20), _bodySquares = new(20), _satchell = new(20), _gaps = new(20), _gapSquares = new(20);
    private RollingSum _short = new(10), _long = new(60);
    private EwmaVolatility _ewma = new(0.94);
    private double _lastClose = double.NaN;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("atr_14", "volatility", 15, 1, "ATR14 / close; Wilder 1978"),
        new("bollinger_z_20", "volatility", 20, 1, "(close − SMA20) / population sd; Bollinger 1983"),
        new("bollinger_bandwidth_20", "volatility", 20, 1, "4 sd / SMA20; Bollinger 1983"),
        new("keltner_position_20", "volatility", 20, 1, "(close − EMA20) / (2 · ATR10); Keltner 1960, Raschke"),
        new("parkinson_20", "volatility", 20, 1, "Parkinson 1980"),
        new("garman_klass_20", "volatility", 20, 1, "Garman and Klass 1980"),
        new("rogers_satchell_20", "volatility", 20, 1, "Rogers and Satchell 1991"),
        new("yang_zhang_20", "volatility", 21, 1, "Yang and Zhang 2000"),
        new("ewma_volatility", "volatility", 21, 1, "sd of log returns, decay 0.94; RiskMetrics 1996"),
        new("volatility_ratio_10_60", "volatility", 61, 1, "root mean square return of 10 bars over that of 60"),
        new("vol_of_vol_50", "volatility", 70, 1, "sd / mean of ewma_volatility over 50 bars"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        var close = bar.Close;
        var upper = Ratios.Log(bar.High, bar.Open);
        var lower = Ratios.Log(bar.Low, bar.Open);
        var body = Ratios.Log(close, bar.Open);
        var height = upper - lower;

        _closes.Update(close);
        var deviation = _closes.StandardDeviation;
        values[10] = double.NaN;
        values[0] = _atr14.Update(bar.High, bar.Low, close) / close;
        values[1] = Ratios.Defined(close - _closes.Mean, deviation, 1e-13 * close);
        values[2] = 4 * deviation / _closes.Mean;
        values[3] = Math.Clamp((close - _ema20.Update(close)) * 0.5 * Ratios.InverseRange(_atr10.Update(bar.High, bar.Low, close), close), -KeltnerMax, KeltnerMax);

        const double Mean = 1.0 / 20;
        var heights = _heights.Update(height * height);
        var bodySquares = _bodySquares.Update(body * body);
        var bodies = _bodies.Update(body);
        var satchell = _satchell.Update(upper * (upper - body) + lower * (lower - body));
        values[4] = Math.Sqrt(heights * (QuarterByLn2 * Mean));
        values[5] = Math.Sqrt(Math.Max((0.5 * heights - TwoLn2Minus1 * bodySquares) * Mean, 0));
        values[6] = Math.Sqrt(Math.Max(satchell * Mean, 0));

        if (double.IsNaN(_lastClose))
        {
            values[7] = values[8] = values[9] = double.NaN;
        }
        else
        {
            var gap = Ratios.Log(bar.Open, _lastClose);
            var gaps = _gaps.Update(gap);
            var gapSquares = _gapSquares.Update(gap * gap);
            const double Unbiased = 1.0 / 19;
            var overnight = Math.Max(gapSquares - gaps * gaps * Mean, 0) * Unbiased;
            var openToClose = Math.Max(bodySquares - bodies * bodies * Mean, 0) * Unbiased;
            values[7] = Math.Sqrt(Math.Max(overnight + OpenToCloseShare * openToClose + (1 - OpenToCloseShare) * satchell * Mean, 0));

            var change = gap + body;
            var volatility = _ewma.Update(change);
            values[8] = volatility;
            var square = change * change;
            var recent = _short.Update(square);
            values[9] = Math.Sqrt(Ratios.Defined(6 * recent, _long.Update(square), Ratios.Flat * Ratios.Flat));
            if (_ewma.IsReady)
            {
                _volatilities.Update(volatility);
                values[10] = Ratios.Defined(_volatilities.StandardDeviation, _volatilities.Mean, Ratios.Flat);
            }
        }
        _lastClose = close;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _atr14.Save(writer);
        _atr10.Save(writer);
        _closes.Save(writer);
        _volatilities.Save(writer);
        _ema20.Save(writer);
        _heights.Save(writer);
        _bodies.Save(writer);
        _bodySquares.Save(writer);
        _satchell.Save(writer);
        _gaps.Save(writer);
        _gapSquares.Save(writer);
        _short.Save(writer);
        _long.Save(writer);
        _ewma.Save(writer);
        writer.Write(_lastClose);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _atr14.Load(reader);
        _atr10.Load(reader);
        _closes.Load(reader);
        _volatilities.Load(reader);
        _ema20.Load(reader);
        _heights.Load(reader);
        _bodies.Load(reader);
        _bodySquares.Load(reader);
        _satchell.Load(reader);
        _gaps.Load(reader);
        _gapSquares.Load(reader);
        _short.Load(reader);
        _long.Load(reader);
        _ewma.Load(reader);
        _lastClose = reader.ReadFiniteOrNaN();
    }
}
