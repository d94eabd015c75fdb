using Hone.Learning.Numerics;

namespace Hone.Trading.Performance;

/// <summary>
/// How much a Sharpe ratio proves. Every Sharpe ratio in here is per observation (mean over standard deviation of the same
/// returns that are counted), never annualised, unless the parameter says otherwise; kurtosis is not in excess (3 for a
/// normal). What cannot be computed is null.
/// </summary>
/// <remarks>
/// Bailey, López de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15(2), 2012 (probabilistic Sharpe, minimum
/// track record); "The deflated Sharpe ratio", Journal of Portfolio Management 40(5), 2014; Bailey, Borwein, López de Prado,
/// Zhu, "Pseudo-mathematics and financial charlatanism", Notices of the AMS 61(5), 2014 (minimum backtest length). The variance
/// term uses the observed Sharpe ratio, as published in 2012. LEAN feeds excess kurtosis into the same formula, so its numbers differ.
/// </remarks>
public static class SharpeInference
{
    private const double EulerMascheroni = 0.57721566490153286;
    private const double InverseE = 0.36787944117144233;

    /// <summary>Probability that the true Sharpe ratio is above a benchmark, given what was observed.</summary>
    /// <param name="sharpe">Observed, per observation.</param>
    /// <param name="benchmark">To be beaten, per observation.</param>
    /// <param name="observations">Number of returns, 2 or more.</param>
    /// <param name="skew">Skewness of the returns.</param>
    /// <param name="kurtosis">Kurtosis of the returns, not in excess.</param>
    public static double? Probabilistic(double sharpe, double benchmark, double observations, double skew, double kurtosis)
    {
        if (!(observations >= 2) || Spread(sharpe, skew, kurtosis) is not { } spread)
            return null;
        var z = (sharpe - benchmark) * Math.Sqrt(observations - 1) / Math.Sqrt(spread);
        return double.IsFinite(z) ? Elementary.NormalCdf(z) : null;
    }

    /// <summary>
    /// Expected largest of <paramref name="trials"/> independent standard normals: what the luckiest of that many worthless tries
    /// shows, in standard deviations. 0 for one trial. A large-N approximation: 8 % low at 2, 2 % high at 10.
    /// </summary>
    public static double ExpectedMaximum(double trials)
        => trials > 1
            ? (1 - EulerMascheroni) * -Quantile(1 / trials) + EulerMascheroni * -Quantile(InverseE / trials)
            : 0;

    /// <summary>Probability that the true Sharpe ratio is above what the luckiest of all worthless trials would have shown.</summary>
    /// <param name="sharpe">Observed, per observation.</param>
    /// <param name="observations">Number of returns, 2 or more.</param>
    /// <param name="skew">Skewness of the returns.</param>
    /// <param name="kurtosis">Kurtosis of the returns, not in excess.</param>
    /// <param name="trials">Everything that was ever tried, this one included.</param>
    /// <param name="varianceOfTrialSharpes">Variance of the trials' Sharpe ratios, per observation.</param>
    public static double? Deflated(double sharpe, double observations, double skew, double kurtosis, double trials, double varianceOfTrialSharpes)
        => varianceOfTrialSharpes >= 0
            ? Probabilistic(sharpe, Math.Sqrt(varianceOfTrialSharpes) * ExpectedMaximum(trials), observations, skew, kurtosis)
            : null;

    /// <summary>Observations that are needed before a Sharpe ratio of this size counts as above the benchmark; null when it is not above it.</summary>
    /// <param name="sharpe">Observed, per observation.</param>
    /// <param name="benchmark">To be beaten, per observation.</param>
    /// <param name="skew">Skewness of the returns.</param>
    /// <param name="kurtosis">Kurtosis of the returns, not in excess.</param>
    /// <param name="confidence">Wanted probability, in (0.5, 1).</param>
    public static double? MinimumTrackRecord(double sharpe, double benchmark, double skew, double kurtosis, double confidence = 0.95)
    {
        if (!(sharpe > benchmark) || !(confidence > 0.5 && confidence < 1) || Spread(sharpe, skew, kurtosis) is not { } spread)
            return null;
        var ratio = -Quantile(1 - confidence) / (sharpe - benchmark);
        var observations = 1 + spread * ratio * ratio;
        return double.IsFinite(observations) ? observations : null;
    }

    /// <summary>
    /// Years of history below which the best of that many worthless trials is expected to show this annual Sharpe ratio; null
    /// when the Sharpe ratio is not above 0.
    /// </summary>
    /// <param name="trials">Everything that was ever tried.</param>
    /// <param name="annualSharpe">Annualised.</param>
    public static double? MinimumBacktestYears(double trials, double annualSharpe)
    {
        if (!(annualSharpe > 0))
            return null;
        var ratio = ExpectedMaximum(trials) / annualSharpe;
        return double.IsFinite(ratio * ratio) ? ratio * ratio : null;
    }

    // 1 − γ3·SR + (γ4 − 1)/4·SR², the variance of the estimator times n − 1. Real moments satisfy γ4 ≥ γ3² + 1, which keeps it at 0 or more.
    private static double? Spread(double sharpe, double skew, double kurtosis)
    {
        var spread = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe;
        return spread > 0 && double.IsFinite(spread) ? spread : null;
    }

    // A step of Halley's method on the distribution function takes the rational approximation from 1e-9 to full precision.
    private static double Quantile(double p)
    {
        var x = Elementary.NormalQuantile(p);
        if (!double.IsFinite(x))
            return x;
        var density = 0.3989422804014327 * Elementary.Exp(-0.5 * x * x);
        var step = (Elementary.NormalCdf(x) - p) / density;
        return x - step / (1 + 0.5 * x * step);
    }
}
