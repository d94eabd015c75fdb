namespace Hone.Learning.Calibration;

/// <summary>What calibration refuses.</summary>
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
}
