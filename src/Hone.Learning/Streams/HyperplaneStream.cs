using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>
/// A hyperplane that turns: features uniform in 0…1, class 1 above Σ wᵢxᵢ = ½Σ wᵢ. Each concept has its own random weights; over the width of a change they move
/// straight from the old ones to the new ones, so that a width as long as the distance of two changes is a plane that never rests.
/// </summary>
/// <remarks>Hulten, Spencer, Domingos, "Mining time-changing data streams", KDD 2001.</remarks>
public sealed class HyperplaneStream : IExampleStream
{
    private readonly ConceptSchedule _schedule;
    private readonly double _noise;
    private readonly double[][] _weights;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 99.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="features">Features, 1 or more.</param>
    /// <param name="noise">Share of labels that are turned around.</param>
    public HyperplaneStream(ConceptSchedule schedule, ulong seed, int features = 10, double noise = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schedule.Max, 99);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (_schedule, _noise, Features) = (schedule, noise, features);
        _random = new(seed, "hyperplane");
        _weights = new double[schedule.Max + 1][];
        for (var concept = 0; concept < _weights.Length; concept++)
        {
            var random = new Rng(seed, "hyperplane weights", (ulong)concept << 20);
            _weights[concept] = new double[features];
            for (var i = 0; i < features; i++)
                _weights[concept][i] = 2 * random.NextDouble() - 1;
        }
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes => 2;

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var (from, to, share) = _schedule.At(_row++);
        double above = 0;
        for (var i = 0; i < Features; i++)
        {
            x[i] = _random.NextDouble();
            var weight = _weights[from][i] + share * (_weights[to][i] - _weights[from][i]);
            above += weight * (x[i] - 0.5);
        }
        var label = above > 0 ? 1 : 0;
        return _random.NextDouble() < _noise ? 1 - label : label;
    }
}
