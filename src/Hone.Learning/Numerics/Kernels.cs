using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>
/// The only room that knows about vector registers. Reductions keep the same eight accumulators on every CPU, so the bits do
/// not depend on the vector width; nothing is fused. Two registers of four numbers are used everywhere: on vectors of a few
/// hundred numbers the chain of additions sets the pace, and a wider register would not shorten it.
/// </summary>
public static class Kernels
{
    /// <summary>Accumulators of every reduction. Arrays padded to a multiple of it are never finished number by number.</summary>
    public const int Lanes = 8;

    private const int Width = 4;

    /// <summary>The smallest multiple of <see cref="Lanes"/> that holds so many numbers.</summary>
    public static int Padded(int length) => (length + Lanes - 1) & -Lanes;

    /// <summary>Sum of x[i]·w[i]. Lane k sums the elements k, k + 8, k + 16, …; the rest is added in order.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> w)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var ws = ref MemoryMarshal.GetReference(w);
        var blocks = x.Length - x.Length % Lanes;
        var low = Vector256<double>.Zero;
        var high = Vector256<double>.Zero;
        for (nuint i = 0; i < (nuint)blocks; i += Lanes)
        {
            low += Vector256.LoadUnsafe(ref xs, i) * Vector256.LoadUnsafe(ref ws, i);
            high += Vector256.LoadUnsafe(ref xs, i + Width) * Vector256.LoadUnsafe(ref ws, i + Width);
        }
        var dot = SumOfLanes(low, high);
        for (var i = blocks; i < x.Length; i++)
            dot += x[i] * w[i];
        return dot;
    }

    /// <summary>Two dot products of one vector in one pass; each has the bits of <see cref="Dot"/>.</summary>
    public static void Dots(ReadOnlySpan<double> x, ReadOnlySpan<double> v, ReadOnlySpan<double> w, out double xv, out double xw)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(v.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var vs = ref MemoryMarshal.GetReference(v);
        ref var ws = ref MemoryMarshal.GetReference(w);
        var blocks = x.Length - x.Length % Lanes;
        var vLow = Vector256<double>.Zero;
        var vHigh = Vector256<double>.Zero;
        var wLow = Vector256<double>.Zero;
        var wHigh = Vector256<double>.Zero;
        for (nuint i = 0; i < (nuint)blocks; i += Lanes)
        {
            var low = Vector256.LoadUnsafe(ref xs, i);
            var high = Vector256.LoadUnsafe(ref xs, i + Width);
            vLow += low * Vector256.LoadUnsafe(ref vs, i);
            vHigh += high * Vector256.LoadUnsafe(ref vs, i + Width);
            wLow += low * Vector256.LoadUnsafe(ref ws, i);
            wHigh += high * Vector256.LoadUnsafe(ref ws, i + Width);
        }
        xv = SumOfLanes(vLow, vHigh);
        xw = SumOfLanes(wLow, wHigh);
        for (var i = blocks; i < x.Length; i++)
        {
            xv += x[i] * v[i];
            xw += x[i] * w[i];
        }
    }

    /// <summary>w[i] += scale · x[i], not fused.</summary>
    public static void AddScaled(ReadOnlySpan<double> x, double scale, Span<double> w)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var ws = ref MemoryMarshal.GetReference(w);
        var blocks = x.Length - x.Length % Width;
        var factor = Vector256.Create(scale);
        for (nuint i = 0; i < (nuint)blocks; i += Width)
            (Vector256.LoadUnsafe(ref ws, i) + Vector256.LoadUnsafe(ref xs, i) * factor).StoreUnsafe(ref ws, i);
        for (var i = blocks; i < x.Length; i++)
            w[i] += scale * x[i];
    }

    /// <summary>w[i] ·= factor.</summary>
    public static void Scale(double factor, Span<double> w)
    {
        ref var ws = ref MemoryMarshal.GetReference(w);
        var blocks = w.Length - w.Length % Width;
        var factors = Vector256.Create(factor);
        for (nuint i = 0; i < (nuint)blocks; i += Width)
            (Vector256.LoadUnsafe(ref ws, i) * factors).StoreUnsafe(ref ws, i);
        for (var i = blocks; i < w.Length; i++)
            w[i] *= factor;
    }

    /// <summary>One step of averaged descent: w[i] = keep · w[i] + step · x[i], then average[i] += gain · (w[i] − average[i]).</summary>
    public static void StepAndAverage(ReadOnlySpan<double> x, double keep, double step, Span<double> w, double gain, Span<double> average)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(average.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var ws = ref MemoryMarshal.GetReference(w);
        ref var averages = ref MemoryMarshal.GetReference(average);
        var blocks = x.Length - x.Length % Width;
        var keeps = Vector256.Create(keep);
        var steps = Vector256.Create(step);
        var gains = Vector256.Create(gain);
        for (nuint i = 0; i < (nuint)blocks; i += Width)
        {
            var moved = Vector256.LoadUnsafe(ref ws, i) * keeps + Vector256.LoadUnsafe(ref xs, i) * steps;
            var mean = Vector256.LoadUnsafe(ref averages, i);
            moved.StoreUnsafe(ref ws, i);
            (mean + gains * (moved - mean)).StoreUnsafe(ref averages, i);
        }
        for (var i = blocks; i < x.Length; i++)
        {
            w[i] = w[i] * keep + x[i] * step;
            average[i] += gain * (w[i] - average[i]);
        }
    }

    /// <summary>z[i] = (x[i] − mean[i]) · scale[i], clipped to ±clip; 0 where x[i] is not finite.</summary>
    /// <remarks>The spans other than x may be longer than x; what is behind x.Length is not touched.</remarks>
    public static void Standardise(ReadOnlySpan<double> x, ReadOnlySpan<double> mean, ReadOnlySpan<double> scale, double clip, Span<double> z)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mean.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(z.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var scales = ref MemoryMarshal.GetReference(scale);
        ref var zs = ref MemoryMarshal.GetReference(z);
        var blocks = x.Length - x.Length % Width;
        var upper = Vector256.Create(clip);
        var lower = Vector256.Create(-clip);
        for (nuint i = 0; i < (nuint)blocks; i += Width)
        {
            var value = Vector256.LoadUnsafe(ref xs, i);
            var finite = Vector256.LessThanOrEqual(Vector256.Abs(value), Vector256.Create(double.MaxValue));
            var distance = (value - Vector256.LoadUnsafe(ref means, i)) & finite;
            var scaled = distance * Vector256.LoadUnsafe(ref scales, i);
            Vector256.MinNative(Vector256.MaxNative(scaled, lower), upper).StoreUnsafe(ref zs, i);
        }
        for (var i = blocks; i < x.Length; i++)
            z[i] = double.IsFinite(x[i]) ? Math.Min(Math.Max((x[i] - mean[i]) * scale[i], -clip), clip) : 0;
    }

    /// <summary>
    /// Running mean and population variance of each number by itself. A number counts once, at most bound[i] away from the mean,
    /// and not at all where it is not finite; the count stops at memory, after which the past is forgotten exponentially.
    /// </summary>
    /// <remarks>The spans other than x may be longer than x; what is behind x.Length is not touched.</remarks>
    public static void UpdateMoments(ReadOnlySpan<double> x, double memory, ReadOnlySpan<double> bound, Span<double> mean, Span<double> variance, Span<double> count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(mean.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(variance.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(count.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var bounds = ref MemoryMarshal.GetReference(bound);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var variances = ref MemoryMarshal.GetReference(variance);
        ref var counts = ref MemoryMarshal.GetReference(count);
        var blocks = x.Length - x.Length % Width;
        var one = Vector256.Create(1.0);
        var most = Vector256.Create(memory);
        for (nuint i = 0; i < (nuint)blocks; i += Width)
        {
            var value = Vector256.LoadUnsafe(ref xs, i);
            var finite = Vector256.LessThanOrEqual(Vector256.Abs(value), Vector256.Create(double.MaxValue));
            var seen = one & finite;
            var n = Vector256.MinNative(Vector256.LoadUnsafe(ref counts, i) + seen, most);
            var gain = seen / Vector256.MaxNative(n, one);
            var center = Vector256.LoadUnsafe(ref means, i);
            var reach = Vector256.LoadUnsafe(ref bounds, i);
            var distance = Vector256.MinNative(Vector256.MaxNative((value - center) & finite, -reach), reach);
            n.StoreUnsafe(ref counts, i);
            (center + gain * distance).StoreUnsafe(ref means, i);
            ((one - gain) * (Vector256.LoadUnsafe(ref variances, i) + gain * distance * distance)).StoreUnsafe(ref variances, i);
        }
        for (var i = blocks; i < x.Length; i++)
        {
            var seen = double.IsFinite(x[i]) ? 1.0 : 0.0;
            var distance = seen > 0 ? x[i] - mean[i] : 0;
            count[i] = Math.Min(count[i] + seen, memory);
            var gain = seen / Math.Max(count[i], 1);
            distance = Math.Min(Math.Max(distance, -bound[i]), bound[i]);
            mean[i] += gain * distance;
            variance[i] = (1 - gain) * (variance[i] + gain * distance * distance);
        }
    }

    /// <summary>
    /// y[j] += Σ x[i]·matrix[i, j], with the sum over i in order. The matrix has one row of y.Length numbers for each x[i];
    /// y.Length is a multiple of <see cref="Lanes"/>.
    /// </summary>
    public static void AddRows(ReadOnlySpan<double> x, ReadOnlySpan<double> matrix, Span<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(matrix.Length, x.Length * y.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length % Lanes, 0);
        ref var rows = ref MemoryMarshal.GetReference(matrix);
        ref var ys = ref MemoryMarshal.GetReference(y);
        var stride = (nuint)y.Length;
        nuint j = 0;
        for (; j + 2 * Lanes <= stride; j += 2 * Lanes)
        {
            var a = Vector256.LoadUnsafe(ref ys, j);
            var b = Vector256.LoadUnsafe(ref ys, j + Width);
            var c = Vector256.LoadUnsafe(ref ys, j + 2 * Width);
            var d = Vector256.LoadUnsafe(ref ys, j + 3 * Width);
            var at = j;
            foreach (var value in x)
            {
                var factor = Vector256.Create(value);
                a += factor * Vector256.LoadUnsafe(ref rows, at);
                b += factor * Vector256.LoadUnsafe(ref rows, at + Width);
                c += factor * Vector256.LoadUnsafe(ref rows, at + 2 * Width);
                d += factor * Vector256.LoadUnsafe(ref rows, at + 3 * Width);
                at += stride;
            }
            a.StoreUnsafe(ref ys, j);
            b.StoreUnsafe(ref ys, j + Width);
            c.StoreUnsafe(ref ys, j + 2 * Width);
            d.StoreUnsafe(ref ys, j + 3 * Width);
        }
        if (j == stride)
            return;
        var low = Vector256.LoadUnsafe(ref ys, j);
        var high = Vector256.LoadUnsafe(ref ys, j + Width);
        foreach (var value in x)
        {
            var factor = Vector256.Create(value);
            low += factor * Vector256.LoadUnsafe(ref rows, j);
            high += factor * Vector256.LoadUnsafe(ref rows, j + Width);
            rows = ref Unsafe.Add(ref rows, stride);
        }
        low.StoreUnsafe(ref ys, j);
        high.StoreUnsafe(ref ys, j + Width);
    }

    /// <summary>
    /// matrix[i, j] = keep · matrix[i, j] + x[i] · y[j]: the step of gradient descent for a layer. The matrix has one row of
    /// y.Length numbers for each x[i]; y.Length is a multiple of <see cref="Lanes"/>.
    /// </summary>
    public static void AddOuter(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double keep, Span<double> matrix)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(matrix.Length, x.Length * y.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length % Lanes, 0);
        ref var rows = ref MemoryMarshal.GetReference(matrix);
        ref var ys = ref MemoryMarshal.GetReference(y);
        var stride = (nuint)y.Length;
        var keeps = Vector256.Create(keep);
        for (nuint j = 0; j < stride; j += Lanes)
        {
            var low = Vector256.LoadUnsafe(ref ys, j);
            var high = Vector256.LoadUnsafe(ref ys, j + Width);
            var at = j;
            foreach (var value in x)
            {
                var factor = Vector256.Create(value);
                (Vector256.LoadUnsafe(ref rows, at) * keeps + factor * low).StoreUnsafe(ref rows, at);
                (Vector256.LoadUnsafe(ref rows, at + Width) * keeps + factor * high).StoreUnsafe(ref rows, at + Width);
                at += stride;
            }
        }
    }

    /// <summary>One step of Adam for a row of weights whose gradient is scale · g[i]; the rate has its bias correction in it.</summary>
    /// <remarks>Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015; β₁ 0.9, β₂ 0.999, ε 10⁻⁸.</remarks>
    public static void AdamStep(ReadOnlySpan<double> g, double scale, double rate, double keep, Span<double> w, Span<double> first, Span<double> second)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(w.Length, g.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(first.Length, g.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Length, g.Length);
        ref var gs = ref MemoryMarshal.GetReference(g);
        ref var ws = ref MemoryMarshal.GetReference(w);
        ref var firsts = ref MemoryMarshal.GetReference(first);
        ref var seconds = ref MemoryMarshal.GetReference(second);
        var blocks = g.Length - g.Length % Width;
        for (nuint i = 0; i < (nuint)blocks; i += Width)
        {
            var slope = Vector256.LoadUnsafe(ref gs, i) * scale;
            var m = Vector256.LoadUnsafe(ref firsts, i) * 0.9 + slope * 0.1;
            var v = Vector256.LoadUnsafe(ref seconds, i) * 0.999 + slope * slope * 0.001;
            m.StoreUnsafe(ref firsts, i);
            v.StoreUnsafe(ref seconds, i);
            (Vector256.LoadUnsafe(ref ws, i) * keep - m * rate / (Vector256.Sqrt(v) + Vector256.Create(1e-8))).StoreUnsafe(ref ws, i);
        }
        for (var i = blocks; i < g.Length; i++)
        {
            var slope = g[i] * scale;
            first[i] = first[i] * 0.9 + slope * 0.1;
            second[i] = second[i] * 0.999 + slope * slope * 0.001;
            w[i] = w[i] * keep - first[i] * rate / (Math.Sqrt(second[i]) + 1e-8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SumOfLanes(Vector256<double> low, Vector256<double> high)
    {
        var four = low + high;
        return four[0] + four[2] + (four[1] + four[3]);
    }
}
