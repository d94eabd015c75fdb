using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Numerics;

public sealed class RollingMeansTests
{
    private static readonly double[] Zeros = [0, 0, 0, 0], Ones = [1, 1, 1, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Each_mean_is_that_of_its_last_values(int window)
    {
        var means = new RollingMeans(window);
        Assert.True(double.IsNaN(means[0]));
        var rng = new Rng(1, "rolling");
        List<double>[] values = [[], [], [], []];
        for (var i = 0; i < 350; i++)
        {
            foreach (var series in values)
                series.Add(rng.NextDouble());
            means.Add(values[0][^1], values[1][^1], values[2][^1], values[3][^1]);
            for (var s = 0; s < 4; s++)
                Assert.Equal(values[s].TakeLast(window).Average(), means[s], 12);
            Assert.Equal(Math.Min(i + 1, window), means.Count);
        }
        means.Reset();
        Assert.Equal((0, true), (means.Count, double.IsNaN(means[3])));
        means.Add(3, 4, 5, 6);
        Assert.Equal([3, 4, 5, 6], [means[0], means[1], means[2], means[3]]);
    }

    [Fact]
    public void The_bits_are_those_of_one_series_after_the_other()
    {
        var means = new RollingMeans(13);
        var rng = new Rng(3, "rolling");
        var ring = new double[13];
        double sum = 0;
        for (var i = 0; i < 400; i++)
        {
            var value = rng.NextGaussian();
            means.Add(0, value, 1, -value);
            sum -= ring[i % 13];
            sum += ring[i % 13] = value;
            if (i % 13 == 12)
                sum = ring.Aggregate(0.0, (total, kept) => total + kept);
            Assert.Equal(sum / Math.Min(i + 1, 13), means[1]);
            Assert.Equal(-means[1], means[3]);
        }
    }

    [Fact]
    public void Rounding_is_gone_once_the_ring_has_come_round()
    {
        var means = new RollingMeans(10);
        for (var i = 0; i < 10; i++)
            means.Add(1e17, 1e17, 1e17, 1e17);
        for (var i = 0; i < 10; i++)
            means.Add(0.1, 0.1, 0.1, 0.1);
        Assert.Equal(0.1, means[0], 15);
        Assert.Equal(0.1, means[3], 15);
    }

    [Fact]
    public void A_saved_window_goes_on_with_the_same_bits()
    {
        var rng = new Rng(2, "rolling");
        var means = new RollingMeans(13);
        for (var i = 0; i < 100; i++)
        {
            means.Add(rng.NextDouble(), rng.NextDouble(), rng.NextDouble(), rng.NextDouble());
            var copy = new RollingMeans(13);
            copy.Load(new StateReader(Saved(means)), Zeros, Ones);
            Assert.Equal((means[0], means[1], means[2], means[3], means.Count), (copy[0], copy[1], copy[2], copy[3], copy.Count));
            Assert.Equal(Saved(means), Saved(copy));
            if (i % 3 == 0)
                means = copy;
        }
    }

    [Fact]
    public void An_impossible_window_is_refused()
    {
        // Count, next, four sums, the length of the block, and the values, four together.
        const int Sums = 8, Values = 44;
        var full = new RollingMeans(4);
        for (var i = 0; i < 6; i++)
            full.Add(0.5, 0.5, 0.5, 0.5);
        var half = new RollingMeans(4);
        half.Add(0.5, 0.5, 0.5, 0.5);
        half.Add(0.5, 0.5, 0.5, 0.5);

        Refused(full, 0, 5);
        Refused(full, 4, 4);
        Refused(half, 4, 1);
        foreach (var poison in new[] { 2.1, double.NaN, double.PositiveInfinity })
        {
            Refused(full, Sums, poison);
            Refused(full, Sums + 24, poison);
        }
        foreach (var poison in new[] { 1.5, -0.5, 0.75, double.NaN })
        {
            Refused(full, Values, poison);
            Refused(full, Values + 15 * 8, poison);
        }
        Refused(half, Values + 2 * 32, 0.25);
        new RollingMeans(4).Load(new StateReader(Saved(full)), Zeros, Ones);
        Assert.Throws<CorruptStateException>(() => new RollingMeans(5).Load(new StateReader(Saved(full)), Zeros, Ones));

        static void Refused(RollingMeans means, int at, double value)
        {
            var state = Saved(means);
            (at < Sums ? BitConverter.GetBytes((int)value) : BitConverter.GetBytes(value)).CopyTo(state, at);
            Assert.Throws<CorruptStateException>(() => new RollingMeans(4).Load(new StateReader(state), Zeros, Ones));
        }
    }

    private static byte[] Saved(RollingMeans means)
    {
        var writer = new StateWriter();
        means.Save(writer);
        return writer.Written.ToArray();
    }
}
