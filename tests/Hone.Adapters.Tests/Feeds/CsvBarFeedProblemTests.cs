using System.Text;
using Hone.Adapters.Feeds;
using Hone.Learning;

namespace Hone.Adapters.Tests.Feeds;

public sealed class CsvBarFeedProblemTests : IDisposable
{
    private const string Header = "timestamp,open,high,low,close,volume\n";
    private const string Good = "2018-01-02T14:00:00Z,100,101,99,100.5,10\n2018-01-02T15:00:00Z,100.5,102,100,101,11\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2018-01-02T16:00:00Z,,101,99,100,1", "column 'open': the field is empty")]
    [InlineData("2018-01-02T16:00:00Z,NaN,101,99,100,1", "column 'open': 'NaN' is no value")]
    [InlineData("2018-01-02T16:00:00Z,null,101,99,100,1", "column 'open': 'null' is no value")]
    [InlineData("2018-01-02T16:00:00Z,100,inf,99,100,1", "column 'high': 'inf' is infinite")]
    [InlineData("2018-01-02T16:00:00Z,100,1e400,99,100,1", "column 'high': '1e400' is infinite")]
    [InlineData("2018-01-02T16:00:00Z,100,101,abc,100,1", "column 'low': 'abc' is not a number")]
    [InlineData("2018-01-02T16:00:00Z,100,101,0x10,100,1", "column 'low': '0x10' is not a number")]
    [InlineData("2018-01-02T16:00:00Z,100,101,$99,100,1", "column 'low': '$99' is not a number")]
    [InlineData("2018-01-02T16:00:00Z,100,101,99 USD,100,1", "column 'low': '99 USD' is not a number")]
    [InlineData("2018-01-02T16:00:00Z,100,101,9.9.9,100,1", "column 'low': '9.9.9' is not a number")]
    [InlineData("2018-01-02T16:00:00Z,100,101,0,100,1", "column 'low': '0' is not above 0")]
    [InlineData("2018-01-02T16:00:00Z,-100,101,99,100,1", "column 'open': '-100' is not above 0")]
    [InlineData("2018-01-02T16:00:00Z,100,98,99,100,1", "column 'high': '98' is below the low 99")]
    [InlineData("2018-01-02T16:00:00Z,105,101,99,100,1", "column 'high': '101' is below the open 105")]
    [InlineData("2018-01-02T16:00:00Z,100,101,99,102,1", "column 'high': '101' is below the close 102")]
    [InlineData("2018-01-02T16:00:00Z,99,101,99.5,100,1", "column 'low': '99.5' is above the open 99")]
    [InlineData("2018-01-02T16:00:00Z,100,101,99.5,99,1", "column 'low': '99.5' is above the close 99")]
    [InlineData("2018-01-02T16:00:00Z,100,101,99,100,-1", "column 'volume': '-1' is below 0")]
    [InlineData("2018-01-02T16:00:00Z,100,101,99,100,nan", "column 'volume': 'nan' is no value")]
    [InlineData("2018-01-02T16:00:00Z,100,101,99,100,", "column 'volume': the field is empty")]
    [InlineData("2018-01-02T13:00:00Z,100,101,99,100,1", "column 'timestamp': '2018-01-02T13:00:00Z' is before the bar before it, 2018-01-02T15:00:00Z")]
    [InlineData("2018-01-02T15:00:00Z,100.5,102,100,101,12", "column 'timestamp': '2018-01-02T15:00:00Z' comes twice, with different values")]
    [InlineData("2018-01-02T25:00:00Z,100,101,99,100,1", "column 'timestamp': '2018-01-02T25:00:00Z' is not a time")]
    [InlineData("2018-02-30T16:00:00Z,100,101,99,100,1", "column 'timestamp': '2018-02-30T16:00:00Z' is not a time")]
    [InlineData("yesterday,100,101,99,100,1", "column 'timestamp': 'yesterday' is not a time")]
    [InlineData(",100,101,99,100,1", "column 'timestamp': the field is empty")]
    [InlineData("1514908800,100,101,99,100,1", "column 'timestamp': '1514908800' is seconds since 1970 where the rows before have a date and time with zone")]
    [InlineData("2018-01-02,100,101,99,100,1", "column 'timestamp': '2018-01-02' is a date where the rows before have a date and time with zone")]
    [InlineData("2018-01-02T16:00:00,100,101,99,100,1", "column 'timestamp': '2018-01-02T16:00:00' is a date and time without zone")]
    [InlineData("2018-01-02T16:00:00Z,100,101,99,100", "'2018-01-02T16:00:00Z,100,101,99,100' has 5 fields where 6 are expected")]
    [InlineData("2018-01-02T16:00:00Z,1,100,101,99,100,1", "has 7 fields where 6 are expected")]
    [InlineData("2018-01-02T16:00:00Z", "has 1 field where 6 are expected")]
    [InlineData("2018-01-02T16:00:00Z,100,\"101,99,100,1", "has a quote that is not closed")]
    [InlineData("2018-01-02T16:00:00Z,100,\"101\"x,99,100,1", "has a quote that is not closed")]
    public void A_row_that_is_no_bar_is_named_with_line_column_and_value(string row, string message)
    {
        var path = _folder.Write("m.csv", Header + Good + row + "\n");
        var thrown = Problem(path, expectedBars: 2);
        Assert.StartsWith($"{path}, line 4", thrown.Message);
        Assert.Contains(message, thrown.Message);
        OneLineWithRemedy(thrown.Message);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\n\n", "has no line with data")]
    [InlineData("timestamp,open,high,low,close,volume\n", "a header and no bars")]
    [InlineData("timestamp,open,high,low,volume\n2018-01-02,1,1,1,1\n", "line 1, column 'close': there is no column for close (the header is timestamp,open,high,low,volume)")]
    [InlineData("day,open,high,low,close\n2018-01-02,1,1,1,1\n", "line 1, column 'time': there is no column for time")]
    [InlineData("2018-01-02,1,1,1\n2018-01-03,1,1,1\n", "there is no column for close (there are 4 columns without names)")]
    [InlineData("hello\n", "there is no column")]
    [InlineData("{\"a\":1}\n", "there is no column")]
    public void A_file_that_is_no_table_of_bars_says_so(string text, string message)
    {
        var thrown = Problem(_folder.Write("m.csv", text), 0);
        Assert.Contains(message, thrown.Message);
        OneLineWithRemedy(thrown.Message);
    }

    [Fact]
    public void Other_formats_are_named()
    {
        Assert.Contains("binary data", Problem(_folder.Write("a", [1, 0, 2, 0, 3, 9, 200, 10, 0, 0]), 0).Message);
        Assert.Contains("UTF-16", Problem(_folder.Write("b", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Header + Good)]), 0).Message);
        Assert.Contains("ZIP", Problem(_folder.Write("c", [(byte)'P', (byte)'K', 3, 4, 1, 1, 1, 1, 1]), 0).Message);
        Assert.Contains("Zstandard", Problem(_folder.Write("d", [0x28, 0xB5, 0x2F, 0xFD, 1, 1, 1, 1, 1]), 0).Message);
    }

    [Fact]
    public void A_missing_file_a_directory_and_a_forbidden_one_are_told_apart()
    {
        Assert.Contains("there is no such file", Problem(_folder["nope.csv"], 0).Message);
        Assert.Contains("this is a directory", Problem(_folder["."], 0).Message);
        Assert.Contains("no file name", Problem("a\0b", 0).Message);
        Assert.Contains("(no name)", Problem("", 0).Message);
        Assert.Contains("may not be read", FeedFile.Explained("x.csv", new UnauthorizedAccessException())!.Message);
        Assert.Contains("no such file", FeedFile.Explained("x.csv", new DirectoryNotFoundException())!.Message);
        Assert.Contains("disk", FeedFile.Explained("x.csv", new IOException("input/output error"))!.Message);
        Assert.Null(FeedFile.Explained("x.csv", new InvalidOperationException()));
    }

    [Fact]
    public void Gzip_that_ends_early_is_noticed_at_every_length()
    {
        var random = new Random(3);
        var text = new StringBuilder(Header);
        for (var i = 0; i < 60; i++)
            text.Append($"2018-01-{2 + i / 24:00}T{i % 24:00}:00:00Z,100,{101 + random.Next(9000)},9{random.Next(9)},100,{random.Next()}\n");
        var whole = TemporaryFolder.Gzip(text.ToString());
        var path = _folder.Write("m.csv.gz", whole);
        Assert.Equal(60, Bars(path));
        for (var length = 2; length < whole.Length; length++)
        {
            _folder.Write("m.csv.gz", whole[..length]);
            var thrown = Problem(path, -1);
            Assert.Contains("the gzip data end early", thrown.Message);
            OneLineWithRemedy(thrown.Message);
        }
        _folder.Write("m.csv.gz", whole[..(whole.Length / 2)]);
        var seen = 0;
        using var feed = new CsvBarFeed(path);
        var half = Assert.Throws<FeedException>(() =>
        {
            while (feed.TryRead(out _, default))
                seen++;
        });
        Assert.True(seen > 5);
        Assert.Contains($"line {seen + 1}: the gzip data end early (the file is truncated); {seen} good bars come before", half.Message);
    }

    [Fact]
    public void Damaged_gzip_and_rubbish_after_it_are_noticed()
    {
        var whole = TemporaryFolder.Gzip(Header + Good);
        var checksum = (byte[])whole.Clone();
        checksum[^7] ^= 1;
        Assert.Contains("damaged", Problem(_folder.Write("a.gz", checksum), -1).Message);
        Assert.Contains("no gzip data", Problem(_folder.Write("b.gz", [.. whole, 1, 2, 3, 4, 5, 6, 7, 8]), -1).Message);
        Assert.Contains("end early", Problem(_folder.Write("c.gz", [.. whole, .. whole[..15]]), -1).Message);
        Assert.Contains("damaged", Problem(_folder.Write("d.gz", [0x1F, 0x8B, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99]), 0).Message);
    }

    [Fact]
    public void A_line_without_end_is_refused_after_its_limit_without_reading_on()
    {
        // A sparse file of 10 GB of zeros: reading it would take minutes, refusing it takes a chunk.
        var path = _folder.Write("m.csv", Header + Good);
        using (var file = new FileStream(path, FileMode.Open))
            file.SetLength(10L << 30);
        var thrown = Problem(path, -1);
        Assert.Contains("binary data", thrown.Message);
        var ones = new byte[400_000];
        Array.Fill(ones, (byte)'1');
        var source = _folder.Write("n.csv", [.. Encoding.ASCII.GetBytes(Header + Good), .. ones]);
        using var feed = new CsvBarFeed(source);
        Assert.True(feed.TryRead(out _, default) && feed.TryRead(out _, default));
        var late = Assert.Throws<FeedException>(() => feed.TryRead(out _, default));
        Assert.Contains("line 4: '1111", late.Message);
        Assert.Contains("more than 65536 bytes; 2 good bars come before", late.Message);
        Assert.Contains("line 1", Problem(_folder.Write("o.csv", ones), 0).Message);
        Assert.Contains("more than 256 bytes", Problem(_folder.Write("p.csv", Header + Good + new string('1', 300) + "\n" + Good), 2, new() { LineBytesMax = 256 }).Message);
    }

    [Fact]
    public void A_huge_line_is_not_read_beyond_a_few_chunks()
    {
        var path = _folder.Write("m.csv", Header + Good + "2");
        using (var file = new FileStream(path, FileMode.Append))
        {
            var chunk = new byte[1 << 20];
            Array.Fill(chunk, (byte)'7');
            for (var i = 0; i < 32; i++)
                file.Write(chunk);
        }
        using var source = FeedFile.Open(path);
        var lines = new LineReader(source, 64 * 1024);
        lines.ReadHead();
        while (lines.TryRead(out _))
        {
        }
        Assert.NotNull(lines.Failure);
        Assert.InRange(source.Progress * 32 * (1 << 20), 0, 400_000);
    }

    [Fact]
    public void Duplicates_follow_the_policy()
    {
        var same = _folder.Write("a.csv", Header + Good + "2018-01-02T15:00:00Z,100.5,102,100,101,11\n");
        using (var feed = new CsvBarFeed(same))
        {
            while (feed.TryRead(out _, default))
            {
            }
            Assert.Equal((2, 1), (feed.Quality.Bars, feed.Quality.DuplicatesDropped));
        }
        Assert.Contains("comes twice", Problem(same, 2, new() { DuplicatePolicy = DuplicatePolicy.Refuse }).Message);
        var other = _folder.Write("b.csv", Header + Good + "2018-01-02T15:00:00Z,100.5,102,100,101,12\n");
        Assert.Equal(2, Bars(other, new() { DuplicatePolicy = DuplicatePolicy.KeepFirst }));
    }

    [Fact]
    public void Gaps_follow_the_policy()
    {
        var path = _folder.Write("a.csv", Header + Good + "2018-01-02T18:00:00Z,101,102,100,101.5,11\n2018-01-04T18:00:00Z,101,102,100,101,11\n");
        Assert.Contains("line 4: '2018-01-02T18:00:00Z' comes 3 bars after", Problem(path, 2, new() { GapPolicy = GapPolicy.Refuse }).Message);
        using var feed = new CsvBarFeed(path, new() { GapPolicy = GapPolicy.Fill });
        List<(int Hour, double Close, double Volume)> bars = [];
        while (feed.TryRead(out var bar, default))
            bars.Add((bar.CloseTime.Hour, bar.Close, bar.Volume));
        Assert.Equal([(15, 100.5, 10), (16, 101, 11), (17, 101, 0), (18, 101, 0), (19, 101.5, 11), (19, 101, 11)], bars);
        Assert.Equal((2, 6, 2), (feed.FilledBars, feed.Quality.Bars, feed.Quality.Gaps));
        Assert.Contains("2 bars were put into gaps", string.Join("\n", feed.Quality.Notes));
    }

    [Fact]
    public void A_span_without_bars_is_a_problem()
        => Assert.Contains("none of the bars starts between 2020-01-01T00:00:00Z and the end", Problem(_folder.Write("a.csv", Header + Good), 0, new() { From = new(2020, 1, 1) }).Message);

    [Fact]
    public void A_problem_stays_for_whoever_reads_on()
    {
        using var feed = new CsvBarFeed(_folder.Write("a.csv", Header + Good + "x,1,1,1,1,1\n2018-01-02T17:00:00Z,1,1,1,1,1\n"));
        Assert.True(feed.TryRead(out _, default) && feed.TryRead(out _, default));
        Assert.Throws<FeedException>(() => feed.TryRead(out _, default));
        Assert.Throws<FeedException>(() => feed.TryRead(out _, default));
        Assert.Equal("", feed.Quality.DataHash);
    }

    [Fact]
    public void A_value_is_shown_in_60_printable_characters()
    {
        var thrown = Problem(_folder.Write("m.csv", Header + Good + $"2018-01-02T16:00:00Z,{new string('x', 500)},1,1,1,1\n"), 2);
        Assert.Contains($"'{new string('x', 60)}…'", thrown.Message);
        var control = Problem(_folder.Write("m.csv", Header + Good + "2018-01-02T16:00:00Z,\u001b[31m\r\t\u2028,1,1,1,1\n"), 2);
        Assert.DoesNotContain(control.Message, c => char.IsControl(c) || c == '\u2028');
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        var path = _folder.Write("m.csv", Header + Good);
        Assert.Contains("'nope' is no column here; use one of timestamp,open", Problem(path, 0, new() { TimeColumn = "nope" }).Message);
        Assert.Contains("'px' is nothing that a column can be mapped to", Problem(path, 0, new() { Columns = new Dictionary<string, string> { ["px"] = "open" } }).Message);
        Assert.Contains("'x' is no separator", Problem(path, 0, new() { Separator = 'x' }).Message);
        Assert.Contains("line_bytes_max", Assert.Throws<InvalidOptionsException>(() => new CsvBarFeed(path, new() { LineBytesMax = 1 })).Message);
        Assert.Contains("is not a time", Problem(path, 0, new() { TimeFormat = "dd/MM/yyyy" }).Message);
    }

    [Fact]
    public void Seconds_and_milliseconds_are_not_mixed()
        => Assert.Contains("line 4, column 'time': '1514908800000' is milliseconds since 1970 where the rows before have seconds since 1970", Problem(
            _folder.Write("m.csv", "time,open,high,low,close,volume\n1514901600,1,1,1,1,1\n1514905200,1,1,1,1,1\n1514908800000,1,1,1,1,1\n"), 2).Message);

    [Fact]
    public void A_second_bar_inside_the_span_of_the_one_before_is_refused()
        => Assert.Contains("line 4: '2018-01-03T12:00:00Z' lies within the bar before, which closes at 2018-01-03T21:00:00Z", Problem(
            _folder.Write("m.csv", "time,open,high,low,close\n2018-01-02T00:00:00Z,1,1,1,1\n2018-01-03T00:00:00Z,1,1,1,1\n2018-01-03T12:00:00Z,1,1,1,1\n2018-01-04T00:00:00Z,1,1,1,1\n2018-01-05T00:00:00Z,1,1,1,1\n2018-01-08T00:00:00Z,1,1,1,1\n2018-01-09T00:00:00Z,1,1,1,1\n"), 2).Message);

    [Fact]
    public void A_file_that_runs_backwards_says_sort()
        => Assert.Contains("line 3, column 'timestamp': '2018-01-02T14:00:00Z' is before the bar before it, 2018-01-02T15:00:00Z; sort the file, oldest bar first", Problem(
            _folder.Write("m.csv", Header + "2018-01-02T15:00:00Z,1,1,1,1,1\n2018-01-02T14:00:00Z,1,1,1,1,1\n"), 1).Message);

    [Fact]
    public void Three_thousand_random_mutations_never_bring_anything_but_a_feed_exception()
    {
        var sources = new[]
        {
            Encoding.UTF8.GetBytes(Header + Good + Good.Replace("-02T", "-03T")),
            Encoding.UTF8.GetBytes("date;time;o;h;l;c;v;x\n2018.01.02;14:00;1,5;2,5;1;2;10;nan\n2018.01.02;15:00;1,5;2,5;1;2;10;\"7\"\n"),
            Encoding.UTF8.GetBytes("1514901600.5,1,1,1,1,1\n1514905200.5,1,1e0,1,1,1\n"),
            TemporaryFolder.Gzip(Header + Good),
        };
        var random = new Random(99);
        var alphabet = "0123456789.,;:-+TZeE\"\n\r\t |#NaNinf\0\xFF/ "u8.ToArray();
        var path = _folder["fuzz.csv"];
        var refused = 0;
        for (var trial = 0; trial < 3000; trial++)
        {
            var bytes = sources[trial % sources.Length].ToList();
            for (var edits = random.Next(1, 6); edits > 0 && bytes.Count > 0; edits--)
            {
                var at = random.Next(bytes.Count);
                var value = random.Next(2) == 0 ? alphabet[random.Next(alphabet.Length)] : (byte)random.Next(256);
                switch (random.Next(5))
                {
                    case 0:
                        bytes.RemoveAt(at);
                        break;
                    case 1:
                        bytes.Insert(at, value);
                        break;
                    case 2:
                        bytes.RemoveRange(at, Math.Min(random.Next(30), bytes.Count - at));
                        break;
                    case 3:
                        bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at)));
                        break;
                    default:
                        bytes[at] = value;
                        break;
                }
            }
            File.WriteAllBytes(path, [.. bytes]);
            try
            {
                using var feed = new CsvBarFeed(path);
                var extras = new double[feed.ExtraColumns.Count];
                var before = long.MinValue;
                while (feed.TryRead(out var bar, extras))
                {
                    Assert.True(bar.CloseTimeUs > before && bar.Low > 0 && bar.High >= bar.Low && double.IsFinite(bar.High) && bar.Volume >= 0);
                    before = bar.CloseTimeUs;
                }
            }
            catch (FeedException e)
            {
                refused++;
                Assert.DoesNotContain(e.Message, char.IsControl);
            }
            Assert.NotNull(BarDataCheck.Check(path));
        }
        Assert.InRange(refused, 1000, 2990);
    }

    private static int Bars(string path, CsvFeedOptions? options = null)
    {
        using var feed = new CsvBarFeed(path, options);
        var bars = 0;
        while (feed.TryRead(out _, default))
            bars++;
        return bars;
    }

    private static FeedException Problem(string path, int expectedBars, CsvFeedOptions? options = null)
    {
        var bars = 0;
        var thrown = Assert.Throws<FeedException>(() =>
        {
            using var feed = new CsvBarFeed(path, options);
            while (feed.TryRead(out _, default))
                bars++;
        });
        if (expectedBars >= 0)
            Assert.Equal(expectedBars, bars);
        return thrown;
    }

    private static void OneLineWithRemedy(string message)
    {
        Assert.DoesNotContain(message, char.IsControl);
        Assert.Contains("; ", message);
        Assert.EndsWith(".", message);
    }
}
