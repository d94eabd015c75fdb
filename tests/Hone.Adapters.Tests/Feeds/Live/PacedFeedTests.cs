using System.Globalization;
using System.Text;
using Hone.Adapters.Feeds;
using Hone.Adapters.Feeds.Live;
using Hone.Trading.Market;

namespace Hone.Adapters.Tests.Feeds.Live;

/// <summary>A pace changes when bars come, never which.</summary>
public sealed class PacedFeedTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(257, false)]
    [InlineData(1000, true)]
    public async Task The_bars_and_the_market_are_those_of_a_run_over_the_file(int rows, bool hasVolume)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("BTCUSDT_1h.csv", Csv(rows, hasVolume));
        var (bars, extras) = Plain(new CsvBarFeed(path));
        await using var feed = new PacedFeed(() => new CsvBarFeed(path), FeedPace.Unpaced, TimeProvider.System);
        using var file = new CsvBarFeed(path);

        Assert.Equivalent(MarketHead.Market(file, bars.ToArray().AsSpan(0, Math.Min(rows, MarketHead.Bars))), await feed.Market(default), strict: true);
        Assert.Equal(hasVolume, (await feed.Market(default)).VolumeKnown);
        var live = await Read(feed, long.MinValue);
        Assert.Equal(bars, live.Select(b => b.Bar));
        Assert.Equal(extras, live.Select(b => b.Extra));
        Assert.Equal("ended", feed.Status.State);
        Assert.Equal(bars[^1].CloseTimeUs, feed.Status.LastBarUs);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(256)]
    [InlineData(400)]
    public async Task A_restart_continues_after_the_last_bar_with_the_same_market(int taken)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("BTCUSDT_1h.csv", Csv(500, true));
        var (bars, _) = Plain(new CsvBarFeed(path));
        await using var feed = new PacedFeed(() => new CsvBarFeed(path), FeedPace.Unpaced, TimeProvider.System);

        var rest = await Read(feed, bars[taken - 1].CloseTimeUs);
        Assert.Equal(bars.Skip(taken), rest.Select(b => b.Bar));
        Assert.Equal(bars[0].CloseTimeUs, (await feed.Market(default)).ReferenceTimeUs);
        Assert.Equal(bars, (await Read(feed, long.MinValue)).Select(b => b.Bar));
    }

    [Fact]
    public async Task Missing_bars_are_told_also_across_a_restart()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("X_1h.csv", "timestamp,open,high,low,close,volume\n" + string.Concat(new[] { 0, 1, 2, 3, 7, 8, 10 }.Select(h => $"2024-01-01T{h:00}:00:00Z,1,1,1,1,1\n")));
        await using var feed = new PacedFeed(() => new CsvBarFeed(path), FeedPace.Unpaced, TimeProvider.System);

        Assert.Equal([0, 0, 0, 0, 3, 0, 1], (await Read(feed, long.MinValue)).Select(b => b.GapBars));
        Assert.Equal([3, 0, 1], (await Read(feed, EventTime.FromDateTime(new(2024, 1, 1, 4, 0, 0, DateTimeKind.Utc)))).Select(b => b.GapBars));
    }

    [Fact]
    public async Task Bars_per_second_are_kept()
    {
        var time = new ManualTime();
        await using var feed = new PacedFeed(() => new SimulatedFeed(new() { Bars = 300 }), FeedPace.PerSecond(10), time);
        await using var bars = feed.Bars(long.MinValue, default).GetAsyncEnumerator();

        Assert.True(await bars.MoveNextAsync());
        for (var i = 0; i < 299; i++)
        {
            var next = bars.MoveNextAsync().AsTask();
            time.Advance(TimeSpan.FromMilliseconds(99));
            Assert.False(next.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30)));
        }
        Assert.False(await bars.MoveNextAsync());
    }

    [Fact]
    public async Task A_factor_keeps_the_distances_of_the_bars()
    {
        var time = new ManualTime();
        using var folder = new TemporaryFolder();
        var path = folder.Write("X_1h.csv", "timestamp,open,high,low,close,volume\n" + string.Concat(new[] { 0, 1, 2, 5, 6 }.Select(h => $"2024-01-01T{h:00}:00:00Z,1,1,1,1,1\n")));
        await using var feed = new PacedFeed(() => new CsvBarFeed(path), FeedPace.Times(3600), time);
        await using var bars = feed.Bars(long.MinValue, default).GetAsyncEnumerator();

        Assert.True(await bars.MoveNextAsync());
        foreach (var seconds in new[] { 1, 1, 3, 1 })
        {
            var next = bars.MoveNextAsync().AsTask();
            time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(next.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    [Fact]
    public async Task A_consumer_that_stalled_is_not_flooded_with_what_it_missed()
    {
        var time = new ManualTime();
        await using var feed = new PacedFeed(() => new SimulatedFeed(new() { Bars = 300 }), FeedPace.PerSecond(10), time);
        await using var bars = feed.Bars(long.MinValue, default).GetAsyncEnumerator();
        Assert.True(await bars.MoveNextAsync());
        time.Advance(TimeSpan.FromHours(1));

        var atOnce = 0;
        var next = bars.MoveNextAsync().AsTask();
        for (; next.IsCompleted; next = bars.MoveNextAsync().AsTask())
            atOnce++;

        Assert.InRange(atOnce, 1, 11);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_row_that_is_no_bar_ends_the_feed_with_its_line()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("X_1h.csv", Csv(400, true).Replace("2020-01-13T12:00:00Z,", "2020-01-13T12:00:00Z,x", StringComparison.Ordinal));
        await using var feed = new PacedFeed(() => new CsvBarFeed(path), FeedPace.Unpaced, TimeProvider.System);

        var e = await Assert.ThrowsAsync<FeedException>(() => Read(feed, long.MinValue));
        Assert.Contains("line 302", e.Message);
        Assert.Equal(("ended", e.Message), (feed.Status.State, feed.Status.Problem));
    }

    [Fact]
    public async Task An_empty_range_says_so()
    {
        var from = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await using var feed = new PacedFeed(() => new RangeFeed(new SimulatedFeed(new() { Bars = 100 }), from, null), FeedPace.Unpaced, TimeProvider.System);

        Assert.Contains("no bars in the chosen range", (await Assert.ThrowsAsync<FeedException>(() => feed.Market(default).AsTask())).Message);
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_bars()
    {
        await using var feed = new PacedFeed(() => new SimulatedFeed(new() { Bars = 200_000 }), FeedPace.Unpaced, TimeProvider.System);
        long count = 0, early = 0, late = 0;
        await foreach (var bar in feed.Bars(long.MinValue, default))
        {
            if (++count == 50_000)
                early = GC.GetTotalMemory(forceFullCollection: true);
            if (count == 199_999)
                late = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.Equal(200_000, count);
        Assert.True(late - early < 1_000_000, $"{late - early} bytes more after 150,000 bars");
    }

    [Theory]
    [InlineData("20", 20, 0)]
    [InlineData("0", 0, 0)]
    [InlineData("0.5", 0.5, 0)]
    [InlineData("60x", 0, 60)]
    [InlineData("1x", 0, 1)]
    public void A_pace_is_read(string text, double perSecond, double factor)
    {
        Assert.True(FeedPace.TryParse(text, out var pace));
        Assert.Equal((perSecond, factor), (pace.BarsPerSecond, pace.SpeedFactor));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0x")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e3")]
    [InlineData("1000001")]
    [InlineData("0.0000001")]
    [InlineData("20 ")]
    [InlineData("1,5")]
    public void What_is_no_pace_is_refused(string text) => Assert.False(FeedPace.TryParse(text, out _));

    private static string Csv(int rows, bool hasVolume)
    {
        var text = new StringBuilder("timestamp,open,high,low,close,volume,sentiment\n");
        for (var i = 0; i < rows; i++)
        {
            var time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(i).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{time},{100 + i % 7},{108 + i % 5},{99 - i % 3},{101 + i % 6},{(hasVolume ? 1 + i % 3 : 0)},{(i % 4 == 0 ? "" : (i * 0.25).ToString(CultureInfo.InvariantCulture))}\n");
        }
        return text.ToString();
    }

    private static (List<Bar> Bars, List<double> Extras) Plain(IBarFeed feed)
    {
        using (feed)
        {
            var (bars, extras, row) = (new List<Bar>(), new List<double>(), new double[feed.ExtraColumns.Count]);
            while (feed.TryRead(out var bar, row))
            {
                bars.Add(bar);
                extras.Add(row[0]);
            }
            return (bars, extras);
        }
    }

    private static async Task<List<(Bar Bar, double Extra, long GapBars)>> Read(PacedFeed feed, long afterUs)
    {
        var bars = new List<(Bar, double, long)>();
        await foreach (var bar in feed.Bars(afterUs, default))
            bars.Add((bar.Bar, bar.Extras.Length > 0 ? bar.Extras.Span[0] : double.NaN, bar.GapBars));
        return bars;
    }
}
