using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>Squared distances from one vector to eight at a time. The eight lie feature by feature: the first one's number is followed by those of the others.</summary>
internal static class NeighbourKernels
{
    private const int Width = 4;

    // Features between two looks at whether all eight are too far already.
    private const int Stride = 8;

    /// <summary>
    /// distances[r] = Σ ((x[i] − block[8·i + r]) · scale[i])², summed in the order of i, for eight vectors r.
    /// </summary>
    /// <param name="x">The vector.</param>
    /// <param name="scale">One factor per feature.</param>
    /// <param name="block">Eight vectors, feature by feature.</param>
    /// <param name="bound">Of interest are distances up to here; NaN counts as too far.</param>
    /// <param name="distances">Receives eight distances where the result is not 0.</param>
    /// <returns>One bit for each vector that is within the bound, lowest bit first.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Within(ReadOnlySpan<double> x, ReadOnlySpan<double> scale, ReadOnlySpan<double> block, double bound, Span<double> distances)
    {
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var scales = ref MemoryMarshal.GetReference(scale);
        ref var rows = ref MemoryMarshal.GetReference(block);
        var most = Vector256.Create(bound);
        var low = Vector256<double>.Zero;
        var high = Vector256<double>.Zero;
        nuint i = 0, length = (nuint)x.Length;
        while (true)
        {
            for (var end = Math.Min(i + Stride, length); i < end; i++)
            {
                var value = Vector256.Create(Unsafe.Add(ref xs, i));
                var factor = Vector256.Create(Unsafe.Add(ref scales, i));
                var a = (value - Vector256.LoadUnsafe(ref rows, i * Kernels.Lanes)) * factor;
                var b = (value - Vector256.LoadUnsafe(ref rows, i * Kernels.Lanes + Width)) * factor;
                low += a * a;
                high += b * b;
            }
            // Sums of squares only grow: who is too far now stays so.
            var within = Vector256.LessThanOrEqual(low, most).ExtractMostSignificantBits() | Vector256.LessThanOrEqual(high, most).ExtractMostSignificantBits() << Width;
            if (within != 0 && i < length)
                continue;
            if (within != 0)
            {
                ref var results = ref MemoryMarshal.GetReference(distances);
                low.StoreUnsafe(ref results);
                high.StoreUnsafe(ref results, Width);
            }
            return within;
        }
    }
}
