using System.Text.Json;
using System.Text.Json.Serialization;
using Hone.Host.Serving.Json;
using Hone.Trading.Market;

namespace Hone.Host.Api.Bars;

/// <summary>Body of <c>POST sessions/{id}/bars</c>.</summary>
/// <param name="Bars">The bars in order of time; all of them are taken, or none.</param>
public sealed record BarsRequest(IReadOnlyList<BarBody> Bars);

/// <summary>A bar as exchanges publish it.</summary>
/// <param name="Timestamp">Its stamp: ISO-8601, or a whole number of seconds, milliseconds or microseconds since 1970 UTC. It marks the start of the bar unless the query says <c>stamp=close</c>.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded volume; 0 where the source has none.</param>
public sealed record BarBody(BarTime Timestamp, double Open, double High, double Low, double Close, double Volume);

/// <summary>The stamp of a bar.</summary>
/// <param name="Us">Microseconds since 1970 UTC.</param>
[JsonConverter(typeof(BarTimeConverter))]
public readonly record struct BarTime(long Us);

/// <summary>Reads the stamp of a bar in any of the forms in which exchanges send it.</summary>
internal sealed class BarTimeConverter : JsonConverter<BarTime>
{
    // Until the year 5138 in each unit; smaller units begin in 1973.
    private const long SecondsMax = 100_000_000_000, MillisecondsMax = 1_000 * SecondsMax, MicrosecondsMax = 1_000 * MillisecondsMax;

    public override BarTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && UtcTime.TryParse(reader.GetString()!, out var moment))
            return new BarTime(EventTime.FromDateTime(moment));
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number is >= 0 and < MicrosecondsMax)
            return new BarTime(number < SecondsMax ? number * 1_000_000 : number < MillisecondsMax ? number * 1_000 : number);
        throw new JsonException("it must be a moment such as \"2026-01-31T14:00:00Z\", or a whole number of seconds, milliseconds or microseconds since 1970.");
    }

    public override void Write(Utf8JsonWriter writer, BarTime value, JsonSerializerOptions options) => throw new NotSupportedException("Stamps are only read.");
}
