namespace Hone.Trading.Live;

/// <summary>Money in a prediction market: a share pays 1 when its side wins, costs its price, and a fee of rate · p(1 − p) is charged at the purchase.</summary>
public static class PredictionMarket
{
    /// <summary>Probability of the predicted side from which a share of it pays; NaN without a price.</summary>
    /// <param name="label">Predicted side: 1 yes, 0 no.</param>
    /// <param name="price">Price of a yes share, 0…1; NaN for none.</param>
    /// <param name="feeRate">Fee as a multiple of p(1 − p), 0 or more.</param>
    public static double BreakEven(int label, double price, double feeRate) => (label == 1 ? price : 1 - price) + Fee(price, feeRate);

    /// <summary>What a share on the predicted side made after its fee; NaN without a price.</summary>
    public static double Pnl(int predicted, int outcome, double price, double feeRate) => (predicted == outcome ? 1 : 0) - BreakEven(predicted, price, feeRate);

    private static double Fee(double price, double feeRate) => feeRate * price * (1 - price);
}
