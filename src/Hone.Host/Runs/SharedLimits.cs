using Hone.Host.Configuration;
using Hone.Trading.Market;

namespace Hone.Host.Runs;

/// <summary>
/// Several markets behind one gate: their bars are merged by (close time, symbol), and before each bar its book is told, as an input, how much of its
/// equity the portfolio grants it. One thread, one order: the result depends on nothing else.
/// </summary>
public sealed class SharedLimits(HoneConfig config, IReadOnlyList<MarketRun> runs)
{
    private const int ProgressBars = 16_384;
    private double _peak;
    private long _stoppedUntilDay = long.MinValue;

    /// <summary>Runs all markets to the end.</summary>
    public void Run(Action<int, MarketRun> progress, CancellationToken cancel)
    {
        foreach (var run in runs)
            run.Open();
        _peak = Equity();
        var order = Enumerable.Range(0, runs.Count).OrderBy(i => runs[i].Session.Market.Symbol, StringComparer.Ordinal).ThenBy(i => i).ToArray();
        var waiting = new PriorityQueue<int, (long Time, int Rank)>();
        for (var rank = 0; rank < order.Length; rank++)
            if (runs[order[rank]].TryPeek(out var bar))
                waiting.Enqueue(rank, (bar.CloseTimeUs, rank));
        long steps = 0;
        while (waiting.TryDequeue(out var rank, out var key))
        {
            var run = runs[order[rank]];
            run.Session.SetPortfolioCap(Grant(run, key.Time));
            run.Step();
            if (run.TryPeek(out var next))
                waiting.Enqueue(rank, (next.CloseTimeUs, rank));
            if (++steps % ProgressBars != 0)
                continue;
            cancel.ThrowIfCancellationRequested();
            progress(order[rank], run);
        }
        foreach (var run in runs)
            run.Close();
    }

    /// <summary>What the portfolio leaves for one book, as a share of that book's equity.</summary>
    private double Grant(MarketRun run, long timeUs)
    {
        var total = Equity();
        _peak = Math.Max(_peak, total);
        var day = EventTime.Day(timeUs - 1);
        if (day <= _stoppedUntilDay)
            return 0;
        if (total <= _peak * (1 - config.Portfolio.DrawdownStop))
        {
            // Flat until the next UTC day is over; then the fall is measured anew.
            _stoppedUntilDay = day + 1;
            _peak = total;
            return 0;
        }
        var others = 0.0;
        foreach (var other in runs)
            if (!ReferenceEquals(other, run))
                others += Math.Abs(other.Session.Real.Broker.Position * other.Session.Real.Broker.LastPrice);
        var own = run.Session.Real.Broker.Equity;
        return own > 0 ? Math.Max(0, (config.Portfolio.ExposureMax * total - others) / own) : 0;
    }

    private double Equity()
    {
        var sum = 0.0;
        foreach (var run in runs)
            sum += run.Session.Real.Broker.Equity;
        return sum;
    }
}
