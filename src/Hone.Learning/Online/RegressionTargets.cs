namespace Hone.Learning.Online;

/// <summary>What a regressor can learn from.</summary>
internal static class RegressionTargets
{
    /// <summary>Largest target, either way.</summary>
    public const double Max = 1e100;

    /// <summary>Refuses what is no target or has no weight.</summary>
    public static void Check(double target, double weight)
    {
        if (!(Math.Abs(target) <= Max))
            throw new ArgumentOutOfRangeException(nameof(target), target, "A target is a finite number of at most 1e100 in magnitude.");
        if (!(weight > 0 && weight <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number above zero.");
    }
}
