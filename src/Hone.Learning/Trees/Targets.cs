namespace Hone.Learning.Trees;

/// <summary>What a regressor refuses.</summary>
internal static class Targets
{
    /// <summary>Largest magnitude of a target.</summary>
    public const double MagnitudeMax = 1e100;

    /// <summary>Refuses a target that is not finite or too large, and what has no weight.</summary>
    public static void Check(double target, double weight)
    {
        if (!(Math.Abs(target) <= MagnitudeMax))
            throw new ArgumentOutOfRangeException(nameof(target), target, "A target is a finite number of at most 1e100 in magnitude.");
        if (!(weight > 0 && weight <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number above zero.");
    }
}
