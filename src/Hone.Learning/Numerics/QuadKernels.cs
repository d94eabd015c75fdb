using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>
/// Four linear models over the same features, side by side: the four weights of a feature stand next to each other, so that
/// every feature is loaded once for all models and no sum across a register is ever needed. Each model has the bits it would have
/// alone with <see cref="Kernels"/>, on every CPU; nothing is fused.
/// </summary>
internal static class QuadKernels
{
    /// <summary>Models side by side.</summary>
    public const int Models = 4;

    private const double InverseLn2 = 1.4426950408889634, Ln2Hi = 0.6931471803691238, Ln2Lo = 1.9082149292705877e-10, Rounder = 6755399441055744.0;

    /// <summary>scores[m] = Σ z[i]·quads[4·i + m], summed in the order of <see cref="Kernels.Dot"/> over padded vectors.</summary>
    public static void Scores(ReadOnlySpan<double> z, ReadOnlySpan<double> quads, Span<double> scores)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(quads.Length, Models * z.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, Models);
        ref var zs = ref MemoryMarshal.GetReference(z);
        ref var ws = ref MemoryMarshal.GetReference(quads);
        Vector256<double> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        nuint i = 0;
        var length = (nuint)z.Length;
        for (; i + Kernels.Lanes <= length; i += Kernels.Lanes)
        {
            a += Term(ref zs, ref ws, i);
            b += Term(ref zs, ref ws, i + 1);
            c += Term(ref zs, ref ws, i + 2);
            d += Term(ref zs, ref ws, i + 3);
            e += Term(ref zs, ref ws, i + 4);
            f += Term(ref zs, ref ws, i + 5);
            g += Term(ref zs, ref ws, i + 6);
            h += Term(ref zs, ref ws, i + 7);
        }
        if (i < length)
            a += Term(ref zs, ref ws, i);
        if (i + 1 < length)
            b += Term(ref zs, ref ws, i + 1);
        if (i + 2 < length)
            c += Term(ref zs, ref ws, i + 2);
        if (i + 3 < length)
            d += Term(ref zs, ref ws, i + 3);
        if (i + 4 < length)
            e += Term(ref zs, ref ws, i + 4);
        if (i + 5 < length)
            f += Term(ref zs, ref ws, i + 5);
        if (i + 6 < length)
            g += Term(ref zs, ref ws, i + 6);
        (a + e + (c + g) + (b + f + (d + h))).StoreUnsafe(ref MemoryMarshal.GetReference(scores));
    }

    /// <summary>quads[4·i + m] += z[i]·steps[m].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSteps(ReadOnlySpan<double> z, ReadOnlySpan<double> steps, Span<double> quads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(quads.Length, Models * z.Length);
        ref var zs = ref MemoryMarshal.GetReference(z);
        ref var ws = ref MemoryMarshal.GetReference(quads);
        var step = Load(steps);
        for (nuint i = 0; i < (nuint)z.Length; i++)
            (Vector256.LoadUnsafe(ref ws, Models * i) + Vector256.Create(Unsafe.Add(ref zs, i)) * step).StoreUnsafe(ref ws, Models * i);
    }

    /// <summary>
    /// Models 0 and 2 descend, models 1 and 3 are their averages: w₀ = keep·w₀ + step·z[i], w₂ = w₂ + fastStep·z[i], then
    /// w₁ += gain·(w₀ − w₁) and w₃ += fastGain·(w₂ − w₃).
    /// </summary>
    public static void StepAndAverage(ReadOnlySpan<double> z, double keep, double step, double gain, double fastStep, double fastGain, Span<double> quads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(quads.Length, Models * z.Length);
        ref var zs = ref MemoryMarshal.GetReference(z);
        ref var ws = ref MemoryMarshal.GetReference(quads);
        var keeps = Vector256.Create(keep, 1, 1, 1);
        var steps = Vector256.Create(step, 0, fastStep, 0);
        var gains = Vector256.Create(0, gain, 0, fastGain);
        for (nuint i = 0; i < (nuint)z.Length; i++)
        {
            var moved = Vector256.LoadUnsafe(ref ws, Models * i) * keeps + Vector256.Create(Unsafe.Add(ref zs, i)) * steps;
            var descents = Vector256.Shuffle(moved, Vector256.Create(0, 0, 2, 2));
            (moved + gains * (descents - moved)).StoreUnsafe(ref ws, Models * i);
        }
    }

    /// <summary>
    /// Passive-aggressive steps of four separators, each with its own aggressiveness C: for a loss 1 − sign·margin above 0
    /// min(C·weight, loss / square) where the step is capped, else loss / (square + 1 / (2·C·weight)); times the sign.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HingeSteps(ReadOnlySpan<double> margins, double sign, double square, ReadOnlySpan<double> aggressiveness, double weight, bool capped, Span<double> steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps.Length, Models);
        var loss = Vector256.MaxNative(Vector256.Create(1.0) - Load(margins) * sign, default);
        var most = Load(aggressiveness) * weight;
        var step = capped
            ? Vector256.MinNative(most, loss / square)
            : loss / (Vector256.Create(0.5) / most + Vector256.Create(square));
        (step * sign).StoreUnsafe(ref MemoryMarshal.GetReference(steps));
    }

    /// <summary>x for each of the four where <paramref name="label"/> is 1, else 1 − x; without a branch, because labels cannot be foretold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfLabel(ReadOnlySpan<double> x, int label, Span<double> result)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, Models);
        var up = Load(x);
        var isUp = Vector256.Equals(Vector256.Create((long)label), Vector256.Create(1L)).AsDouble();
        Vector256.ConditionalSelect(isUp, up, Vector256.Create(1.0) - up).StoreUnsafe(ref MemoryMarshal.GetReference(result));
    }

    /// <summary>Scores to probabilities in place, with the bits of <see cref="Online.Scores.ToProbabilities"/> for each model: the logistic function for one row, softmax over more.</summary>
    /// <param name="scores">Four numbers per row.</param>
    /// <param name="distanceMax">Scores further apart count as this far apart.</param>
    public static void ToProbabilities(Span<double> scores, double distanceMax)
    {
        ref var s = ref MemoryMarshal.GetReference(scores);
        var far = Vector256.Create(distanceMax);
        var one = Vector256.Create(1.0);
        if (scores.Length == Models)
        {
            var x = Vector256.MinNative(Vector256.MaxNative(Vector256.LoadUnsafe(ref s), -far), far);
            var e = Exp(-Vector256.Abs(x));
            (Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(x, default), one, e) / (one + e)).StoreUnsafe(ref s);
            return;
        }
        var length = (nuint)scores.Length;
        var most = Vector256.LoadUnsafe(ref s);
        for (nuint i = Models; i < length; i += Models)
            most = Vector256.MaxNative(most, Vector256.LoadUnsafe(ref s, i));
        var sum = Vector256<double>.Zero;
        for (nuint i = 0; i < length; i += Models)
        {
            var e = Exp(Vector256.MaxNative(Vector256.LoadUnsafe(ref s, i) - most, -far));
            sum += e;
            e.StoreUnsafe(ref s, i);
        }
        for (nuint i = 0; i < length; i += Models)
            (Vector256.LoadUnsafe(ref s, i) / sum).StoreUnsafe(ref s, i);
    }

    /// <summary>Σ values[m]·shares[m].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Mix(ReadOnlySpan<double> values, ReadOnlySpan<double> shares) => Sum(Load(values) * Load(shares));

    /// <summary>
    /// Fixed-share: each share by its likelihood, made to sum to one, a part <paramref name="moving"/> of which moves home; the shares go the part
    /// <paramref name="gain"/> of the way there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Share(Span<double> shares, ReadOnlySpan<double> likelihoods, ReadOnlySpan<double> home, double moving, double gain)
    {
        var share = Load(shares);
        var joint = share * Load(likelihoods);
        var posterior = joint / Vector256.Create(Sum(joint));
        posterior += moving * (Load(home) - posterior);
        (share + gain * (posterior - share)).StoreUnsafe(ref MemoryMarshal.GetReference(shares));
    }

    /// <summary>Σ (a[i] − b[i])², in the order of <see cref="Kernels.Dot"/>; the lengths are a multiple of <see cref="Kernels.Lanes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Length, a.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length % Kernels.Lanes, 0);
        ref var xs = ref MemoryMarshal.GetReference(a);
        ref var ys = ref MemoryMarshal.GetReference(b);
        Vector256<double> low = default, high = default;
        for (nuint i = 0; i < (nuint)a.Length; i += Kernels.Lanes)
        {
            var first = Vector256.LoadUnsafe(ref xs, i) - Vector256.LoadUnsafe(ref ys, i);
            var second = Vector256.LoadUnsafe(ref xs, i + Models) - Vector256.LoadUnsafe(ref ys, i + Models);
            low += first * first;
            high += second * second;
        }
        return Sum(low + high);
    }

    /// <summary>e to the power of each x, |x| below 700, with the bits of <see cref="Elementary.Exp"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Exp(Vector256<double> x)
    {
        var rounder = Vector256.Create(Rounder);
        var shifted = x * InverseLn2 + rounder;
        var k = shifted - rounder;
        var r = x - k * Ln2Hi - k * Ln2Lo;
        var r2 = r * r;
        var r4 = r2 * r2;
        var tail = Vector256.Create(1.0 / 2) + 1.0 / 6 * r + r2 * (Vector256.Create(1.0 / 24) + 1.0 / 120 * r)
            + r4 * (Vector256.Create(1.0 / 720) + 1.0 / 5040 * r + r2 * (Vector256.Create(1.0 / 40320) + 1.0 / 362880 * r)
                + r4 * (Vector256.Create(1.0 / 3628800) + 1.0 / 39916800 * r + r2 * (Vector256.Create(1.0 / 479001600) + 1.0 / 6227020800 * r)));
        var scale = Vector256.ShiftLeft(shifted.AsInt64() + Vector256.Create(1023L), 52).AsDouble();
        return (Vector256.Create(1.0) + (r + r * r * tail)) * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Load(ReadOnlySpan<double> four)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(four.Length, Models);
        return Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(four));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Term(ref double zs, ref double ws, nuint i)
        => Vector256.Create(Unsafe.Add(ref zs, i)) * Vector256.LoadUnsafe(ref ws, Models * i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Sum(Vector256<double> four) => four[0] + four[2] + (four[1] + four[3]);
}
