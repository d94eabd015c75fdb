using Hone.Learning.Numerics;

namespace Hone.Learning.Evaluation;

/// <summary>What one prediction scored.</summary>
/// <param name="Predicted">The class with the highest probability; the lowest number where several are equal.</param>
/// <param name="Confidence">Probability of the predicted class.</param>
/// <param name="LogLoss">−ln of the label's probability, which counts as at least 10⁻¹⁵.</param>
/// <param name="Brier">½·Σ(p − y)² over the classes, in 0…1; with two classes (p₁ − y)².</param>
public readonly record struct ProbabilityScore(int Predicted, double Confidence, double LogLoss, double Brier)
{
    /// <summary>Probabilities below this count as this: one certain and wrong prediction costs 34.5, not infinity.</summary>
    public const double ProbabilityMin = 1e-15;

    /// <summary>Scores a prediction over several classes.</summary>
    /// <param name="probabilities">One per class, from 0 to 1, summing to one.</param>
    /// <param name="label">The class that came true.</param>
    /// <exception cref="ArgumentOutOfRangeException">A probability is NaN or outside 0…1, they do not sum to one, or there is no such class.</exception>
    public static ProbabilityScore Of(ReadOnlySpan<double> probabilities, int label)
    {
        RequireLabel(label, probabilities.Length);
        double sum = 0, squares = 0;
        var predicted = 0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            var p = probabilities[k];
            RequireProbability(p);
            sum += p;
            squares += p * p;
            if (p > probabilities[predicted])
                predicted = k;
        }
        if (!(Math.Abs(sum - 1) <= 1e-6))
            throw new ArgumentOutOfRangeException(nameof(probabilities), sum, "Probabilities sum to one.");
        var hit = probabilities[label];
        return new(predicted, probabilities[predicted], LogLossOf(hit), Math.Max(0, 0.5 * (squares - 2 * hit + 1)));
    }

    /// <summary>Scores a binary prediction.</summary>
    /// <param name="probability">Probability of class 1.</param>
    /// <param name="label">0 or 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1, or the label is another.</exception>
    public static ProbabilityScore OfBinary(double probability, int label)
    {
        RequireLabel(label, 2);
        RequireProbability(probability);
        var miss = label == 1 ? 1 - probability : probability;
        return new(probability > 0.5 ? 1 : 0, Math.Max(probability, 1 - probability), LogLossOf(1 - miss), miss * miss);
    }

    internal static void RequireLabel(int label, int classes)
    {
        if ((uint)label >= (uint)classes)
            throw new ArgumentOutOfRangeException(nameof(label), label, $"A label is from 0 to {classes - 1}.");
    }

    internal static void RequireProbability(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is from 0 to 1.");
    }

    private static double LogLossOf(double probability) => -Elementary.Log(Math.Max(probability, ProbabilityMin));
}
