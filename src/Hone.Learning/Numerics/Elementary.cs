using System.Runtime.CompilerServices;

namespace Hone.Learning.Numerics;

/// <summary>
/// Elementary functions in plain IEEE operations: the same bits on every CPU. The C library picks fused variants by CPU and
/// changes the bits of exp, log, pow, tanh and sin; nothing that is replayed may depend on that.
/// </summary>
public static class Elementary
{
    private const double Ln2Hi = 6.93147180369123816490e-01, Ln2Lo = 1.90821492927058770002e-10;
    private const double InverseLn2 = 1.44269504088896338700;

    /// <summary>e to the power x; 0 below −745.14, infinity above 709.79, NaN for NaN.</summary>
    public static double Exp(double x)
    {
        if (!(x < 709.782712893384))
            return double.IsNaN(x) ? double.NaN : double.PositiveInfinity;
        if (x < -745.1332191019412)
            return 0;
        var k = Math.Floor(x * InverseLn2 + 0.5);
        var r = x - k * Ln2Hi - k * Ln2Lo;
        var p = 1.0 / 6227020800;
        p = p * r + 1.0 / 479001600;
        p = p * r + 1.0 / 39916800;
        p = p * r + 1.0 / 3628800;
        p = p * r + 1.0 / 362880;
        p = p * r + 1.0 / 40320;
        p = p * r + 1.0 / 5040;
        p = p * r + 1.0 / 720;
        p = p * r + 1.0 / 120;
        p = p * r + 1.0 / 24;
        p = p * r + 1.0 / 6;
        p = p * r + 0.5;
        p = p * r * r + r;
        return Scale(1 + p, (int)k);
    }

    /// <summary>Natural logarithm; −infinity at 0, NaN below 0.</summary>
    public static double Log(double x)
    {
        if (!(x > 0))
            return x == 0 ? double.NegativeInfinity : double.NaN;
        if (double.IsPositiveInfinity(x))
            return x;
        var e = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0;
            e = -54;
        }
        var bits = BitConverter.DoubleToInt64Bits(x);
        e += (int)(bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            e++;
        }
        var f = m - 1;
        var s = f / (2 + f);
        var z = s * s;
        var p = 2.0 / 23;
        p = p * z + 2.0 / 21;
        p = p * z + 2.0 / 19;
        p = p * z + 2.0 / 17;
        p = p * z + 2.0 / 15;
        p = p * z + 2.0 / 13;
        p = p * z + 2.0 / 11;
        p = p * z + 2.0 / 9;
        p = p * z + 2.0 / 7;
        p = p * z + 2.0 / 5;
        p = p * z + 2.0 / 3;
        var half = 0.5 * f * f;
        return e * Ln2Hi - (half - (s * (half + p * z) + e * Ln2Lo) - f);
    }

    /// <summary>2 to the power x.</summary>
    public static double Pow2(double x) => Exp(x * 0.6931471805599453);

    /// <summary>x to the power y for x above 0.</summary>
    public static double Pow(double x, double y) => Exp(y * Log(x));

    /// <summary>Hyperbolic tangent.</summary>
    public static double Tanh(double x)
    {
        if (x > 20)
            return 1;
        if (x < -20)
            return -1;
        if (double.IsNaN(x))
            return x;
        var t = Exp(-2 * Math.Abs(x));
        return Math.CopySign((1 - t) / (1 + t), x);
    }

    /// <summary>1 / (1 + e^−x).</summary>
    public static double Sigmoid(double x)
    {
        if (x >= 0)
            return 1 / (1 + Exp(-x));
        var e = Exp(x);
        return e / (1 + e);
    }

    /// <summary>Sine of an angle in radians.</summary>
    public static double Sin(double x) => Cosine(x - 1.5707963267948966);

    /// <summary>Cosine of an angle in radians.</summary>
    public static double Cos(double x) => Cosine(x);

    private static double Cosine(double x)
    {
        var turns = Math.Floor(x / 6.283185307179586 + 0.5);
        var r = x - turns * 6.283185307179586;
        var z = r * r;
        return 1 + CosSeries(z);
    }

    private static double CosSeries(double z)
    {
        double term = 1, sum = 0;
        for (var n = 2; n <= 30; n += 2)
        {
            term *= -z / (n * (n - 1));
            sum += term;
        }
        return sum;
    }

    /// <summary>Probability that a standard normal is at most x.</summary>
    public static double NormalCdf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) > 38)
            return x > 0 ? 1 : 0;
        var density = Exp(-0.5 * x * x) * 0.3989422804014327;
        if (Math.Abs(x) < 5)
        {
            double term = x, sum = x;
            for (var n = 3; n < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n += 2)
            {
                term *= x * x / n;
                sum += term;
            }
            return 0.5 + density * sum;
        }
        var a = Math.Abs(x);
        var fraction = a;
        for (var n = 60; n >= 1; n--)
            fraction = a + n / fraction;
        return x > 0 ? 1 - density / fraction : density / fraction;
    }

    /// <summary>The x at which <see cref="NormalCdf"/> is p, for p in (0, 1).</summary>
    /// <remarks>Acklam's rational approximation, then one step of Halley's method.</remarks>
    public static double NormalQuantile(double p)
    {
        if (!(p > 0 && p < 1))
            return p == 0 ? double.NegativeInfinity : p == 1 ? double.PositiveInfinity : double.NaN;
        double x;
        if (p < 0.02425 || p > 1 - 0.02425)
        {
            var tail = p < 0.5 ? p : 1 - p;
            var q = Math.Sqrt(-2 * Log(tail));
            x = (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783)
                / ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1);
            return p < 0.5 ? x : -x;
        }
        var c = p - 0.5;
        var r = c * c;
        x = (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * c
            / (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1);
        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Scale(double x, int k)
    {
        if (k > 1023)
            return x * 8.98846567431158E307 * BitConverter.Int64BitsToDouble((long)(k - 1023 + 1023) << 52);
        return k < -1022
            ? x * BitConverter.Int64BitsToDouble((long)(k + 54 + 1023) << 52) * 5.551115123125783E-17
            : x * BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);
    }
}
