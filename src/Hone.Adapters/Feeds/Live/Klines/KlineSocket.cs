using System.Net;
using System.Net.WebSockets;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>One connection to a kline stream. Pings are answered by the framework, which also sends its own and ends a connection whose pongs stay out.</summary>
internal sealed class KlineSocket : IDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket;
    private readonly ExchangeFeedOptions _options;
    private readonly TimeProvider _time;
    private readonly byte[] _frame;

    private KlineSocket(ClientWebSocket socket, ExchangeFeedOptions options, TimeProvider time)
    {
        (_socket, _options, _time) = (socket, options, time);
        _frame = new byte[options.FrameBytesMax];
        HeardAt = time.GetTimestamp();
    }

    /// <summary>When the market was heard of last, a time stamp of the time provider.</summary>
    public long HeardAt { get; private set; }

    /// <summary>Connects.</summary>
    /// <exception cref="ExchangeTrouble">There is no connection.</exception>
    public static async Task<KlineSocket> Connect(ExchangeFeedOptions options, HttpMessageInvoker invoker, TimeProvider time, CancellationToken cancel)
    {
        var url = new Uri($"{options.SocketUrl.TrimEnd('/')}/ws/{options.Symbol.ToLowerInvariant()}@kline_{options.Interval}");
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.TimeoutMs), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = KeepAlive;
            socket.Options.KeepAliveTimeout = KeepAlive;
            // Decompression would let a small frame become a large one; the streams do not use it.
            socket.Options.DangerousDeflateOptions = null;
            await socket.ConnectAsync(url, invoker, either.Token).ConfigureAwait(false);
            return new(socket, options, time);
        }
        catch (Exception e)
        {
            socket.Dispose();
            cancel.ThrowIfCancellationRequested();
            if (e is OperationCanceledException)
                throw new ExchangeTrouble($"{url.Authority} took no connection within {options.TimeoutMs} ms", cause: e);
            if (e is WebSocketException or HttpRequestException or IOException)
                throw new ExchangeTrouble($"{url.Authority} takes no connection ({FeedProblem.Short(e.InnerException?.Message ?? e.Message)})", cause: e);
            throw;
        }
    }

    /// <summary>Waits for the next message, which is valid until the next call.</summary>
    /// <exception cref="ExchangeTrouble">The connection ended or was silent, or the message is too long or no text.</exception>
    public async Task<ReadOnlyMemory<byte>> Receive(CancellationToken cancel)
    {
        var patience = TimeSpan.FromMilliseconds(_options.SilenceMs) - _time.GetElapsedTime(HeardAt);
        if (patience <= TimeSpan.Zero)
            throw Silent();
        using var deadline = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == _frame.Length)
                    throw new ExchangeTrouble($"a message of more than {_options.FrameBytesMax} bytes was refused", isRefused: true);
                var part = await _socket.ReceiveAsync(_frame.AsMemory(length), either.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    throw new ExchangeTrouble($"the exchange closed the connection{(_socket.CloseStatus is { } status ? $" ({(int)status})" : "")}");
                if (part.MessageType != WebSocketMessageType.Text)
                    throw new ExchangeTrouble("a message that is no text was refused", isRefused: true);
                length += part.Count;
                if (part.EndOfMessage)
                    return _frame.AsMemory(0, length);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            throw e is OperationCanceledException ? Silent() : new ExchangeTrouble($"the connection broke ({FeedProblem.Short(e.Message)})", cause: e);
        }
    }

    /// <summary>The last message was about the market.</summary>
    public void Heard() => HeardAt = _time.GetTimestamp();

    /// <summary>Drops the connection.</summary>
    public void Dispose()
    {
        // No farewell: it would wait for the other side, and what is dropped here is broken, silent or no longer wanted.
        _socket.Abort();
        _socket.Dispose();
    }

    private ExchangeTrouble Silent() => new($"nothing was heard of the market for {_options.SilenceMs} ms");
}
