using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Trading.Market;

namespace Hone.Host.Cli;

/// <summary>The one JSON object that a verb prints with --json.</summary>
internal static class CliJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object as text.</summary>
    public static string Text(JsonObject root) => root.ToJsonString(Indented);

    /// <summary>A number; null where it does not exist.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>A moment, ISO-8601 UTC.</summary>
    public static string Time(long timeUs) => EventTime.ToDateTime(timeUs).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", System.Globalization.CultureInfo.InvariantCulture);
}
