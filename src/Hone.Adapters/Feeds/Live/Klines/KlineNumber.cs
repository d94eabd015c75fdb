using System.Globalization;
using System.Text.Json;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>Numbers of the wire, strictly: prices are strings of plain digits with at most one point, times are whole numbers.</summary>
internal static class KlineNumber
{
    // Exchanges write up to 8 + 18 digits; a longer text is no price.
    private const int DigitsMax = 40;

    // The last millisecond of the year 9999: times up to it fit the calendar and do not overflow as microseconds.
    private const long TimeMsMax = 253_402_300_799_999;

    /// <summary>Reads a price or an amount, rounded to the nearest double as the reader of files does.</summary>
    /// <returns>False when it is anything else than a string with a plain decimal.</returns>
    public static bool TryDecimal(ref Utf8JsonReader json, out double value)
    {
        value = 0;
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped || json.HasValueSequence)
            return false;
        var text = json.ValueSpan;
        if (text.Length is 0 or > DigitsMax || !IsPlain(text))
            return false;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>Reads a time in milliseconds since 1970, 0 or later.</summary>
    public static bool TryTime(ref Utf8JsonReader json, out long timeMs)
    {
        timeMs = 0;
        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out timeMs) && timeMs is >= 0 and <= TimeMsMax;
    }

    private static bool IsPlain(ReadOnlySpan<byte> text)
    {
        var points = 0;
        foreach (var c in text)
        {
            if (c == '.')
                points++;
            else if (c is < (byte)'0' or > (byte)'9')
                return false;
        }
        return points <= 1 && text[0] != '.' && text[^1] != '.';
    }
}
