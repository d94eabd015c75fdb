using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>
/// A seven-segment display: which digit is shown (ten classes) when every segment is wrong with a probability of 0.1; 17 more features are coin tosses.
/// Concept d: the first d segments have changed places with d of the irrelevant features.
/// </summary>
/// <remarks>Breiman, Friedman, Olshen, Stone, "Classification and regression trees", 1984: with 10 % noise nobody is right more often than 74 %. Drift as in MOA's LEDGeneratorDrift.</remarks>
public sealed class LedStream : IExampleStream
{
    private const int Segments = 7;
    private static readonly byte[] Digits = [0b1110111, 0b0010010, 0b1011101, 0b1011011, 0b0111010, 0b1101011, 0b1101111, 0b1010010, 0b1111111, 0b1111011];

    private readonly ConceptSchedule _schedule;
    private readonly double _noise;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 7.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="noise">Probability that a segment is wrong.</param>
    public LedStream(ConceptSchedule schedule, ulong seed, double noise = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schedule.Max, Segments);
        (_schedule, _noise) = (schedule, noise);
        _random = new(seed, "led");
    }

    /// <inheritdoc/>
    public int Features => 24;

    /// <inheritdoc/>
    public int Classes => 10;

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <summary>Whether a segment, 0 to 6, is lit for a digit.</summary>
    public static bool IsLit(int digit, int segment) => (Digits[digit] >> (Segments - 1 - segment) & 1) == 1;

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var swapped = _schedule.Draw(_row++, ref _random);
        var digit = _random.NextInt32(10);
        for (var i = 0; i < Segments; i++)
            x[i] = IsLit(digit, i) != _random.NextDouble() < _noise ? 1 : 0;
        for (var i = Segments; i < 24; i++)
            x[i] = _random.NextInt32(2);
        for (var i = 0; i < swapped; i++)
            (x[i], x[Segments + i]) = (x[Segments + i], x[i]);
        return digit;
    }
}
