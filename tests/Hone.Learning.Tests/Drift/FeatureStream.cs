using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Drift;

/// <summary>Rows of independent features of one kind, each with mean 0 and standard deviation about 1.</summary>
internal sealed class FeatureStream(string kind, int features, ulong seed)
{
    private readonly double[] _state = new double[features];
    private readonly double[] _variance = [.. Enumerable.Repeat(1.0, features)];
    private Rng _random = new(seed, "features");

    public double[] Row { get; } = new double[features];

    public double[] Next()
    {
        for (var j = 0; j < features; j++)
        {
            var e = _random.NextGaussian();
            switch (kind)
            {
                case "independent":
                    Row[j] = e;
                    break;
                case "autoregressive 0.95":
                    Row[j] = _state[j] = 0.95 * _state[j] + 0.31224989991991992 * e;
                    break;
                case "clustering volatility":
                    _variance[j] = 0.02 + 0.08 * _state[j] * _state[j] + 0.90 * _variance[j];
                    Row[j] = _state[j] = Math.Sqrt(_variance[j]) * e;
                    break;
            }
        }
        return Row;
    }
}
