using System.Runtime.CompilerServices;
using Hone.Adapters.Feeds.Live.Klines;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Adapters.Feeds.Live;

/// <summary>
/// Bars of an exchange that speaks like Binance: history by request, then candles from a socket, as soon as each is complete. It reconnects by itself, asks for what it missed, and hands
/// out each bar once, in order. Nothing that comes in is trusted: sizes, syntax, times, prices and rates have limits, and what is refused is counted with its reason.
/// </summary>
public sealed class ExchangeFeed : ILiveFeed
{
    private readonly ExchangeFeedOptions _options;
    private readonly KlineInterval _interval;
    private readonly TimeProvider _time;
    private readonly SocketsHttpHandler _restHandler;
    private readonly SocketsHttpHandler _socketHandler;
    private readonly HttpMessageInvoker _invoker;
    private readonly KlineRest _rest;
    private readonly ReconnectDelay _delay;
    private readonly KlineCounts _counts = new();
    private MarketInfo? _market;
    private long _startMs = -1;
    private long _connectionsBefore;
    private volatile FeedStatus _status = new("connecting", null, 0, 0, 0, null);

    /// <summary>A feed that is not connected yet.</summary>
    /// <param name="options">Which market, where, and the limits.</param>
    /// <param name="time">What waits and tells the time.</param>
    /// <exception cref="Hone.Learning.InvalidOptionsException">An option is out of range.</exception>
    public ExchangeFeed(ExchangeFeedOptions options, TimeProvider time)
    {
        _options = options.Validated();
        _interval = KlineInterval.Find(options.Interval)!;
        _time = time;
        _restHandler = Handler(options.RestUrl);
        _socketHandler = Handler(options.SocketUrl);
        _invoker = new(_socketHandler, disposeHandler: false);
        _rest = new(options, _restHandler, time);
        _delay = new(options.ReconnectDelayMs, options.ReconnectDelayMaxMs, options.Seed, $"{options.Symbol} {options.Interval}");
    }

    /// <inheritdoc/>
    public string Symbol => _options.Symbol;

    /// <inheritdoc/>
    public string Description => $"{_options.Symbol}@{_options.Interval} of {new Uri(_options.RestUrl).Authority}";

    /// <inheritdoc/>
    public FeedStatus Status => _status;

    /// <summary>Bars that came again as they were handed out; dropped.</summary>
    public long Duplicates => _counts.Duplicates;

    /// <summary>Bars that the exchange corrected after they were handed out; the first values hold.</summary>
    public long Corrections => _counts.Corrections;

    /// <inheritdoc/>
    public async ValueTask<MarketInfo> Market(CancellationToken cancel)
    {
        for (var attempt = 1; _market is null; attempt++)
        {
            TimeSpan wait;
            try
            {
                _market = await AskMarket(cancel).ConfigureAwait(false);
                _status = _status with { State = "connecting", Problem = null };
                break;
            }
            catch (ExchangeTrouble e) when (!e.IsLasting && attempt < _options.StartAttempts)
            {
                wait = WaitAfter(e);
                _status = _status with { State = "waiting", Problem = e.Message + "." };
            }
            catch (ExchangeTrouble e)
            {
                var remedy = e.IsLasting ? "check the market's name, the interval and the address" : "check the network and the address, or start again later";
                _status = _status with { State = "ended", Problem = e.Message + "." };
                throw new FeedException(new($"{_options.Symbol}@{_options.Interval}", 0, "", "", e.Message, remedy), e);
            }
            await Wait(wait, cancel).ConfigureAwait(false);
        }
        _delay.Reset();
        return _market;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LiveBar> Bars(long afterUs, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var follower = Follower(_counts);
        if (afterUs > 0)
        {
            follower.ContinueAfter(afterUs);
        }
        else
        {
            _ = await Market(cancel).ConfigureAwait(false);
            follower.StartAt(_startMs);
        }
        try
        {
            Note("connecting", follower);
            while (true)
            {
                while (follower.TryTake(out var live))
                {
                    _status = _status with { LastBarUs = live.Bar.CloseTimeUs };
                    yield return live;
                }
                var wait = TimeSpan.Zero;
                try
                {
                    await follower.Advance(cancel).ConfigureAwait(false);
                    Note(follower.IsLive ? "live" : _status.State, follower);
                }
                catch (ExchangeTrouble e)
                {
                    wait = WaitAfter(e, follower);
                }
                if (wait > TimeSpan.Zero)
                {
                    await Wait(wait, cancel).ConfigureAwait(false);
                    Note("reconnecting", follower);
                }
            }
        }
        finally
        {
            _connectionsBefore += follower.Connections;
            _status = _status with { State = "ended" };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _rest.Dispose();
        _invoker.Dispose();
        _restHandler.Dispose();
        _socketHandler.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler Handler(string url) => new()
    {
        // Another address may be answered by anyone; and an answer for this machine is not a proxy's business.
        AllowAutoRedirect = false,
        UseProxy = !new Uri(url).IsLoopback,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 32,
        MaxConnectionsPerServer = 2,
    };

    private KlineFollower Follower(KlineCounts counts) => new(_options, _interval, _rest, _invoker, new(_interval, _options, _time, counts), counts, _time);

    /// <summary>The first bars as <see cref="Bars"/> will hand them out, and where they start.</summary>
    private async Task<MarketInfo> AskMarket(CancellationToken cancel)
    {
        // What is refused here is refused again, and counted, when the bars are handed out.
        using var follower = Follower(new());
        List<Bar> head = [];
        await follower.Advance(cancel).ConfigureAwait(false);
        var startMs = follower.CursorMs;
        while (head.Count < MarketHead.Bars && !follower.IsCaughtUp)
        {
            await follower.Advance(cancel).ConfigureAwait(false);
            while (head.Count < MarketHead.Bars && follower.TryTake(out var live))
                head.Add(live.Bar);
        }
        if (head.Count == 0)
            throw new ExchangeTrouble($"the exchange has no complete candles of {_options.Symbol} {_options.Interval} yet");
        _startMs = startMs;
        return MarketHead.Market(_options.Symbol, AssetClass.Crypto, _interval.StepUs, [], head.ToArray());
    }

    private TimeSpan WaitAfter(ExchangeTrouble trouble, KlineFollower follower)
    {
        if (follower.HasHeld)
            _delay.Reset();
        follower.Drop();
        if (trouble.IsRefused)
            _counts.Reject(trouble.Message);
        else
            _counts.Problem = trouble.Message;
        Note("waiting", follower);
        return WaitAfter(trouble);
    }

    private TimeSpan WaitAfter(ExchangeTrouble trouble)
    {
        var wait = _delay.Next();
        return trouble.RetryAfter is { } asked && asked > wait ? asked : wait;
    }

    // Longer than a timer takes: a ban may last for days.
    private async Task Wait(TimeSpan wait, CancellationToken cancel)
    {
        var start = _time.GetTimestamp();
        while (wait - _time.GetElapsedTime(start) is var rest && rest > TimeSpan.Zero)
            await Task.Delay(rest < TimeSpan.FromDays(1) ? rest : TimeSpan.FromDays(1), _time, cancel).ConfigureAwait(false);
    }

    private void Note(string state, KlineFollower follower)
        => _status = new(state, _status.LastBarUs, Math.Max(0, _connectionsBefore + follower.Connections - 1), _counts.Gaps, _counts.Rejected, _counts.Problem is { } problem ? problem + "." : null);
}
