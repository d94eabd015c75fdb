using System.Globalization;
using System.Text;
using Hone.Adapters.Feeds;
using Hone.Trading.Market;

namespace Hone.Adapters.Tests.Feeds;

public sealed class CsvBarFeedLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Three hourly bars from 2018-01-02T14:00Z on, in every layout.
    private const long FirstCloseUs = 1514905200000000;

    private static readonly Bar[] Expected =
    [
        new(FirstCloseUs, 100.5, 101.25, 99.75, 101, 12.5),
        new(FirstCloseUs + EventTime.HourUs, 101, 101.5, 100.25, 100.5, 0.001),
        new(FirstCloseUs + 2 * EventTime.HourUs, 100.5, 103, 100.5, 102.75, 7),
    ];

    private static string Rows(string separator, Func<int, string> stamp, bool volume = true, string after = "")
        => string.Concat(Enumerable.Range(0, 3).Select(i =>
        {
            var b = Expected[i];
            var values = new[] { b.Open, b.High, b.Low, b.Close, b.Volume }.Take(volume ? 5 : 4).Select(v => v.ToString("R", CultureInfo.InvariantCulture));
            return stamp(i) + separator + string.Join(separator, values) + after + "\n";
        }));

    private static string Stamp(int i, string format) => new DateTime(2018, 1, 2, 14 + i, 0, 0, DateTimeKind.Utc).ToString(format, CultureInfo.InvariantCulture);

    public static TheoryData<string, string> TimeFormats => new()
    {
        { "ISO with Z", "yyyy-MM-dd'T'HH:mm:ss'Z'" },
        { "ISO with a blank and Z", "yyyy-MM-dd HH:mm:ss'Z'" },
        { "no zone", "yyyy-MM-dd HH:mm:ss" },
        { "no seconds", "yyyy-MM-dd HH:mm" },
        { "fraction", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" },
        { "seven digits", "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'" },
        { "pandas", "yyyy-MM-dd HH:mm:ss'+00:00'" },
        { "offset without colon", "yyyy-MM-dd'T'HH:mm:ss'+0000'" },
        { "UTC", "yyyy-MM-dd HH:mm:ss 'UTC'" },
        { "slashes, year first", "yyyy/MM/dd HH:mm" },
        { "dots, year first", "yyyy.MM.dd HH:mm" },
        { "dots, day first", "dd.MM.yyyy HH:mm:ss.fff" },
        { "compact", "yyyyMMdd HHmmss" },
        { "compact without blank", "yyyyMMddHHmmss" },
    };

    [Theory]
    [MemberData(nameof(TimeFormats))]
    public void Written_times_are_recognised(string name, string format)
        => Same(_folder.Write("a.csv", "timestamp,open,high,low,close,volume\n" + Rows(",", i => Stamp(i, format))), name);

    [Theory]
    [InlineData("", "")]
    [InlineData("000", "")]
    [InlineData("000000", "")]
    [InlineData("000000000", "")]
    [InlineData("", ".0")]
    public void Numbers_since_1970_are_recognised_by_their_size(string zeros, string fraction)
        => Same(_folder.Write("a.csv", "time,open,high,low,close,volume\n" + Rows(",", i => (1514901600 + 3600 * i) + zeros + fraction)));

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    [InlineData("|")]
    public void Separators_are_recognised_with_names_and_without(string separator)
    {
        var rows = Rows(separator, i => Stamp(i, "yyyy-MM-dd'T'HH:mm:ss'Z'"));
        Same(_folder.Write("a.csv", "timestamp,open,high,low,close,volume\n".Replace(",", separator) + rows));
        Same(_folder.Write("b.csv", rows));
    }

    [Theory]
    [InlineData("Date,Open,High,Low,Close,Volume")]
    [InlineData("open_time,o,h,l,c,v")]
    [InlineData("\"Open time\",\"Open\",\"High\",\"Low\",\"Close\",\"Volume BTC\"")]
    [InlineData("<DATETIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>")]
    [InlineData("ts,OPEN,HIGH,LOW,CLOSE,VOL")]
    [InlineData("timestamp,bid_open,bid_high,bid_low,bid_close,volume")]
    public void Names_of_exchanges_and_vendors_are_recognised(string header)
        => Same(_folder.Write("a.csv", header + "\n" + Rows(",", i => Stamp(i, "yyyy-MM-dd'T'HH:mm:ss'Z'"))));

    [Fact]
    public void Columns_may_stand_in_any_order_and_be_quoted()
        => Same(_folder.Write("a.csv", "Close,\"Volume\",time,Low,High,Open\n" + string.Concat(Expected.Select((b, i) => string.Create(
            CultureInfo.InvariantCulture, $"\"{b.Close}\",{b.Volume},\"{Stamp(i, "yyyy-MM-dd HH:mm:ss")}\", {b.Low} ,{b.High},+{b.Open}\n")))));

    [Fact]
    public void Date_and_time_may_be_two_columns()
    {
        Same(_folder.Write("a.csv", "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<VOL>\n" + Rows("\t", i => Stamp(i, "yyyy.MM.dd'\t'HH:mm:ss"))));
        Same(_folder.Write("b.csv", "time,date,open,high,low,close,volume\n" + Rows(",", i => Stamp(i, "HH:mm','yyyy-MM-dd"))));
        Same(_folder.Write("c.csv", Rows(",", i => Stamp(i, "yyyy.MM.dd','HH:mm"))));
        Same(_folder.Write("d.csv", "date,time,open,high,low,close,volume\n" + Rows(",", i => Stamp(i, "yyyyMMdd','HHmmss"))));
    }

    [Fact]
    public void A_decimal_comma_is_recognised_where_another_sign_separates()
    {
        var path = _folder.Write("a.csv", "timestamp;open;high;low;close;volume\n" + Rows(";", i => Stamp(i, "yyyy-MM-dd'T'HH:mm:ss'Z'")).Replace('.', ','));
        Same(path);
        Assert.Contains("decimal comma", Notes(path));
    }

    [Fact]
    public void A_byte_order_mark_line_ends_of_windows_blank_lines_and_titles_do_no_harm()
    {
        var text = "\uFEFFtimestamp,open,high,low,close,volume\n" + Rows(",", i => Stamp(i, "yyyy-MM-dd'T'HH:mm:ss'Z'"));
        Same(_folder.Write("a.csv", text.Replace("\n", "\r\n")));
        Same(_folder.Write("b.csv", text.Replace("\n", "\n\n  \n")));
        Same(_folder.Write("c.csv", "https://www.example.com/data\n# a comment\n" + text[1..].TrimEnd()));
    }

    [Fact]
    public void Gzip_is_recognised_by_its_bytes_and_not_by_its_name()
    {
        var text = "timestamp,open,high,low,close,volume\n" + Rows(",", i => Stamp(i, "yyyy-MM-dd'T'HH:mm:ss'Z'"));
        Same(_folder.Write("a.csv", TemporaryFolder.Gzip(text)));
        Same(_folder.Write("b.csv.gz", text));
        var half = text.IndexOf('\n') + 30;
        Same(_folder.Write("c.csv.gz", [.. TemporaryFolder.Gzip(text[..half]), .. TemporaryFolder.Gzip(text[half..])]));
    }

    [Fact]
    public void Without_a_volume_column_volume_is_0_and_a_note_says_so()
    {
        foreach (var header in new[] { "timestamp,open,high,low,close\n", "" })
        {
            var path = _folder.Write("a.csv", header + Rows(",", i => Stamp(i, "yyyy-MM-dd'T'HH:mm:ss'Z'"), volume: false));
            using var feed = new CsvBarFeed(path);
            Assert.Equal(Expected.Select(b => b with { Volume = 0 }), All(feed));
            Assert.Contains("volume is 0", string.Join("\n", feed.Quality.Notes));
        }
    }

    [Fact]
    public void Further_numeric_columns_come_along_and_others_are_left_out_with_a_note()
    {
        var path = _folder.Write("a.csv", "unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,ask_close,note\n"
            + "1514901600,2018-01-02 14:00:00,BTC/USDT,1,2,0.5,1.5,10,15,1.51,x\n1514905200,2018-01-02 15:00:00,BTC/USDT,1,2,0.5,1.5,10,,nan,\n");
        using var feed = new CsvBarFeed(path);
        Assert.Equal(["Volume USDT", "ask_close"], feed.ExtraColumns);
        var extras = new double[2];
        Assert.True(feed.TryRead(out var bar, extras));
        Assert.Equal((10, 15, 1.51), (bar.Volume, extras[0], extras[1]));
        Assert.True(feed.TryRead(out _, extras));
        Assert.True(double.IsNaN(extras[0]) && double.IsNaN(extras[1]));
        Assert.Equal(2, feed.Quality.MissingExtras);
        Assert.Contains("'symbol' is left out: 'BTC/USDT' is not a number", Notes(path));
        Assert.Contains("'date' is a second time", Notes(path));
    }

    [Fact]
    public void A_span_for_further_columns_may_be_empty_but_not_too_short()
    {
        using var feed = new CsvBarFeed(_folder.Write("a.csv", "time,open,high,low,close,volume,a,b\n2018-01-02,1,1,1,1,1,2,3\n"));
        Assert.Throws<ArgumentException>(() => feed.TryRead(out _, new double[1]));
        Assert.True(feed.TryRead(out _, default));
    }

    [Fact]
    public void Everything_may_be_told()
    {
        var path = _folder.Write("x.csv", "when,px1,px2,px3,px4,size\n" + Rows(",", i => Stamp(i, "dd/MM/yyyy HH:mm")));
        var options = new CsvFeedOptions
        {
            Symbol = "TOLD", TimeColumn = "WHEN", TimeFormat = "dd/MM/yyyy HH:mm", AssetClass = AssetClass.Fx,
            Columns = new Dictionary<string, string> { ["open"] = "px1", ["high"] = "#3", ["low"] = "px3", ["close"] = "px4", ["volume"] = "size" },
        };
        using (var feed = new CsvBarFeed(path, options))
        {
            Assert.Equal(("TOLD", AssetClass.Fx), (feed.Symbol, feed.AssetClass));
            Assert.Equal(Expected, All(feed));
        }
        using var closes = new CsvBarFeed(path, options with { Stamp = BarStamp.Close });
        Assert.Equal(Expected.Select(b => b with { CloseTimeUs = b.CloseTimeUs - EventTime.HourUs }), All(closes));
        using var epoch = new CsvBarFeed(_folder.Write("y.csv", Rows(" ".Replace(' ', ','), i => (1514901600000 + 3600000 * i).ToString(CultureInfo.InvariantCulture))), new() { TimeFormat = "epoch-ms", HasHeader = false, Separator = ',' });
        Assert.Equal(Expected, All(epoch));
    }

    [Fact]
    public void A_column_called_after_the_close_is_the_close()
    {
        using var feed = new CsvBarFeed(_folder.Write("a.csv", "close_time,open,high,low,close,volume\n" + Rows(",", i => Stamp(i + 1, "yyyy-MM-dd HH:mm:ss"))));
        Assert.Equal(Expected, All(feed));
    }

    [Fact]
    public void An_offset_is_taken_off()
        => Same(_folder.Write("a.csv", "timestamp,open,high,low,close,volume\n" + Rows(",", i => Stamp(i + 2, "yyyy-MM-dd'T'HH:mm:ss'+02:00'"))));

    [Theory]
    [InlineData("BTCUSDT_binance_1h.csv.gz", "BTCUSDT")]
    [InlineData("AAPL.csv", "AAPL")]
    [InlineData("_x.csv", "x")]
    [InlineData("EURUSD", "EURUSD")]
    public void The_symbol_is_the_files_name_up_to_the_first_underscore_or_dot(string file, string symbol)
    {
        using var feed = new CsvBarFeed(_folder.Write(file, "time,open,high,low,close\n2018-01-02,1,1,1,1\n"));
        Assert.Equal(symbol, feed.Symbol);
    }

    [Theory]
    [InlineData(60, "all", AssetClass.Crypto)]
    [InlineData(60, "fx", AssetClass.Fx)]
    [InlineData(240, "fx", AssetClass.Fx)]
    [InlineData(1, "fx", AssetClass.Fx)]
    [InlineData(60, "session", AssetClass.Equity)]
    [InlineData(1440, "weekdays", AssetClass.Equity)]
    [InlineData(1440, "all", AssetClass.Crypto)]
    public void The_kind_of_market_and_the_length_of_a_bar_show_in_the_stamps(int stepMinutes, string hours, AssetClass expected)
    {
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        // 2018-01-01 was a Monday.
        for (var t = new DateTime(2018, 1, 1, 0, 0, 0, DateTimeKind.Utc); t < new DateTime(2018, 1, 12, 0, 0, 0, DateTimeKind.Utc); t = t.AddMinutes(stepMinutes))
        {
            var weekend = t.DayOfWeek == DayOfWeek.Saturday || (t.DayOfWeek == DayOfWeek.Sunday && (t.Hour < 21 || stepMinutes == 1440)) || (t.DayOfWeek == DayOfWeek.Friday && t.Hour >= 22);
            if (hours == "all" || (!weekend && (hours != "session" || t.Hour is >= 14 and < 21)))
                text.Append(t.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)).Append(",1,1,1,1,1\n");
        }
        using var feed = new CsvBarFeed(_folder.Write("abc.csv", text.ToString()));
        Assert.Equal((expected, stepMinutes * 60 * EventTime.SecondUs), (feed.AssetClass, feed.StepUs));
    }

    [Fact]
    public void A_daily_bar_of_shares_is_known_at_21_hours_and_one_of_crypto_at_midnight()
    {
        var path = _folder.Write("a.csv", "date,open,high,low,close\n2018-01-04,1,1,1,1\n2018-01-05,1,1,1,1\n2018-01-08,1,1,1,1\n");
        using var shares = new CsvBarFeed(path);
        Assert.Equal([new(2018, 1, 4, 21, 0, 0), new(2018, 1, 5, 21, 0, 0), new DateTime(2018, 1, 8, 21, 0, 0)], All(shares).Select(b => b.CloseTime));
        using var crypto = new CsvBarFeed(path, new() { AssetClass = AssetClass.Crypto });
        Assert.Equal([new(2018, 1, 5), new(2018, 1, 6), new DateTime(2018, 1, 9)], All(crypto).Select(b => b.CloseTime));
    }

    [Fact]
    public void A_bar_before_a_gap_closes_one_step_after_its_start()
    {
        using var feed = new CsvBarFeed(_folder.Write("a.csv", "time,open,high,low,close\n2018-01-02T10:00:00Z,1,1,1,1\n2018-01-02T11:00:00Z,1,1,1,1\n2018-01-02T12:00:00Z,1,1,1,1\n2018-01-03T10:00:00Z,1,1,1,1\n"));
        Assert.Equal([11, 12, 13, 11], All(feed).Select(b => b.CloseTime.Hour));
    }

    [Fact]
    public void Only_bars_that_start_in_the_asked_span_are_handed_out()
    {
        var path = _folder.Write("a.csv", Rows(",", i => Stamp(i, "yyyy-MM-dd'T'HH:mm:ss'Z'")));
        using var feed = new CsvBarFeed(path, new() { From = new(2018, 1, 2, 15, 0, 0, DateTimeKind.Utc), To = new(2018, 1, 2, 16, 0, 0, DateTimeKind.Utc) });
        Assert.Equal(Expected[1], Assert.Single(All(feed)));
        Assert.Equal(1, feed.Quality.Bars);
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("123456.789012345")]
    [InlineData("9007199254740993")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("2.2250738585072011e-308")]
    [InlineData("5e-324")]
    [InlineData("0.30000000000000004")]
    [InlineData("8.5e2")]
    [InlineData("1E-05")]
    [InlineData(".5")]
    [InlineData("7.")]
    [InlineData("00012.50")]
    [InlineData("123456789012345678901234567890.5")]
    [InlineData("0.00000000000000000000000000012345")]
    public void A_number_is_the_nearest_double(string text)
    {
        using var feed = new CsvBarFeed(_folder.Write("a.csv", $"time,open,high,low,close,volume\n2018-01-02,{text},{text},{text},{text},1\n"));
        Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), Assert.Single(All(feed)).Close);
    }

    [Fact]
    public void A_hundred_thousand_random_decimals_are_the_nearest_doubles()
    {
        var random = new Random(7);
        Span<byte> bytes = stackalloc byte[64];
        for (var i = 0; i < 100_000; i++)
        {
            var digits = random.Next(1, 20);
            var text = string.Concat(Enumerable.Range(0, digits).Select(_ => (char)('0' + random.Next(10)))).Insert(random.Next(digits), ".");
            var length = Encoding.ASCII.GetBytes(text, bytes);
            var at = 0;
            if (CsvNumber.TryReadPlain(bytes[..length], ref at, (byte)',', (byte)'.', out var value))
                Assert.Equal(length, at);
            else
                Assert.Equal(NumberForm.Number, CsvNumber.Read(bytes[..length], (byte)'.', out value));
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), value);
        }
    }

    private static List<Bar> All(CsvBarFeed feed)
    {
        List<Bar> bars = [];
        while (feed.TryRead(out var bar, default))
            bars.Add(bar);
        return bars;
    }

    private static void Same(string path, string? name = null)
    {
        using var feed = new CsvBarFeed(path);
        Assert.Equal(Expected, All(feed));
        Assert.Equal(32, feed.Quality.DataHash.Length);
        Assert.True(name is null || feed.Progress == 1, name);
    }

    private static string Notes(string path)
    {
        using var feed = new CsvBarFeed(path);
        return string.Join("\n", feed.Quality.Notes);
    }
}
