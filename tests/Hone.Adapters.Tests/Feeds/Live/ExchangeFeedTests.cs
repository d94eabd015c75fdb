using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Hone.Adapters.Feeds;
using Hone.Adapters.Feeds.Live;
using Hone.Trading.Market;
using Microsoft.AspNetCore.Http;

namespace Hone.Adapters.Tests.Feeds.Live;

/// <summary>What is handed out is what the exchange has, in order and once, whatever happens to the connection.</summary>
public sealed class ExchangeFeedTests
{
    private const int History = 256;

    [Fact]
    public async Task History_then_candles_as_they_close()
    {
        await using var exchange = await LocalExchange.Start(new(400), newest: 300);
        await using var feed = Feed(exchange);

        var bars = await Read(feed, 0, 400 - (300 - History));

        Assert.Equal(exchange.Truth.Bars(300 - History, 400), bars.Select(b => b.Bar));
        Assert.All(bars, b => Assert.Equal(0, b.GapBars));
        Assert.Equal(bars[^1].Bar.CloseTimeUs, feed.Status.LastBarUs);
        Assert.Equal((0, 0, 0), (feed.Status.Reconnects, feed.Status.Gaps, feed.Status.Rejected));
    }

    [Fact]
    public async Task The_market_is_the_one_that_a_run_over_the_same_bars_is_told()
    {
        using var folder = new TemporaryFolder();
        await using var exchange = await LocalExchange.Start(new(600), newest: 500);
        await using var feed = Feed(exchange, o => o with { HistoryBars = 400 });
        var market = await feed.Market(default);
        var bars = await Read(feed, 0, 500);
        using (var writer = new BarCsvWriter(File.Create(folder["BTCUSDT_1m.csv"])))
        {
            writer.Line("timestamp,open,high,low,close,volume");
            foreach (var bar in bars)
                writer.Write(bar.Bar, KlineTruth.StepMs * 1000);
        }
        using var file = new CsvBarFeed(folder["BTCUSDT_1m.csv"], new() { AssetClass = AssetClass.Crypto });
        var read = new List<Bar>();
        while (file.TryRead(out var bar, default))
            read.Add(bar);

        Assert.Equal(bars.Select(b => b.Bar), read);
        Assert.Equivalent(MarketHead.Market(file, read.ToArray().AsSpan(0, MarketHead.Bars)), market, strict: true);
    }

    [Fact]
    public async Task A_broken_connection_loses_nothing()
    {
        await using var exchange = await LocalExchange.Start(new(400), newest: 300);
        exchange.OnConnection = async (n, c) =>
        {
            if (n == 3)
            {
                await c.Finish();
                return;
            }
            await c.Close(7);
            exchange.Newest += 11;
            c.Abort();
        };
        await using var feed = Feed(exchange);

        var bars = await Read(feed, 0, 100 + History);

        Assert.Equal(exchange.Truth.Bars(300 - History, 400), bars.Select(b => b.Bar));
        Assert.Equal(4, exchange.Connections);
    }

    [Fact]
    public async Task A_farewell_after_a_day_loses_nothing()
    {
        await using var exchange = await LocalExchange.Start(new(340), newest: 300);
        exchange.OnConnection = async (n, c) =>
        {
            if (n > 0)
            {
                await c.Finish();
                return;
            }
            await c.Close(5);
            await c.Leave();
            exchange.Newest++;
            await c.Idle();
        };
        await using var feed = Feed(exchange);

        Assert.Equal(exchange.Truth.Bars(300 - History, 340), (await Read(feed, 0, 40 + History)).Select(b => b.Bar));
        Assert.Equal(1, feed.Status.Reconnects);
        Assert.Contains("closed the connection", feed.Status.Problem);
    }

    [Fact]
    public async Task Silence_ends_a_connection_and_loses_nothing()
    {
        await using var exchange = await LocalExchange.Start(new(340), newest: 300);
        exchange.OnConnection = async (n, c) =>
        {
            if (n > 0)
            {
                await c.Finish();
                return;
            }
            await c.Close(5);
            exchange.Newest += 4;
            await c.Idle();
        };
        await using var feed = Feed(exchange, o => o with { SilenceMs = 300 });

        Assert.Equal(exchange.Truth.Bars(300 - History, 340), (await Read(feed, 0, 40 + History)).Select(b => b.Bar));
        Assert.True(feed.Status.Reconnects >= 1);
        Assert.Contains("nothing was heard", feed.Status.Problem);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("""{"e":"kline","s":"BTCUSDT"}""")]
    [InlineData("""{"e":"kline","s":"BTCUSDT","k":{"t":"1","x":true}}""")]
    [InlineData("""{"e":"kline","s":"BTCUSDT","k":{"t":1723180000000,"T":1723180059999,"s":"BTCUSDT","i":"1m","o":"NaN","c":"1","h":"1","l":"1","v":"1","x":true}}""")]
    [InlineData("""[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""")]
    public async Task A_malformed_message_ends_a_connection_and_loses_nothing(string message)
    {
        await using var exchange = await LocalExchange.Start(new(340), newest: 300);
        exchange.OnConnection = (n, c) => Misbehave(exchange, n, c, Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text);
        await using var feed = Feed(exchange);

        Assert.Equal(exchange.Truth.Bars(300 - History, 340), (await Read(feed, 0, 40 + History)).Select(b => b.Bar));
        Assert.Equal((1, 1), (feed.Status.Reconnects, feed.Status.Rejected));
    }

    [Fact]
    public async Task A_message_that_is_too_long_or_no_text_ends_a_connection_and_loses_nothing()
    {
        await using var exchange = await LocalExchange.Start(new(380), newest: 300);
        exchange.OnConnection = (n, c) => n % 2 == 0
            ? Misbehave(exchange, n / 2, c, Encoding.UTF8.GetBytes($$"""{"padding":"{{new string('x', 64 * 1024)}}"}"""), WebSocketMessageType.Text)
            : Misbehave(exchange, n / 2, c, Encoding.UTF8.GetBytes(exchange.Truth.Rows[exchange.Newest].Frame(isClosed: true)), WebSocketMessageType.Binary);
        await using var feed = Feed(exchange);

        Assert.Equal(exchange.Truth.Bars(300 - History, 380), (await Read(feed, 0, 80 + History)).Select(b => b.Bar));
        Assert.Equal((2, 2), (feed.Status.Reconnects, feed.Status.Rejected));
    }

    [Fact]
    public async Task Copies_are_dropped_corrections_counted_and_what_goes_back_refused()
    {
        await using var exchange = await LocalExchange.Start(new(320), newest: 300);
        exchange.OnConnection = async (_, c) =>
        {
            await c.Close(10);
            await c.Send(exchange.Truth.Rows[309].Frame(isClosed: true));
            await c.Send(exchange.Truth.Rows[305].Frame(isClosed: true));
            await c.Send((exchange.Truth.Rows[308] with { Volume = "77.0" }).Frame(isClosed: true));
            await c.Send(exchange.Truth.Rows[10].Frame(isClosed: true));
            await c.Send(exchange.Truth.Rows[11].Opening.Frame(isClosed: false));
            await c.Send(exchange.Truth.Rows[310].Frame(isClosed: true, symbol: "ETHUSDT"));
            await c.Send("""{"result":null,"id":1}""");
            await c.Finish();
        };
        await using var feed = Feed(exchange);

        Assert.Equal(exchange.Truth.Bars(300 - History, 320), (await Read(feed, 0, 20 + History)).Select(b => b.Bar));
        Assert.Equal((2, 1, 3, 0), (feed.Duplicates, feed.Corrections, feed.Status.Rejected, feed.Status.Reconnects));
    }

    [Fact]
    public async Task A_candle_that_no_market_can_have_made_is_refused_and_asked_for()
    {
        await using var exchange = await LocalExchange.Start(new(330), newest: 300);
        exchange.OnConnection = async (_, c) =>
        {
            await c.Close(5);
            foreach (var change in (Func<KlineTruth.Row, KlineTruth.Row>[])
                [
                    r => r with { High = "1.0" },
                    r => r with { Low = "0" },
                    r => r with { High = "999999999" },
                    r => r with { Open = "6.0", High = "7.0", Low = "5.0", Close = "6.0" },
                    r => r with { OpenMs = r.OpenMs + 1 },
                    r => r with { OpenMs = 4_102_444_800_000 },
                ])
            {
                var row = exchange.Truth.Rows[exchange.Newest];
                exchange.Newest++;
                await c.Send(change(row).Frame(isClosed: true));
            }
            await c.Finish();
        };
        await using var feed = Feed(exchange);

        var bars = await Read(feed, 0, 30 + History);

        Assert.Equal(exchange.Truth.Bars(300 - History, 330), bars.Select(b => b.Bar));
        Assert.All(bars, b => Assert.Equal(0, b.GapBars));
        Assert.Equal((6, 0), (feed.Status.Rejected, feed.Status.Gaps));
    }

    [Fact]
    public async Task What_the_exchange_does_not_have_is_told_as_a_gap()
    {
        var truth = new KlineTruth(340);
        truth.Missing.UnionWith([100, 101, 102, 310, 311, 325]);
        await using var exchange = await LocalExchange.Start(truth, newest: 300);
        await using var feed = Feed(exchange);

        var bars = await Read(feed, 0, 40 + History - 6);

        Assert.Equal(truth.Bars(300 - History, 340), bars.Select(b => b.Bar));
        Assert.Equal([(103, 3L), (312, 2L), (326, 1L)], bars.Where(b => b.GapBars > 0).Select(b => (Number(b), b.GapBars)));
        Assert.Equal(3, feed.Status.Gaps);
    }

    [Fact]
    public async Task Candles_that_an_answer_lacks_at_its_end_are_asked_for_again()
    {
        await using var exchange = await LocalExchange.Start(new(320), newest: 300);
        exchange.OnConnection = async (_, c) =>
        {
            await c.Close(2);
            exchange.Newest += 3;
            await c.Finish();
        };
        var late = 0;
        exchange.OnRequest = async (_, context) =>
        {
            // The first two answers about the missing candles come too early.
            if (!context.Request.Query["startTime"].Equals((KlineTruth.StartMs + 302 * KlineTruth.StepMs).ToString(CultureInfo.InvariantCulture)) || late++ >= 2)
                return false;
            await context.Response.WriteAsync("[]");
            return true;
        };
        await using var feed = Feed(exchange);

        var bars = await Read(feed, 0, 20 + History);

        Assert.Equal(exchange.Truth.Bars(300 - History, 320), bars.Select(b => b.Bar));
        Assert.Equal((3, 0L), (late, feed.Status.Gaps));
    }

    [Fact]
    public async Task A_restart_continues_after_the_last_bar()
    {
        await using var exchange = await LocalExchange.Start(new(2500), newest: 400);
        long afterUs;
        await using (var first = Feed(exchange))
            afterUs = (await Read(first, 0, 50))[^1].Bar.CloseTimeUs;
        var taken = 400 - History + 50;
        exchange.Newest = 2400;
        await using var second = Feed(exchange, o => o with { PageBars = 100 });

        var bars = await Read(second, afterUs, 2500 - taken);

        Assert.Equal(exchange.Truth.Bars(taken, 2500), bars.Select(b => b.Bar));
        Assert.All(bars, b => Assert.Equal(0, b.GapBars));
        Assert.Equal((0, 0), (second.Status.Rejected, second.Status.Gaps));
    }

    [Fact]
    public async Task After_too_long_an_absence_the_rest_is_told_as_a_gap()
    {
        await using var exchange = await LocalExchange.Start(new(2100), newest: 2090);
        await using var feed = Feed(exchange, o => o with { BackfillBarsMax = 1000 });
        var afterUs = exchange.Truth.Rows[49].Bar.CloseTimeUs;

        var bars = await Read(feed, afterUs, 1000 + 10);

        Assert.Equal(exchange.Truth.Bars(1090, 2100), bars.Select(b => b.Bar));
        Assert.Equal(1090 - 50, bars[0].GapBars);
    }

    [Fact]
    public async Task A_price_far_from_the_last_close_is_refused_after_a_restart_too()
    {
        await using var exchange = await LocalExchange.Start(new(310), newest: 300);
        exchange.OnRequest = async (_, context) =>
        {
            if (!context.Request.Query.ContainsKey("startTime"))
                return false;
            var far = exchange.Truth.Rows[300 - 1] with { Open = "6.0", High = "7.0", Low = "5.0", Close = "6.0" };
            await context.Response.WriteAsync($"[{exchange.Truth.Rows[298].Json},{far.Json}]");
            return true;
        };
        await using var feed = Feed(exchange);

        var bars = await Read(feed, exchange.Truth.Rows[298].Bar.CloseTimeUs, 10);

        Assert.Equal(exchange.Truth.Bars(300, 310), bars.Select(b => b.Bar));
        Assert.Equal((1, 1), (bars[0].GapBars, feed.Status.Rejected));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[[1,2,3]]")]
    [InlineData("[[]")]
    [InlineData("")]
    [InlineData("<html>")]
    public async Task An_answer_that_is_none_is_asked_for_again(string body)
    {
        await using var exchange = await LocalExchange.Start(new(310), newest: 300);
        exchange.OnRequest = (n, context) => Answer(n == 3, context, 200, body);
        await using var feed = Feed(exchange);

        Assert.Equal(exchange.Truth.Bars(300 - History, 310), (await Read(feed, 0, 10 + History)).Select(b => b.Bar));
        Assert.Equal(1, feed.Status.Rejected);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_or_has_too_many_candles_is_refused()
    {
        await using var exchange = await LocalExchange.Start(new(1310), newest: 300);
        exchange.OnRequest = (n, context) => n switch
        {
            2 => Answer(true, context, 200, $"[{new string(' ', 5_000_000)}]"),
            4 => Answer(true, context, 200, $"[{string.Join(",", exchange.Truth.Rows.Take(1001).Select(r => r.Json))}]"),
            _ => Task.FromResult(false),
        };
        await using var feed = Feed(exchange);

        Assert.Equal(exchange.Truth.Bars(300 - History, 310), (await Read(feed, 0, 10 + History)).Select(b => b.Bar));
        Assert.Equal(2, feed.Status.Rejected);
    }

    [Fact]
    public async Task An_unknown_market_fails_the_start_with_what_to_do()
    {
        await using var exchange = await LocalExchange.Start(new(310), newest: 300);
        exchange.OnRequest = (_, context) => Answer(true, context, 400, """{"code":-1121,"msg":"Invalid symbol."}""");
        await using var feed = Feed(exchange);

        var e = await Assert.ThrowsAsync<FeedException>(() => feed.Market(default).AsTask());

        Assert.Contains("answered 400", e.Message);
        Assert.Contains("check the market's name", e.Message);
        Assert.Equal((1, "ended"), (exchange.Requests, feed.Status.State));
    }

    [Fact]
    public async Task An_answer_that_points_elsewhere_is_not_followed()
    {
        await using var exchange = await LocalExchange.Start(new(310), newest: 300);
        exchange.OnRequest = async (_, context) =>
        {
            context.Response.Headers.Location = "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1";
            return await Answer(true, context, 302, "");
        };
        await using var feed = Feed(exchange);

        await Assert.ThrowsAsync<FeedException>(() => feed.Market(default).AsTask());
        Assert.Equal(1, exchange.Requests);
    }

    [Fact]
    public async Task Whoever_says_too_many_requests_is_left_alone_for_as_long_as_it_says()
    {
        var time = new ManualTime();
        await using var exchange = await LocalExchange.Start(new(310), newest: 300);
        var asked = new System.Collections.Concurrent.ConcurrentQueue<DateTimeOffset>();
        exchange.OnRequest = (n, context) =>
        {
            asked.Enqueue(time.GetUtcNow());
            if (n is 3 or 4)
                context.Response.Headers.RetryAfter = n == 3 ? "30" : "120";
            return Answer(n is 3 or 4, context, n == 3 ? 429 : 418, "");
        };
        await using var feed = new ExchangeFeed(Options(exchange) with { TimeoutMs = 600_000, SilenceMs = 86_400_000 }, time);

        var reading = Read(feed, 0, 10 + History);
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        Assert.Equal(exchange.Truth.Bars(300 - History, 310), (await reading).Select(b => b.Bar));
        var times = asked.ToArray();
        Assert.True(times[4] - times[3] >= TimeSpan.FromSeconds(30));
        Assert.True(times[5] - times[4] >= TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task Requests_keep_their_distance()
    {
        var time = new ManualTime();
        await using var exchange = await LocalExchange.Start(new(310), newest: 300);
        var asked = new System.Collections.Concurrent.ConcurrentQueue<DateTimeOffset>();
        exchange.OnRequest = (_, _) =>
        {
            asked.Enqueue(time.GetUtcNow());
            return Task.FromResult(false);
        };
        await using var feed = new ExchangeFeed(Options(exchange) with { RequestsPerMinuteMax = 60, PageBars = 50, TimeoutMs = 600_000, SilenceMs = 86_400_000 }, time);

        var reading = Read(feed, 0, 10 + History);
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        Assert.Equal(exchange.Truth.Bars(300 - History, 310), (await reading).Select(b => b.Bar));
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Any_mixture_of_faults_loses_nothing(ulong seed)
    {
        const int Candles = 600;
        await using var exchange = await LocalExchange.Start(new(Candles + 1, seed), newest: 300);
        var random = new Hone.Learning.Numerics.Rng(seed, "faults");
        var draws = new Lock();
        int Draw(int count)
        {
            lock (draws)
                return random.NextInt32(count);
        }
        exchange.OnRequest = (n, context) => n < 2 ? Task.FromResult(false) : Draw(8) switch
        {
            0 => Answer(true, context, 503, "busy"),
            1 => Answer(true, context, 200, "[[1723"),
            2 => Answer(true, context, 429, ""),
            _ => Task.FromResult(false),
        };
        exchange.OnConnection = async (_, c) =>
        {
            while (exchange.Newest < Candles)
            {
                await c.Close(Math.Min(Draw(6), Candles - exchange.Newest));
                switch (Draw(8))
                {
                    case 0:
                        exchange.Newest = Math.Min(Candles, exchange.Newest + Draw(5));
                        c.Abort();
                        return;
                    case 1:
                        await c.Send("{\"e\":");
                        break;
                    case 2:
                        await c.Send(exchange.Truth.Rows[Math.Max(0, exchange.Newest - 1 - Draw(5))].Frame(isClosed: true));
                        break;
                    case 3:
                        await c.Leave();
                        await c.Idle();
                        return;
                    case 4 when exchange.Newest < Candles - 2:
                        await c.Send((exchange.Truth.Rows[exchange.Newest] with { High = "0.5" }).Frame(isClosed: true));
                        exchange.Newest++;
                        break;
                }
            }
            // The candle after the last one is under way, which is how anyone knows that the last one is over.
            await c.Open();
            await c.Idle();
        };
        await using var feed = Feed(exchange);

        var bars = await Read(feed, 0, Candles - 300 + History);

        Assert.Equal(exchange.Truth.Bars(300 - History, Candles), bars.Select(b => b.Bar));
        Assert.True(exchange.Connections > 3);
    }

    [Fact]
    public async Task Cancelling_ends_the_bars()
    {
        await using var exchange = await LocalExchange.Start(new(310), newest: 300);
        await using var feed = Feed(exchange);
        using var cancel = new CancellationTokenSource();
        var count = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in feed.Bars(0, cancel.Token))
                if (++count == 10 + History)
                    cancel.Cancel();
        });

        Assert.Equal("ended", feed.Status.State);
    }

    private static async Task Misbehave(LocalExchange exchange, int number, LocalExchange.Connection connection, byte[] message, WebSocketMessageType type)
    {
        if (number > 0)
        {
            await connection.Finish();
            return;
        }
        await connection.Close(5);
        await connection.Send(message, type);
        exchange.Newest += 3;
        await connection.Idle();
    }

    private static async Task<bool> Answer(bool instead, HttpContext context, int status, string body)
    {
        if (!instead)
            return false;
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
        return true;
    }

    private static int Number(LiveBar bar) => (int)((bar.Bar.CloseTimeUs / 1000 - KlineTruth.StartMs) / KlineTruth.StepMs) - 1;

    private static ExchangeFeedOptions Options(LocalExchange exchange) => new()
    {
        RestUrl = exchange.RestUrl,
        SocketUrl = exchange.SocketUrl,
        HistoryBars = History,
        RequestsPerMinuteMax = 60_000,
        GapDelayMs = 1,
        ReconnectDelayMs = 1,
        ReconnectDelayMaxMs = 20,
    };

    private static ExchangeFeed Feed(LocalExchange exchange, Func<ExchangeFeedOptions, ExchangeFeedOptions>? change = null)
        => new(change is null ? Options(exchange) : change(Options(exchange)), TimeProvider.System);

    private static async Task<List<LiveBar>> Read(ExchangeFeed feed, long afterUs, int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var bars = new List<LiveBar>();
        try
        {
            await foreach (var bar in feed.Bars(afterUs, deadline.Token))
            {
                bars.Add(bar);
                if (bars.Count == count)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{bars.Count} of {count} bars came; {feed.Status}");
        }
        return bars;
    }
}
