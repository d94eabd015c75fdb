using Hone.Adapters.Feeds;
using Hone.Adapters.Feeds.Live;
using Hone.Host.Configuration;
using Hone.Host.Serving;

namespace Hone.Host.Feeds;

/// <summary>The live feeds of a server.</summary>
public sealed class FeedRunners(SessionHost host, HoneConfig config) : IAsyncDisposable
{
    // Replaced as a whole: metrics and readiness read it while feeds are being started.
    private volatile IReadOnlyList<FeedRunner> _runners = [];

    /// <summary>The feeds that were started.</summary>
    public IReadOnlyList<FeedRunner> All => _runners;

    /// <summary>Opens feeds and starts each with its session.</summary>
    /// <exception cref="FeedException">A source cannot be used.</exception>
    /// <exception cref="Hone.Learning.InvalidOptionsException">Two feeds are of one market.</exception>
    public async Task Start(IReadOnlyList<LiveFeedChoice> choices, CancellationToken cancel)
    {
        var feeds = await LiveFeeds.Open(choices, new LiveFeedSettings { Data = config.Data, Simulator = config.Simulator }).ConfigureAwait(false);
        foreach (var (feed, choice) in feeds.Zip(choices))
            await Start(feed, mayLieAhead: choice is not ExchangeFeedChoice, cancel).ConfigureAwait(false);
    }

    /// <summary>Starts an open feed with its session.</summary>
    /// <param name="feed">The feed; it goes with the runners.</param>
    /// <param name="mayLieAhead">Whether its bars may be ahead of the clock.</param>
    /// <param name="cancel">Stops waiting for its source.</param>
    /// <exception cref="FeedException">The source cannot be used.</exception>
    public async Task<FeedRunner> Start(ILiveFeed feed, bool mayLieAhead, CancellationToken cancel)
    {
        var runner = new FeedRunner(feed, host, config, mayLieAhead);
        _runners = [.. _runners, runner];
        await runner.Start(cancel).ConfigureAwait(false);
        return runner;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners)
            await runner.DisposeAsync().ConfigureAwait(false);
    }
}
