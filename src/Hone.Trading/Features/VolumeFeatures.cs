using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>Who trades how much, and which way. NaN wherever a window has no volume, which in a market without volume is always.</summary>
public sealed class VolumeFeatures : IFeatureBlock
{
    private const double VwapMax = 20, AmihudMax = 10;
    private Atr _atr = new(14);
    private RollingMoments _volumes = new(20);
    private RollingSum _volume5 = new(5), _volume50 = new(50);
    private OnBalanceVolume _obv = new();
    private RollingSum _signed = new(20);
    private Mfi _mfi = new(14);
    private Cmf _cmf = new(20);
    private ForceIndex _force = new(13);
    private RollingSum _turnover20 = new(20), _turnover100 = new(100), _moves20 = new(20), _moves100 = new(100);
    private double _lastClose = double.NaN;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("volume_z_20", "volume", 20, 1, "(volume − mean) / population sd over 20 bars"),
        new("volume_ratio_5_50", "volume", 50, 1, "mean volume of 5 bars over that of 50"),
        new("obv_slope_20", "volume", 21, 1, "change of OBV over 20 bars / their volume; Granville 1963"),
        new("mfi_14", "volume", 15, 1, "Quong and Soudack 1989"),
        new("cmf_20", "volume", 20, 1, "Chaikin"),
        new("vwap_distance_20", "volume", 20, 1, "(close − VWAP20) / ATR14"),
        new("force_13", "volume", 14, 1, "EMA13 of change · volume / EMA13 of true range · volume; Elder 1993"),
        new("amihud_20_100", "volume", 101, 1, "absolute return per turnover of 20 bars over that of 100; Amihud 2002"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        var close = bar.Close;
        var volume = bar.Volume;
        var atr = _atr.Update(bar.High, bar.Low, close);
        _volumes.Update(volume);
        _cmf.Update(bar.High, bar.Low, close, volume);
        _force.Update(bar.High, bar.Low, close, volume);
        var volume20 = _cmf.Volume;
        var turnover20 = _turnover20.Update(close * volume);
        var turnover100 = _turnover100.Update(close * volume);

        values[7] = double.NaN;
        values[0] = Ratios.Defined(volume - _volumes.Mean, _volumes.StandardDeviation, 1e-13 * _volumes.Mean);
        values[1] = Ratios.Defined(10 * _volume5.Update(volume), _volume50.Update(volume));
        values[3] = _mfi.Update(bar.High, bar.Low, close, volume);
        values[4] = _cmf.Value;
        values[5] = Math.Clamp((close - Ratios.Defined(turnover20, volume20)) * Ratios.InverseRange(atr, close), -VwapMax, VwapMax);
        values[6] = _force.Share;

        var signed = _obv.Update(close, volume);
        if (double.IsNaN(signed))
        {
            values[2] = double.NaN;
        }
        else
        {
            values[2] = Ratios.Defined(_signed.Update(signed), volume20);
            var move = Math.Abs(close - _lastClose) / _lastClose;
            var moves20 = _moves20.Update(move);
            var moves100 = _moves100.Update(move);
            values[7] = Math.Min(Ratios.Defined(moves20 * turnover100, moves100 * turnover20), AmihudMax);
        }
        _lastClose = close;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _atr.Save(writer);
        _volumes.Save(writer);
        _volume5.Save(writer);
        _volume50.Save(writer);
        _obv.Save(writer);
        _signed.Save(writer);
        _mfi.Save(writer);
        _cmf.Save(writer);
        _force.Save(writer);
        _turnover20.Save(writer);
        _turnover100.Save(writer);
        _moves20.Save(writer);
        _moves100.Save(writer);
        writer.Write(_lastClose);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _atr.Load(reader);
        _volumes.Load(reader);
        _volume5.Load(reader);
        _volume50.Load(reader);
        _obv.Load(reader);
        _signed.Load(reader);
        _mfi.Load(reader);
        _cmf.Load(reader);
        _force.Load(reader);
        _turnover20.Load(reader);
        _turnover100.Load(reader);
        _moves20.Load(reader);
        _moves100.Load(reader);
        _lastClose = reader.ReadFiniteOrNaN();
    }
}
