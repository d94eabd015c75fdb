using Hone.Learning.Sessions;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>What a session would not survive, or not survive unharmed, is refused before it reaches the journal.</summary>
internal static class AdmissionChecks
{
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
}
