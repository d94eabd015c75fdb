namespace Hone.Learning.Tests.Numerics;

/// <summary>A number as an unevaluated sum of two doubles, about 31 decimal digits: the reference for the elementary functions.</summary>
internal readonly record struct Exact(double High, double Low)
{
    public static readonly Exact Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);
    public static readonly Exact HalfPi = new(1.5707963267948966, 6.123233995736766e-17);
    public static readonly Exact InverseRootTwoPi = new(0.3989422804014327, -2.4923272022777433e-17);

    public static implicit operator Exact(double value) => new(value, 0);

    public static Exact operator +(Exact a, Exact b)
    {
        var s = Sum(a.High, b.High);
        var t = Sum(a.Low, b.Low);
        s = Quick(s.High, s.Low + t.High);
        return Quick(s.High, s.Low + t.Low);
    }

    public static Exact operator -(Exact a) => new(-a.High, -a.Low);

    public static Exact operator -(Exact a, Exact b) => a + -b;

    public static Exact operator *(Exact a, Exact b)
    {
        var p = a.High * b.High;
        return Quick(p, Math.FusedMultiplyAdd(a.High, b.High, -p) + (a.High * b.Low + a.Low * b.High));
    }

    public static Exact operator /(Exact a, Exact b)
    {
        var q1 = a.High / b.High;
        var r = a - b * q1;
        var q2 = r.High / b.High;
        r -= b * q2;
        return Quick(q1, q2) + r.High / b.High;
    }

    /// <summary>How far a double is from this number, relative to it.</summary>
    public double RelativeError(double value) => value == High && Low == 0 ? 0 : Math.Abs((((Exact)value - this) / this).High);

    public static Exact Exp(Exact x)
    {
        var k = Math.Round(x.High / Ln2.High);
        var r = (x - Ln2 * k) * (1.0 / 512);
        Exact term = 1, sum = 0;
        for (var n = 1; n <= 16; n++)
        {
            term = term * r / n;
            sum += term;
        }

        // (1 + s)² − 1 = 2s + s², nine times, without losing the small part.
        for (var i = 0; i < 9; i++)
            sum = sum * 2 + sum * sum;
        sum += 1;
        var half = (int)k / 2;
        return sum * Math.ScaleB(1, half) * Math.ScaleB(1, (int)k - half);
    }

    public static Exact Log(double x)
    {
        Exact y = Math.Log(x);
        for (var i = 0; i < 2; i++)
        {
            var e = Exp(-y) * x - 1;
            y += e - e * e * 0.5 + e * e * e / 3;
        }
        return y;
    }

    public static Exact Tanh(double x)
    {
        if (Math.Abs(x) < 1e-4)
        {
            var z = (Exact)x * x;
            return x - x * z / 3 + x * z * z * 2 / 15 - x * z * z * z * 17 / 315;
        }
        var e = Exp((Exact)x * 2);
        return (e - 1) / (e + 1);
    }

    public static Exact Sin(double x, int quarter = 0)
    {
        var k = Math.Round(x / HalfPi.High);
        var r = x - HalfPi * k;
        var turn = (((long)k + quarter) % 4 + 4) % 4;
        var z = r * r;
        Exact term = turn % 2 == 0 ? r : 1, sum = term;
        for (var n = turn % 2 == 0 ? 2 : 1; n < 40; n += 2)
        {
            term = -(term * z / ((double)n * (n + 1)));
            sum += term;
        }
        return turn < 2 ? sum : -sum;
    }

    public static Exact NormalCdf(double x)
    {
        var density = Exp((Exact)x * x * -0.5) * InverseRootTwoPi;
        if (Math.Abs(x) < 6)
        {
            Exact term = x, sum = x;
            for (var n = 3; n < 400; n += 2)
            {
                term = term * x * x / n;
                sum += term;
            }
            return density * sum + 0.5;
        }
        Exact fraction = Math.Abs(x);
        for (var n = 400; n >= 1; n--)
            fraction = Math.Abs(x) + n / fraction;
        return x > 0 ? 1 - density / fraction : density / fraction;
    }

    private static Exact Sum(double a, double b)
    {
        var s = a + b;
        var t = s - a;
        return new(s, a - (s - t) + (b - t));
    }

    private static Exact Quick(double a, double b)
    {
        var s = a + b;
        return new(s, b - (s - a));
    }
}
