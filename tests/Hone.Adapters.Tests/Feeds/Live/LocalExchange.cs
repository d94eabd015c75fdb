using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Hone.Adapters.Tests.Feeds.Live;

/// <summary>A server on this machine that speaks like Binance, and misbehaves as a test tells it to.</summary>
public sealed class LocalExchange : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private int _requests, _connections, _newest;

    private LocalExchange(KlineTruth truth, int newest)
    {
        (Truth, _newest) = (truth, newest);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.MapGet("/api/v3/klines", Klines);
        _app.MapGet("/ws/btcusdt@kline_1m", Stream);
    }

    public KlineTruth Truth { get; }

    /// <summary>Number of the candle that is under way; all before it are over.</summary>
    public int Newest
    {
        get { lock (_lock) return _newest; }
        set { lock (_lock) _newest = value; }
    }

    public int Requests => _requests;

    public int Connections => _connections;

    public string RestUrl => _app.Urls.First();

    public string SocketUrl => RestUrl.Replace("http://", "ws://", StringComparison.Ordinal);

    /// <summary>What happens on the n-th connection (0 is the first); by default all candles come to their end and the connection stays.</summary>
    public Func<int, Connection, Task>? OnConnection { get; set; }

    /// <summary>What the n-th request gets instead of its answer; true when it was answered.</summary>
    public Func<int, HttpContext, Task<bool>>? OnRequest { get; set; }

    public static async Task<LocalExchange> Start(KlineTruth truth, int newest)
    {
        var exchange = new LocalExchange(truth, newest);
        await exchange._app.StartAsync();
        return exchange;
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private async Task Klines(HttpContext context)
    {
        var number = Interlocked.Increment(ref _requests) - 1;
        if (OnRequest is not null && await OnRequest(number, context))
            return;
        Assert.Equal("BTCUSDT", context.Request.Query["symbol"]);
        Assert.Equal("1m", context.Request.Query["interval"]);
        var limit = int.Parse(context.Request.Query["limit"]!, CultureInfo.InvariantCulture);
        var newest = Newest;
        var rows = new List<KlineTruth.Row>();
        for (var i = 0; i <= newest && i < Truth.Rows.Count; i++)
            if (!Truth.Missing.Contains(i))
                rows.Add(i == newest ? Truth.Rows[i].Opening : Truth.Rows[i]);
        if (context.Request.Query.TryGetValue("startTime", out var start))
        {
            var (from, to) = (long.Parse(start!, CultureInfo.InvariantCulture), long.Parse(context.Request.Query["endTime"]!, CultureInfo.InvariantCulture));
            rows = [.. rows.Where(r => r.OpenMs >= from && r.OpenMs <= to).Take(limit)];
        }
        else
        {
            rows = [.. rows.TakeLast(limit)];
        }
        await context.Response.WriteAsync($"[{string.Join(",", rows.Select(r => r.Json))}]", context.RequestAborted);
    }

    private async Task Stream(HttpContext context)
    {
        var number = Interlocked.Increment(ref _connections) - 1;
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new Connection(this, socket, context);
        try
        {
            if (OnConnection is not null)
                await OnConnection(number, connection);
            else
                await connection.Finish();
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The feed left, or the test ended.
        }
    }

    /// <summary>One connection of a feed.</summary>
    public sealed class Connection(LocalExchange exchange, WebSocket socket, HttpContext context)
    {
        public Task Send(string text) => Send(Encoding.UTF8.GetBytes(text));

        public Task Send(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text) => socket.SendAsync(bytes, type, true, context.RequestAborted);

        /// <summary>Tells of the candle that is under way.</summary>
        public Task Open() => Send(exchange.Truth.Rows[exchange.Newest].Opening.Frame(isClosed: false));

        /// <summary>So many candles come to their end, each told.</summary>
        public async Task Close(int candles)
        {
            for (var i = 0; i < candles && exchange.Newest < exchange.Truth.Rows.Count; i++)
            {
                var number = exchange.Newest;
                if (exchange.Truth.Missing.Contains(number))
                {
                    exchange.Newest = number + 1;
                    continue;
                }
                await Open();
                exchange.Newest = number + 1;
                await Send(exchange.Truth.Rows[number].Frame(isClosed: true));
            }
        }

        /// <summary>All candles come to their end, and the connection stays until the feed leaves.</summary>
        public async Task Finish()
        {
            await Close(int.MaxValue);
            await Idle();
        }

        /// <summary>Says nothing until the feed leaves.</summary>
        public async Task Idle()
        {
            var buffer = new byte[256];
            while ((await socket.ReceiveAsync(buffer, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
            {
            }
        }

        /// <summary>Breaks off.</summary>
        public void Abort() => context.Abort();

        /// <summary>Takes its leave, as after 24 hours.</summary>
        public Task Leave() => socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "24 h", context.RequestAborted);
    }
}
