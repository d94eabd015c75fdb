using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

public sealed class PageHinkleyTests
{
    private static readonly PageHinkleyOptions Classic = new() { Scaled = false, Delta = 0.005, Lambda = 50, Min = 30 };

    [Fact]
    public void Unscaled_it_is_the_published_recursion()
    {
        var detector = new PageHinkley(Classic);
        var random = new Rng(1, "recursion");
        double sum = 0, total = 0;
        var n = 0;
        var drifts = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var x = random.NextDouble() + i / 1_000;
            n++;
            total += x;
            sum = Math.Max(0, 0.9999 * sum + x - total / n - 0.005);
            var drift = n >= 30 && sum >= 50;
            Assert.Equal(drift, detector.Update(x) == DriftLevel.Drift);
            if (n >= 30)
                Assert.Equal(sum, detector.Statistic, 1e-8);
            if (!drift)
                continue;
            drifts++;
            (sum, total, n) = (0, 0, 0);
        }
        Assert.InRange(drifts, 3, 5);
    }

    [Fact]
    public void Scaled_the_unit_of_the_data_does_not_matter()
    {
        var small = new PageHinkley(new());
        var large = new PageHinkley(new());
        var random = new Rng(2, "unit");
        var drifts = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var x = random.NextGaussian() + i / 1_000;
            var level = small.Update(x / 1_024);
            Assert.Equal(level, large.Update(x * 1_024));
            drifts += level == DriftLevel.Drift ? 1 : 0;
        }
        Assert.InRange(drifts, 3, 6);
    }

    [Fact]
    public void Quiet_normal_values_raise_no_alarm_scaled_and_many_with_the_classic_limits()
    {
        int scaled = 0, classic = 0;
        var (a, b) = (new PageHinkley(new()), new PageHinkley(Classic));
        var random = new Rng(3, "quiet");
        for (var i = 0; i < 200_000; i++)
        {
            var x = random.NextGaussian();
            scaled += a.Update(x) == DriftLevel.Drift ? 1 : 0;
            classic += b.Update(x) == DriftLevel.Drift ? 1 : 0;
        }
        Assert.InRange(scaled, 0, 1);
        Assert.InRange(classic, 20, 120);
    }

    [Theory]
    [InlineData(DriftDirection.Up, true, false)]
    [InlineData(DriftDirection.Down, false, true)]
    [InlineData(DriftDirection.Both, true, true)]
    public void The_direction_decides_what_is_reported(DriftDirection direction, bool rise, bool fall)
    {
        Assert.Equal(rise, Alarms(direction, 1));
        Assert.Equal(fall, Alarms(direction, -1));
    }

    [Fact]
    public void One_wild_value_in_a_quiet_stream_is_not_drift()
    {
        var detector = new PageHinkley(new());
        for (var i = 0; i < 2_000; i++)
            Assert.NotEqual(DriftLevel.Drift, detector.Update(i == 1_500 ? 1e6 : i % 2));
    }

    [Fact]
    public void A_constant_stream_is_never_drift()
    {
        var detector = new PageHinkley(new());
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(DriftLevel.None, detector.Update(0.3));
    }

    private static bool Alarms(DriftDirection direction, double shift)
    {
        var detector = new PageHinkley(new() { Direction = direction });
        var random = new Rng(5, "direction");
        var alarmed = false;
        for (var i = 0; i < 1_500; i++)
            alarmed |= detector.Update(random.NextGaussian() + (i < 1_000 ? 0 : shift)) == DriftLevel.Drift;
        return alarmed;
    }
}
