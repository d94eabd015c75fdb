namespace Hone.Learning.Conformal;

/// <summary>What conformal methods refuse.</summary>
internal static class ConformalInput
{
    public static double Coverage(double coverage) => coverage > 0 && coverage < 1
        ? coverage
        : throw new ArgumentOutOfRangeException(nameof(coverage), coverage, "The share of outcomes to cover is above 0 and below 1.");

    public static void RequireScore(double score)
    {
        if (!(score >= 0 && score <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(score), score, "A score is a finite number of 0 or more.");
    }
}
