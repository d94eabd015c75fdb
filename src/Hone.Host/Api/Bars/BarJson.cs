using System.Text.Json;
using Hone.Host.Api.Rendering;
using Hone.Host.Serving;
using Hone.Trading.Live;

namespace Hone.Host.Api.Bars;

/// <summary>Writes what a session made of a bar.</summary>
internal static class BarJson
{
    // What stands as a list beside the bar itself.
    private static readonly (EmissionKind Kind, string Name)[] Lists =
        [(EmissionKind.Outcome, "outcomes"), (EmissionKind.Trade, "trades"), (EmissionKind.Drift, "drifts"), (EmissionKind.Adaptation, "adaptations")];

    /// <summary>Writes the whole object.</summary>
    public static void Write(Utf8JsonWriter json, SessionWords words, string[] featureNames, BarResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("seq"u8, result.Seq);
        json.WriteBoolean("already_recorded"u8, result.Repeated);
        // The content of a bar that was posted long ago may have been compacted since.
        foreach (var emission in result.Emissions)
            if (emission.Kind == EmissionKind.Bar)
                WriteBar(json, words, featureNames, emission);
        WritePrediction(json, words, result.Emissions);
        foreach (var (kind, name) in Lists)
        {
            json.WriteStartArray(name);
            foreach (var emission in result.Emissions)
                if (emission.Kind == kind)
                {
                    json.WriteStartObject();
                    MessageJson.WriteData(json, words, emission);
                    json.WriteEndObject();
                }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteBar(Utf8JsonWriter json, SessionWords words, string[] featureNames, in Emission emission)
    {
        MessageJson.WriteData(json, words, emission);
        var taken = BarTaken.FromPayload(emission.Payload);
        json.WriteStartArray("orders"u8);
        if (taken.OrderQuantity != 0)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, "market"u8);
            json.WriteString("side"u8, taken.OrderQuantity > 0 ? "buy"u8 : "sell"u8);
            json.WriteFinite("quantity", Math.Abs(taken.OrderQuantity));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("features"u8);
        for (var i = 0; i < taken.Features.Length; i++)
            json.WriteFinite(featureNames[i], taken.Features[i]);
        json.WriteEndObject();
    }

    private static void WritePrediction(Utf8JsonWriter json, SessionWords words, IReadOnlyList<Emission> emissions)
    {
        foreach (var emission in emissions)
            if (emission.Kind == EmissionKind.Prediction)
            {
                json.WriteStartObject("prediction"u8);
                MessageJson.WriteData(json, words, emission);
                json.WriteEndObject();
                return;
            }
        // Features are still warming up.
        json.WriteNull("prediction"u8);
    }
}
