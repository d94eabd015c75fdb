using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>
/// Steps of adaptive optimisers for one row of weights, whose gradient is slope · z[i]. All spans have the same length, whole lanes; where z is 0,
/// as in the padding, nothing moves.
/// </summary>
internal static class OptimizerKernels
{
    private const int Width = 4;

    /// <summary>AdaGrad: w[i] = keep · w[i] − rate · g / √(squares[i] + 10⁻⁸), where squares[i] sums g².</summary>
    public static void AdaGradStep(ReadOnlySpan<double> z, double slope, double rate, double keep, Span<double> w, Span<double> squares)
    {
        Check(z.Length, w.Length, squares.Length);
        ref var zs = ref MemoryMarshal.GetReference(z);
        ref var ws = ref MemoryMarshal.GetReference(w);
        ref var ss = ref MemoryMarshal.GetReference(squares);
        for (nuint i = 0; i < (nuint)z.Length; i += Width)
        {
            var g = Vector256.LoadUnsafe(ref zs, i) * slope;
            var sum = Vector256.LoadUnsafe(ref ss, i) + g * g;
            sum.StoreUnsafe(ref ss, i);
            (Vector256.LoadUnsafe(ref ws, i) * keep - g * rate / Vector256.Sqrt(sum + Vector256.Create(1e-8))).StoreUnsafe(ref ws, i);
        }
    }

    /// <summary>FTRL-proximal: <paramref name="sums"/> holds what the paper calls z, <paramref name="squares"/> what it calls n.</summary>
    public static void FtrlStep(ReadOnlySpan<double> z, double slope, double alpha, double beta, double l1, double l2, Span<double> w, Span<double> sums, Span<double> squares)
    {
        Check(z.Length, w.Length, squares.Length);
        Check(z.Length, sums.Length, squares.Length);
        ref var zs = ref MemoryMarshal.GetReference(z);
        ref var ws = ref MemoryMarshal.GetReference(w);
        ref var us = ref MemoryMarshal.GetReference(sums);
        ref var ss = ref MemoryMarshal.GetReference(squares);
        for (nuint i = 0; i < (nuint)z.Length; i += Width)
        {
            var g = Vector256.LoadUnsafe(ref zs, i) * slope;
            var before = Vector256.LoadUnsafe(ref ss, i);
            var after = before + g * g;
            var root = Vector256.Sqrt(after);
            var sum = Vector256.LoadUnsafe(ref us, i) + g - (root - Vector256.Sqrt(before)) / alpha * Vector256.LoadUnsafe(ref ws, i);
            after.StoreUnsafe(ref ss, i);
            sum.StoreUnsafe(ref us, i);
            var size = Vector256.MaxNative(Vector256.Abs(sum) - Vector256.Create(l1), default);
            var shrunk = Vector256.ConditionalSelect(Vector256.LessThan(sum, default), size, -size);
            (shrunk / ((root + Vector256.Create(beta)) / alpha + Vector256.Create(l2))).StoreUnsafe(ref ws, i);
        }
    }

    /// <summary>
    /// COCOB: each weight bets a part of what it has won on the sign of its next gradient. <paramref name="largest"/> is the largest |g| so far,
    /// <paramref name="absolutes"/> sums |g|, <paramref name="won"/> the winnings, <paramref name="sums"/> sums −g.
    /// </summary>
    public static void CoinStep(ReadOnlySpan<double> z, double slope, double caution, Span<double> w, Span<double> largest, Span<double> absolutes, Span<double> won, Span<double> sums)
    {
        Check(z.Length, w.Length, largest.Length);
        Check(z.Length, absolutes.Length, won.Length);
        Check(z.Length, sums.Length, won.Length);
        ref var zs = ref MemoryMarshal.GetReference(z);
        ref var ws = ref MemoryMarshal.GetReference(w);
        ref var ls = ref MemoryMarshal.GetReference(largest);
        ref var gs = ref MemoryMarshal.GetReference(absolutes);
        ref var rs = ref MemoryMarshal.GetReference(won);
        ref var us = ref MemoryMarshal.GetReference(sums);
        for (nuint i = 0; i < (nuint)z.Length; i += Width)
        {
            var g = Vector256.LoadUnsafe(ref zs, i) * slope;
            var size = Vector256.Abs(g);
            var most = Vector256.MaxNative(Vector256.LoadUnsafe(ref ls, i), size);
            var total = Vector256.LoadUnsafe(ref gs, i) + size;
            var reward = Vector256.MaxNative(Vector256.LoadUnsafe(ref rs, i) - g * Vector256.LoadUnsafe(ref ws, i), default);
            var sum = Vector256.LoadUnsafe(ref us, i) - g;
            most.StoreUnsafe(ref ls, i);
            total.StoreUnsafe(ref gs, i);
            reward.StoreUnsafe(ref rs, i);
            sum.StoreUnsafe(ref us, i);

            // A weight whose gradient has always been 0 stays where it is.
            var floor = Vector256.MaxNative(most, Vector256.Create(1e-100));
            var stake = floor * Vector256.MaxNative(total + floor, floor * caution);
            (sum / stake * (floor + reward)).StoreUnsafe(ref ws, i);
        }
    }

    private static void Check(int length, int a, int b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(length % Kernels.Lanes, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(a, length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(b, length);
    }
}
