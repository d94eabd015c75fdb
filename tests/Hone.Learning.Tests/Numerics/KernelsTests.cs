using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Numerics;

/// <summary>Each kernel against the plain loop that it stands for, and one hash over many lengths for every CPU.</summary>
public sealed class KernelsTests
{
    [Fact]
    public void Bits_are_the_same_at_every_vector_width()
    {
        var rng = new Rng(7, "kernels");
        var hash = new Golden();
        for (var n = 0; n < 300; n++)
        {
            double[] x = Numbers(ref rng, n), v = Numbers(ref rng, n), w = Numbers(ref rng, n), a = Numbers(ref rng, n);
            double[] mean = Numbers(ref rng, n), variance = Positive(ref rng, n), count = Positive(ref rng, n), bound = Positive(ref rng, n), z = new double[n];
            if (n > 3)
                (x[n / 2], x[n - 1]) = (double.NaN, n % 2 == 0 ? double.PositiveInfinity : 1e300);
            hash.Add(Kernels.Dot(v, w));
            Kernels.Dots(v, w, a, out var vw, out var va);
            hash.Add(vw);
            hash.Add(va);
            Kernels.AddScaled(v, 0.3, w);
            Kernels.Scale(0.99, w);
            Kernels.StepAndAverage(v, 0.999, -0.01, w, 0.05, a);
            Kernels.Standardise(x, mean, variance, 5, z);
            Kernels.UpdateMoments(x, 100, bound, mean, variance, count);
            Kernels.AdamStep(v, 0.7, 0.01, 0.999, w, a, variance);
            foreach (var array in (double[][])[w, a, z, mean, variance, count])
                foreach (var value in array)
                    hash.Add(value);
            if (n > 40)
                continue;
            var units = 8 * (1 + n % 5);
            double[] matrix = Numbers(ref rng, n * units), y = Numbers(ref rng, units);
            Kernels.AddRows(v, matrix, y);
            Kernels.AddOuter(v, y, 0.99, matrix);
            foreach (var value in matrix)
                hash.Add(value);
        }
        Assert.Equal("dc400cfd2f683da1", hash.Text);
    }

    [Fact]
    public void Dot_sums_in_eight_lanes_and_then_the_rest_in_order()
    {
        var rng = new Rng(8, "kernels");
        for (var n = 0; n < 100; n++)
        {
            double[] x = Numbers(ref rng, n), w = Numbers(ref rng, n);
            var lanes = new double[8];
            for (var i = 0; i < n - n % 8; i++)
                lanes[i % 8] += x[i] * w[i];
            var expected = lanes[0] + lanes[4] + (lanes[2] + lanes[6]) + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]));
            for (var i = n - n % 8; i < n; i++)
                expected += x[i] * w[i];
            Assert.Equal(expected, Kernels.Dot(x, w));
            Kernels.Dots(x, w, x, out var xw, out var xx);
            Assert.Equal((Kernels.Dot(x, w), Kernels.Dot(x, x)), (xw, xx));
        }
    }

    [Fact]
    public void Element_wise_kernels_have_the_bits_of_the_plain_loop()
    {
        var rng = new Rng(9, "kernels");
        for (var n = 0; n < 40; n++)
        {
            double[] x = Numbers(ref rng, n), w = Numbers(ref rng, n), average = Numbers(ref rng, n);
            double[] plain = [.. w], plainAverage = [.. average];
            Kernels.AddScaled(x, 0.3, w);
            Kernels.Scale(0.9, w);
            Kernels.StepAndAverage(x, 0.99, 0.02, w, 0.1, average);
            for (var i = 0; i < n; i++)
            {
                plain[i] = (plain[i] + 0.3 * x[i]) * 0.9;
                plain[i] = plain[i] * 0.99 + x[i] * 0.02;
                plainAverage[i] += 0.1 * (plain[i] - plainAverage[i]);
            }
            Assert.Equal(plain, w);
            Assert.Equal(plainAverage, average);
        }
    }

    [Fact]
    public void A_layer_adds_its_rows_in_order_and_steps_along_the_outer_product()
    {
        var rng = new Rng(10, "kernels");
        foreach (var units in (int[])[8, 16, 24, 40])
        {
            double[] x = Numbers(ref rng, 13), matrix = Numbers(ref rng, 13 * units), y = Numbers(ref rng, units);
            double[] plainY = [.. y], plainMatrix = [.. matrix];
            for (var i = 0; i < x.Length; i++)
                for (var j = 0; j < units; j++)
                    plainY[j] += x[i] * plainMatrix[i * units + j];
            Kernels.AddRows(x, matrix, y);
            Assert.Equal(plainY, y);
            for (var i = 0; i < x.Length; i++)
                for (var j = 0; j < units; j++)
                    plainMatrix[i * units + j] = plainMatrix[i * units + j] * 0.9 + x[i] * y[j];
            Kernels.AddOuter(x, y, 0.9, matrix);
            Assert.Equal(plainMatrix, matrix);
        }
    }

    [Fact]
    public void Spans_of_different_lengths_are_refused()
    {
        double[] three = [1, 2, 3], four = [1, 2, 3, 4];
        Assert.Throws<ArgumentOutOfRangeException>(() => Kernels.Dot(three, four));
        Assert.Throws<ArgumentOutOfRangeException>(() => Kernels.AddScaled(three, 1, four));
        Assert.Throws<ArgumentOutOfRangeException>(() => Kernels.AddRows(three, four, new double[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Kernels.Standardise(four, three, four, 5, four));
    }

    private static double[] Numbers(ref Rng rng, int length)
    {
        var numbers = new double[length];
        foreach (ref var number in numbers.AsSpan())
            number = rng.NextGaussian();
        return numbers;
    }

    private static double[] Positive(ref Rng rng, int length)
    {
        var numbers = new double[length];
        foreach (ref var number in numbers.AsSpan())
            number = 3 * rng.NextDouble() + 0.1;
        return numbers;
    }
}
