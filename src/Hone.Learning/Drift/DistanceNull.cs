namespace Hone.Learning.Drift;

/// <summary>
/// What an index of one feature, quadratic in the difference of two distributions, looks like while nothing has changed: <see cref="Mean"/> times a Fisher variable.
/// </summary>
/// <param name="Mean">Mean of the index under no drift.</param>
/// <param name="Degrees">Degrees of freedom of the index: how many independent directions its bins vary in.</param>
/// <param name="MeanDegrees">Degrees of freedom with which the mean itself is known: the reference is finite, and shorter the more a feature depends on its own past.</param>
internal readonly record struct DistanceNull(double Mean, double Degrees, double MeanDegrees)
{
    /// <summary>Probability of an index of at least this size while nothing has changed.</summary>
    public double PValue(double index) => Mean > 0 ? FisherDistribution.Survival(index / Mean, Degrees, MeanDegrees) : 1;

    /// <summary>The index whose p-value is <paramref name="probability"/>.</summary>
    public double IndexAt(double probability) => Mean * FisherDistribution.Quantile(probability, Degrees, MeanDegrees);
}
