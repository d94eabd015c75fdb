using Hone.Host.Configuration;

namespace Hone.Host.Runs;

/// <summary>
/// Several markets behind one gate: their bars are merged by (close time, symbol), and before each bar its book is told, as an input, how much of its
/// equity the portfolio grants it. One thread, one order: the result depends on nothing else.
/// </summary>
/// <remarks>The rules-only books have a portfolio of their own under the same limits, so that they stay what the rules alone would have made.</remarks>
public sealed class SharedLimits(HoneConfig config, IReadOnlyList<MarketRun> runs)
{
    private const int ProgressBars = 16_384;

    /// <summary>Runs all markets to the end.</summary>
    public void Run(Action<int, MarketRun> progress, CancellationToken cancel)
    {
        foreach (var run in runs)
        {
            cancel.ThrowIfCancellationRequested();
            run.Open();
            run.Pause();
        }
        // By symbol, also where books are summed up: the order of the command line must not change a bit.
        var order = Enumerable.Range(0, runs.Count).OrderBy(i => runs[i].Session.Market.Symbol, StringComparer.Ordinal).ThenBy(i => i).ToArray();
        var real = new PortfolioGate(config.Portfolio, [.. order.Select(i => runs[i].Session.Real)]);
        var rules = new PortfolioGate(config.Portfolio, [.. order.Select(i => runs[i].Session.RulesOnly)]);
        var waiting = new PriorityQueue<int, (long Time, int Rank)>(runs.Count);
        for (var rank = 0; rank < order.Length; rank++)
            if (runs[order[rank]].TryPeek(out var bar))
                waiting.Enqueue(rank, (bar.CloseTimeUs, rank));
        long steps = 0;
        while (waiting.TryDequeue(out var rank, out var key))
        {
            var index = order[rank];
            var run = runs[index];
            run.Resume();
            run.Session.SetPortfolioCap(real.Grant(rank, key.Time));
            run.Session.RulesOnly.Risk.SetPortfolioCap(rules.Grant(rank, key.Time));
            run.Step();
            var more = run.TryPeek(out var next);
            run.Pause();
            if (more)
                waiting.Enqueue(rank, (next.CloseTimeUs, rank));
            if (++steps % ProgressBars != 0)
                continue;
            cancel.ThrowIfCancellationRequested();
            progress(index, run);
        }
        foreach (var run in runs)
            run.Close();
    }
}
