using System.Text.Json;
using Hone.Host.Api.Rendering;
using Hone.Host.Serving;

namespace Hone.Host.Api.Predictions;

/// <summary>Writes what an outcome did.</summary>
internal static class OutcomeJson
{
    /// <summary>Writes the members of the object, without its braces.</summary>
    public static void Write(Utf8JsonWriter json, SessionWords words, OutcomeItem item, OutcomeCommand command)
    {
        if (item.PredictionId is { } prediction)
            json.WriteString("prediction_id"u8, prediction);
        else
            json.WriteString("outcome_id"u8, item.OutcomeId ?? $"{words.Setup.Id}-{command.Seq}");
        json.WriteBoolean("recorded"u8, true);
        json.WriteBoolean("already_recorded"u8, command.AlreadyRecorded);
        // The content of one that was recorded long ago may have been compacted since.
        if (command.Taken is { } taken)
        {
            json.WriteBoolean("correct"u8, taken.Correct);
            json.WriteString("drift"u8, MessageJson.LevelOf(taken.Drift));
        }
        else
        {
            json.WriteNull("correct"u8);
            json.WriteString("drift"u8, "none"u8);
        }
        json.WriteNumber("seq"u8, command.Seq);
    }
}
