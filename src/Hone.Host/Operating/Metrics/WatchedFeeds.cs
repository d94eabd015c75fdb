using System.Collections.Concurrent;
using Hone.Host.Feeds;

namespace Hone.Host.Operating.Metrics;

/// <summary>The live feeds that metrics and readiness look at. Whoever starts a feed adds it here.</summary>
public sealed class WatchedFeeds
{
    private readonly ConcurrentDictionary<string, FeedRunner> _runners = new(StringComparer.Ordinal);

    /// <summary>States of a feed, as <see cref="Adapters.Feeds.FeedStatus.State"/> names them.</summary>
    internal static readonly string[] States = ["connecting", "live", "waiting", "reconnecting", "ended"];

    /// <summary>The feeds, by symbol.</summary>
    public IEnumerable<FeedRunner> All => _runners.Values.OrderBy(r => r.Feed.Symbol, StringComparer.Ordinal);

    /// <summary>Looks at a feed from now on, in place of an earlier one of the same symbol.</summary>
    public void Add(FeedRunner runner) => _runners[runner.Feed.Symbol] = runner;

    /// <summary>Looks at it no more.</summary>
    public void Remove(FeedRunner runner) => _runners.TryRemove(new(runner.Feed.Symbol, runner));
}
