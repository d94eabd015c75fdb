using Hone.Learning.Numerics;

namespace Hone.Learning.Drift;

/// <summary>Upper tail of Fisher's F for degrees of freedom that need not be whole numbers.</summary>
internal static class FisherDistribution
{
    /// <summary>Probability that F(<paramref name="degrees1"/>, <paramref name="degrees2"/>) is above <paramref name="value"/>.</summary>
    public static double Survival(double value, double degrees1, double degrees2)
        => value <= 0 ? 1 : RegularisedBeta(degrees2 / (degrees2 + degrees1 * value), 0.5 * degrees2, 0.5 * degrees1);

    /// <summary>The value whose <see cref="Survival"/> is <paramref name="probability"/>, to one part in 10⁷.</summary>
    public static double Quantile(double probability, double degrees1, double degrees2)
    {
        double low = 0, high = 2;
        while (Survival(high, degrees1, degrees2) > probability && high < 1e12)
            (low, high) = (high, high * 2);
        while (high - low > 1e-7 * high)
        {
            var middle = 0.5 * (low + high);
            if (Survival(middle, degrees1, degrees2) > probability)
                low = middle;
            else
                high = middle;
        }
        return high;
    }

    /// <summary>The regularised incomplete beta function I_x(a, b) by its continued fraction.</summary>
    /// <remarks>Abramowitz, Stegun, 26.5.8, evaluated with Lentz's method.</remarks>
    private static double RegularisedBeta(double x, double a, double b)
    {
        if (x <= 0)
            return 0;
        if (x >= 1)
            return 1;
        if (x > (a + 1) / (a + b + 2))
            return 1 - RegularisedBeta(1 - x, b, a);

        const double tiny = 1e-300;
        var front = Elementary.Exp(a * Elementary.Log(x) + b * Elementary.Log(1 - x) + LogGamma(a + b) - LogGamma(a) - LogGamma(b)) / a;
        double c = 1, d = 1 / NotZero(1 - (a + b) * x / (a + 1)), fraction = d;
        for (var i = 1; i <= 500; i++)
        {
            var even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            fraction *= d * c;
            var odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-14)
                break;
        }
        return Math.Min(1, front * fraction);

        static double NotZero(double value) => Math.Abs(value) < tiny ? tiny : value;
    }

    /// <summary>Logarithm of the gamma function above 0: shifted above 8, then Stirling's series.</summary>
    private static double LogGamma(double x)
    {
        double product = 1;
        while (x < 8)
            product *= x++;
        var z = 1 / (x * x);
        var series = (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z / 1188)))) / x;
        return (x - 0.5) * Elementary.Log(x) - x + 0.9189385332046727 + series - Elementary.Log(product);
    }
}
