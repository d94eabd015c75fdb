namespace Hone.Learning.Sessions;

/// <summary>What a session is built for.</summary>
/// <param name="FeatureNames">Names of the features, in order.</param>
/// <param name="Classes">Number of classes, 2 or more.</param>
/// <param name="HorizonAnswers">How many consecutive answers overlap: the label's horizon in bars; 1 for independent answers.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="WatchDrift">Which features' distributions are watched; all when null.</param>
public sealed record SessionShape(IReadOnlyList<string> FeatureNames, int Classes, int HorizonAnswers, ulong Seed, IReadOnlyList<bool>? WatchDrift = null)
{
    /// <summary>Largest <see cref="HorizonAnswers"/>.</summary>
    public const int HorizonMax = 100_000;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FeatureNames.Count, 1, nameof(FeatureNames));
        ArgumentOutOfRangeException.ThrowIfLessThan(Classes, 2, nameof(Classes));
        ArgumentOutOfRangeException.ThrowIfLessThan(HorizonAnswers, 1, nameof(HorizonAnswers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HorizonAnswers, HorizonMax, nameof(HorizonAnswers));
    }
}
