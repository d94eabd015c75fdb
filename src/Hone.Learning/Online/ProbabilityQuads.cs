using Hone.Learning.Numerics;

namespace Hone.Learning.Online;

/// <summary>
/// Probabilities of four models side by side: four numbers per class, or for two classes four numbers, the probabilities of class 1.
/// </summary>
internal static class ProbabilityQuads
{
    /// <summary>What one of the four models says, drawn towards "equally likely" by a part <paramref name="doubt"/>.</summary>
    public static void One(ReadOnlySpan<double> quads, int model, double doubt, Span<double> probabilities)
    {
        if (quads.Length == QuadKernels.Models)
            (probabilities[0], probabilities[1]) = (1 - quads[model], quads[model]);
        else
            for (var k = 0; k < probabilities.Length; k++)
                probabilities[k] = quads[k * QuadKernels.Models + model];
        if (doubt > 0)
            foreach (ref var p in probabilities)
                p += doubt * (1.0 / probabilities.Length - p);
    }

    /// <summary>What the four say together, by their shares; it sums to one.</summary>
    public static void Mixed(ReadOnlySpan<double> quads, ReadOnlySpan<double> shares, Span<double> probabilities)
    {
        if (quads.Length == QuadKernels.Models)
        {
            var up = Math.Min(QuadKernels.Mix(quads, shares), 1);
            (probabilities[0], probabilities[1]) = (1 - up, up);
            return;
        }
        var sum = 0.0;
        for (var k = 0; k < probabilities.Length; k++)
            sum += probabilities[k] = QuadKernels.Mix(quads[(k * QuadKernels.Models)..], shares);
        for (var k = 0; k < probabilities.Length; k++)
            probabilities[k] /= sum;
    }

    /// <summary>What each of the four gave a label.</summary>
    public static void OfLabel(ReadOnlySpan<double> quads, int label, Span<double> likelihoods)
    {
        if (quads.Length > QuadKernels.Models)
        {
            quads.Slice(label * QuadKernels.Models, QuadKernels.Models).CopyTo(likelihoods);
            return;
        }
        QuadKernels.OfLabel(quads, label, likelihoods);
    }
}
