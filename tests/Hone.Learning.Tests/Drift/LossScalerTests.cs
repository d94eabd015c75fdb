using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

public sealed class LossScalerTests
{
    [Fact]
    public void After_warming_up_the_mean_is_at_a_half_and_four_deviations_are_at_the_ends()
    {
        var scaler = new LossScaler(new());
        for (var i = 0; i < 100; i++)
            Assert.False(scaler.TryScale(i % 2 == 0 ? 0.23 : 0.27, out _));

        Assert.Equal(0.5, Scaled(scaler, 0.25), 1e-12);
        Assert.Equal(0.5 + 1.0 / 8, Scaled(scaler, 0.27), 1e-12);
        Assert.Equal(1, Scaled(scaler, 0.33), 1e-12);
        Assert.Equal(1, Scaled(scaler, 5));
        Assert.Equal(0, Scaled(scaler, -5));
        Assert.Equal(0.5, Scaled(scaler, 0.25), 1e-12);
    }

    [Fact]
    public void It_is_frozen_until_it_is_reset()
    {
        var scaler = new LossScaler(new() { WarmUp = 10 });
        for (var i = 0; i < 10; i++)
            scaler.TryScale(i % 2, out _);
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(0.75, Scaled(scaler, 1.5), 1e-12);

        scaler.Reset();
        Assert.False(scaler.Ready);
        for (var i = 0; i < 10; i++)
            Assert.False(scaler.TryScale(1 + i % 2, out _));
        Assert.Equal(0.5, Scaled(scaler, 1.5), 1e-12);
    }

    [Fact]
    public void A_constant_warm_up_gives_numbers()
    {
        var scaler = new LossScaler(new() { WarmUp = 5 });
        for (var i = 0; i < 5; i++)
            scaler.TryScale(0, out _);
        Assert.Equal(0.5, Scaled(scaler, 0));
        Assert.Equal(1, Scaled(scaler, 0.1));
    }

    [Fact]
    public void A_change_of_one_deviation_is_seen_several_times_sooner_through_the_scaler()
    {
        Assert.InRange(Delay(scaled: true), 20, 130);
        Assert.InRange(Delay(scaled: false), 300, 5_000);

        // Brier losses of a weak predictor, 0.25 ± 0.02, that become 0.27 ± 0.02.
        static double Delay(bool scaled)
        {
            double total = 0;
            for (ulong seed = 1; seed <= 20; seed++)
            {
                var scaler = new LossScaler(new());
                var adwin = new Adwin(new());
                var random = new Rng(seed, "weak");
                var i = 0;
                for (; i < 6_000; i++)
                {
                    var loss = 0.25 + 0.02 * random.NextGaussian() + (i < 1_000 ? 0 : 0.02);
                    if (scaled && !scaler.TryScale(loss, out loss))
                        continue;
                    if (adwin.Update(loss) == DriftLevel.Drift)
                        break;
                }
                Assert.True(i >= 1_000);
                total += i - 999;
            }
            return total / 20;
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_no_number_is_refused(double loss)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaler(new()).TryScale(loss, out _));
    }

    private static double Scaled(LossScaler scaler, double loss)
    {
        Assert.True(scaler.TryScale(loss, out var scaled));
        return scaled;
    }
}
