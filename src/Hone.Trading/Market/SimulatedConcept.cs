namespace Hone.Trading.Market;

/// <summary>What predicts the next bar between two drift points: weights of the four signals of <see cref="MarketSimulator"/>, squares summing to 1.</summary>
/// <param name="Name">In words.</param>
/// <param name="Momentum">Weight of the log return of the last 12 bars over its standard deviation.</param>
/// <param name="Distance">Weight of the log distance from the 20-bar exponential average over its standard deviation.</param>
/// <param name="VolumeZ">Weight of the z-score of log volume against its 20-bar exponential average.</param>
/// <param name="Season">Weight of the hour of the day (of the day of the week for bars over 4 hours).</param>
public sealed record SimulatedConcept(string Name, double Momentum, double Distance, double VolumeZ, double Season)
{
    /// <summary>The concepts in the order in which they hold; after the last comes the first again.</summary>
    public static IReadOnlyList<SimulatedConcept> All { get; } =
    [
        new("momentum and season", 0.8, 0, 0.36, 0.48),
        new("the opposite", -0.8, 0, -0.36, -0.48),
        new("reversal and volume", 0, -0.8, 0.6, 0),
        new("volume and season against", 0, 0, -0.6, -0.8),
    ];
}

/// <summary>A bar from which on another concept holds.</summary>
/// <param name="Bar">Position of the first bar whose return follows the new concept; 0 is the first of all.</param>
/// <param name="At">Start of that bar.</param>
/// <param name="FromConcept">Position in <see cref="SimulatedConcept.All"/>.</param>
/// <param name="ToConcept">Position in <see cref="SimulatedConcept.All"/>.</param>
public readonly record struct DriftPoint(long Bar, DateTime At, int FromConcept, int ToConcept);
