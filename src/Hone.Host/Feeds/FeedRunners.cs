using Hone.Adapters.Feeds.Live;
using Hone.Host.Configuration;
using Hone.Host.Serving;

namespace Hone.Host.Feeds;

/// <summary>The live feeds of a server.</summary>
public sealed class FeedRunners(SessionHost host, HoneConfig config) : IAsyncDisposable
{
    private readonly List<FeedRunner> _runners = [];

    /// <summary>The feeds that were started.</summary>
    public IReadOnlyList<FeedRunner> All => _runners;

    /// <summary>Opens feeds and starts each with its session.</summary>
    /// <exception cref="Hone.Adapters.Feeds.FeedException">A source cannot be used.</exception>
    /// <exception cref="Hone.Learning.InvalidOptionsException">Two feeds are of one market.</exception>
    public async Task Start(IReadOnlyList<LiveFeedChoice> choices, CancellationToken cancel)
    {
        var feeds = await LiveFeeds.Open(choices, new LiveFeedSettings { Data = config.Data, Simulator = config.Simulator }).ConfigureAwait(false);
        foreach (var (feed, choice) in feeds.Zip(choices))
        {
            var runner = new FeedRunner(feed, host, config, mayLieAhead: choice is not ExchangeFeedChoice);
            _runners.Add(runner);
            await runner.Start(cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners)
            await runner.DisposeAsync().ConfigureAwait(false);
    }
}
