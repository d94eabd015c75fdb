using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Online;

/// <summary>
/// What trading looks like: 70 features that are mostly six factors in disguise, and labels that are coin flips but for an edge
/// whose log-odds are linear in the features and have the given deviation (0.2 is a correlation of 0.1 with the label).
/// </summary>
internal sealed class WeakEdge
{
    public const int Features = 70;

    private const int Factors = 6;
    private readonly double[,] _loadings = new double[Features, Factors];
    private readonly double[] _own = new double[Features];
    private readonly double[] _edge = new double[Features];
    private Rng _rng;

    public WeakEdge(ulong seed, double deviation)
    {
        _rng = new(seed, "weak-edge");
        for (var i = 0; i < Features; i++)
        {
            for (var k = 0; k < Factors; k++)
                _loadings[i, k] = _rng.NextGaussian() * (k == i % Factors ? 0.8 : 0.3);
            _own[i] = 0.1 + 0.4 * _rng.NextDouble();
            _edge[i] = _rng.NextGaussian();
        }

        // Scaled exactly: the variance of the edge is the sum over factors and over what is each feature's own.
        var variance = 0.0;
        for (var k = 0; k < Factors; k++)
        {
            var loading = 0.0;
            for (var i = 0; i < Features; i++)
                loading += _edge[i] * _loadings[i, k];
            variance += loading * loading;
        }
        for (var i = 0; i < Features; i++)
            variance += _edge[i] * _edge[i] * _own[i] * _own[i];
        for (var i = 0; i < Features; i++)
            _edge[i] *= deviation / Math.Sqrt(variance);
    }

    /// <summary>The next row; answers with the true log-odds and the label drawn from them.</summary>
    public double Next(Span<double> x, out int label)
    {
        Span<double> factors = stackalloc double[Factors];
        foreach (ref var factor in factors)
            factor = _rng.NextGaussian();
        var logOdds = 0.0;
        for (var i = 0; i < Features; i++)
        {
            var value = _own[i] * _rng.NextGaussian();
            for (var k = 0; k < Factors; k++)
                value += _loadings[i, k] * factors[k];
            x[i] = value;
            logOdds += _edge[i] * value;
        }
        label = _rng.NextDouble() < Elementary.Sigmoid(logOdds) ? 1 : 0;
        return logOdds;
    }
}
