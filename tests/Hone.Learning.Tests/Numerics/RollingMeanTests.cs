using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Numerics;

public sealed class RollingMeanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void The_mean_is_that_of_the_last_values(int window)
    {
        var mean = new RollingMean(window);
        Assert.True(double.IsNaN(mean.Mean));
        var rng = new Rng(1, "rolling");
        List<double> values = [];
        for (var i = 0; i < 350; i++)
        {
            values.Add(rng.NextDouble());
            mean.Add(values[^1]);
            Assert.Equal(values.TakeLast(window).Average(), mean.Mean, 12);
            Assert.Equal(Math.Min(i + 1, window), mean.Count);
        }
        mean.Reset();
        Assert.Equal((0, true), (mean.Count, double.IsNaN(mean.Mean)));
        mean.Add(3);
        Assert.Equal(3, mean.Mean);
    }

    [Fact]
    public void Rounding_is_gone_once_the_ring_has_come_round()
    {
        var mean = new RollingMean(10);
        for (var i = 0; i < 10; i++)
            mean.Add(1e17);
        for (var i = 0; i < 10; i++)
            mean.Add(0.1);
        Assert.Equal(0.1, mean.Mean, 15);
    }

    [Fact]
    public void A_saved_window_goes_on_with_the_same_bits()
    {
        var rng = new Rng(2, "rolling");
        var mean = new RollingMean(13);
        for (var i = 0; i < 100; i++)
        {
            mean.Add(rng.NextDouble());
            var copy = new RollingMean(13);
            copy.Load(new StateReader(Saved(mean)), 0, 1);
            Assert.Equal((mean.Mean, mean.Count), (copy.Mean, copy.Count));
            if (i % 3 == 0)
                mean = copy;
        }
    }

    [Fact]
    public void An_impossible_window_is_refused()
    {
        var full = new RollingMean(4);
        for (var i = 0; i < 6; i++)
            full.Add(0.5);
        var half = new RollingMean(4);
        half.Add(0.5);
        half.Add(0.5);

        Refused(full, 4, 4);                             // goes on outside the ring
        Refused(full, 0, 5);                             // more values than there is room for
        Refused(half, 4, 1);                             // goes on inside what it has
        Refused(full, 8, BitConverter.DoubleToInt64Bits(2.1));
        Refused(full, 8, BitConverter.DoubleToInt64Bits(double.NaN));
        Refused(full, 20, BitConverter.DoubleToInt64Bits(1.5));
        Refused(full, 20, BitConverter.DoubleToInt64Bits(double.NaN));
        Refused(half, 44, BitConverter.DoubleToInt64Bits(0.25)); // a value where there is none yet
        new RollingMean(4).Load(new StateReader(Saved(full)), 0, 1);
        Assert.Throws<CorruptStateException>(() => new RollingMean(5).Load(new StateReader(Saved(full))));

        static void Refused(RollingMean mean, int at, long value)
        {
            var state = Saved(mean);
            var bytes = BitConverter.GetBytes(value);
            bytes.AsSpan(0, at < 8 ? 4 : 8).CopyTo(state.AsSpan(at));
            Assert.Throws<CorruptStateException>(() => new RollingMean(4).Load(new StateReader(state), 0, 1));
        }
    }

    private static byte[] Saved(RollingMean mean)
    {
        var writer = new StateWriter();
        mean.Save(writer);
        return writer.Written.ToArray();
    }
}
