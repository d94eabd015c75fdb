using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Numerics;

/// <summary>Accuracy against 31-digit arithmetic, behaviour at the ends, and the same bits on every CPU.</summary>
public sealed class ElementaryTests
{
    private const double Bound = 3e-16;

    [Fact]
    public void Exp_is_accurate_over_its_whole_range()
    {
        Assert.InRange(Worst(-700, 709, 4000, Elementary.Exp, x => Exact.Exp(x)), 0, Bound);
        Assert.InRange(Worst(-2, 2, 4000, Elementary.Exp, x => Exact.Exp(x)), 0, Bound);
    }

    [Fact]
    public void Log_is_accurate_near_one_and_far_from_it()
    {
        Assert.InRange(Worst(0.5, 2, 4000, Elementary.Log, Exact.Log), 0, Bound);
        Assert.InRange(Worst(0.999, 1.001, 1500, Elementary.Log, Exact.Log), 0, Bound);
        Assert.InRange(Worst(-600, 600, 1500, u => Elementary.Log(Math.Exp(u)), u => Exact.Log(Math.Exp(u))), 0, Bound);
    }

    [Fact]
    public void Pow_is_accurate_even_where_the_result_is_huge()
    {
        var rng = new Rng(5, "pow");
        var worst = 0.0;
        for (var i = 0; i < 5000; i++)
        {
            var x = Math.Exp(20 * rng.NextDouble() - 10);
            var y = (2 * rng.NextDouble() - 1) * 690 / Math.Max(1, Math.Abs(Math.Log(x)));
            worst = Math.Max(worst, Exact.Exp(Exact.Log(x) * y).RelativeError(Elementary.Pow(x, y)));
        }
        Assert.InRange(worst, 0, Bound);
        Assert.InRange(Worst(0.9, 1.1, 1500, x => Elementary.Pow(x, 6000), x => Exact.Exp(Exact.Log(x) * 6000)), 0, Bound);
    }

    [Fact]
    public void Pow2_is_accurate_and_exact_at_integers()
    {
        Assert.InRange(Worst(-1000, 1000, 4000, Elementary.Pow2, x => Exact.Exp(Exact.Ln2 * x)), 0, Bound);
        for (var k = -1074; k <= 1023; k++)
            Assert.Equal(Math.ScaleB(1, k), Elementary.Pow2(k));
    }

    [Fact]
    public void Tanh_is_accurate_also_near_zero()
    {
        Assert.InRange(Worst(-3, 3, 4000, Elementary.Tanh, Exact.Tanh), 0, Bound);
        Assert.InRange(Worst(-1e-3, 1e-3, 1500, Elementary.Tanh, Exact.Tanh), 0, Bound);
        Assert.InRange(Worst(-21, 21, 1500, Elementary.Tanh, Exact.Tanh), 0, Bound);
    }

    [Fact]
    public void Sigmoid_is_accurate_in_both_tails()
        => Assert.InRange(Worst(-600, 40, 4000, Elementary.Sigmoid, x => 1 / (1 + Exact.Exp(-(Exact)x))), 0, 3.3e-16);

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(1e6)]
    public void Sin_and_Cos_are_accurate_up_to_a_million_radians(double range)
    {
        Assert.InRange(Worst(-range, range, 3000, Elementary.Sin, x => Exact.Sin(x)), 0, Bound);
        Assert.InRange(Worst(-range, range, 3000, Elementary.Cos, x => Exact.Sin(x, 1)), 0, Bound);
    }

    [Theory]
    [InlineData(3.141592653589793, 1.2246467991473532e-16)]
    [InlineData(1115.2653920243765, 7.544938447893555e-14)]
    [InlineData(327818.9102167878, 2.6940394509246798e-11)]
    [InlineData(654522.5550415511, -1.1209987419644908e-11)]
    [InlineData(999997.2159715135, -3.895427017286711e-11)]
    public void Sin_keeps_its_digits_beside_its_zeros(double x, double expected)
        => Assert.InRange(Math.Abs(Elementary.Sin(x) / expected - 1), 0, 4e-16);

    [Fact]
    public void Cos_keeps_its_digits_beside_its_zeros()
        => Assert.InRange(Math.Abs(Elementary.Cos(999995.6451751867) / 1.6690046589005785e-11 - 1), 0, 4e-16);

    [Fact]
    public void NormalCdf_is_accurate_in_the_body_and_in_the_lower_tail()
    {
        Assert.InRange(Worst(-6, 6, 4000, Elementary.NormalCdf, Exact.NormalCdf), 0, 1e-15);
        Assert.InRange(Worst(-37, -5, 200, Elementary.NormalCdf, Exact.NormalCdf), 0, 2e-15);
    }

    [Fact]
    public void NormalQuantile_is_the_inverse_of_NormalCdf()
    {
        var rng = new Rng(11, "quantile");
        for (var i = 0; i < 5000; i++)
        {
            var p = i % 2 == 0 ? rng.NextDouble() : Math.Exp(-60 * rng.NextDouble());
            var back = Elementary.NormalCdf(Elementary.NormalQuantile(p));
            Assert.InRange(Math.Abs(back - p) / p, 0, 2e-13);
            Assert.InRange(Math.Abs(back - p), 0, 1e-15);
        }
    }

    [Fact]
    public void Ends_and_missing_values_are_what_IEEE_says()
    {
        double inf = double.PositiveInfinity, nan = double.NaN;
        Assert.Equal([inf, 0, nan, 1, inf, 0], [Elementary.Exp(710), Elementary.Exp(-746), Elementary.Exp(nan), Elementary.Exp(0), Elementary.Exp(inf), Elementary.Exp(-inf)]);
        Assert.Equal([-inf, nan, inf, nan, 0], [Elementary.Log(0), Elementary.Log(-1), Elementary.Log(inf), Elementary.Log(nan), Elementary.Log(1)]);
        Assert.Equal(-744.4400719213812, Elementary.Log(5e-324));
        Assert.Equal([1, 1, 0, inf, nan, inf, 0, 32], [Elementary.Pow(2, 0), Elementary.Pow(1, inf), Elementary.Pow(0, 2), Elementary.Pow(0, -2), Elementary.Pow(-2, 2), Elementary.Pow(2, 1e300), Elementary.Pow(0.5, 1e300), Elementary.Pow(2, 5)]);
        Assert.Equal([1, -1, nan, 0], [Elementary.Tanh(inf), Elementary.Tanh(-inf), Elementary.Tanh(nan), Elementary.Tanh(0)]);
        Assert.Equal([1, 0, nan, 0.5], [Elementary.Sigmoid(inf), Elementary.Sigmoid(-inf), Elementary.Sigmoid(nan), Elementary.Sigmoid(0)]);
        Assert.Equal([nan, nan, 0, 1], [Elementary.Sin(inf), Elementary.Cos(nan), Elementary.Sin(0), Elementary.Cos(0)]);
        Assert.Equal([1, 0, nan, 0.5], [Elementary.NormalCdf(inf), Elementary.NormalCdf(-inf), Elementary.NormalCdf(nan), Elementary.NormalCdf(0)]);
        Assert.Equal([-inf, inf, nan, nan, 0], [Elementary.NormalQuantile(0), Elementary.NormalQuantile(1), Elementary.NormalQuantile(-0.1), Elementary.NormalQuantile(nan), Elementary.NormalQuantile(0.5)]);
        Assert.InRange(Elementary.Sin(1e300), -1, 1);
        Assert.Equal(Math.Exp(709.7), Elementary.Exp(709.7), 1e293);
        Assert.Equal(Math.Exp(-740), Elementary.Exp(-740), 1e-323);
    }

    [Fact]
    public void Bits_are_the_same_on_every_CPU()
    {
        var rng = new Rng(1, "golden");
        var hash = new Golden();
        for (var i = 0; i < 2000; i++)
        {
            var u = rng.NextDouble();
            hash.Add(Elementary.Exp(1400 * u - 700));
            hash.Add(Elementary.Log(u));
            hash.Add(Elementary.Pow(100 * u, 3 - 6 * u));
            hash.Add(Elementary.Pow2(100 * u - 50));
            hash.Add(Elementary.Tanh(6 * u - 3));
            hash.Add(Elementary.Sigmoid(20 * u - 10));
            hash.Add(Elementary.Sin(2e6 * u - 1e6));
            hash.Add(Elementary.Cos(20 * u - 10));
            hash.Add(Elementary.NormalCdf(16 * u - 8));
            hash.Add(Elementary.NormalQuantile(u));
        }
        Assert.Equal("0f6182dc70e96ec7", hash.Text);
    }

    private static double Worst(double from, double to, int count, Func<double, double> function, Func<double, Exact> reference)
    {
        var rng = new Rng(3, "accuracy");
        var worst = 0.0;
        for (var i = 0; i < count; i++)
        {
            var x = from + (to - from) * rng.NextDouble();
            var error = reference(x).RelativeError(function(x));
            if (!(error <= worst))
                worst = error;
        }
        return worst;
    }
}
