using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Bandits;

/// <summary>Upper tail of the beta distribution.</summary>
internal static class BetaTail
{
    private const double Large = 1_000;

    /// <summary>Probability that Beta(<paramref name="alpha"/>, <paramref name="beta"/>) is above <paramref name="x"/>.</summary>
    /// <remarks>
    /// The incomplete beta function where it is quick to sum. Where both parameters are large, the signed root of the deviance, which is normal to one
    /// part in a thousand far into the tails (Peizer, Pratt, "A normal approximation for binomial, F, beta, and other common, related tail probabilities", JASA 63, 1968).
    /// </remarks>
    public static double Above(double x, double alpha, double beta)
    {
        if (x <= 0)
            return 1;
        if (x >= 1)
            return 0;
        if (Math.Min(alpha, beta) <= Large)
            return FisherDistribution.Survival(beta / alpha * (x / (1 - x)), 2 * alpha, 2 * beta);
        double a = alpha - 1.0 / 3, b = beta - 1.0 / 3, middle = a / (a + b);
        var deviance = a * LogRatio(middle, x) + b * LogRatio(1 - middle, 1 - x);
        return Elementary.NormalCdf(Math.CopySign(Math.Sqrt(Math.Max(0, 2 * deviance)), middle - x));
    }

    private static double LogRatio(double p, double q) => Elementary.Log(p / q);
}
