using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hone.Host.Serving.Json;

/// <summary>Moments: ISO-8601 with Z or an offset when read, always UTC with Z when written. A local time without an offset is refused, because it is nobody's.</summary>
internal sealed class UtcTime : JsonConverter<DateTime>
{
    private const string Written = "yyyy-MM-ddTHH:mm:ss.FFFFFFZ";

    // Whole text only: TryParse alone would take "12:00" for today.
    private static readonly string[] Readable = ["yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK"];

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var utc) ? utc : throw new JsonException("The value is no moment in ISO-8601 with Z or an offset.");

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToUniversalTime().ToString(Written, CultureInfo.InvariantCulture));

    /// <summary>Reads a moment; false when it is none.</summary>
    public static bool TryParse(string text, out DateTime utc)
    {
        if (DateTimeOffset.TryParseExact(text, Readable, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T')))
        {
            utc = moment.UtcDateTime;
            return true;
        }
        utc = default;
        return false;
    }
}
