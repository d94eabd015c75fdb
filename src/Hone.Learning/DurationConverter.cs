using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hone.Learning;

/// <summary>Durations in a config: a number with its unit, for example <c>300s</c>, <c>15m</c>, <c>12h</c>, <c>7d</c>; above 0 and at most 36,500 days.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <summary>Longest duration.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromDays(36_500);

    /// <summary>Reads a duration.</summary>
    /// <returns>False when the text is none.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is not { Length: > 1 } || !decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var unitTicks = text[^1] switch { 's' => TimeSpan.TicksPerSecond, 'm' => TimeSpan.TicksPerMinute, 'h' => TimeSpan.TicksPerHour, 'd' => TimeSpan.TicksPerDay, _ => 0 };
        // Decimal, so that what is written reads back to the tick.
        if (unitTicks == 0 || number > DurationMax.Ticks / unitTicks || number * unitTicks < 1)
            return false;
        duration = new TimeSpan((long)(number * unitTicks));
        return true;
    }

    /// <summary>A duration as a config says it.</summary>
    public static string Text(TimeSpan value)
        => value.Ticks % TimeSpan.TicksPerDay == 0 ? Invariant(value.Ticks / TimeSpan.TicksPerDay, 'd')
            : value.Ticks % TimeSpan.TicksPerHour == 0 ? Invariant(value.Ticks / TimeSpan.TicksPerHour, 'h')
            : value.Ticks % TimeSpan.TicksPerMinute == 0 ? Invariant(value.Ticks / TimeSpan.TicksPerMinute, 'm')
            : Invariant((decimal)value.Ticks / TimeSpan.TicksPerSecond, 's');

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var duration)
            ? duration
            : throw new JsonException("This is not a duration; write a number above 0 with s, m, h or d, for example \"12h\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    private static string Invariant(decimal number, char unit) => string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
}
