using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Trees;

/// <summary>Friedman's first function: five features that matter, five that do not, noise of deviation 1 around a target of deviation 5.</summary>
/// <remarks>Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19(1), 1991.</remarks>
internal sealed class Friedman(ulong seed)
{
    public const int Features = 10;

    /// <summary>Standard deviation of the target, noise included: what the mean errs by.</summary>
    public const double Deviation = 4.98;

    private Rng _rng = new(seed, "friedman");

    public double Next(Span<double> x)
    {
        foreach (ref var value in x)
            value = _rng.NextDouble();
        return 10 * Elementary.Sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4] + _rng.NextGaussian();
    }

    /// <summary>Root mean squared error over the second half of so many rows.</summary>
    public static double Rmse(IRegressor learner, int rows, ulong seed = 1)
    {
        var stream = new Friedman(seed);
        var x = new double[Features];
        var squares = 0.0;
        for (var t = 0; t < rows; t++)
        {
            var target = stream.Next(x);
            var error = learner.TestThenTrain(x, target) - target;
            squares += t >= rows / 2 ? error * error : 0;
        }
        return Math.Sqrt(squares / (rows - rows / 2));
    }
}
