using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>
/// Friedman's function: ten features, uniform in 0…1, of which five say something about the number y. Concept 0: y = 10·sin(πx₀x₁) + 20(x₂ − ½)² + 10x₃ + 5x₄ + noise; concept 1: the
/// same with x₃, x₅, x₁, x₀, x₂ in their places; concept 2: with x₉, x₈, x₇, x₆, x₅.
/// </summary>
/// <remarks>Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19, 1991; drift by exchanging the features as in Ikonomovska, Gama, Džeroski, "Learning model trees
/// from evolving data streams", Data Mining and Knowledge Discovery 23, 2011.</remarks>
public sealed class FriedmanStream : IExampleStream
{
    private static readonly int[][] Places = [[0, 1, 2, 3, 4], [3, 5, 1, 0, 2], [9, 8, 7, 6, 5]];

    private readonly ConceptSchedule _schedule;
    private readonly double _noise;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 2.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="noise">Standard deviation of the noise; 1 as published.</param>
    public FriedmanStream(ConceptSchedule schedule, ulong seed, double noise = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(schedule.Max, Places.Length);
        (_schedule, _noise) = (schedule, noise);
        _random = new(seed, "friedman");
    }

    /// <inheritdoc/>
    public int Features => 10;

    /// <inheritdoc/>
    public int Classes => 0;

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <summary>The function without its noise.</summary>
    public static double Value(int concept, ReadOnlySpan<double> x)
    {
        var at = Places[concept];
        var c = x[at[2]] - 0.5;
        return 10 * Elementary.Sin(Math.PI * x[at[0]] * x[at[1]]) + 20 * c * c + 10 * x[at[3]] + 5 * x[at[4]];
    }

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var concept = _schedule.Draw(_row++, ref _random);
        for (var i = 0; i < 10; i++)
            x[i] = _random.NextDouble();
        return Value(concept, x) + _noise * _random.NextGaussian();
    }
}
