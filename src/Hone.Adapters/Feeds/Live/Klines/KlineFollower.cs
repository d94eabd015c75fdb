namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>
/// Follows a market from a bar on: asks for what is over, then listens. Each step is one request or one message; at most a page of bars waits.
/// </summary>
/// <remarks>
/// Which candle is complete is never decided by this machine's clock: a candle is over when the exchange has told of a later one, or says so. Hence starting, reconnecting and filling a
/// gap are the same: everything from <c>_cursorMs</c> up to the newest known start is over and is asked for.
/// </remarks>
internal sealed class KlineFollower(
    ExchangeFeedOptions options, KlineInterval interval, KlineRest rest, HttpMessageInvoker invoker, KlineOrder order, KlineCounts counts, TimeProvider time) : IDisposable
{
    private readonly Queue<LiveBar> _ready = new();
    private readonly List<Kline> _page = [];
    private long _cursorMs = -1;
    private long _newestMs = -1;
    private bool _knowsNewest, _mustPause;
    private int _attempts;
    private Kline? _closed;
    private KlineSocket? _socket;
    private long _connectedAt;

    /// <summary>Connections that were made.</summary>
    public long Connections { get; private set; }

    /// <summary>Whether the market was heard of on this connection.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Whether this connection was worth making: a bar came of it, or it lasted.</summary>
    public bool HasHeld { get; private set; }

    /// <summary>Whether everything that was over when last asked was taken.</summary>
    public bool IsCaughtUp => _knowsNewest && _cursorMs >= _newestMs;

    /// <summary>Continues after a bar that an earlier process took.</summary>
    public void ContinueAfter(long afterUs)
    {
        order.ContinueAfter(afterUs);
        var afterMs = afterUs / 1000;
        // That bar is asked for again: its close is where the price band starts.
        _cursorMs = Math.Max(0, afterMs % interval.StepMs == 0 ? afterMs - interval.StepMs : afterMs / interval.StepMs * interval.StepMs);
    }

    /// <summary>Starts with the candle that begins at a time.</summary>
    public void StartAt(long openMs) => _cursorMs = openMs;

    /// <summary>Start of the candle that is asked for next; below 0 before anything is known.</summary>
    public long CursorMs => _cursorMs;

    /// <summary>The next bar that is there already.</summary>
    public bool TryTake(out LiveBar bar) => _ready.TryDequeue(out bar);

    /// <summary>One step: a request, a connection or a message.</summary>
    /// <exception cref="ExchangeTrouble">It failed; <see cref="Drop"/>, wait and go on.</exception>
    public Task Advance(CancellationToken cancel)
    {
        if (!_knowsNewest)
            return AskNewest(cancel);
        if (_cursorMs < _newestMs)
            return AskPage(cancel);
        if (_closed is { } kline)
        {
            _closed = null;
            TakeClosed(kline);
            return Task.CompletedTask;
        }
        return _socket is null ? Connect(cancel) : Listen(_socket, cancel);
    }

    /// <summary>Gives up the connection; the next step asks anew what was missed.</summary>
    public void Drop()
    {
        _socket?.Dispose();
        (_socket, _closed, _knowsNewest, _mustPause, _attempts, IsLive, HasHeld) = (null, null, false, false, 0, false, false);
    }

    public void Dispose() => _socket?.Dispose();

    private async Task AskNewest(CancellationToken cancel)
    {
        await rest.Ask(null, null, 1, _page, cancel).ConfigureAwait(false);
        if (_page.Count == 0)
            throw new ExchangeTrouble($"the exchange has no candles of {options.Symbol} {options.Interval}", isLasting: true);
        if (order.TimeProblem(_page[0]) is { } problem)
            throw new ExchangeTrouble(problem, isRefused: true);
        _knowsNewest = true;
        _newestMs = Math.Max(_newestMs, _page[0].OpenMs);
        if (_cursorMs < 0)
            _cursorMs = Math.Max(0, _newestMs - options.HistoryBars * interval.StepMs);
        if (order.LastUs != long.MinValue)
            _cursorMs = Math.Max(_cursorMs, _newestMs - options.BackfillBarsMax * interval.StepMs);
    }

    private async Task AskPage(CancellationToken cancel)
    {
        if (_mustPause)
            await Task.Delay(TimeSpan.FromMilliseconds(options.GapDelayMs), time, cancel).ConfigureAwait(false);
        _mustPause = false;
        await rest.Ask(_cursorMs, _newestMs - 1, options.PageBars, _page, cancel).ConfigureAwait(false);
        var next = _cursorMs;
        foreach (var kline in _page)
        {
            if (order.TimeProblem(kline) is { } problem)
                counts.Reject(problem);
            else if (kline.OpenMs < next || kline.OpenMs >= _newestMs)
                counts.Reject($"an answer has a candle that starts at {kline.OpenMs} ms, out of order or outside the span that was asked for");
            else
            {
                next = kline.OpenMs + interval.StepMs;
                if (order.TryTake(kline, out var bar))
                    _ready.Enqueue(bar);
            }
        }
        var isPartial = next == _cursorMs || _page.Count < options.PageBars;
        _cursorMs = next;
        if (next >= _newestMs || !isPartial)
            _attempts = 0;
        else if (++_attempts < options.GapAttempts)
            // The newest candles may reach this part of the exchange a moment later than the socket.
            _mustPause = true;
        else
            (_cursorMs, _attempts) = (_newestMs, 0);
    }

    private async Task Connect(CancellationToken cancel)
    {
        _socket = await KlineSocket.Connect(options, invoker, time, cancel).ConfigureAwait(false);
        _connectedAt = time.GetTimestamp();
        Connections++;
    }

    private async Task Listen(KlineSocket socket, CancellationToken cancel)
    {
        var message = await socket.Receive(cancel).ConfigureAwait(false);
        switch (KlineFrame.Read(message.Span, options.Symbol, options.Interval, out var kline, out var isClosed))
        {
            case FrameKind.Malformed:
                throw new ExchangeTrouble($"a malformed message was refused: '{FeedProblem.Text(message.Span)}'", isRefused: true);
            case FrameKind.Other:
                counts.Reject($"a message is no candle of {options.Symbol} {options.Interval}: '{FeedProblem.Text(message.Span)}'");
                return;
        }
        if (order.TimeProblem(kline) is { } problem)
        {
            counts.Reject(problem);
            return;
        }
        socket.Heard();
        IsLive = true;
        HasHeld |= time.GetElapsedTime(_connectedAt).TotalMilliseconds >= options.ReconnectDelayMaxMs;
        _newestMs = Math.Max(_newestMs, kline.OpenMs);
        if (isClosed)
            _closed = kline;
    }

    private void TakeClosed(in Kline kline)
    {
        if (!order.TryTake(kline, out var bar))
            return;
        _ready.Enqueue(bar);
        _cursorMs = kline.OpenMs + interval.StepMs;
        HasHeld = true;
    }
}
