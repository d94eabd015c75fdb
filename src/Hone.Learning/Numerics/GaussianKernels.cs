using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>
/// Independent Gaussians, one per feature, as rows of numbers that are padded to whole lanes. A value that is not finite says
/// nothing and teaches nothing; what pads a row is not finite.
/// </summary>
internal static class GaussianKernels
{
    // The far end of one feature's say: sums of such numbers stay finite.
    private const double FarthestMin = -1e9;
    private const int Width = 4;

    /// <summary>A variance of less is rounding.</summary>
    public const double VarianceMin = 1e-200;

    /// <summary>Copies the values, those beyond ±<paramref name="valueMax"/> as that, and fills the rest of the row with what is missing.</summary>
    public static void Pad(ReadOnlySpan<double> x, double valueMax, Span<double> padded)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(padded.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var rows = ref MemoryMarshal.GetReference(padded);
        var blocks = x.Length - x.Length % Width;
        for (nuint i = 0; i < (nuint)blocks; i += Width)
        {
            var value = Vector256.LoadUnsafe(ref xs, i);
            var clamped = Vector256.MinNative(Vector256.MaxNative(value, Vector256.Create(-valueMax)), Vector256.Create(valueMax));
            Vector256.ConditionalSelect(Finite(value), clamped, Vector256.Create(double.NaN)).StoreUnsafe(ref rows, i);
        }
        for (var i = blocks; i < x.Length; i++)
            padded[i] = double.IsFinite(x[i]) ? Math.Min(Math.Max(x[i], -valueMax), valueMax) : double.NaN;
        padded[x.Length..].Fill(double.NaN);
    }

    /// <summary>terms[i] = constant[i] + slope[i] · (x[i] − mean[i])², 0 where x[i] is missing or slope[i] is 0.</summary>
    public static void Terms(ReadOnlySpan<double> x, ReadOnlySpan<double> mean, ReadOnlySpan<double> slope, ReadOnlySpan<double> constant, Span<double> terms)
    {
        Check(x, mean, slope, constant);
        ArgumentOutOfRangeException.ThrowIfNotEqual(terms.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var slopes = ref MemoryMarshal.GetReference(slope);
        ref var constants = ref MemoryMarshal.GetReference(constant);
        ref var results = ref MemoryMarshal.GetReference(terms);
        for (nuint i = 0; i < (nuint)x.Length; i += Width)
        {
            var slopeOf = Vector256.LoadUnsafe(ref slopes, i);
            var value = Vector256.LoadUnsafe(ref xs, i);
            (Term(value, Vector256.LoadUnsafe(ref means, i), slopeOf, Vector256.LoadUnsafe(ref constants, i)) & Finite(value) & ~Vector256.Equals(slopeOf, Vector256<double>.Zero))
                .StoreUnsafe(ref results, i);
        }
    }

    /// <summary>
    /// Sum of the terms constant[i] + slope[i] · (x[i] − mean[i])² over what is not missing; where slope[i] is 0, of <paramref name="instead"/>[i].
    /// Lane k sums the elements k, k + 8, k + 16, …
    /// </summary>
    public static double LogDensity(ReadOnlySpan<double> x, ReadOnlySpan<double> mean, ReadOnlySpan<double> slope, ReadOnlySpan<double> constant, ReadOnlySpan<double> instead)
    {
        Check(x, mean, slope, constant);
        ArgumentOutOfRangeException.ThrowIfNotEqual(instead.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var slopes = ref MemoryMarshal.GetReference(slope);
        ref var constants = ref MemoryMarshal.GetReference(constant);
        ref var insteads = ref MemoryMarshal.GetReference(instead);
        var low = Vector256<double>.Zero;
        var high = Vector256<double>.Zero;
        for (nuint i = 0; i < (nuint)x.Length; i += Kernels.Lanes)
        {
            low += TermOr(ref xs, ref means, ref slopes, ref constants, ref insteads, i);
            high += TermOr(ref xs, ref means, ref slopes, ref constants, ref insteads, i + Width);
        }
        var four = low + high;
        return four[0] + four[2] + (four[1] + four[3]);
    }

    /// <summary>Takes one example of a weight into the means, population variances and sums of weights.</summary>
    public static void Learn(ReadOnlySpan<double> x, double weight, double weightMax, Span<double> mean, Span<double> variance, Span<double> weights)
    {
        Check(x, mean, variance, weights);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var variances = ref MemoryMarshal.GetReference(variance);
        ref var sums = ref MemoryMarshal.GetReference(weights);
        var one = Vector256.Create(1.0);
        var most = Vector256.Create(weightMax);
        var added = Vector256.Create(weight);
        for (nuint i = 0; i < (nuint)x.Length; i += Width)
        {
            var value = Vector256.LoadUnsafe(ref xs, i);
            var finite = Finite(value);
            var center = Vector256.LoadUnsafe(ref means, i);
            var sum = Vector256.MinNative(Vector256.LoadUnsafe(ref sums, i) + (added & finite), most);
            var gain = (added / Vector256.ConditionalSelect(finite, sum, one)) & finite;
            var distance = (value - center) & finite;
            sum.StoreUnsafe(ref sums, i);
            (center + gain * distance).StoreUnsafe(ref means, i);
            ((one - gain) * (Vector256.LoadUnsafe(ref variances, i) + gain * distance * distance)).StoreUnsafe(ref variances, i);
        }
    }

    /// <summary>
    /// What <see cref="LogDensity"/> needs, from variances that are shrunk towards common ones as if those had been seen in examples of
    /// <paramref name="shrinkage"/> weight: v = (weight · variance + shrinkage · common) / (weight + shrinkage), at least
    /// <paramref name="floor"/> · common; slope = −1 / 2v, constant = −ln(v) / 2. Both are 0 where there is no weight or nothing ever varied.
    /// </summary>
    public static void Refresh(
        ReadOnlySpan<double> variance, ReadOnlySpan<double> weights, ReadOnlySpan<double> common, double shrinkage, double floor, Span<double> slope, Span<double> constant)
    {
        Check(variance, weights, slope, constant);
        ArgumentOutOfRangeException.ThrowIfNotEqual(common.Length, variance.Length);
        ref var variances = ref MemoryMarshal.GetReference(variance);
        ref var sums = ref MemoryMarshal.GetReference(weights);
        ref var commons = ref MemoryMarshal.GetReference(common);
        ref var slopes = ref MemoryMarshal.GetReference(slope);
        ref var constants = ref MemoryMarshal.GetReference(constant);
        var pull = Vector256.Create(shrinkage);
        var least = Vector256.Create(VarianceMin);
        for (nuint i = 0; i < (nuint)variance.Length; i += Width)
        {
            var sum = Vector256.LoadUnsafe(ref sums, i);
            var other = Vector256.LoadUnsafe(ref commons, i);
            var share = sum / Vector256.MaxNative(sum + pull, Vector256.Create(1e-307));
            var v = Vector256.MaxNative(other + share * (Vector256.LoadUnsafe(ref variances, i) - other), Vector256.MaxNative(other * floor, least));
            var speaks = Vector256.GreaterThan(sum, Vector256<double>.Zero) & Vector256.GreaterThan(other, least);
            ((Vector256.Create(-0.5) / v) & speaks).StoreUnsafe(ref slopes, i);
            ((Vector256.Create(-0.5) * Log(v)) & speaks).StoreUnsafe(ref constants, i);
        }
    }

    /// <summary>Natural logarithm of normal numbers above zero, element by element. Relative error below 10⁻¹⁵, near 1 absolute.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Log(Vector256<double> x)
    {
        // x = 2^k · m with m from √½ to √2; the biased exponent becomes a number by way of 2⁵².
        var bits = x.AsInt64() + (Vector256.Create(0x3FF0000000000000L) - Vector256.Create(0x3FE6A09E667F3BCDL));
        var exponent = (Vector256.ShiftRightLogical(bits, 52) | Vector256.Create(0x4330000000000000L)).AsDouble() - Vector256.Create(4503599627370496.0 + 1023);
        var m = ((bits & Vector256.Create(0x000FFFFFFFFFFFFFL)) + Vector256.Create(0x3FE6A09E667F3BCDL)).AsDouble();
        var f = m - Vector256.Create(1.0);
        var s = f / (f + Vector256.Create(2.0));
        var z = s * s;
        var z2 = z * z;
        var z4 = z2 * z2;
        var p = z * (Vector256.Create(2.0 / 3) + Vector256.Create(2.0 / 5) * z + z2 * (Vector256.Create(2.0 / 7) + Vector256.Create(2.0 / 9) * z)
            + z4 * (Vector256.Create(2.0 / 11) + Vector256.Create(2.0 / 13) * z + z2 * (Vector256.Create(2.0 / 15) + Vector256.Create(2.0 / 17) * z)
                + z4 * (Vector256.Create(2.0 / 19) + Vector256.Create(2.0 / 21) * z)));
        var half = Vector256.Create(0.5) * f * f;
        return exponent * Vector256.Create(0.6931471803691238) - (half - (s * (half + p) + exponent * Vector256.Create(1.9082149292705877e-10)) - f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Term(Vector256<double> value, Vector256<double> mean, Vector256<double> slope, Vector256<double> constant)
    {
        var distance = value - mean;
        return constant + Vector256.MaxNative(distance * distance * slope, Vector256.Create(FarthestMin));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> TermOr(ref double x, ref double mean, ref double slope, ref double constant, ref double instead, nuint i)
    {
        var value = Vector256.LoadUnsafe(ref x, i);
        var slopeOf = Vector256.LoadUnsafe(ref slope, i);
        var own = Term(value, Vector256.LoadUnsafe(ref mean, i), slopeOf, Vector256.LoadUnsafe(ref constant, i)) & Finite(value);
        return Vector256.ConditionalSelect(Vector256.Equals(slopeOf, Vector256<double>.Zero), Vector256.LoadUnsafe(ref instead, i), own);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Finite(Vector256<double> value) => Vector256.LessThanOrEqual(Vector256.Abs(value), Vector256.Create(double.MaxValue));

    private static void Check(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> d)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length % Kernels.Lanes, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Length, a.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(c.Length, a.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(d.Length, a.Length);
    }
}
