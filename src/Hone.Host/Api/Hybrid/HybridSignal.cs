using Hone.Trading.Live;

namespace Hone.Host.Api.Hybrid;

/// <summary>A technical signal joined with a prediction.</summary>
/// <param name="MlPrediction">The panel's view as a signal, −1…1.</param>
/// <param name="CombinedSignal">Both together, −1…1.</param>
/// <param name="FinalConfidence">Confidence of both together, 0…1.</param>
internal readonly record struct HybridSignal(double MlPrediction, double CombinedSignal, double FinalConfidence)
{
    /// <summary>Joins them; when the panel does not act, the technical signal stays as it is.</summary>
    /// <param name="made">The prediction, of two classes.</param>
    /// <param name="setup">The session.</param>
    /// <param name="technicalSignal">−1…1.</param>
    /// <param name="technicalConfidence">0…1.</param>
    public static HybridSignal Of(PredictionMade made, LiveSetup setup, double technicalSignal, double technicalConfidence)
    {
        var ml = 2 * made.Probabilities[1] - 1;
        // A profitable trade is one in the direction of the technical signal.
        if (setup.Target == LabelTarget.Profitable)
            ml *= Math.Sign(technicalSignal);
        if (!made.Act)
            return new(ml, technicalSignal, technicalConfidence);
        var (weight, confidenceWeight) = (setup.Session.Learning.MlWeight, setup.Session.Learning.MlConfidenceWeight);
        return new(ml, (1 - weight) * technicalSignal + weight * ml, (1 - confidenceWeight) * technicalConfidence + confidenceWeight * made.Confidence);
    }
}
