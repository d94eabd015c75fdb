using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>
/// Vector code of decision trees over the Gaussian statistics of a leaf. A block holds the statistics of one class as six rows of so many numbers
/// as there are features, padded to a multiple of <see cref="Width"/>: mean, minus half the inverse variance, sum of squared deviations, weight, smallest, largest.
/// </summary>
/// <remarks>Everything but the final sum of four lanes is done number by number, so the bits do not depend on the vector width; nothing is fused.</remarks>
internal static class TreeKernels
{
    /// <summary>Numbers per step. Rows of a block are padded to a multiple of it.</summary>
    public const int Width = 4;

    /// <summary>Rows of a block.</summary>
    public const int BlockRows = 6;

    /// <summary>Rows of a block, in order.</summary>
    public const int Mean = 0, Precision = 1, Squares = 2, Weight = 3, Least = 4, Most = 5;

    /// <summary>A variance is never taken as smaller than half the inverse of this; what has not varied yet excludes every other value.</summary>
    public const double PrecisionMax = 1e80;

    private const double SmallestWeight = 1e-300, Ln2 = 0.6931471805599453;
    private const int MantissasMax = 256;

    /// <summary>The smallest multiple of <see cref="Width"/> that holds so many numbers.</summary>
    public static int Padded(int length) => (length + Width - 1) & -Width;

    /// <summary>Exponent of the Gaussian density of a row: the sum over the features of −(z − mean)² / (2σ²). NaN is left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exponent(ref double z, ref double block, nuint padded)
    {
        var sum = Vector256<double>.Zero;
        for (nuint i = 0; i < padded; i += Width)
        {
            var value = Vector256.LoadUnsafe(ref z, i);
            var distance = value - Vector256.LoadUnsafe(ref block, i);
            sum += distance * distance * Vector256.LoadUnsafe(ref block, padded + i) & Vector256.Equals(value, value);
        }
        return sum[0] + sum[2] + (sum[1] + sum[3]);
    }

    /// <summary>Takes one row of a weight into a block; NaN is left out.</summary>
    /// <returns>Half the logarithm of the product of the inverse variances: what the densities have in front of the exponential, without the constant.</returns>
    public static double Learn(ref double z, ref double block, nuint padded, double weight)
    {
        var weights = Vector256.Create(weight);
        var tiny = Vector256.Create(SmallestWeight);
        for (nuint i = 0; i < padded; i += Width)
        {
            var value = Vector256.LoadUnsafe(ref z, i);
            var present = Vector256.Equals(value, value);
            var added = weights & present;
            var total = Vector256.LoadUnsafe(ref block, Weight * padded + i) + added;
            var mean = Vector256.LoadUnsafe(ref block, i);
            var distance = (value - mean) & present;
            var gain = added / Vector256.MaxNative(total, tiny);

            // Written so that it cannot become negative.
            var squares = Vector256.LoadUnsafe(ref block, Squares * padded + i) + added * (distance * distance) * (Vector256<double>.One - gain);
            var least = Vector256.LoadUnsafe(ref block, Least * padded + i);
            var most = Vector256.LoadUnsafe(ref block, Most * padded + i);
            (mean + distance * gain).StoreUnsafe(ref block, i);
            squares.StoreUnsafe(ref block, Squares * padded + i);
            total.StoreUnsafe(ref block, Weight * padded + i);
            Vector256.ConditionalSelect(Vector256.LessThan(value, least), value, least).StoreUnsafe(ref block, Least * padded + i);
            Vector256.ConditionalSelect(Vector256.GreaterThan(value, most), value, most).StoreUnsafe(ref block, Most * padded + i);
        }
        return Refresh(ref block, padded);
    }

    /// <summary>Derives the precisions of a block from its sums.</summary>
    /// <returns>As <see cref="Learn"/>.</returns>
    public static double Refresh(ref double block, nuint padded)
    {
        var one = Vector256<double>.One;
        var zero = Vector256<double>.Zero;
        var product = one;
        var exponents = Vector256<long>.Zero;
        var mantissas = 0;
        for (nuint i = 0; i < padded; i += Width)
        {
            var total = Vector256.LoadUnsafe(ref block, Weight * padded + i);
            var squares = Vector256.LoadUnsafe(ref block, Squares * padded + i);
            var varies = Vector256.GreaterThan(total, one) & Vector256.GreaterThan(squares, zero);

            // 1/σ², and 1 where nothing is known, whose logarithm is 0.
            var inverse = Vector256.ConditionalSelect(varies, (total - one) / squares, one);
            inverse = Vector256.MaxNative(Vector256.MinNative(inverse, Vector256.Create(2 * PrecisionMax)), Vector256.Create(1e-300));
            var constant = Vector256.Create(-PrecisionMax) & Vector256.GreaterThan(total, zero);
            Vector256.ConditionalSelect(varies, inverse * -0.5, constant).StoreUnsafe(ref block, Precision * padded + i);

            // The logarithm of a product is one logarithm: the mantissas are multiplied, the exponents added.
            Accumulate(inverse, ref product, ref exponents);
            if (++mantissas == MantissasMax)
            {
                mantissas = 0;
                var kept = product;
                product = one;
                Accumulate(kept, ref product, ref exponents);
            }
        }
        var mantissa = product[0] * product[2];
        var other = product[1] * product[3];
        var exponent = exponents[0] + exponents[1] + (exponents[2] + exponents[3]);
        var log = mantissas > MantissasMax / 4 ? Elementary.Log(mantissa) + Elementary.Log(other) : Elementary.Log(mantissa * other);
        return 0.5 * (log + Ln2 * exponent);
    }

    /// <summary>
    /// The information, in nats times weight, that is left about the class after cutting a feature at several places: entropy times weight of both sides. Lanes
    /// behind the last cut hold what there is without any cut.
    /// </summary>
    /// <param name="statistics">The feature's mean in the block of class 0.</param>
    /// <param name="stride">Numbers from one class's block to the next one's.</param>
    /// <param name="padded">Numbers per row of a block.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="low">Where the cuts start; the first is one step above.</param>
    /// <param name="step">From one cut to the next.</param>
    /// <param name="cuts">How many there are.</param>
    /// <param name="left">Receives the weight on the left of each cut; longer than cuts and a multiple of <see cref="Width"/>.</param>
    /// <param name="remaining">Receives the information; as long as left.</param>
    public static void Cuts(ref double statistics, nuint stride, nuint padded, int classes, double low, double step, int cuts, Span<double> left, Span<double> remaining)
    {
        var zero = Vector256<double>.Zero;
        for (var i = 0; i < left.Length; i += Width)
        {
            var number = Vector256.Create(i + 1.0, i + 2.0, i + 3.0, i + 4.0);
            var cut = Vector256.ConditionalSelect(
                Vector256.LessThanOrEqual(number, Vector256.Create((double)cuts)), Vector256.Create(low) + number * Vector256.Create(step), Vector256.Create(double.PositiveInfinity));
            Vector256<double> leftWeight = zero, rightWeight = zero, information = zero;
            ref var at = ref statistics;
            for (var k = 0; k < classes; k++, at = ref Unsafe.Add(ref at, stride))
            {
                var weight = Unsafe.Add(ref at, Weight * padded);
                if (weight == 0)
                    continue;
                var total = Vector256.Create(weight);
                var scale = Math.Sqrt(-Unsafe.Add(ref at, Precision * padded));
                var below = total * NormalShare((cut - Vector256.Create(at)) * scale);
                below = Vector256.AndNot(below, Vector256.LessThan(cut, Vector256.Create(Unsafe.Add(ref at, Least * padded))));
                below = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(cut, Vector256.Create(Unsafe.Add(ref at, Most * padded))), total, below);
                var above = total - below;
                leftWeight += below;
                rightWeight += above;
                information -= TimesLog(below) + TimesLog(above);
            }
            information += TimesLog(leftWeight) + TimesLog(rightWeight);
            leftWeight.CopyTo(left[i..]);
            information.CopyTo(remaining[i..]);
        }
    }

    /// <summary>The share of a class below a cut, as <see cref="Cuts"/> counts it.</summary>
    public static double ShareBelow(double distance, double precision) => NormalShare(Vector256.Create(distance * Math.Sqrt(-precision)))[0];

    /// <summary>(1 + erf(u)) / 2, to 1.5·10⁻⁷.</summary>
    /// <remarks>Hastings, "Approximations for digital computers", 1955: a polynomial to the power −16, which needs no exponential.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> NormalShare(Vector256<double> u)
    {
        var a = Vector256.Abs(u);
        var p = a * 0.0000430638 + Vector256.Create(0.0002765672);
        p = p * a + Vector256.Create(0.0001520143);
        p = p * a + Vector256.Create(0.0092705272);
        p = p * a + Vector256.Create(0.0422820123);
        p = p * a + Vector256.Create(0.0705230784);
        p = p * a + Vector256<double>.One;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        var half = Vector256.Create(0.5);
        var beyond = half / p;
        return Vector256.ConditionalSelect(Vector256.LessThan(u, Vector256<double>.Zero), beyond, Vector256<double>.One - beyond);
    }

    /// <summary>w·ln w for w from 0 up, to 10⁻⁹ of w; 0 at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> TimesLog(Vector256<double> w)
    {
        // Adding what is between the bits of √½ and those of 1 makes the exponent field round where the mantissa passes √2.
        var bits = Vector256.MaxNative(w, Vector256.Create(SmallestWeight)).AsInt64();
        var biased = Vector256.ShiftRightLogical(bits + Vector256.Create(0x00095F619980C433L), 52);
        var m = (bits - Vector256.ShiftLeft(biased - Vector256.Create(1023L), 52)).AsDouble();
        var s = (m - Vector256<double>.One) / (m + Vector256<double>.One);
        var z = s * s;
        var series = Vector256.Create(2.0) + z * (Vector256.Create(2.0 / 3) + z * (Vector256.Create(2.0 / 5) + z * (Vector256.Create(2.0 / 7) + z * (2.0 / 9))));

        // An exponent as a number: added to the low bits of 1.5·2⁵², which is then taken off.
        var number = (biased + Vector256.Create(0x4338000000000000L)).AsDouble() - Vector256.Create(6755399441055744.0 + 1023);
        return w * (s * series + number * Ln2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(Vector256<double> value, ref Vector256<double> product, ref Vector256<long> exponents)
    {
        var bits = value.AsInt64();
        exponents += Vector256.ShiftRightLogical(bits, 52) - Vector256.Create(1023L);
        product *= ((bits & Vector256.Create(0x000FFFFFFFFFFFFFL)) | Vector256.Create(0x3FF0000000000000L)).AsDouble();
    }
}
