using Hone.Learning.Sessions;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>What a session would not survive, or not survive unharmed, is refused before it reaches the journal.</summary>
internal static class AdmissionChecks
{
    private const double PnlMax = 1e15;
    private const double FeeRateMax = 10;
    private const int ContextMax = 65_536;

    public static Refusal? Features(double[] features, LiveSetup setup, string field)
    {
        if (features.Length != setup.Features.Count)
            return new Refusal(400, $"{features.Length} features were given; the session {setup.Id} has {setup.Features.Count} (feature hash {setup.FeatureHash}).", field);
        var infinite = Array.FindIndex(features, double.IsInfinity);
        return infinite < 0 ? null : new Refusal(400, $"The feature '{setup.Features[infinite]}' is infinite; null says that a value is missing.", field);
    }

    public static Refusal? Label(int label, LiveSetup setup, string field = "actual")
        => label >= 0 && label < setup.Classes ? null : new Refusal(400, $"{label} is no class of this session; it has 0 to {setup.Classes - 1}.", field);

    public static Refusal? Weight(double weight)
        => weight >= LearningSession.WeightMin && weight <= LearningSession.WeightMax ? null : new Refusal(400, $"{weight} is no weight; one is from {LearningSession.WeightMin} to {LearningSession.WeightMax}.", "weight");

    /// <summary>Money is summed: sums of what is let in stay finite.</summary>
    public static Refusal? Pnl(double? pnl)
        => pnl is null || Math.Abs(pnl.Value) <= PnlMax || double.IsNaN(pnl.Value) ? null : new Refusal(400, $"A pnl of {pnl} makes no sense; the limit is {PnlMax}.", "pnl");

    /// <summary>What of a question the journal could not hold or the session could not read again.</summary>
    public static Refusal? Question(AskInput input, LiveSession session)
    {
        if (input.PredictionId is { } id && (!JournalKey.IsId(id) || session.TryParse(id, out _)))
            return new Refusal(400, $"'{id}' cannot be a prediction_id: it has 1 to {JournalKey.IdLengthMax} letters, digits and -_.:@, and is not one of those that the session gives itself ({session.Setup.Id}-17).", "prediction_id");
        if (input.MarketId is { } market && !JournalKey.IsId(market))
            return new Refusal(400, $"'{market}' cannot be a market_id: it has 1 to {JournalKey.IdLengthMax} letters, digits and -_.:@.", "market_id");
        if (input.Regime is < -1 or > 2)
            return new Refusal(400, $"{input.Regime} is no regime; 0 is sideways, 1 bull, 2 bear, -1 unknown.", "regime");
        if (input.Price is < 0 or > 1)
            return new Refusal(400, $"A share cannot cost {input.Price}; a price is from 0 to 1.", "price");
        if (!(input.FeeRate is >= 0 and <= FeeRateMax))
            return new Refusal(400, $"A fee rate of {input.FeeRate} makes no sense; it is from 0 to {FeeRateMax}.", "fee_rate");
        return input.Context?.Length > ContextMax ? new Refusal(413, $"The context has {input.Context.Length} characters; the limit is {ContextMax}.", "context") : null;
    }
}
