using System.Globalization;
using Hone.Trading.Market;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>
/// Lets a candle become a bar only if it is complete, plausible and the next one. Everything else is counted: copies and corrections of bars that were handed out, candles that go back,
/// and candles that no market can have made. Memory does not depend on the number of bars.
/// </summary>
internal sealed class KlineOrder(KlineInterval interval, ExchangeFeedOptions options, TimeProvider time, KlineCounts counts)
{
    // Bars that are remembered to tell a copy from a correction; an exchange repeats the newest ones only.
    private const int RecentBars = 256;

    private readonly Bar[] _recent = new Bar[RecentBars];
    private long _count;
    private long _lastUs = long.MinValue;
    private double _lastClose = double.NaN;

    /// <summary>Close of the last bar, in microseconds since 1970; <see cref="long.MinValue"/> before the first.</summary>
    public long LastUs => _lastUs;

    /// <summary>Continues after a bar that an earlier process took.</summary>
    public void ContinueAfter(long lastUs) => _lastUs = lastUs;

    /// <summary>Why a candle cannot even be the one that is under way: off the grid, or in the future; null when it can.</summary>
    public string? TimeProblem(in Kline kline)
    {
        if (kline.OpenMs % interval.StepMs != 0 || kline.CloseMs != kline.OpenMs + interval.StepMs - 1)
            return $"a candle spans {kline.OpenMs} to {kline.CloseMs} ms, which is no {interval.Name}";
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return kline.OpenMs > nowMs + options.ClockSkewMaxMs
            ? $"a candle starts at {Time(kline.OpenMs * 1000)}, {(kline.OpenMs - nowMs) / 1000} s in this machine's future; check its clock if this goes on"
            : null;
    }

    /// <summary>Takes the next complete candle.</summary>
    /// <returns>True when it is the next bar.</returns>
    public bool TryTake(in Kline kline, out LiveBar live)
    {
        live = default;
        if (TimeProblem(kline) is { } problem)
            return Reject(problem);
        var bar = kline.ToBar();
        if (bar.CloseTimeUs <= _lastUs)
        {
            Repeated(bar);
            return false;
        }
        if (ValueProblem(bar) is { } wrong)
            return Reject(wrong);
        var gap = _lastUs == long.MinValue ? 0 : (bar.CloseTimeUs - _lastUs) / interval.StepUs - 1;
        if (gap > 0)
        {
            counts.Gaps++;
            counts.Problem = $"{gap} bars before the one that closed at {Time(bar.CloseTimeUs)} do not exist at the exchange, or were refused";
        }
        Remember(bar);
        live = new(bar, ReadOnlyMemory<double>.Empty, gap);
        return true;
    }

    private bool Reject(string problem)
    {
        counts.Reject(problem);
        return false;
    }

    private void Remember(in Bar bar)
    {
        _recent[_count++ % RecentBars] = bar;
        (_lastUs, _lastClose) = (bar.CloseTimeUs, bar.Close);
    }

    private void Repeated(in Bar bar)
    {
        // The bar that an earlier process took last: what it closed at is where the price band starts.
        if (_count == 0 && bar.CloseTimeUs == _lastUs && ValueProblem(bar) is null)
        {
            Remember(bar);
            return;
        }
        for (var i = Math.Max(0, _count - RecentBars); i < _count; i++)
        {
            ref readonly var known = ref _recent[i % RecentBars];
            if (known.CloseTimeUs != bar.CloseTimeUs)
                continue;
            if (known == bar)
            {
                counts.Duplicates++;
                return;
            }
            counts.Corrections++;
            counts.Problem = $"the bar that closed at {Time(bar.CloseTimeUs)} was corrected afterwards, from a close of {Text(known.Close)} to {Text(bar.Close)}; the first values hold";
            return;
        }
        Reject($"a candle that closed at {Time(bar.CloseTimeUs)} came after the bar of {Time(_lastUs)}; time does not go back");
    }

    private string? ValueProblem(in Bar bar)
    {
        if (!BarRules.Holds([bar.Open, bar.High, bar.Low, bar.Close, bar.Volume]))
            return $"the candle that closed at {Time(bar.CloseTimeUs)} is impossible: open {Text(bar.Open)}, high {Text(bar.High)}, low {Text(bar.Low)}, close {Text(bar.Close)}, volume {Text(bar.Volume)}";
        if (bar.High > _lastClose * options.PriceBandFactor || bar.Low < _lastClose / options.PriceBandFactor)
            return $"the candle that closed at {Time(bar.CloseTimeUs)} reaches from {Text(bar.Low)} to {Text(bar.High)}, more than a factor of {Text(options.PriceBandFactor)} from the last close {Text(_lastClose)}; raise the price band if the market did this";
        return null;
    }

    private static string Time(long timeUs) => EventTime.ToDateTime(timeUs).ToString("u", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
