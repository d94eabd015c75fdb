using System.Globalization;
using System.Text.Json;
using Hone.Adapters.Feeds;
using Hone.Learning;
using Hone.Trading.Market;

namespace Hone.Adapters.Tests.Feeds;

public sealed class SimulatedMarketFilesTests : IDisposable
{
    private static readonly SimulatorOptions Market = new() { Bars = 5000, Seed = 3, DriftBars = [2000, 3500] };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("m.csv", 60)]
    [InlineData("m.csv.gz", 1)]
    [InlineData("m", 1440)]
    public void What_was_simulated_reads_back_bit_for_bit(string name, int stepMinutes)
    {
        var options = Market with { StepMinutes = stepMinutes };
        SimulatedMarketFiles.Write(options, _folder[name]);
        using var simulated = new SimulatedFeed(options);
        using var read = new CsvBarFeed(_folder[name]);
        Assert.Equal((simulated.StepUs, AssetClass.Crypto), (read.StepUs, read.AssetClass));
        while (simulated.TryRead(out var bar, default))
        {
            Assert.True(read.TryRead(out var same, default));
            Assert.Equal(bar, same);
        }
        Assert.False(read.TryRead(out _, default));
        Assert.Equal(simulated.Quality.DataHash, read.Quality.DataHash);
        Assert.Equal((5000, 0, 0), (read.Quality.Bars, read.Quality.Gaps, simulated.Quality.Gaps));
    }

    [Fact]
    public void The_truth_stands_beside_the_bars_and_nothing_half_written_stays()
    {
        var shares = new List<double>();
        var files = SimulatedMarketFiles.Write(Market, _folder["m.csv"], shares.Add);
        Assert.Equal(["m.csv", "m.truth.csv", "m.truth.json"], _folder.Names);
        Assert.Equal(1, shares[^1]);
        using var truth = JsonDocument.Parse(File.ReadAllText(files.Truth));
        Assert.Equal([2000, 3500], truth.RootElement.GetProperty("drift_points").EnumerateArray().Select(d => d.GetProperty("bar").GetInt64()));
        Assert.Equal(SimulatedConcept.All.Count, truth.RootElement.GetProperty("concepts").GetArrayLength());
        Assert.Equal(0.8, truth.RootElement.GetProperty("concepts")[0].GetProperty("momentum").GetDouble());
        var options = (SimulatorOptions)Options.Read("simulator", typeof(SimulatorOptions), truth.RootElement.GetProperty("options"));
        Assert.Equal((Market.Seed, Market.Bars, Market.StartTime), (options.Seed, options.Bars, options.StartTime));

        var rows = File.ReadAllLines(files.TruthByBar);
        Assert.Equal("timestamp,expected_return,expected_return_12,trend,concept", rows[0]);
        Assert.Equal(5001, rows.Length);
        using var feed = new SimulatedFeed(Market);
        foreach (var row in rows[1..])
        {
            feed.TryRead(out var bar, default);
            var fields = row.Split(',');
            Assert.Equal(bar.CloseTime.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), fields[0]);
            Assert.Equal((feed.Truth.ExpectedReturn, feed.Truth.ExpectedReturn12), (double.Parse(fields[1], CultureInfo.InvariantCulture), double.Parse(fields[2], CultureInfo.InvariantCulture)));
            Assert.Equal((feed.Truth.Trend.ToString().ToLowerInvariant(), feed.Truth.Concept.ToString(CultureInfo.InvariantCulture)), (fields[3], fields[4]));
        }
    }

    [Fact]
    public void A_failed_write_leaves_the_old_files_as_they_were()
    {
        _folder.Write("m.csv", "old");
        Directory.CreateDirectory(_folder["m.truth.csv.part"]);
        Assert.ThrowsAny<Exception>(() => SimulatedMarketFiles.Write(Market, _folder["m.csv"]));
        Assert.Equal("old", File.ReadAllText(_folder["m.csv"]));
        Assert.Equal(["m.csv"], _folder.Names);
    }

    [Fact]
    public void Reading_allocates_nothing_per_bar()
    {
        SimulatedMarketFiles.Write(Market with { Bars = 30_000 }, _folder["m.csv"]);
        var text = File.ReadAllText(_folder["m.csv"]);
        _folder.Write("m.csv.gz", TemporaryFolder.Gzip(text));
        foreach (var name in new[] { "m.csv", "m.csv.gz" })
        {
            using var feed = new CsvBarFeed(_folder[name]);
            for (var i = 0; i < 10_000; i++)
                Assert.True(feed.TryRead(out _, default));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 19_000; i++)
                feed.TryRead(out _, default);
            // The decompressor may take a buffer from the pool once.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, name == "m.csv" ? 0 : 20_000);
            Assert.Equal(29_000, feed.Quality.Bars);
        }
    }

    [Fact]
    public void Unusual_numbers_and_times_allocate_nothing_either()
    {
        var rows = string.Concat(Enumerable.Range(0, 20_000).Select(i =>
            $"\"{new DateTime(2018, 1, 1).AddHours(i).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}\";1,5e0;\"2,12345678901234567890\";+1;1,25; 3 ;\n"));
        using var feed = new CsvBarFeed(_folder.Write("m.csv", "time;open;high;low;close;volume;extra\n" + rows));
        for (var i = 0; i < 10_000; i++)
            Assert.True(feed.TryRead(out _, default));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 9_000; i++)
            feed.TryRead(out _, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
