using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>What <see cref="RunningScaler"/> does to whole lanes of features at once.</summary>
internal static class ScalingKernels
{
    private const int Width = 4;

    /// <summary>
    /// Reciprocal deviations, and how far from the mean a value may count. A feature speaks after <paramref name="speaksFrom"/> values
    /// unless its deviation is rounding; it is bounded after <paramref name="boundedFrom"/>. All spans have the same length, whole lanes.
    /// </summary>
    public static void Refresh(
        ReadOnlySpan<double> mean, ReadOnlySpan<double> variance, ReadOnlySpan<double> count, double speaksFrom, double boundedFrom, double clip, double farthestMax,
        Span<double> scale, Span<double> bound)
    {
        var length = mean.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(length % Kernels.Lanes, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(variance.Length, length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(count.Length, length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scale.Length, length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bound.Length, length);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var variances = ref MemoryMarshal.GetReference(variance);
        ref var counts = ref MemoryMarshal.GetReference(count);
        ref var scales = ref MemoryMarshal.GetReference(scale);
        ref var bounds = ref MemoryMarshal.GetReference(bound);
        var one = Vector256.Create(1.0);
        var farthest = Vector256.Create(farthestMax);
        for (nuint i = 0; i < (nuint)length; i += Width)
        {
            // A deviation of 10⁻¹² of the mean is rounding, not information.
            var center = Vector256.LoadUnsafe(ref means, i);
            var floor = Vector256.MaxNative(center * 1e-24 * center, Vector256.Create(1e-299));
            var square = Vector256.LoadUnsafe(ref variances, i);
            var n = Vector256.LoadUnsafe(ref counts, i);
            var deviation = Vector256.Sqrt(square);
            var speaks = Vector256.GreaterThanOrEqual(n, Vector256.Create(speaksFrom)) & Vector256.GreaterThan(square, floor);
            var bounded = speaks & Vector256.GreaterThanOrEqual(n, Vector256.Create(boundedFrom));
            (one / deviation & speaks).StoreUnsafe(ref scales, i);
            Vector256.ConditionalSelect(bounded, Vector256.MinNative(deviation * clip, farthest), farthest).StoreUnsafe(ref bounds, i);
        }
    }
}
