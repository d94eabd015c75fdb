using System.Text;
using Hone.Adapters.Feeds.Live;
using Hone.Adapters.Feeds.Live.Klines;
using Hone.Learning.Numerics;
using Hone.Trading.Market;

namespace Hone.Adapters.Tests.Feeds.Live;

/// <summary>Whatever bytes come in: no crash, and nothing that is no bar gets through.</summary>
public sealed class KlineParsingTests
{
    private const int Mutations = 100_000;

    private static readonly KlineTruth.Row Row = new KlineTruth(3).Rows[2];

    // What tends to break parsers of prices, times and JSON; put where something else stood.
    private static readonly string[] Poison =
    [
        "NaN", "Infinity", "-Infinity", "1e999", "1e5", "-1", "+1", "0", "-0", "", " ", ".", "1.", ".5", "1.2.3", "0x10", "1,5", "null", "true", "[]", "{}", "\"", "\\u0031",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "253402300800000", "999999999999999999999999999999999999999999999", "\0", "\ud83d\ude00", "[[[[[[[[[[[[",
    ];

    [Fact]
    public void A_candle_is_read_bare_and_wrapped()
    {
        var bare = Row.Frame(isClosed: true);
        foreach (var message in new[] { bare, $$"""{"stream":"btcusdt@kline_1m","data":{{bare}}}""", "  " + bare + "\n" })
        {
            Assert.Equal(FrameKind.Kline, Read(message, out var kline, out var isClosed));
            Assert.True(isClosed);
            Assert.Equal(Row.Bar, kline.ToBar());
        }
        Assert.Equal(FrameKind.Kline, Read(Row.Frame(isClosed: false), out _, out var isOver));
        Assert.False(isOver);
    }

    [Theory]
    [InlineData("""{"result":null,"id":1}""")]
    [InlineData("""{"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"1.0","q":"1.0","T":1,"m":true,"M":true}""")]
    [InlineData("""{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","s":"BTCUSDT","b":[["1.0","2.0"]],"a":[]}}""")]
    [InlineData("""{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"1.0","B":"1.0","a":"1.0","A":"1.0"}}""")]
    public void Other_events_are_no_candles(string message) => Assert.Equal(FrameKind.Other, Read(message, out _, out _));

    [Fact]
    public void Another_market_or_interval_is_no_candle()
    {
        Assert.Equal(FrameKind.Other, Read(Row.Frame(isClosed: true, symbol: "ETHUSDT"), out _, out _));
        Assert.Equal(FrameKind.Other, Read(Row.Frame(isClosed: true).Replace("\"1m\"", "\"5m\"", StringComparison.Ordinal), out _, out _));
    }

    [Theory]
    [InlineData("\"t\":", "\"t\":\"x\",\"u\":")]
    [InlineData("\"o\":\"", "\"o\":\"-")]
    [InlineData("\"o\":\"", "\"o\":\"+")]
    [InlineData("\"h\":\"", "\"h\":\" ")]
    [InlineData("\"x\":true", "\"x\":1")]
    [InlineData("\"x\":true", "\"y\":true")]
    [InlineData("\"x\":true", "\"x\":true,\"x\":false")]
    [InlineData("\"v\":", "\"v\":\"1.0\",\"v\":")]
    [InlineData("}}", "}}{}")]
    [InlineData("}}", "}")]
    [InlineData("\"k\":", "\"k\":{},\"k\":")]
    public void A_candle_with_a_wrong_part_is_malformed(string part, string instead)
    {
        var message = Row.Frame(isClosed: true);
        Assert.Contains(part, message);

        Assert.Equal(FrameKind.Malformed, Read(message.Replace(part, instead, StringComparison.Ordinal), out _, out _));
    }

    [Fact]
    public void No_message_crashes_the_parser_or_brings_in_what_is_no_bar()
    {
        var random = new Rng(7, "frame-fuzz");
        var (klines, bars) = (0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            var message = Mutated(Row.Frame(isClosed: i % 2 == 0), ref random);
            if (KlineFrame.Read(message, "BTCUSDT", "1m", out var kline, out _) != FrameKind.Kline)
                continue;
            klines++;
            bars += TakenAsBar(kline) ? 1 : 0;
        }
        // A fuzz that only ever hits the first check would prove nothing.
        Assert.InRange(klines, Mutations / 50, Mutations / 2);
        Assert.InRange(bars, 100, klines);
    }

    [Fact]
    public void No_answer_crashes_the_parser_or_brings_in_what_is_no_bar()
    {
        var random = new Rng(8, "page-fuzz");
        var truth = new KlineTruth(3);
        var text = $"[{string.Join(",", truth.Rows.Select(r => r.Json))}]";
        var rows = new List<Kline>();
        var (whole, bars) = (0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            rows.Clear();
            whole += KlinePage.Read(Mutated(text, ref random), 3, rows) is null ? 1 : 0;
            Assert.True(rows.Count <= 3);
            foreach (var kline in rows)
                bars += TakenAsBar(kline) ? 1 : 0;
        }
        Assert.InRange(whole, Mutations / 50, Mutations / 2);
        Assert.True(bars > 100);
    }

    [Fact]
    public void Reading_a_message_allocates_nothing()
    {
        var message = Encoding.UTF8.GetBytes(Row.Frame(isClosed: true));
        KlineFrame.Read(message, "BTCUSDT", "1m", out _, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            KlineFrame.Read(message, "BTCUSDT", "1m", out _, out _);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Pauses_double_up_to_their_limit_and_differ_by_the_seed_only()
    {
        var (a, b, c) = (new ReconnectDelay(1000, 60_000, 1, "X"), new ReconnectDelay(1000, 60_000, 1, "X"), new ReconnectDelay(1000, 60_000, 2, "X"));
        var pauses = Enumerable.Range(0, 100).Select(_ => a.Next().TotalMilliseconds).ToArray();

        for (var i = 0; i < pauses.Length; i++)
            Assert.InRange(pauses[i], Math.Min(60_000, 1000 * Math.Pow(2, i)) / 2, Math.Min(60_000, 1000 * Math.Pow(2, i)));
        Assert.Equal(pauses, Enumerable.Range(0, 100).Select(_ => b.Next().TotalMilliseconds));
        Assert.NotEqual(pauses, Enumerable.Range(0, 100).Select(_ => c.Next().TotalMilliseconds));
        a.Reset();
        Assert.InRange(a.Next().TotalMilliseconds, 500, 1000);
    }

    private static FrameKind Read(string message, out Kline kline, out bool isClosed) => KlineFrame.Read(Encoding.UTF8.GetBytes(message), "BTCUSDT", "1m", out kline, out isClosed);

    /// <summary>Whether a candle becomes a bar; a bar that is none fails the test.</summary>
    private static bool TakenAsBar(in Kline kline)
    {
        double[] numbers = [kline.Open, kline.High, kline.Low, kline.Close, kline.Volume];
        Assert.All(numbers, n => Assert.True(double.IsFinite(n) && n >= 0));
        var order = new KlineOrder(KlineInterval.Find("1m")!, new(), new ManualTime(), new());
        if (!order.TryTake(kline, out var live))
            return false;
        var bar = live.Bar;
        Assert.True(bar.Low > 0 && bar.Low <= Math.Min(bar.Open, bar.Close) && bar.High >= Math.Max(bar.Open, bar.Close) && double.IsFinite(bar.High));
        Assert.True(bar.CloseTimeUs > 0 && bar.CloseTimeUs % (KlineTruth.StepMs * 1000) == 0 && bar.CloseTime < new DateTime(2030, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        return true;
    }

    private static byte[] Mutated(string text, ref Rng random)
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes(text));
        for (var changes = random.NextInt32(3) + 1; changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.NextInt32(bytes.Count);
            switch (random.NextInt32(6))
            {
                case 0: bytes[at] = (byte)random.NextInt32(256); break;
                case 1: bytes[at] = (byte)('0' + random.NextInt32(10)); break;
                case 2: bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.NextInt32(20))); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Poison[random.NextInt32(Poison.Length)])); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(0, random.NextInt32(bytes.Count))); break;
                default: ReplaceValue(bytes, at, Encoding.UTF8.GetBytes(Poison[random.NextInt32(Poison.Length)])); break;
            }
        }
        return [.. bytes];
    }

    private static void ReplaceValue(List<byte> bytes, int at, byte[] value)
    {
        var start = bytes.FindIndex(at, b => b is (byte)':' or (byte)',') + 1;
        var end = start > 0 ? bytes.FindIndex(start, b => b is (byte)',' or (byte)'}' or (byte)']') : -1;
        if (end <= start)
            return;
        var quoted = bytes[start] == '"' && end - start > 2;
        bytes.RemoveRange(quoted ? start + 1 : start, quoted ? end - start - 2 : end - start);
        bytes.InsertRange(quoted ? start + 1 : start, value);
    }
}
