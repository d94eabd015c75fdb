using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Sessions;

/// <summary>
/// Questions whose label is the sign of the next h moves together. A move has a part that the first features tell, in one of two regimes the other
/// way round, and noise.
/// </summary>
internal sealed class EdgeStream(ulong seed, int features, int horizon, double edge)
{
    private readonly double[] _moves = new double[horizon];
    private double _sum;
    private long _count;
    private Rng _rng = new(seed, "edge-stream");

    public double[] X { get; } = new double[features];

    /// <summary>Sign of the edge.</summary>
    public double Sign { get; set; } = 1;

    /// <summary>Share of missing features.</summary>
    public double Missing { get; set; }

    /// <summary>Draws the next question into <see cref="X"/>.</summary>
    /// <param name="label">The label of the question of h draws ago, which is known now.</param>
    /// <returns>Whether there is one.</returns>
    public bool Next(out int label)
    {
        // The move from the last question to this one, told by the last question's features.
        var move = Sign * edge * (X[0] + 0.5 * X[1]) + _rng.NextGaussian();
        var slot = (int)(_count % horizon);
        _sum += move - _moves[slot];
        _moves[slot] = move;
        label = _sum > 0 ? 1 : 0;
        for (var i = 0; i < features; i++)
        {
            // Features that keep some of their past, so that they say something about all h moves.
            var keep = horizon == 1 ? 0 : 0.9;
            X[i] = keep * X[i] + Math.Sqrt(1 - keep * keep) * _rng.NextGaussian();
        }
        return _count++ >= horizon;
    }

    /// <summary>The features with some missing.</summary>
    public ReadOnlySpan<double> Seen(Span<double> x)
    {
        X.CopyTo(x);
        if (Missing > 0)
            foreach (ref var value in x)
                if (_rng.NextDouble() < Missing)
                    value = double.NaN;
        return x;
    }
}
