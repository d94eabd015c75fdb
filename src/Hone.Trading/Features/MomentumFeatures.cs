using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>Oscillators of the close, in their published scales; the MACD histogram in average true ranges.</summary>
public sealed class MomentumFeatures : IFeatureBlock
{
    private const double MacdMax = 10, CciMax = 500, RocMax = 100, TrixMax = 10;
    private Rsi _rsi14 = new(14), _rsi2 = new(2);
    private Macd _macd = new(12, 26, 9);
    private Atr _atr = new(14);
    private Stochastic _stochastic = new(14);
    private Cci _cci = new(20);
    private TripleEma _triple = new(15);
    private Tsi _tsi = new(25, 13);
    private Cmo _cmo = new(14);
    private History _closes = new(12);

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("rsi_14", "momentum", 15, 1, "Wilder 1978"),
        new("rsi_2", "momentum", 3, 1, "Wilder 1978"),
        new("macd_hist", "momentum", 34, 1, "MACD(12,26,9) histogram / ATR14; Appel 1979"),
        new("stoch_k_14", "momentum", 16, 1, "slow %K(14,3); Lane 1984"),
        new("stoch_d_14", "momentum", 18, 1, "%D(14,3,3); Lane 1984"),
        new("williams_r_14", "momentum", 14, 1, "Williams 1973"),
        new("roc_12", "momentum", 13, 1, "100 · (close / close[12] − 1)"),
        new("cci_20", "momentum", 20, 1, "Lambert 1980"),
        new("trix_15", "momentum", 16, 1, "Hutson 1983"),
        new("tsi_25_13", "momentum", 38, 1, "Blau 1991"),
        new("cmo_14", "momentum", 15, 1, "Chande and Kroll 1994"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        var close = bar.Close;
        _macd.Update(close);
        _stochastic.Update(bar.High, bar.Low, close);
        _triple.Update(close);
        _closes.Push(close);
        var past = _closes[12];
        values[10] = _cmo.Update(close);
        values[0] = _rsi14.Update(close);
        values[1] = _rsi2.Update(close);
        values[2] = Math.Clamp(_macd.Histogram * Ratios.InverseRange(_atr.Update(bar.High, bar.Low, close), close), -MacdMax, MacdMax);
        values[3] = _stochastic.K;
        values[4] = _stochastic.D;
        values[5] = _stochastic.Raw - 100;
        values[6] = Math.Clamp(100 * (close - past) / past, -RocMax, RocMax);
        values[7] = Math.Clamp(_cci.Update(bar.High, bar.Low, close), -CciMax, CciMax);
        values[8] = Math.Clamp(_triple.Trix, -TrixMax, TrixMax);
        values[9] = _tsi.Update(close);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _rsi14.Save(writer);
        _rsi2.Save(writer);
        _macd.Save(writer);
        _atr.Save(writer);
        _stochastic.Save(writer);
        _cci.Save(writer);
        _triple.Save(writer);
        _tsi.Save(writer);
        _cmo.Save(writer);
        _closes.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _rsi14.Load(reader);
        _rsi2.Load(reader);
        _macd.Load(reader);
        _atr.Load(reader);
        _stochastic.Load(reader);
        _cci.Load(reader);
        _triple.Load(reader);
        _tsi.Load(reader);
        _cmo.Load(reader);
        _closes.Load(reader);
    }
}
