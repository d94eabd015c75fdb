using Hone.Learning.Numerics;
using Hone.Trading.Labels;

namespace Hone.Trading.Tests.Labels;

public sealed class LabelUniquenessTests
{
    [Fact]
    public void It_is_the_mean_of_one_over_the_labels_alive_moment_by_moment_on_1000_random_sets()
    {
        var rng = new Rng(1, "uniqueness");
        for (var set = 0; set < 1000; set++)
        {
            var intervals = new LabelInterval[1 + rng.NextInt32(30)];
            for (var i = 0; i < intervals.Length; i++)
            {
                var start = rng.NextInt32(80);
                intervals[i] = new(start, start + 1 + rng.NextInt32(20));
            }
            var alive = new int[101];
            foreach (var interval in intervals)
                for (var t = interval.StartUs; t < interval.EndUs; t++)
                    alive[t]++;
            var uniqueness = new double[intervals.Length];
            LabelUniqueness.Compute(intervals, uniqueness);
            for (var i = 0; i < intervals.Length; i++)
            {
                double sum = 0;
                for (var t = intervals[i].StartUs; t < intervals[i].EndUs; t++)
                    sum += 1.0 / alive[t];
                Assert.Equal(sum / (intervals[i].EndUs - intervals[i].StartUs), uniqueness[i], 12);
            }
            Assert.Equal(uniqueness.Sum(), LabelUniqueness.EffectiveSampleSize(intervals), 12);
        }
    }

    [Fact]
    public void Labels_over_h_bars_asked_every_bar_are_worth_one_in_h()
    {
        var intervals = Enumerable.Range(0, 12_000).Select(i => new LabelInterval(i * 3_600_000_000L, (i + 12) * 3_600_000_000L)).ToArray();
        Assert.InRange(LabelUniqueness.EffectiveSampleSize(intervals), 1000, 1010);
    }

    [Fact]
    public void Labels_one_after_the_other_are_worth_one_each_and_equal_ones_share()
    {
        Assert.Equal(3, LabelUniqueness.EffectiveSampleSize([new(0, 10), new(10, 20), new(30, 40)]));
        Assert.Equal(1, LabelUniqueness.EffectiveSampleSize([new(0, 10), new(0, 10), new(0, 10), new(0, 10)]));
        Assert.Equal(0, LabelUniqueness.EffectiveSampleSize([]));
        Assert.Throws<ArgumentException>(() => LabelUniqueness.EffectiveSampleSize([default]));
    }
}
