using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Trading.Live;
using Hone.Trading.Sessions;

namespace Hone.Host.Feeds;

/// <summary>Feeds one live feed into one trading session: the live loop. After a restart it goes on behind the last bar that the journal has.</summary>
public sealed class FeedRunner(ILiveFeed feed, SessionHost host, HoneConfig config, bool mayLieAhead) : IAsyncDisposable
{
    // Bars that are committed together when the feed has more than one ready.
    private const int BarsAtOnceMax = 256;

    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;

    /// <summary>The feed.</summary>
    public ILiveFeed Feed => feed;

    /// <summary>The session; null until it runs.</summary>
    public SessionWriter? Session { get; private set; }

    /// <summary>Why it ended before its source did; null while it runs.</summary>
    public string? Problem { get; private set; }

    /// <summary>Completes when the source ends, the runner is stopped, or it failed.</summary>
    public Task Completion => _running;

    /// <summary>Opens the source and the session, and starts.</summary>
    /// <exception cref="FeedException">The source cannot be used.</exception>
    /// <exception cref="ConfigException">The symbol has a session of another kind.</exception>
    public async Task Start(CancellationToken cancel)
    {
        var market = await feed.Market(cancel).ConfigureAwait(false);
        var setup = new LiveSetup { Id = SessionIds.New(), Symbol = feed.Symbol, Trading = true, Session = config.Setup() };
        (Session, _) = await host.Start(setup).ConfigureAwait(false);
        if (!Session.Setup.Trading)
            throw new ConfigException($"{feed.Symbol}: there is an active session {Session.Id} that is asked with features; stop it before this market is fed.");
        _running = Task.Run(() => Run(Session, market), CancellationToken.None);
    }

    private async Task Run(SessionWriter session, MarketInfo market)
    {
        try
        {
            var after = session.Read(s => s.Trading?.LastBarUs ?? long.MinValue);
            var bars = new List<BarItem>(BarsAtOnceMax);
            var source = feed.Bars(after, _ending.Token).GetAsyncEnumerator(_ending.Token);
            await using (source.ConfigureAwait(false))
                while (true)
                {
                    var next = source.MoveNextAsync();
                    // What is ready is taken along; when the source has to wait, what there is goes first.
                    if ((!next.IsCompleted || bars.Count == BarsAtOnceMax) && bars.Count > 0 && !await Submit(session, bars, market).ConfigureAwait(false))
                        return;
                    if (!await next.ConfigureAwait(false))
                        break;
                    bars.Add(new BarItem(source.Current.Bar, source.Current.Extras.ToArray()));
                }
            if (bars.Count > 0)
                await Submit(session, bars, market).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The server ends.
        }
        catch (Exception e)
        {
            Problem = e.Message;
        }
    }

    private async ValueTask<bool> Submit(SessionWriter session, List<BarItem> bars, MarketInfo market)
    {
        while (true)
        {
            var command = await session.Submit(new BarsCommand([.. bars], () => market) { AllowFuture = mayLieAhead }).ConfigureAwait(false);
            if (command.Refusal is null)
            {
                bars.Clear();
                return true;
            }
            // A full disk or a busy queue passes; a bar that is not taken is not dropped.
            if (command.Refusal is not { Status: 429 or 507 })
            {
                Problem = command.Refusal.Detail;
                return false;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), _ending.Token).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await feed.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }
}
