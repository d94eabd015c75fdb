using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>
/// SEA concepts: three features, uniform in 0…10, of which the third says nothing; class 0 where the sum of the first two is at most a threshold, else class 1.
/// </summary>
/// <remarks>Street, Kim, "A streaming ensemble algorithm (SEA) for large-scale classification", KDD 2001: thresholds 8, 9, 7, 9.5 and 10 % of the labels turned around.</remarks>
public sealed class SeaStream : IExampleStream
{
    private static readonly double[] Thresholds = [8, 9, 7, 9.5];

    private readonly ConceptSchedule _schedule;
    private readonly double _noise;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 3.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="noise">Share of labels that are turned around.</param>
    public SeaStream(ConceptSchedule schedule, ulong seed, double noise = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(schedule.Max, Thresholds.Length);
        (_schedule, _noise) = (schedule, noise);
        _random = new(seed, "sea");
    }

    /// <inheritdoc/>
    public int Features => 3;

    /// <inheritdoc/>
    public int Classes => 2;

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <summary>Threshold of a concept, 0 to 3.</summary>
    public static double Threshold(int concept) => Thresholds[concept];

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var concept = _schedule.Draw(_row++, ref _random);
        for (var i = 0; i < 3; i++)
            x[i] = 10 * _random.NextDouble();
        var label = x[0] + x[1] <= Thresholds[concept] ? 0 : 1;
        return _random.NextDouble() < _noise ? 1 - label : label;
    }
}
