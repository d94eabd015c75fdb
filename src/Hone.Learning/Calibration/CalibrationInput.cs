using Hone.Learning.Numerics;

namespace Hone.Learning.Calibration;

/// <summary>What calibration refuses, and how near to 0 and 1 it goes.</summary>
internal static class CalibrationInput
{
    public static void RequireProbability(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is from 0 to 1.");
    }

    public static void RequireOutcome(int outcome)
    {
        if (outcome is not (0 or 1))
            throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An outcome is 0 or 1.");
    }

    public static void RequireWeight(double weight)
    {
        if (!(weight > 0 && weight <= 1e6))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is above 0 and at most a million.");
    }

    /// <summary>A probability, or a refusal; nearer to 0 or 1 than 10⁻⁷ counts as this near.</summary>
    public static double Clipped(double probability)
    {
        RequireProbability(probability);
        return Inside(probability);
    }

    /// <summary>What is nearer to 0 or 1 than 10⁻⁷ as this near.</summary>
    public static double Inside(double probability) => Math.Clamp(probability, PlattCalibrator.ProbabilityMin, 1 - PlattCalibrator.ProbabilityMin);

    /// <summary>Log-odds.</summary>
    public static double Logit(double probability) => Elementary.Log(probability / (1 - probability));
}
