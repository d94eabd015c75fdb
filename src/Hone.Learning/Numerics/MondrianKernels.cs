using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>Boxes of single-precision numbers, padded to whole lanes: how far a point lies outside one, and the box that has it inside too.</summary>
/// <remarks>A number of a point that is NaN is missing and never outside; a side of a box that is NaN has not been seen and takes the first number there is.</remarks>
internal static class MondrianKernels
{
    /// <summary>
    /// Sum over the features of the distance from the point to the box times scale. Lane k sums the features k, k + 8, k + 16, …
    /// </summary>
    /// <param name="x">The point, a multiple of eight numbers.</param>
    /// <param name="scale">One factor per feature.</param>
    /// <param name="box">The lower sides of the box, and behind them the upper ones.</param>
    /// <param name="inside">Whether <see cref="Extend"/> would change nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Outside(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, ReadOnlySpan<float> box, out bool inside)
    {
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var scales = ref MemoryMarshal.GetReference(scale);
        ref var lower = ref MemoryMarshal.GetReference(box);
        ref var upper = ref Unsafe.Add(ref lower, x.Length);
        var sum = Vector256<float>.Zero;
        var outside = Vector256<float>.Zero;
        for (nuint i = 0; i < (nuint)x.Length; i += Kernels.Lanes)
        {
            var value = Vector256.LoadUnsafe(ref xs, i);
            var low = Vector256.LoadUnsafe(ref lower, i);
            var high = Vector256.LoadUnsafe(ref upper, i);
            var above = (value - high) & Vector256.GreaterThan(value, high);
            var below = (low - value) & Vector256.LessThan(value, low);
            sum += (above + below) * Vector256.LoadUnsafe(ref scales, i);
            outside |= Vector256.Equals(value, value) & ~(Vector256.LessThanOrEqual(value, high) & Vector256.GreaterThanOrEqual(value, low));
        }
        inside = outside.ExtractMostSignificantBits() == 0;
        if (inside)
            return 0;
        var four = sum.GetLower() + sum.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }

    /// <summary>Makes the box just large enough to have the point inside.</summary>
    public static void Extend(ReadOnlySpan<float> x, Span<float> box)
    {
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var lower = ref MemoryMarshal.GetReference(box);
        ref var upper = ref Unsafe.Add(ref lower, x.Length);
        for (nuint i = 0; i < (nuint)x.Length; i += Kernels.Lanes)
        {
            var value = Vector256.LoadUnsafe(ref xs, i);
            var low = Vector256.LoadUnsafe(ref lower, i);
            var high = Vector256.LoadUnsafe(ref upper, i);
            var missing = ~Vector256.Equals(value, value);
            Vector256.ConditionalSelect(missing | Vector256.GreaterThanOrEqual(value, low), low, value).StoreUnsafe(ref lower, i);
            Vector256.ConditionalSelect(missing | Vector256.LessThanOrEqual(value, high), high, value).StoreUnsafe(ref upper, i);
        }
    }

    /// <summary>Sum over the features of the length of the box times scale; lanes as in <see cref="Outside"/>.</summary>
    public static float Extent(ReadOnlySpan<float> scale, ReadOnlySpan<float> box)
    {
        ref var scales = ref MemoryMarshal.GetReference(scale);
        ref var lower = ref MemoryMarshal.GetReference(box);
        ref var upper = ref Unsafe.Add(ref lower, scale.Length);
        var sum = Vector256<float>.Zero;
        for (nuint i = 0; i < (nuint)scale.Length; i += Kernels.Lanes)
        {
            var low = Vector256.LoadUnsafe(ref lower, i);
            sum += ((Vector256.LoadUnsafe(ref upper, i) - low) & Vector256.Equals(low, low)) * Vector256.LoadUnsafe(ref scales, i);
        }
        var four = sum.GetLower() + sum.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }
}
