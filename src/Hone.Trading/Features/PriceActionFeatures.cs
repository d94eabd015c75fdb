using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>The shape of the last bar and where it stands among the last ones.</summary>
public sealed class PriceActionFeatures : IFeatureBlock
{
    private const double GapMax = 10, RangeMax = 10, FractalMax = 20, PositionMin = -2, PositionMax = 3;
    private const int StreakMax = 10;
    private Atr _atr = new(14);
    private RollingRange _range20 = new(20), _range50 = new(50);
    private double _lastClose = double.NaN;
    private int _streak;
    // Highs and lows of the last four bars, newest first; a fractal is known two bars after its peak.
    private double _high1 = double.NaN, _high2 = double.NaN, _high3 = double.NaN, _high4 = double.NaN;
    private double _low1 = double.NaN, _low2 = double.NaN, _low3 = double.NaN, _low4 = double.NaN;
    private double _fractalHigh = double.NaN, _fractalLow = double.NaN;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("candle_body", "price-action", 1, 1, "(close − open) / (high − low)"),
        new("candle_upper_wick", "price-action", 1, 1, "(high − max(open, close)) / (high − low)"),
        new("candle_lower_wick", "price-action", 1, 1, "(min(open, close) − low) / (high − low)"),
        new("gap", "price-action", 15, 1, "(open − close[1]) / ATR14"),
        new("true_range_ratio", "price-action", 16, 1, "true range / ATR14 before it"),
        new("streak", "price-action", 2, 1, "closes in a row in one direction, signed"),
        new("donchian_position_20", "price-action", 21, 1, "(close − low) / (high − low) of the previous 20 bars; Donchian"),
        new("donchian_position_50", "price-action", 51, 1, "(close − low) / (high − low) of the previous 50 bars; Donchian"),
        new("fractal_position", "price-action", 50, 1, "(close − middle of the last confirmed 5-bar fractals) / ATR14; Williams 1995"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        double open = bar.Open, high = bar.High, low = bar.Low, close = bar.Close;
        var height = high - low;
        var perHeight = height > 0 ? 1 / height : double.NaN;
        var rangeBefore = Ratios.InverseRange(_atr.Value, close);
        var perRange = Ratios.InverseRange(_atr.Update(high, low, close), close);

        if (_high2 > _high4 && _high2 > _high3 && _high2 > _high1 && _high2 > high)
            _fractalHigh = _high2;
        if (_low2 < _low4 && _low2 < _low3 && _low2 < _low1 && _low2 < low)
            _fractalLow = _low2;
        (_high4, _high3, _high2, _high1) = (_high3, _high2, _high1, high);
        (_low4, _low3, _low2, _low1) = (_low3, _low2, _low1, low);

        if (close > _lastClose)
            _streak = Math.Min(Math.Max(_streak, 0) + 1, StreakMax);
        else if (close < _lastClose)
            _streak = Math.Max(Math.Min(_streak, 0) - 1, -StreakMax);
        else
            _streak = 0;

        values[8] = Math.Clamp((close - 0.5 * (_fractalHigh + _fractalLow)) * perRange, -FractalMax, FractalMax);
        values[0] = (close - open) * perHeight;
        values[1] = (high - Math.Max(open, close)) * perHeight;
        values[2] = (Math.Min(open, close) - low) * perHeight;
        values[3] = Math.Clamp((open - _lastClose) * perRange, -GapMax, GapMax);
        values[4] = Math.Min(_atr.TrueRange * rangeBefore, RangeMax);
        values[5] = double.IsNaN(_lastClose) ? double.NaN : _streak;
        values[6] = Math.Clamp(_range20.Position(close), PositionMin, PositionMax);
        values[7] = Math.Clamp(_range50.Position(close), PositionMin, PositionMax);

        // After the positions: a channel that held this bar could not be broken by it.
        _range20.Update(high, low);
        _range50.Update(high, low);
        _lastClose = close;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _atr.Save(writer);
        _range20.Save(writer);
        _range50.Save(writer);
        writer.Write(_streak);
        ReadOnlySpan<double> numbers = [_lastClose, _high1, _high2, _high3, _high4, _low1, _low2, _low3, _low4, _fractalHigh, _fractalLow];
        foreach (var number in numbers)
            writer.Write(number);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _atr.Load(reader);
        _range20.Load(reader);
        _range50.Load(reader);
        _streak = reader.ReadInt32(-StreakMax, StreakMax);
        _lastClose = reader.ReadFiniteOrNaN();
        _high1 = reader.ReadFiniteOrNaN();
        _high2 = reader.ReadFiniteOrNaN();
        _high3 = reader.ReadFiniteOrNaN();
        _high4 = reader.ReadFiniteOrNaN();
        _low1 = reader.ReadFiniteOrNaN();
        _low2 = reader.ReadFiniteOrNaN();
        _low3 = reader.ReadFiniteOrNaN();
        _low4 = reader.ReadFiniteOrNaN();
        _fractalHigh = reader.ReadFiniteOrNaN();
        _fractalLow = reader.ReadFiniteOrNaN();
    }
}
