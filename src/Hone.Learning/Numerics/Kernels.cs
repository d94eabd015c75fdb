using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>
/// The only room that knows about vector registers. Reductions keep the same eight accumulators on every CPU, so the bits do
/// not depend on the vector width; nothing is fused.
/// </summary>
public static class Kernels
{
    private const int Lanes = 8;

    /// <summary>Sum of x[i]·w[i]. Lane k sums the elements k, k + 8, k + 16, …; the rest is added in order.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> w)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var ws = ref MemoryMarshal.GetReference(w);
        var blocks = x.Length - x.Length % Lanes;

        Vector256<double> lo, hi;
        if (Vector512.IsHardwareAccelerated)
        {
            var sum = Vector512<double>.Zero;
            for (nuint i = 0; i < (nuint)blocks; i += Lanes)
                sum += Vector512.LoadUnsafe(ref xs, i) * Vector512.LoadUnsafe(ref ws, i);
            (lo, hi) = (sum.GetLower(), sum.GetUpper());
        }
        else
        {
            (lo, hi) = (Vector256<double>.Zero, Vector256<double>.Zero);
            for (nuint i = 0; i < (nuint)blocks; i += Lanes)
            {
                lo += Vector256.LoadUnsafe(ref xs, i) * Vector256.LoadUnsafe(ref ws, i);
                hi += Vector256.LoadUnsafe(ref xs, i + 4) * Vector256.LoadUnsafe(ref ws, i + 4);
            }
        }
        var four = lo + hi;
        var dot = four[0] + four[2] + (four[1] + four[3]);
        for (var i = blocks; i < x.Length; i++)
            dot += x[i] * w[i];
        return dot;
    }

    /// <summary>w[i] += scale · x[i], not fused.</summary>
    public static void AddScaled(ReadOnlySpan<double> x, double scale, Span<double> w)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var ws = ref MemoryMarshal.GetReference(w);
        var blocks = x.Length - x.Length % 4;
        var factor = Vector256.Create(scale);
        for (nuint i = 0; i < (nuint)blocks; i += 4)
            (Vector256.LoadUnsafe(ref ws, i) + Vector256.LoadUnsafe(ref xs, i) * factor).StoreUnsafe(ref ws, i);
        for (var i = blocks; i < x.Length; i++)
            w[i] += scale * x[i];
    }
}
