using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>Histograms of pairs (weight, sum) in single precision: both numbers of a bin are one load, one addition and one store.</summary>
internal static class HistogramKernels
{
    /// <summary>Adds the pair to one bin of each listed feature. The histogram has <paramref name="bins"/> pairs for each entry of the list.</summary>
    /// <param name="codes">The bin of every feature, below <paramref name="bins"/>.</param>
    /// <param name="features">Which features the histogram has, in its order.</param>
    /// <param name="bins">Bins per feature.</param>
    /// <param name="weight">What is added to the first number of the bin.</param>
    /// <param name="sum">What is added to the second one.</param>
    /// <param name="histogram">Weight and sum of each bin, one behind the other.</param>
    public static void Add(ReadOnlySpan<byte> codes, ReadOnlySpan<ushort> features, int bins, float weight, float sum, Span<float> histogram)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(histogram.Length, 2 * bins * features.Length);
        var pair = Vector128.Create(weight, sum, 0, 0);
        ref var at = ref Unsafe.As<float, double>(ref MemoryMarshal.GetReference(histogram));
        ref var listed = ref MemoryMarshal.GetReference(features);
        for (nuint j = 0; j < (nuint)features.Length; j++)
        {
            ref var bin = ref Unsafe.Add(ref at, codes[Unsafe.Add(ref listed, j)]);
            bin = (Vector128.CreateScalar(bin).AsSingle() + pair).AsDouble().ToScalar();
            at = ref Unsafe.Add(ref at, bins);
        }
    }
}
