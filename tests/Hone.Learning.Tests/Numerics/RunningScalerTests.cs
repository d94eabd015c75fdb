using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Numerics;

/// <summary>Standardising as the stream goes, with missing, constant and absurd values.</summary>
public sealed class RunningScalerTests
{
    [Fact]
    public void Standardised_values_have_mean_zero_and_deviation_one()
    {
        var scaler = new RunningScaler(19, 8, 1e9);
        var rng = new Rng(1, "scaler");
        double[] x = new double[19], z = new double[19];
        var seen = new Welford[19];
        for (var t = 0; t < 5000; t++)
        {
            for (var i = 0; i < 19; i++)
                x[i] = i * 1000 + Math.Pow(10, i % 7 - 3) * rng.NextGaussian();
            scaler.Apply(x, z);
            scaler.Learn(x);
            for (var i = 0; i < 19 && t > 500; i++)
                seen[i].Add(z[i]);
        }
        foreach (var feature in seen)
        {
            Assert.Equal(0, feature.Mean, 0.1);
            Assert.Equal(1, feature.StandardDeviation, 0.05);
        }
    }

    [Fact]
    public void Mean_and_deviation_are_those_of_Welford()
    {
        var scaler = new RunningScaler(1, 1e6, 1e9);
        var reference = new Welford();
        var rng = new Rng(2, "scaler");
        var z = new double[1];
        for (var t = 0; t < 99; t++)
        {
            var value = 5 + 3 * rng.NextGaussian();
            scaler.Learn([value]);
            reference.Add(value);
        }
        scaler.Apply([11.5], z);
        Assert.Equal((11.5 - reference.Mean) / reference.StandardDeviation, z[0], 1e-12);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_missing_value_is_the_mean_and_teaches_nothing(double missing)
    {
        // Five features: four in a vector register and one behind it.
        var scaler = new RunningScaler(5, 8, 1000);
        double[] before = new double[5], after = new double[5];
        for (var t = 0; t < 50; t++)
            scaler.Learn([t % 10, t, -t, t % 3, t % 7]);
        scaler.Apply([1, 2, 3, 1, 5], before);
        for (var t = 0; t < 5; t++)
            scaler.Learn([missing, missing, missing, missing, missing]);
        scaler.Apply([1, 2, 3, 1, 5], after);
        Assert.Equal(before, after);
        scaler.Apply([missing, missing, missing, missing, missing], after);
        Assert.Equal([0, 0, 0, 0, 0], after);
    }

    [Fact]
    public void A_constant_feature_says_nothing_and_an_outlier_is_clipped()
    {
        var scaler = new RunningScaler(2, 5, 1000);
        var z = new double[2];
        for (var t = 0; t < 200; t++)
            scaler.Learn([0.1, t % 2]);
        scaler.Apply([0.3, 1e12], z);
        Assert.Equal((0, 5), (z[0], z[1]));
    }

    [Fact]
    public void One_absurd_tick_does_not_silence_a_feature()
    {
        var scaler = new RunningScaler(1, 5, 10_000);
        var z = new double[1];
        for (var t = 0; t < 1000; t++)
            scaler.Learn([t % 2]);
        scaler.Learn([1e12]);
        scaler.Learn([0]);
        scaler.Apply([1], z);
        Assert.Equal(1, z[0], 0.1);
    }

    [Fact]
    public void A_lasting_change_of_scale_is_followed()
    {
        var scaler = new RunningScaler(1, 5, 1000);
        var rng = new Rng(3, "scaler");
        var z = new double[1];
        for (var t = 0; t < 2000; t++)
            scaler.Learn([rng.NextGaussian()]);
        for (var t = 0; t < 10_000; t++)
            scaler.Learn([1000 + 100 * rng.NextGaussian()]);
        scaler.Apply([1100], z);
        Assert.Equal(1, z[0], 0.2);
    }

    [Fact]
    public void The_largest_numbers_that_exist_do_not_poison_it()
    {
        var scaler = new RunningScaler(1, 5, 1000);
        var z = new double[1];
        for (var t = 0; t < 300; t++)
        {
            scaler.Learn([t % 3 == 0 ? double.MaxValue : t % 3 == 1 ? -double.MaxValue : 1e-320]);
            scaler.Apply([double.MaxValue], z);
            Assert.InRange(z[0], -5, 5);
        }
        var writer = new StateWriter();
        scaler.Save(writer);
        new RunningScaler(1, 5, 1000).Load(new StateReader(writer.WrittenMemory));
    }

    [Fact]
    public void A_saved_scaler_continues_bit_for_bit()
    {
        var scaler = new RunningScaler(19, 5, 500);
        var copy = new RunningScaler(19, 5, 500);
        var rng = new Rng(4, "scaler");
        double[] x = new double[19], a = new double[19], b = new double[19];
        for (var t = 0; t < 400; t++)
        {
            foreach (ref var value in x.AsSpan())
                value = rng.NextGaussian();
            scaler.Learn(x);
            if (t == 150)
            {
                var writer = new StateWriter();
                scaler.Save(writer);
                copy.Load(new StateReader(writer.WrittenMemory));
            }
            else if (t > 150)
            {
                copy.Learn(x);
                scaler.Apply(x, a);
                copy.Apply(x, b);
                Assert.Equal(a, b);
            }
        }
    }
}
