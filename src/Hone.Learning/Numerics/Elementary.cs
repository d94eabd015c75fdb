using System.Runtime.CompilerServices;

namespace Hone.Learning.Numerics;

/// <summary>
/// Elementary functions in plain IEEE operations: the same bits on every CPU. The C library picks fused variants by CPU and
/// changes the bits of exp, log, pow, tanh and sin; nothing that is replayed may depend on that.
/// </summary>
/// <remarks>
/// <para>The relative error is below 3·10⁻¹⁶ where no other bound is given. Polynomials are evaluated in pairs (Estrin): the
/// order is fixed in the source and short chains are what makes them fast.</para>
/// <para>Exact products and sums: Dekker, "A floating-point technique for extending the available precision", Numerische
/// Mathematik 18, 1971. Normal distribution: Cody, "Rational Chebyshev approximations for the error function", Mathematics of
/// Computation 23, 1969. Normal quantile: Wichura, "Algorithm AS 241", Applied Statistics 37(3), 1988.</para>
/// </remarks>
public static class Elementary
{
    // The high part has 21 trailing zero bits, so that k·Ln2Hi is exact for every exponent k.
    private const double Ln2Hi = 0.6931471803691238, Ln2Lo = 1.9082149292705877e-10, Ln2 = 0.6931471805599453;
    private const double InverseLn2 = 1.4426950408889634, InverseHalfPi = 0.6366197723675814;

    // π/2 in three parts of 33 bits, each exact when multiplied by up to 2²⁰, and the rest.
    private const double HalfPi1 = 1.5707963267341256, HalfPi2 = 6.077100506303966e-11, HalfPi3 = 2.0222662487111665e-21, HalfPi4 = 8.4784276603689e-32;
    private const double ExactTurnsMax = 1647099;

    // Adding and subtracting 1.5·2⁵² rounds to the nearest integer, which then stands in the low bits.
    private const double Rounder = 6755399441055744.0;

    /// <summary>e to the power x; 0 below −745.14, infinity above 709.78, NaN for NaN.</summary>
    public static double Exp(double x)
    {
        if (!(Math.Abs(x) < 708))
            return ExpAtTheEnds(x);
        var shifted = x * InverseLn2 + Rounder;
        var k = shifted - Rounder;
        var r = x - k * Ln2Hi - k * Ln2Lo;
        return (1 + (r + r * r * ExpTail(r))) * BitConverter.Int64BitsToDouble((BitConverter.DoubleToInt64Bits(shifted) + 1023) << 52);
    }

    /// <summary>Natural logarithm; −infinity at 0, NaN below 0.</summary>
    public static double Log(double x)
    {
        if (!(x >= 2.2250738585072014e-308 && x <= double.MaxValue))
            return LogAtTheEnds(x);
        return LogOfNormal(x, 0);
    }

    /// <summary>2 to the power x; exact where x is an integer.</summary>
    public static double Pow2(double x)
    {
        if (!(x < 1024))
            return double.IsNaN(x) ? x : double.PositiveInfinity;
        if (x < -1075)
            return 0;
        var k = x + Rounder - Rounder;
        var r = (x - k) * Ln2;
        return Scale(1 + (r + r * r * ExpTail(r)), (int)k);
    }

    /// <summary>x to the power y for x from 0 up; NaN for x below 0. The power zero is 1.</summary>
    public static double Pow(double x, double y)
    {
        if (y == 0 || x == 1)
            return 1;
        if (!(x >= 0) || double.IsNaN(y))
            return double.NaN;
        if (x == 0 || double.IsPositiveInfinity(x) || Math.Abs(y) > 1e20)
            return x > 1 == y > 0 ? double.PositiveInfinity : 0;
        LogExact(x, out var high, out var low);
        MultiplyExact(y, high, out var product, out var error);
        error += y * low;
        if (product > 709.8)
            return double.PositiveInfinity;
        if (product < -745.2)
            return 0;
        return ExpOfSum(product, error);
    }

    /// <summary>Hyperbolic tangent.</summary>
    public static double Tanh(double x)
    {
        var a = Math.Abs(x);
        if (a < 1)
        {
            // The eighth convergent of Lambert's continued fraction, as x plus a correction.
            var z = x * x;
            var z2 = z * z;
            var above = 11486475 + 810810 * z + z2 * (12870 + 44 * z);
            var below = 34459425 + 16216200 * z + z2 * (945945 + 13860 * z + 45 * z2);
            return x - x * (z * above / below);
        }
        if (!(a < 20))
            return double.IsNaN(x) ? x : Math.CopySign(1, x);
        return Math.CopySign(1 - 2 / (Exp(2 * a) + 1), x);
    }

    /// <summary>1 / (1 + e^−x). Relative error below 4·10⁻¹⁶.</summary>
    public static double Sigmoid(double x)
    {
        var e = Exp(-Math.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    /// <summary>Sine of an angle in radians, |x| up to 10⁶; beyond, as accurate as moving x by half a unit in its last place.</summary>
    public static double Sin(double x) => Circular(x, 0);

    /// <summary>Cosine of an angle in radians, |x| up to 10⁶; beyond, as accurate as moving x by half a unit in its last place.</summary>
    public static double Cos(double x) => Circular(x, 1);

    /// <summary>Probability that a standard normal is at most x. Relative error below 10⁻¹⁵, in the lower tail too.</summary>
    public static double NormalCdf(double x)
    {
        var a = Math.Abs(x);
        if (a <= 0.66291260736)
        {
            var z = 0.5 * x * x;
            var z2 = z * z;
            var above = 3.20937758913846947e3 + 3.77485237685302021e2 * z + z2 * (1.13864154151050156e2 + 3.16112374387056560 * z + 1.85777706184603153e-1 * z2);
            var below = 2.84423683343917062e3 + 1.28261652607737228e3 * z + z2 * (2.44024637934444173e2 + 2.36012909523441209e1 * z + z2);
            return 0.5 + 0.35355339059327379 * x * (above / below);
        }
        if (!(a < 38.6))
            return double.IsNaN(x) ? x : x > 0 ? 1 : 0;

        // e^(−x²/2) from the exact square: a rounded one would cost x²/2 units in the last place.
        MultiplyExact(a, a, out var square, out var error);
        var density = ExpOfSum(-0.5 * square, -0.5 * error);
        var tail = 0.5 * density * ScaledErfc(a * 0.7071067811865476);
        return x > 0 ? 1 - tail : tail;
    }

    /// <summary>The x at which <see cref="NormalCdf"/> is p; infinite at 0 and 1, NaN outside.</summary>
    /// <remarks>Relative error about 10⁻¹⁵: the distribution function of the result is p to 10⁻¹⁵ without a further Newton or Halley step.</remarks>
    public static double NormalQuantile(double p)
    {
        var c = p - 0.5;
        if (Math.Abs(c) <= 0.425)
        {
            var r = 0.180625 - c * c;
            var r2 = r * r;
            var r4 = r2 * r2;
            var above = 3.3871328727963666080 + 1.3314166789178437745e2 * r + r2 * (1.9715909503065514427e3 + 1.3731693765509461125e4 * r)
                + r4 * (4.5921953931549871457e4 + 6.7265770927008700853e4 * r + r2 * (3.3430575583588128105e4 + 2.5090809287301226727e3 * r));
            var below = 1 + 4.2313330701600911252e1 * r + r2 * (6.8718700749205790830e2 + 5.3941960214247511077e3 * r)
                + r4 * (2.1213794301586595867e4 + 3.9307895800092710610e4 * r + r2 * (2.8729085735721942674e4 + 5.2264952788528545610e3 * r));
            return c * (above / below);
        }
        if (!(p > 0 && p < 1))
            return p == 0 ? double.NegativeInfinity : p == 1 ? double.PositiveInfinity : double.NaN;
        var q = Math.Sqrt(-Log(c < 0 ? p : 1 - p));
        double x;
        if (q <= 5)
        {
            var r = q - 1.6;
            var r2 = r * r;
            var r4 = r2 * r2;
            var above = 1.42343711074968357734 + 4.63033784615654529590 * r + r2 * (5.76949722146069140550 + 3.64784832476320460504 * r)
                + r4 * (1.27045825245236838258 + 2.41780725177450611770e-1 * r + r2 * (2.27238449892691845833e-2 + 7.74545014278341407640e-4 * r));
            var below = 1 + 2.05319162663775882187 * r + r2 * (1.67638483018380384940 + 6.89767334985100004550e-1 * r)
                + r4 * (1.48103976427480074590e-1 + 1.51986665636164571966e-2 * r + r2 * (5.47593808499534494600e-4 + 1.05075007164441684324e-9 * r));
            x = above / below;
        }
        else
        {
            var r = q - 5;
            var r2 = r * r;
            var r4 = r2 * r2;
            var above = 6.65790464350110377720 + 5.46378491116411436990 * r + r2 * (1.78482653991729133580 + 2.96560571828504891230e-1 * r)
                + r4 * (2.65321895265761230930e-2 + 1.24266094738807843860e-3 * r + r2 * (2.71155556874348757815e-5 + 2.01033439929228813265e-7 * r));
            var below = 1 + 5.99832206555887937690e-1 * r + r2 * (1.36929880922735805310e-1 + 1.48753612908506148525e-2 * r)
                + r4 * (7.86869131145613259100e-4 + 1.84631831751005468180e-5 * r + r2 * (1.42151175831644588870e-7 + 2.04426310338993978564e-15 * r));
            x = above / below;
        }
        return c < 0 ? -x : x;
    }

    /// <summary>(e^r − 1 − r) / r² for |r| up to 0.35.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ExpTail(double r)
    {
        var r2 = r * r;
        var r4 = r2 * r2;
        return 1.0 / 2 + 1.0 / 6 * r + r2 * (1.0 / 24 + 1.0 / 120 * r)
            + r4 * (1.0 / 720 + 1.0 / 5040 * r + r2 * (1.0 / 40320 + 1.0 / 362880 * r)
                + r4 * (1.0 / 3628800 + 1.0 / 39916800 * r + r2 * (1.0 / 479001600 + 1.0 / 6227020800 * r)));
    }

    private static double ExpAtTheEnds(double x)
    {
        if (!(x < 709.782712893384))
            return double.IsNaN(x) ? x : double.PositiveInfinity;
        return x < -745.1332191019412 ? 0 : ExpOfSum(x, 0);
    }

    /// <summary>e to the power x + small, for x from −746 to 710.</summary>
    private static double ExpOfSum(double x, double small)
    {
        var k = x * InverseLn2 + Rounder - Rounder;
        var r = x - k * Ln2Hi - (k * Ln2Lo - small);
        return Scale(1 + (r + r * r * ExpTail(r)), (int)k);
    }

    private static double LogAtTheEnds(double x)
    {
        if (!(x > 0))
            return x == 0 ? double.NegativeInfinity : double.NaN;
        return double.IsPositiveInfinity(x) ? x : LogOfNormal(x * 18014398509481984.0, -54);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double LogOfNormal(double x, int exponent)
    {
        var f = Mantissa(x, ref exponent) - 1;
        var s = f / (2 + f);
        var z = s * s;
        var z2 = z * z;
        var z4 = z2 * z2;
        var p = z * (2.0 / 3 + 2.0 / 5 * z + z2 * (2.0 / 7 + 2.0 / 9 * z)
            + z4 * (2.0 / 11 + 2.0 / 13 * z + z2 * (2.0 / 15 + 2.0 / 17 * z)
                + z4 * (2.0 / 19 + 2.0 / 21 * z)));
        var half = 0.5 * f * f;
        return exponent * Ln2Hi - (half - (s * (half + p) + exponent * Ln2Lo) - f);
    }

    /// <summary>The logarithm as a sum of two numbers, to about 20 decimal digits.</summary>
    private static void LogExact(double x, out double high, out double low)
    {
        var exponent = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0;
            exponent = -54;
        }
        var m = Mantissa(x, ref exponent);

        // s = (m − 1) / (m + 1) and the first two terms of 2·atanh(s) as pairs of numbers; the rest is small.
        var f = m - 1;
        AddExact(m, 1, out var sum, out var sumError);
        var s = f / sum;
        MultiplyExact(s, sum, out var back, out var backError);
        var sLow = (f - back - backError - s * sumError) / sum;
        MultiplyExact(s, s, out var z, out var zLow);
        zLow += 2 * s * sLow;
        MultiplyExact(s, z, out var cube, out var cubeLow);
        cubeLow += s * zLow + sLow * z;
        MultiplyExact(cube, 0.6666666666666666, out var third, out var thirdLow);
        thirdLow += cube * 3.700743415417188e-17 + cubeLow * 0.6666666666666666;
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
        var rest = p * z * z * s;
        AddExact(exponent * Ln2Hi, 2 * s, out var h, out var l);
        AddExact(h, third, out h, out var l2);
        l += l2 + (2 * sLow + exponent * Ln2Lo + (thirdLow + rest));
        AddExact(h, l, out high, out low);
    }

    /// <summary>The mantissa between √½ and √2 of a normal number; adds its exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Mantissa(double x, ref int exponent)
    {
        // Subtracting the bits of √½ first makes the exponent field round where the mantissa passes √2.
        var bits = BitConverter.DoubleToInt64Bits(x);
        var shifted = bits - 0x3FE6A09E667F3BCDL;
        exponent += (int)(shifted >> 52);
        return BitConverter.Int64BitsToDouble(bits - (shifted & unchecked((long)0xFFF0000000000000)));
    }

    private static double Circular(double x, int quarter)
    {
        if (!(Math.Abs(x) < ExactTurnsMax))
        {
            if (!double.IsFinite(x))
                return double.NaN;
            x %= 6.283185307179586;
        }
        var shifted = x * InverseHalfPi + Rounder;
        var k = shifted - Rounder;
        var a = x - k * HalfPi1;
        AddExact(a, -(k * HalfPi2), out var b, out var bError);
        AddExact(b, -(k * HalfPi3), out var c, out var cError);
        var rest = bError + cError - k * HalfPi4;
        var r = c + rest;
        var tail = c - r + rest;
        var turn = (int)BitConverter.DoubleToInt64Bits(shifted) + quarter;
        var value = (turn & 1) == 0 ? SineSeries(r, tail) : CosineSeries(r, tail);
        return (turn & 2) == 0 ? value : -value;
    }

    private static double SineSeries(double r, double tail)
    {
        var z = r * r;
        var z2 = z * z;
        var z4 = z2 * z2;
        var p = -1.0 / 6 + 1.0 / 120 * z + z2 * (-1.0 / 5040 + 1.0 / 362880 * z)
            + z4 * (-1.0 / 39916800 + 1.0 / 6227020800 * z + z2 * (-1.0 / 1307674368000 + 1.0 / 355687428096000 * z));
        return r + (z * r * p + (tail - 0.5 * z * tail));
    }

    private static double CosineSeries(double r, double tail)
    {
        var z = r * r;
        var z2 = z * z;
        var z4 = z2 * z2;
        var p = 1.0 / 24 - 1.0 / 720 * z + z2 * (1.0 / 40320 - 1.0 / 3628800 * z)
            + z4 * (1.0 / 479001600 - 1.0 / 87178291200 * z + z2 * (1.0 / 20922789888000));
        var half = 0.5 * z;
        var w = 1 - half;
        return w + (1 - w - half + (z2 * p - r * tail));
    }

    /// <summary>e^(y²)·erfc(y) for y from 0.46875 up.</summary>
    private static double ScaledErfc(double y)
    {
        if (y <= 4)
        {
            var y2 = y * y;
            var y4 = y2 * y2;
            var y8 = y4 * y4;
            var above = 1.23033935479799725e3 + 2.05107837782607147e3 * y + y2 * (1.71204761263407058e3 + 8.81952221241769090e2 * y)
                + y4 * (2.98635138197400131e2 + 6.61191906371416295e1 * y + y2 * (8.88314979438837594 + 5.64188496988670089e-1 * y))
                + y8 * 2.15311535474403846e-8;
            var below = 1.23033935480374942e3 + 3.43936767414372164e3 * y + y2 * (4.36261909014324716e3 + 3.29079923573345963e3 * y)
                + y4 * (1.62138957456669019e3 + 5.37181101862009858e2 * y + y2 * (1.17693950891312499e2 + 1.57449261107098347e1 * y))
                + y8;
            return above / below;
        }
        var z = 1 / (y * y);
        var p = 6.58749161529837803e-4 + z * (1.60837851487422766e-2 + z * (1.25781726111229246e-1 + z * (3.60344899949804439e-1 + z * (3.05326634961232344e-1 + z * 1.63153871373020978e-2))));
        var q = 2.33520497626869185e-3 + z * (6.05183413124413191e-2 + z * (5.27905102951428412e-1 + z * (1.87295284992346725 + z * (2.56852019228982242 + z))));
        return (0.5641895835477563 - z * p / q) / y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddExact(double a, double b, out double sum, out double error)
    {
        var s = a + b;
        var t = s - a;
        error = a - (s - t) + (b - t);
        sum = s;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyExact(double a, double b, out double product, out double error)
    {
        const double Split = 134217729;
        var sa = Split * a;
        var aHigh = sa - (sa - a);
        var aLow = a - aHigh;
        var sb = Split * b;
        var bHigh = sb - (sb - b);
        var bLow = b - bHigh;
        product = a * b;
        error = aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Scale(double x, int k)
    {
        if (k > 1023)
            return x * 8.98846567431158E307 * BitConverter.Int64BitsToDouble((long)k << 52);
        return k < -1022
            ? x * BitConverter.Int64BitsToDouble((long)(k + 54 + 1023) << 52) * 5.551115123125783E-17
            : x * BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);
    }
}
