using Hone.Trading.Market;

namespace Hone.Trading.Tests.Market;

public sealed class ReplayFeedTests
{
    private static Bar At(int hour, double close, double volume = 1) => new(hour * EventTime.HourUs, close, close + 1, close - 1, close, volume);

    [Fact]
    public void It_hands_out_its_bars_and_further_columns_in_order_and_counts_what_is_in_them()
    {
        Bar[] bars = [At(1, 10), At(2, 11, 0), At(5, 12), new(6 * EventTime.HourUs, 12, 12, 12, 12, 1), At(12, 13)];
        using var feed = new ReplayFeed("X", bars, ["a", "b"], [1, 2, 3, double.NaN, 5, 6, 7, 8, 9, 10]);
        var extras = new double[2];
        for (var i = 0; i < bars.Length; i++)
        {
            Assert.True(feed.TryRead(out var bar, extras));
            Assert.Equal(bars[i], bar);
            Assert.Equal(2 * i + 1, extras[0]);
        }
        Assert.False(feed.TryRead(out _, extras));
        var q = feed.Quality;
        Assert.Equal((5, 2, 7, 5, 6 * EventTime.HourUs), (q.Bars, q.Gaps, q.MissingBars, q.LongestGapBars, q.LongestGapAtUs));
        Assert.Equal((1, 1, 1), (q.ZeroVolume, q.FlatBars, q.MissingExtras));
        Assert.Equal((EventTime.HourUs, 1.0, 32), (feed.StepUs, feed.Progress, q.DataHash.Length));
    }

    [Fact]
    public void Poisoned_bars_go_through_for_probes_of_look_ahead()
    {
        using var feed = new ReplayFeed("X", [At(1, 10), new(2 * EventTime.HourUs, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN)]);
        Assert.True(feed.TryRead(out _, default) && feed.TryRead(out var bar, default) && double.IsNaN(bar.Close));
    }

    [Fact]
    public void Extra_values_that_do_not_fit_the_bars_are_refused()
        => Assert.Throws<ArgumentException>(() => new ReplayFeed("X", [At(1, 10)], ["a"], [1, 2]));

    [Fact]
    public void The_hash_sees_every_value_and_the_order()
    {
        var bars = new[] { At(1, 10), At(2, 11) };
        var hashes = new HashSet<string> { Hash(bars), Hash(bars[1], bars[0]), Hash(bars[0]), Hash() };
        for (var field = 0; field < 6; field++)
        {
            var b = bars[1];
            hashes.Add(Hash(bars[0], field switch
            {
                0 => b with { CloseTimeUs = b.CloseTimeUs + 1 },
                1 => b with { Open = Math.BitIncrement(b.Open) },
                2 => b with { High = Math.BitIncrement(b.High) },
                3 => b with { Low = Math.BitIncrement(b.Low) },
                4 => b with { Close = Math.BitIncrement(b.Close) },
                _ => b with { Volume = 0 },
            }));
        }
        Assert.Equal(10, hashes.Count);
        Assert.Equal(Hash(bars), Hash(bars));
        Assert.All(hashes, hash => Assert.Matches("^[0-9a-f]{32}$", hash));
        Assert.Equal(Hash(bars[0] with { Volume = -0.0 }), Hash(bars[0] with { Volume = 0.0 }));
        // Every bit of a word reaches half of the digest's bits.
        var flips = Enumerable.Range(0, 64).Average(bit =>
        {
            var other = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(1.5) ^ (1L << bit));
            var (x, y) = (Hash(bars[0] with { Close = 1.5 }), Hash(bars[0] with { Close = other }));
            return Enumerable.Range(0, 32).Sum(i => int.PopCount(Convert.ToInt32(x[i..(i + 1)], 16) ^ Convert.ToInt32(y[i..(i + 1)], 16)));
        });
        Assert.InRange(flips, 56, 72);
    }

    [Fact]
    public void The_usual_step_is_the_most_common_one_and_the_smaller_of_two()
    {
        var steps = new StepCount();
        Assert.Equal(0, steps.MostCommon);
        foreach (var step in new long[] { 0, -5, 60, 30, 60, 30, 90 })
            steps.Add(step);
        Assert.Equal(30, steps.MostCommon);
        steps.Add(60);
        Assert.Equal(60, steps.MostCommon);
        for (var i = 0; i < 5000; i++)
            steps.Add(i < 990 ? 60 : 7);
        Assert.Equal(60, steps.MostCommon);
    }

    private static string Hash(params Bar[] bars)
    {
        var hash = new BarHash();
        foreach (var bar in bars)
            hash.Add(bar);
        return hash.ToString();
    }
}
