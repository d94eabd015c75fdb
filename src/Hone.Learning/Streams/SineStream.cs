using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>
/// Sine concepts: two features, uniform in 0…1. Concept 0: class 1 where x₁ &lt; sin x₀; 1: the reverse; 2: class 1 where x₁ &lt; 0.5 + 0.3·sin 3πx₀; 3: the reverse.
/// </summary>
/// <remarks>Gama, Medas, Castillo, Rodrigues, "Learning with drift detection", SBIA 2004 (SINE1, SINE2). No noise.</remarks>
public sealed class SineStream : IExampleStream
{
    private readonly ConceptSchedule _schedule;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 3.</param>
    /// <param name="seed">Seed.</param>
    public SineStream(ConceptSchedule schedule, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schedule.Max, 3);
        _schedule = schedule;
        _random = new(seed, "sine");
    }

    /// <inheritdoc/>
    public int Features => 2;

    /// <inheritdoc/>
    public int Classes => 2;

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var concept = _schedule.Draw(_row++, ref _random);
        x[0] = _random.NextDouble();
        x[1] = _random.NextDouble();
        var curve = concept < 2 ? Elementary.Sin(x[0]) : 0.5 + 0.3 * Elementary.Sin(3 * Math.PI * x[0]);
        return x[1] < curve == (concept % 2 == 0) ? 1 : 0;
    }
}
