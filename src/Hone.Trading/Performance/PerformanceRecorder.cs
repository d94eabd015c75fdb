using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Performance;

/// <summary>
/// Follows one account: a number per bar in, everything that a report says about returns, falls, exposure and trades out. A bar
/// costs a few nanoseconds and allocates nothing; a day costs 28 bytes, and nothing else grows.
/// </summary>
public sealed class PerformanceRecorder : ISaved
{
    private const int Equity = 0, Costs = 1, Close = 2;

    private readonly AssetClass _assetClass;
    private readonly DailySeries _daily;
    private DrawdownTracker _drawdown;
    private double _firstClose, _exposureSum, _signedExposureSum, _exposureMax;
    private double _closedCosts, _closedTraded;

    /// <summary>An account that has not seen a bar yet.</summary>
    /// <param name="startEquity">Money at the start, above 0.</param>
    /// <param name="assetClass">Decides where days end.</param>
    public PerformanceRecorder(double startEquity, AssetClass assetClass)
    {
        if (!(startEquity > 0) || !double.IsFinite(startEquity))
            throw new ArgumentOutOfRangeException(nameof(startEquity), startEquity, "An account starts with money.");
        StartEquity = LastEquity = startEquity;
        _assetClass = assetClass;
        _daily = new(3, assetClass);
        _drawdown = new(startEquity);
    }

    /// <summary>Money at the start.</summary>
    public double StartEquity { get; }

    /// <summary>What kind of market.</summary>
    public AssetClass AssetClass => _assetClass;

    /// <summary>Money at the last bar.</summary>
    public double LastEquity { get; private set; }

    /// <summary>Bars so far.</summary>
    public long Bars { get; private set; }

    /// <summary>Bars at whose close a position was held.</summary>
    public long BarsInMarket => BarsLong + BarsShort;

    /// <summary>Bars at whose close more was owned than owed.</summary>
    public long BarsLong { get; private set; }

    /// <summary>Bars at whose close more was owed than owned.</summary>
    public long BarsShort { get; private set; }

    /// <summary>Close time of the first bar.</summary>
    public long FirstTimeUs { get; private set; }

    /// <summary>Close time of the last bar.</summary>
    public long LastTimeUs { get; private set; }

    /// <summary>Fees, spread, slippage and funding so far, in money.</summary>
    public double TotalCosts { get; private set; }

    /// <summary>Value bought and sold so far, in money.</summary>
    public double TotalTraded { get; private set; }

    /// <summary>Mean of |position value| over equity.</summary>
    public double MeanExposure => Bars > 0 ? _exposureSum / Bars : 0;

    /// <summary>Mean of signed position value over equity.</summary>
    public double MeanSignedExposure => Bars > 0 ? _signedExposureSum / Bars : 0;

    /// <summary>Largest |position value| over equity.</summary>
    public double MaxExposure => _exposureMax;

    /// <summary>Deepest fall so far, measured at every bar, as a fraction of its peak.</summary>
    public double MaxDrawdown => _drawdown.Depth;

    /// <summary>Present fall from the peak, 0 at the peak.</summary>
    public double PresentDrawdown => _drawdown.At(LastEquity);

    /// <summary>Days that had a bar, in days since 1970-01-01.</summary>
    public ReadOnlySpan<int> Days => _daily.Days;

    /// <summary>Equity at the last bar of each day.</summary>
    public ReadOnlySpan<double> DailyEquity => _daily.Column(Equity);

    /// <summary>Costs to date at the last bar of each day, in money.</summary>
    public ReadOnlySpan<double> DailyCosts => _daily.Column(Costs);

    /// <summary>Close of the last bar of each day.</summary>
    public ReadOnlySpan<double> DailyClose => _daily.Column(Close);

    /// <summary>Days that did not fit; see <see cref="DailySeries.DaysMax"/>.</summary>
    public long DaysDropped => _daily.DaysDropped;

    /// <summary>Finished trades after costs.</summary>
    public TradeTally Net { get; } = new();

    /// <summary>Finished trades before costs.</summary>
    public TradeTally Gross { get; } = new();

    /// <summary>Finished long trades after costs.</summary>
    public TradeTally Long { get; } = new();

    /// <summary>Finished short trades after costs.</summary>
    public TradeTally Short { get; } = new();

    /// <summary>Takes a bar; costs and turnover are those of the trades finished so far.</summary>
    /// <param name="closeTimeUs">Close of the bar; never before the last one.</param>
    /// <param name="equity">Money, open position at the close included.</param>
    /// <param name="exposureFraction">Signed position value at the close over equity.</param>
    /// <param name="close">Close of the bar, above 0.</param>
    public void On(long closeTimeUs, double equity, double exposureFraction, double close)
        => On(closeTimeUs, equity, exposureFraction, close, _closedCosts, _closedTraded);

    /// <summary>Takes a bar with the broker's running totals, which know about open positions too: the exact form.</summary>
    /// <param name="closeTimeUs">Close of the bar; never before the last one.</param>
    /// <param name="equity">Money, open position at the close included.</param>
    /// <param name="exposureFraction">Signed position value at the close over equity.</param>
    /// <param name="close">Close of the bar, above 0.</param>
    /// <param name="costsToDate">Fees, spread, slippage and funding since the start, in money.</param>
    /// <param name="tradedToDate">Value bought and sold since the start, in money.</param>
    public void On(long closeTimeUs, double equity, double exposureFraction, double close, double costsToDate, double tradedToDate)
    {
        // One test for four numbers: a NaN or an infinity anywhere makes the sum of differences NaN.
        if (!(equity - equity + (exposureFraction - exposureFraction) + (costsToDate - costsToDate) + (tradedToDate - tradedToDate) == 0) || !(close > 0 && close < double.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(equity), $"Equity {equity}, exposure {exposureFraction}, close {close}, costs {costsToDate} and traded value {tradedToDate} must be finite and the close above 0.");
        if (Bars == 0)
        {
            FirstTimeUs = closeTimeUs;
            _firstClose = close;
        }
        else if (closeTimeUs < LastTimeUs)
        {
            throw new ArgumentOutOfRangeException(nameof(closeTimeUs), closeTimeUs, $"Event time never goes back; the last bar closed at {LastTimeUs}.");
        }
        Bars++;
        LastTimeUs = closeTimeUs;
        LastEquity = equity;
        TotalCosts = costsToDate;
        TotalTraded = tradedToDate;
        _drawdown.On(closeTimeUs, equity);
        if (exposureFraction != 0)
        {
            if (exposureFraction > 0)
                BarsLong++;
            else
                BarsShort++;
            var size = Math.Abs(exposureFraction);
            _exposureSum += size;
            _signedExposureSum += exposureFraction;
            _exposureMax = Math.Max(_exposureMax, size);
        }
        _daily.Open(closeTimeUs);
        _daily.Set(Equity, equity);
        _daily.Set(Costs, costsToDate);
        _daily.Set(Close, close);
    }

    /// <summary>Takes a finished trade.</summary>
    public void On(in Trade trade)
    {
        var duration = trade.ClosedAtUs - trade.OpenedAtUs;
        var entryValue = trade.Quantity * trade.EntryPrice;
        Net.Add(trade.NetPnl, trade.Return, trade.Bars, duration);
        Gross.Add(trade.GrossPnl, entryValue > 0 ? trade.GrossPnl / entryValue : 0, trade.Bars, duration);
        (trade.Side > 0 ? Long : Short).Add(trade.NetPnl, trade.Return, trade.Bars, duration);
        _closedCosts += trade.Costs;
        _closedTraded += trade.Quantity * (trade.EntryPrice + trade.ExitPrice);
    }

    /// <summary>The deepest and the longest fall, measured at every bar.</summary>
    public Drawdown Drawdown() => _drawdown.Result();

    /// <summary>
    /// Return of each day on the equity at the end of the day before. Before costs: what the day would have returned on the same
    /// money had its costs not been charged. Ends with the day on which the money was gone.
    /// </summary>
    public double[] DailyReturns(bool beforeCosts = false)
    {
        ReadOnlySpan<double> equity = DailyEquity, costs = DailyCosts;
        var returns = new double[equity.Length];
        var (before, costsBefore) = (StartEquity, 0.0);
        for (var i = 0; i < equity.Length; i++)
        {
            if (before <= 0)
                return returns[..i];
            var made = equity[i] - before + (beforeCosts ? costs[i] - costsBefore : 0);
            returns[i] = made / before;
            (before, costsBefore) = (equity[i], costs[i]);
        }
        return returns;
    }

    /// <summary>Return of the market itself on each day; the first day counts from the first bar's close.</summary>
    public double[] DailyMarketReturns()
    {
        var closes = DailyClose;
        var returns = new double[closes.Length];
        var before = _firstClose;
        for (var i = 0; i < closes.Length; i++)
        {
            returns[i] = closes[i] / before - 1;
            before = closes[i];
        }
        return returns;
    }

    /// <summary>Return of each calendar month that had a bar.</summary>
    public MonthlyReturn[] MonthlyReturns()
    {
        ReadOnlySpan<int> days = Days;
        var equity = DailyEquity;
        var months = new List<MonthlyReturn>();
        var before = StartEquity;
        for (var i = 0; i < days.Length; i++)
        {
            var month = Month(days[i]);
            if (i + 1 < days.Length && Month(days[i + 1]) == month)
                continue;
            if (before <= 0)
                break;
            months.Add(new(month / 12, month % 12 + 1, equity[i] / before - 1));
            before = equity[i];
        }
        return [.. months];
    }

    private static int Month(int day)
    {
        var date = EventTime.ToDateTime(day * EventTime.DayUs);
        return date.Year * 12 + date.Month - 1;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("performance-recorder", 1);
        writer.Write(StartEquity);
        writer.Write(LastEquity);
        writer.Write((ReadOnlySpan<long>)[Bars, BarsLong, BarsShort, FirstTimeUs, LastTimeUs]);
        writer.Write([TotalCosts, TotalTraded, _firstClose, _exposureSum, _signedExposureSum, _exposureMax, _closedCosts, _closedTraded]);
        _drawdown.Save(writer);
        _daily.Save(writer);
        Net.Save(writer);
        Gross.Save(writer);
        Long.Save(writer);
        Short.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("performance-recorder", 1);
        var start = reader.ReadFinite();
        if (start != StartEquity)
            throw new CorruptStateException($"The state belongs to an account that started with {start}; this one started with {StartEquity}.");
        LastEquity = reader.ReadFinite();
        Span<long> counts = stackalloc long[5];
        reader.Read(counts);
        if (counts[0] < 0 || counts[1] < 0 || counts[2] < 0 || counts[1] > counts[0] || counts[2] > counts[0] - counts[1])
            throw new CorruptStateException($"{counts[1]} long and {counts[2]} short of {counts[0]} bars do not fit together.");
        (Bars, BarsLong, BarsShort, FirstTimeUs, LastTimeUs) = (counts[0], counts[1], counts[2], counts[3], counts[4]);
        Span<double> numbers = stackalloc double[8];
        BoundedArrays.ReadFinite(reader, numbers);
        (TotalCosts, TotalTraded, _firstClose, _exposureSum) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        (_signedExposureSum, _exposureMax, _closedCosts, _closedTraded) = (numbers[4], numbers[5], numbers[6], numbers[7]);
        _drawdown = DrawdownTracker.Load(reader);
        _daily.Load(reader);
        Net.Load(reader);
        Gross.Load(reader);
        Long.Load(reader);
        Short.Load(reader);
        if (_daily.Count > Bars || (Bars > 0 && (_daily.Count == 0 || !(_firstClose > 0))))
            throw new CorruptStateException($"{_daily.Count} days and {Bars} bars do not fit together.");
    }
}

/// <summary>Return of a calendar month (UTC).</summary>
/// <param name="Year">Year.</param>
/// <param name="Month">Month, 1…12.</param>
/// <param name="Return">Fraction of the equity at the end of the month before.</param>
public readonly record struct MonthlyReturn(int Year, int Month, double Return);
