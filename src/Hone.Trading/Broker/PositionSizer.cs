using System.ComponentModel.DataAnnotations;

namespace Hone.Trading.Broker;

/// <summary>How large a position may be before the risk gate.</summary>
public sealed record SizingOptions
{
    /// <summary>Share of equity that a move of one σ√h against the position may cost.</summary>
    [Range(1e-6, 1.0)] public double RiskBudget { get; init; } = 0.005;

    /// <summary>Largest position as a share of equity.</summary>
    [Range(1e-6, 10.0)] public double PositionFraction { get; init; } = 0.10;
}

/// <summary>
/// How large a position is: base × conviction × agreement. Pure functions; a number that does not exist yet (NaN) gives no position.
/// </summary>
public static class PositionSizer
{
    /// <summary>Confidence at which conviction is full.</summary>
    public const double FullConviction = 0.75;

    /// <summary>Risk budget over the move expected until the horizon, capped.</summary>
    /// <param name="options">Budget and cap.</param>
    /// <param name="sigma">Volatility per bar as a fraction; NaN before it is ready.</param>
    /// <param name="horizonBars">Bars that the position is meant for, 1 or more.</param>
    /// <returns>Share of equity, 0 while <paramref name="sigma"/> is not ready.</returns>
    public static double BaseFraction(SizingOptions options, double sigma, int horizonBars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizonBars, 1);
        return sigma > 0 && double.IsFinite(sigma)
            ? Math.Min(options.RiskBudget / (sigma * Math.Sqrt(horizonBars)), options.PositionFraction)
            : 0;
    }

    /// <summary>Probability of a gain above which a trade is worth its costs: p·gain − (1 − p)·loss − cost = 0.</summary>
    /// <param name="gain">Mean move when right, as a fraction, 0 or more.</param>
    /// <param name="loss">Mean move when wrong, as a fraction, 0 or more.</param>
    /// <param name="roundTripCost">As a fraction of the price.</param>
    /// <returns>The probability, above 1 where no certainty would pay for the costs; NaN while the means are not ready.</returns>
    public static double BreakEven(double gain, double loss, double roundTripCost)
        => gain >= 0 && loss >= 0 && gain + loss > 0 ? (loss + roundTripCost) / (gain + loss) : double.NaN;

    /// <summary>Expected value of a trade after costs, as a fraction of the price.</summary>
    /// <param name="probability">Calibrated probability of being right.</param>
    /// <param name="gain">Mean move when right, as a fraction.</param>
    /// <param name="loss">Mean move when wrong, as a fraction.</param>
    /// <param name="roundTripCost">As a fraction of the price.</param>
    public static double ExpectedValue(double probability, double gain, double loss, double roundTripCost)
        => probability * gain - (1 - probability) * loss - roundTripCost;

    /// <summary>How far the confidence is above break-even: 0 at break-even, 1 from <see cref="FullConviction"/> on.</summary>
    /// <remarks>A break-even of <see cref="FullConviction"/> or more leaves no room and gives 0: odds that bad are not traded.</remarks>
    /// <param name="confidence">Calibrated probability of the predicted class.</param>
    /// <param name="breakEven">From <see cref="BreakEven"/>; NaN gives 0.</param>
    public static double Conviction(double confidence, double breakEven)
        => confidence > breakEven && breakEven < FullConviction ? Math.Min((confidence - breakEven) / (FullConviction - breakEven), 1) : 0;

    /// <summary>Conviction times the share of weight that votes with the decision.</summary>
    /// <param name="conviction">0…1.</param>
    /// <param name="agreement">0…1; NaN gives 0.</param>
    public static double SizeMultiplier(double conviction, double agreement)
        => conviction > 0 && agreement > 0 ? Math.Min(conviction, 1) * Math.Min(agreement, 1) : 0;

    /// <summary>Units of a signed fraction of equity at a price; 0 where one of them does not exist or equity is gone.</summary>
    public static double Units(double fraction, double equity, double price)
        => equity > 0 && price > 0 && double.IsFinite(fraction) && double.IsFinite(equity) && double.IsFinite(price) ? fraction * equity / price : 0;
}
