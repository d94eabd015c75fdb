namespace Hone.Trading.Performance;

/// <summary>How much was tried before this result was picked.</summary>
/// <param name="Count">Everything tried, the result itself included; at least 1.</param>
/// <param name="VarianceOfSharpes">Variance of the trials' Sharpe ratios per daily return (not annualised); null when it was not measured.</param>
public readonly record struct TrialCount(long Count, double? VarianceOfSharpes)
{
    /// <summary>One single try.</summary>
    public static TrialCount One => new(1, null);
}
