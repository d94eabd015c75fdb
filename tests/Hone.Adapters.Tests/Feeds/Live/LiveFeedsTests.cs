using Hone.Adapters.Feeds;
using Hone.Adapters.Feeds.Live;
using Hone.Adapters.Feeds.Live.Klines;
using Hone.Learning;
using Hone.Trading.Market;

namespace Hone.Adapters.Tests.Feeds.Live;

/// <summary>What <c>--feed</c> takes, and what it says of what it does not take.</summary>
public sealed class LiveFeedsTests
{
    [Fact]
    public void Every_form_is_read()
    {
        Assert.Equal(new SimulatorFeedChoice("simulator", FeedPace.PerSecond(20), null, null), LiveFeeds.Parse("simulator"));
        Assert.Equal(new SimulatorFeedChoice("simulator:speed=3600x,bars=500,seed=7", FeedPace.Times(3600), 500, 7), LiveFeeds.Parse("simulator:speed=3600x,bars=500,seed=7"));
        Assert.Equal(new CsvFeedChoice("csv:a,b=c.csv", "a,b=c.csv", FeedPace.Unpaced), LiveFeeds.Parse("csv:a,b=c.csv"));
        Assert.Equal(new CsvFeedChoice(@"csv:C:\data\x.csv,pace=0.5", @"C:\data\x.csv", FeedPace.PerSecond(0.5)), LiveFeeds.Parse(@"csv:C:\data\x.csv,pace=0.5"));
        var exchange = Assert.IsType<ExchangeFeedChoice>(LiveFeeds.Parse("binance:ethusdt@15m,rest=http://127.0.0.1:8080/x,ws=ws://localhost:8081,history=500,band=2.5"));
        Assert.Equal(("ETHUSDT", "15m", 500, 2.5), (exchange.Options.Symbol, exchange.Options.Interval, exchange.Options.HistoryBars, exchange.Options.PriceBandFactor));
        Assert.Equal(("http://127.0.0.1:8080/x", "ws://localhost:8081"), (exchange.Options.RestUrl, exchange.Options.SocketUrl));
        Assert.Equal(new ExchangeFeedOptions(), ((ExchangeFeedChoice)LiveFeeds.Parse("binance:BTCUSDT@1m")).Options);
    }

    [Theory]
    [InlineData("", "no kind of feed ''")]
    [InlineData("kraken:BTCUSD", "no kind of feed 'kraken'")]
    [InlineData("simulator:fast", "'fast' is no option")]
    [InlineData("simulator:speed=fast", "'speed=fast' is no pace")]
    [InlineData("simulator:speed=1,speed=2", "names speed a second time")]
    [InlineData("simulator:bars=0", "whole number from 1 to 1000000000")]
    [InlineData("simulator:seed=-1", "is no seed")]
    [InlineData("csv", "names no file")]
    [InlineData("csv:,pace=1", "names no file")]
    [InlineData("csv:x.csv,pace=", "is no pace")]
    [InlineData("binance", "names no market and interval")]
    [InlineData("binance:BTCUSDT", "write them as BTCUSDT@1m")]
    [InlineData("binance:BTC/USDT@1m", "the market is 'BTC/USDT'")]
    [InlineData("binance:BTCUSDT@7m", "the interval is '7m'")]
    [InlineData("binance:BTCUSDT@1w", "the interval is '1w'")]
    [InlineData("binance:BTCUSDT@1m,history=10", "whole number from 256 to 1000000")]
    [InlineData("binance:BTCUSDT@1m,band=1", "not a number from 1.01 to 1000000")]
    [InlineData("binance:BTCUSDT@1m,band=NaN", "not a number from")]
    [InlineData("binance:BTCUSDT@1m,speed=1", "'speed=1' is no option")]
    [InlineData("binance:BTCUSDT@1m,rest=http://example.com", "not encrypted; write https://")]
    [InlineData("binance:BTCUSDT@1m,ws=ws://10.0.0.1", "not encrypted; write wss://")]
    [InlineData("binance:BTCUSDT@1m,ws=https://example.com", "starts with wss://")]
    [InlineData("binance:BTCUSDT@1m,rest=file:///etc/passwd", "starts with https://")]
    [InlineData("binance:BTCUSDT@1m,rest=https://user:secret@example.com", "scheme, host, port and path only")]
    [InlineData("binance:BTC\u001b[2JUSDT@1m", "the market is 'BTC?[2JUSDT'")]
    public void What_is_no_feed_is_refused_in_one_line(string text, string says)
    {
        var e = Assert.Throws<InvalidOptionsException>(() => LiveFeeds.Parse(text));
        Assert.Contains(says, e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain("secret", e.Message);
    }

    [Fact]
    public void Every_kind_is_told_with_all_that_it_takes()
        => Assert.All(LiveFeeds.Kinds, kind =>
        {
            Assert.StartsWith(kind.Name, kind.Form);
            Assert.EndsWith(".", kind.Description);
            Assert.All(kind.Options, o => Assert.Contains($"{o.Name}={o.Values}", kind.Form));
        });

    [Fact]
    public void The_page_about_feeds_tells_every_kind_and_option()
    {
        var page = File.ReadAllText(Page());
        Assert.All(LiveFeeds.Kinds, kind =>
        {
            Assert.Contains($"| `{kind.Form}` | {kind.Description.Replace("bars=", "`bars=`", StringComparison.Ordinal).Replace("data section", "`data` section", StringComparison.Ordinal)} |", page);
            Assert.All(kind.Options, o => Assert.Contains($"| `{o.Name}` | {kind.Name} |", page));
        });
        Assert.All(KlineInterval.All, interval => Assert.Matches($"`[a-z0-9 ]*\\b{interval.Name}\\b[a-z0-9 ]*`", page));

        static string Page()
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Hone.slnx")))
                folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
            return Path.Combine(folder.FullName, "docs", "feeds.md");
        }
    }

    [Fact]
    public async Task The_simulator_goes_on_with_the_bars_of_a_run()
    {
        var settings = new LiveFeedSettings { Simulator = new() { Bars = 1000, DriftEveryBars = 300 } };
        using var run = new RangeFeed(new SimulatedFeed(settings.Simulator, "SIM"), null, null);
        var expected = new List<Bar>();
        while (run.TryRead(out var bar, default))
            expected.Add(bar);
        await using var feed = LiveFeeds.Parse("simulator:speed=0").Open(settings);
        var bars = new List<Bar>();
        await foreach (var bar in feed.Bars(long.MinValue, default))
        {
            bars.Add(bar.Bar);
            if (bars.Count == 1500)
                break;
        }

        Assert.Equal(expected, bars.Take(1000));
        Assert.Equal(1500, bars.Count);
        var market = await feed.Market(default);
        Assert.Equivalent(MarketHead.Market(run, expected.ToArray().AsSpan(0, MarketHead.Bars)), market, strict: true);
        Assert.Equal("SIM", market.Symbol);
    }

    [Fact]
    public async Task The_simulator_ends_where_it_is_told_to()
    {
        await using var feed = LiveFeeds.Parse("simulator:speed=0,bars=300,seed=9").Open(new());
        var count = 0;
        await foreach (var bar in feed.Bars(long.MinValue, default))
            count++;

        Assert.Equal((300, "ended"), (count, feed.Status.State));
    }

    [Fact]
    public async Task One_market_is_followed_once()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("SIM_1h.csv", "timestamp,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,1,1,1,1\n");

        async Task<string> Refused(LiveFeedSettings settings, params string[] texts)
            => (await Assert.ThrowsAsync<InvalidOptionsException>(() => LiveFeeds.Open(LiveFeeds.Parse(texts), settings).AsTask())).Message;

        Assert.Contains("is of the market SIM, as is 'simulator'", await Refused(new(), "simulator", $"csv:{path}"));
        Assert.Contains("names one market", await Refused(new() { Data = new() { Symbol = "X" } }, "simulator", $"csv:{path}"));
        var feeds = await LiveFeeds.Open(LiveFeeds.Parse([$"csv:{path}", "binance:BTCUSDT@1m"]), new());
        Assert.Equal(["SIM", "BTCUSDT"], feeds.Select(f => f.Symbol));
        foreach (var feed in feeds)
            await feed.DisposeAsync();
    }

    [Fact]
    public void Options_of_an_exchange_are_held_to_their_ranges()
    {
        Assert.Throws<InvalidOptionsException>(() => new ExchangeFeedOptions { FrameBytesMax = 10 }.Validated());
        Assert.Throws<InvalidOptionsException>(() => new ExchangeFeedOptions { PriceBandFactor = double.NaN }.Validated());
        Assert.Throws<InvalidOptionsException>(() => new ExchangeFeedOptions { ReconnectDelayMs = 5000, ReconnectDelayMaxMs = 100 }.Validated());
    }
}
