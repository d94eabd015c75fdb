using System.Text;
using Hone.Adapters.Feeds;
using Hone.Host.Runs;
using Hone.Learning.Drift;
using Hone.Trading;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Tests.Runs;

public class RunPiecesTests
{
    [Fact]
    public void A_recorded_bar_allocates_nothing()
    {
        using var place = new Workplace();
        var bars = Bars(46_000);
        var session = Session(bars);
        using var recorder = new RunRecorder(session, place.At("out"), PredictionRows.All);
        foreach (var bar in bars.AsSpan(0, 26_000))
            session.On(bar);
        var least = long.MaxValue;
        for (var from = 26_000; from < bars.Length; from += 4_000)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var bar in bars.AsSpan(from, 4_000))
                session.On(bar);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        // With rows, trades and tests of the features; an adaptation may take something, a bar never does.
        Assert.Equal(0, least);
        Assert.True(session.Real.Broker.Trades > 300);
    }

    [Fact]
    public void Predictions_stop_at_their_limit_and_count_what_is_left_out()
    {
        using var place = new Workplace();
        var bars = Bars(700);
        var session = Session(bars);
        using (var file = new PredictionsFile(place.At("p.csv"), session, rowsMax: 100))
        {
            session.Observer = new FileObserver(file);
            foreach (var bar in bars)
                session.On(bar);
            Assert.Equal(700 - 214 - 100, file.RowsLeftOut);
            Assert.Equal(["p.csv." + Environment.ProcessId + ".tmp"], place.Entries());
            file.Finish();
            file.Complete();
        }
        var rows = Workplace.Rows(place.At("p.csv"));
        Assert.Equal(100, rows.Count);
        // Answers that come after the limit still find the rows that wait.
        Assert.All(rows, row => Assert.NotEqual("", row["actual"]));
    }

    [Fact]
    public void The_newest_trades_are_kept_in_order()
    {
        var bars = Bars(40_000);
        var session = Session(bars);
        using var recorder = new RunRecorder(session, null, PredictionRows.None);
        var ids = 0;
        foreach (var bar in bars)
            session.On(bar);
        ids = session.Real.Broker.Trades;
        var shown = recorder.TradesShown;
        Assert.Equal(Math.Min(ids, 2000), shown.Count);
        Assert.Equal(Enumerable.Range(ids - shown.Count + 1, shown.Count), shown.Select(t => t.Id));
        Assert.All(shown, trade => Assert.Matches("^rule .+; panel up .+; logistic-regression [01]@", trade.Votes));
    }

    [Fact]
    public void Tests_of_the_features_are_thinned_evenly_and_none_is_made_up()
    {
        var bars = Bars(60_000, pureNoise: true);
        var session = Session(bars);
        var heat = new DriftHeat(session.Features.SelectedSchema.Features.Count, testsMax: 16);
        var times = new List<long>();
        var tests = 0L;
        foreach (var bar in bars)
        {
            session.On(bar);
            heat.Look(session.Learning.Inputs!, bar.CloseTimeUs);
            if (session.Learning.Inputs!.Tests == tests)
                continue;
            tests = session.Learning.Inputs.Tests;
            times.Add(bar.CloseTimeUs / 1000);
        }
        var kept = heat.Tests();
        Assert.True(times.Count > 64);
        Assert.InRange(kept.Count, 8, 16);
        var stride = times.IndexOf(kept[1].TimeMs) - times.IndexOf(kept[0].TimeMs);
        Assert.Equal(Enumerable.Range(1, kept.Count).Select(i => times[i * stride - 1]), kept.Select(k => k.TimeMs));
        Assert.Contains(kept[^1].Ratios, double.IsFinite);
    }

    [Fact]
    public void A_line_of_csv_may_be_longer_than_its_buffer_and_quotes_what_it_must()
    {
        using var stream = new MemoryStream();
        var line = new CsvLine(stream);
        line.Text("a,b");
        line.Text("say \"so\"");
        line.Text("two\r\nlines");
        line.Number(double.NaN);
        line.Number(double.PositiveInfinity);
        line.Number(0.5);
        line.Time(1_500_000);
        line.Time(0);
        line.End();
        var name = new string('ö', 3000);
        for (var i = 0; i < 100; i++)
            line.Text(name);
        line.End();
        line.Flush();
        var lines = Encoding.UTF8.GetString(stream.ToArray());
        Assert.StartsWith("\"a,b\",\"say \"\"so\"\"\",\"two\r\nlines\",,,0.5,1970-01-01T00:00:01.500000Z,1970-01-01T00:00:00Z\n", lines);
        Assert.EndsWith(string.Join(',', Enumerable.Repeat(name, 100)) + "\n", lines);
    }

    [Fact]
    public void A_file_has_its_name_only_when_it_is_complete_and_its_folder_goes_with_it()
    {
        using var place = new Workplace();
        using (var first = new AtomicFile(place.At("a/b/one")))
        using (var second = new AtomicFile(place.At("a/two")))
        {
            first.Stream.Write("half"u8);
            Assert.False(File.Exists(place.At("a/b/one")));
        }
        Assert.Empty(place.Entries());

        place.Text("kept", "old");
        using (var given = new AtomicFile(place.At("kept")))
            given.Stream.Write("new"u8);
        Assert.Equal("old", File.ReadAllText(place.At("kept")));

        using (var whole = new AtomicFile(place.At("c/d/whole")))
        using (var given = new AtomicFile(place.At("c/d/given")))
        {
            whole.Stream.Write("all"u8);
            whole.Complete();
        }
        Assert.Equal(["c", "c/d", "c/d/whole", "kept"], place.Entries());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Lanes_do_every_piece_once_and_report_the_first_error_in_order(int threads)
    {
        var done = new int[50];
        Lanes.For(done.Length, threads, default, i => Interlocked.Increment(ref done[i]));
        Assert.All(done, count => Assert.Equal(1, count));
        var error = Assert.Throws<InvalidOperationException>(() => Lanes.For(3, threads, default, i => throw new InvalidOperationException($"{i}")));
        Assert.Equal("0", error.Message);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => Lanes.For(3, threads, cancel.Token, _ => Assert.Fail("Nothing starts.")));
    }

    [Fact]
    public void A_range_gives_the_bars_that_start_in_it_and_speaks_of_them_alone()
    {
        var bars = Bars(100);
        var extras = Enumerable.Range(0, 100).Select(i => i % 10 == 0 ? double.NaN : i).ToArray();
        // A time without a zone is UTC.
        using var range = new RangeFeed(new ReplayFeed("A", bars, ["x"], extras), new DateTime(2015, 1, 2), new DateTime(2015, 1, 3, 0, 0, 0, DateTimeKind.Utc));
        var read = new List<Bar>();
        var row = new double[1];
        while (range.TryRead(out var bar, row))
            read.Add(bar);
        Assert.Equal(bars[24..48], read);
        Assert.Equal((24, 2), (range.Quality.Bars, range.Quality.MissingExtras));
        var same = new ReplayFeed("A", bars[24..48], ["x"], extras[24..48]);
        while (same.TryRead(out _, row))
        {
        }
        Assert.Equal(same.Quality.DataHash, range.Quality.DataHash);
    }

    private static Bar[] Bars(int count, bool pureNoise = false)
    {
        var market = new MarketSimulator(new SimulatorOptions { Bars = count, PureNoise = pureNoise });
        var bars = new Bar[count];
        for (var i = 0; i < count; i++)
            market.TryNext(out bars[i], out _);
        return bars;
    }

    private static TradingSession Session(Bar[] bars)
        => new(TradingCatalog.BuiltIn(), new SessionSetup(), new MarketInfo("SIM", AssetClass.Crypto, EventTime.HourUs, [], true, bars[0].Close));

    private sealed class FileObserver(PredictionsFile file) : ITradingObserver
    {
        public void OnBar(TradingSession session, in Bar bar)
        {
            if (session.Asked)
                file.Add(session, bar);
            if (file.IsDue)
                file.Write();
        }

        public void OnAnswer(TradingSession session, in Trading.Labels.ReleasedLabel label, in Learning.Sessions.Verdict verdict) => file.Answer(label);

        public void OnTrade(TradingSession session, in Trade trade, TradeEntry entry)
        {
        }

        public void OnDrift(in Learning.Sessions.DriftEvent drift)
        {
        }

        public void OnAdaptation(in Learning.Sessions.AdaptationEvent adaptation)
        {
        }
    }
}
