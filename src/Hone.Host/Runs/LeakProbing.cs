using Hone.Host.Configuration;
using Hone.Trading;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>The leak probes on data from a feed.</summary>
public static class LeakProbing
{
    /// <summary>Reads up to that many bars into memory.</summary>
    public static BarHistory Read(IBarFeed feed, int barsMax)
    {
        var bars = new List<Bar>();
        var extras = new List<double>();
        var row = new double[feed.ExtraColumns.Count];
        while (bars.Count < barsMax && feed.TryRead(out var bar, row))
        {
            bars.Add(bar);
            extras.AddRange(row);
        }
        return new BarHistory([.. bars], [.. extras], row.Length);
    }

    /// <summary>Runs the probes on a history.</summary>
    public static LeakReport Run(
        BarHistory history, IBarFeed feed, HoneConfig config, TradingCatalog catalog, Action<double>? progress, CancellationToken cancel, int cuts = 50)
    {
        var setup = config.Setup();
        var volume = history.Bars.Any(b => b.Volume > 0);
        var market = new MarketInfo(feed.Symbol, feed.AssetClass, feed.StepUs, feed.ExtraColumns, volume, history.Bars.Length > 0 ? history.Bars[0].Close : 1, history.Bars.Length > 0 ? history.Bars[0].CloseTimeUs : 0);
        return new LeakProbe(_ => new TradingSession(catalog, setup, market), cuts, config.Seed).Run(history, progress, cancel);
    }
}
