using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>Return, RSI and trend of the last complete bar of 4 and of 24 steps; held until the next one is complete.</summary>
public sealed class HigherTimeframeFeatures : IFeatureBlock
{
    private Frame _frame4, _frame24;

    /// <summary>Higher bars of 4 and 24 steps.</summary>
    /// <exception cref="InvalidOptionsException">The step is not above 0, or so long that 24 of it are no time any more.</exception>
    public HigherTimeframeFeatures(FeatureContext context)
    {
        if (context.StepUs is < 1 or > 366 * EventTime.DayUs)
            throw new InvalidOptionsException($"Higher time-frames need the distance of two bars, from 1 microsecond to 366 days; it is {context.StepUs} µs.");
        _frame4 = new(4, context.StepUs);
        _frame24 = new(24, context.StepUs);
    }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        // Without gaps the first higher bar may be entered in its middle: k − 1 bars, then as many times k as the value needs.
        new("higher_4_return", "higher-timeframe", 3 * 4 - 1, 1, "return of the last complete bar of 4 steps"),
        new("higher_4_rsi_7", "higher-timeframe", 9 * 4 - 1, 1, "RSI7 on bars of 4 steps; Wilder 1978"),
        new("higher_4_trend_8", "higher-timeframe", 9 * 4 - 1, 1, "(close − EMA8) / ATR7 on bars of 4 steps"),
        new("higher_24_return", "higher-timeframe", 3 * 24 - 1, 1, "return of the last complete bar of 24 steps"),
        new("higher_24_rsi_7", "higher-timeframe", 9 * 24 - 1, 1, "RSI7 on bars of 24 steps; Wilder 1978"),
        new("higher_24_trend_8", "higher-timeframe", 9 * 24 - 1, 1, "(close − EMA8) / ATR7 on bars of 24 steps"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        _frame24.Update(bar, values[3..6]);
        _frame4.Update(bar, values[..3]);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _frame4.Save(writer);
        _frame24.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _frame4.Load(reader);
        _frame24.Load(reader);
    }

    private struct Frame(int steps, long stepUs) : ISaved
    {
        private const double TrendMax = 10;
        private HigherBars _bars = new(steps * stepUs, stepUs);
        private Rsi _rsi = new(7);
        private Ema _ema = new(8);
        private Atr _atr = new(7);
        private double _lastClose = double.NaN, _return = double.NaN, _trend = double.NaN;

        public void Update(in Bar bar, Span<double> values)
        {
            var complete = _bars.Add(bar, out var first, out var second);
            if (complete > 0)
                Take(first);
            if (complete > 1)
                Take(second);
            values[2] = _trend;
            values[0] = _return;
            values[1] = _rsi.Value;
        }

        private void Take(in HigherBar bar)
        {
            _return = (bar.Close - _lastClose) / _lastClose;
            _lastClose = bar.Close;
            _rsi.Update(bar.Close);
            var atr = _atr.Update(bar.High, bar.Low, bar.Close);
            _trend = Math.Clamp((bar.Close - _ema.Update(bar.Close)) * Ratios.InverseRange(atr, bar.Close), -TrendMax, TrendMax);
        }

        public readonly void Save(StateWriter writer)
        {
            _bars.Save(writer);
            _rsi.Save(writer);
            _ema.Save(writer);
            _atr.Save(writer);
            writer.Write(_lastClose);
            writer.Write(_return);
            writer.Write(_trend);
        }

        public void Load(StateReader reader)
        {
            _bars.Load(reader);
            _rsi.Load(reader);
            _ema.Load(reader);
            _atr.Load(reader);
            _lastClose = reader.ReadFiniteOrNaN();
            _return = reader.ReadFiniteOrNaN();
            _trend = reader.ReadFiniteOrNaN();
        }
    }
}
