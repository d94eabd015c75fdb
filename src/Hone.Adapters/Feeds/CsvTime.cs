using System.Globalization;
using System.Text;
using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>How a file writes its times.</summary>
internal enum TimeKind
{
    /// <summary>Date and time of day.</summary>
    DateTime,

    /// <summary>A date alone.</summary>
    Date,

    /// <summary>Seconds since 1970.</summary>
    EpochS,

    /// <summary>Milliseconds since 1970.</summary>
    EpochMs,

    /// <summary>Microseconds since 1970.</summary>
    EpochUs,

    /// <summary>Nanoseconds since 1970.</summary>
    EpochNs,

    /// <summary>A pattern that the options give.</summary>
    Pattern,
}

/// <summary>A way to write times; a file keeps to one.</summary>
/// <param name="Kind">What is written.</param>
/// <param name="HasZone">Whether a zone or offset stands with it; without one it is UTC.</param>
internal readonly record struct TimeForm(TimeKind Kind, bool HasZone)
{
    /// <summary>In words, for notes and messages.</summary>
    public override string ToString() => Kind switch
    {
        TimeKind.DateTime => HasZone ? "a date and time with zone" : "a date and time without zone (taken as UTC)",
        TimeKind.Date => "a date",
        TimeKind.EpochS => "seconds since 1970",
        TimeKind.EpochMs => "milliseconds since 1970",
        TimeKind.EpochUs => "microseconds since 1970",
        TimeKind.EpochNs => "nanoseconds since 1970",
        _ => "a time in the given pattern",
    };
}

/// <summary>Times straight from bytes.</summary>
internal static class CsvTime
{
    private const long MinuteUs = 60 * EventTime.SecondUs;

    /// <summary>Reads 2018-01-02T14:00:00Z at the start of a text, the form that exchanges and Hone itself write.</summary>
    public static bool TryReadIso(ReadOnlySpan<byte> text, ref IsoDay day, out long timeUs)
    {
        timeUs = 0;
        if (text.Length < 20 || text[19] != 'Z' || text[16] != ':' || text[13] != ':' || text[10] is not ((byte)'T' or (byte)' '))
            return false;
        if (!text[..10].SequenceEqual(day.Text))
        {
            if (text[4] != '-' || text[7] != '-' || !TryReadCalendar(text[..10], out var dayUs, out _))
                return false;
            text[..10].CopyTo(day.Text);
            day.TimeUs = dayUs;
        }
        var hour = Two(text, 11);
        var minute = Two(text, 14);
        var second = Two(text, 17);
        if ((uint)hour > 23 || (uint)minute > 59 || (uint)second > 59)
            return false;
        timeUs = day.TimeUs + (hour * 3600 + minute * 60 + second) * EventTime.SecondUs;
        return true;
    }

    /// <summary>Reads a whole field in any form that needs no telling.</summary>
    public static bool TryRead(ReadOnlySpan<byte> field, out long timeUs, out TimeForm form)
        => TryReadCalendar(field, out timeUs, out form) || TryReadEpoch(field, null, out timeUs, out form);

    /// <summary>Reads a whole field as a number since 1970; the unit is <paramref name="unit"/>, or goes by magnitude.</summary>
    public static bool TryReadEpoch(ReadOnlySpan<byte> field, TimeKind? unit, out long timeUs, out TimeForm form)
    {
        (timeUs, form) = (0, default);
        var negative = field is [(byte)'-', ..];
        if (negative)
            field = field[1..];
        var whole = 0;
        ulong number = 0;
        while (whole < field.Length && field[whole] is >= (byte)'0' and <= (byte)'9')
        {
            if (whole == 19)
                return false;
            number = number * 10 + field[whole++] - '0';
        }
        if (whole == 0)
            return false;
        // Pandas writes 1514764800.0, trade feeds 1514764800.123456.
        ulong micro = 0;
        if (whole < field.Length)
        {
            if (field[whole] != '.' || whole + 1 == field.Length)
                return false;
            var weight = 100_000ul;
            for (var i = whole + 1; i < field.Length; i++, weight /= 10)
            {
                if (field[i] is < (byte)'0' or > (byte)'9')
                    return false;
                micro += weight * (ulong)(field[i] - '0');
            }
        }
        var kind = unit ?? (number < 100_000_000_000 ? TimeKind.EpochS
            : number < 100_000_000_000_000 ? TimeKind.EpochMs
            : number < 100_000_000_000_000_000 ? TimeKind.EpochUs : TimeKind.EpochNs);
        form = new(kind, true);
        if (number > (ulong)long.MaxValue / 1_000_000 && kind is TimeKind.EpochS or TimeKind.EpochMs)
            return false;
        timeUs = kind switch
        {
            TimeKind.EpochS => (long)(number * 1_000_000 + micro),
            TimeKind.EpochMs => (long)(number * 1000 + micro / 1000),
            TimeKind.EpochUs => (long)number,
            _ => (long)(number / 1000),
        };
        if (negative)
            timeUs = -timeUs;
        return IsInCalendar(timeUs);
    }

    /// <summary>Reads a whole field as a date, with a time of day or without.</summary>
    public static bool TryReadCalendar(ReadOnlySpan<byte> field, out long timeUs, out TimeForm form)
    {
        (timeUs, form) = (0, default);
        if (!TryReadDate(field, out var at, out var dayUs))
            return false;
        if (at == field.Length)
        {
            (timeUs, form) = (dayUs, new(TimeKind.Date, false));
            return true;
        }
        // 20180102140000 has nothing between date and time of day; everything else has a T or a blank.
        if (field[at] is (byte)'T' or (byte)'t' or (byte)' ')
            at++;
        else if (at != 8 || field.Length is not (12 or 14))
            return false;
        if (!TryReadTimeOfDay(field[at..], out var length, out var ofDayUs))
            return false;
        at += length;
        if (!TryReadZone(field[at..], out var hasZone, out var offsetUs))
            return false;
        timeUs = dayUs + ofDayUs - offsetUs;
        form = new(TimeKind.DateTime, hasZone);
        return true;
    }

    /// <summary>Reads a whole field as a time of day: 14:05, 14:05:30.250, 1405, 140530, or 90500 for five past nine.</summary>
    public static bool TryReadTimeOfDay(ReadOnlySpan<byte> field, out long ofDayUs)
    {
        if (TryReadTimeOfDay(field, out var length, out ofDayUs) && length == field.Length)
            return true;
        // A spreadsheet eats the zero in front.
        Span<byte> padded = stackalloc byte[6];
        if (field.Length is not (1 or 3 or 5) || field.Contains((byte)':'))
            return false;
        padded[0] = (byte)'0';
        field.CopyTo(padded[1..]);
        padded = padded[..(field.Length + 1)];
        if (field.Length == 1)
        {
            ofDayUs = 0;
            return field[0] == '0';
        }
        return TryReadTimeOfDay(padded, out length, out ofDayUs) && length == padded.Length;
    }

    /// <summary>Reads a whole field by a .NET pattern, as UTC.</summary>
    public static bool TryReadPattern(ReadOnlySpan<byte> field, string pattern, out long timeUs)
    {
        timeUs = 0;
        Span<char> text = stackalloc char[64];
        if (field.Length > text.Length || Encoding.UTF8.GetCharCount(field) > text.Length)
            return false;
        text = text[..Encoding.UTF8.GetChars(field, text)];
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTime.TryParseExact(text, pattern, CultureInfo.InvariantCulture, Style, out var time))
            return false;
        timeUs = EventTime.FromDateTime(time);
        return true;
    }

    private static bool TryReadDate(ReadOnlySpan<byte> field, out int length, out long dayUs)
    {
        (length, dayUs) = (0, 0);
        int year, month, day;
        if (field.Length >= 10 && field[4] == field[7] && field[4] is (byte)'-' or (byte)'/' or (byte)'.')
        {
            length = 10;
            (year, month, day) = (Four(field, 0), Two(field, 5), Two(field, 8));
        }
        else if (field.Length >= 10 && field[2] == '.' && field[5] == '.')
        {
            // With dots the day comes first everywhere; with slashes it depends on the country and must be told.
            length = 10;
            (day, month, year) = (Two(field, 0), Two(field, 3), Four(field, 6));
        }
        else if (field.Length is 8 or 12 or 14 || (field.Length > 8 && field[8] is (byte)' ' or (byte)'T'))
        {
            length = 8;
            (year, month, day) = (Four(field, 0), Two(field, 4), Two(field, 6));
            // Eight digits may also be seconds since 1970: those lie in the first years.
            if (year is < 1900 or > 2299)
                return false;
        }
        else
        {
            return false;
        }
        if (year < 1000 || (uint)(month - 1) > 11 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        dayUs = (new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / 10;
        return true;
    }

    private static bool TryReadTimeOfDay(ReadOnlySpan<byte> text, out int length, out long ofDayUs)
    {
        (length, ofDayUs) = (0, 0);
        if (text.Length < 4)
            return false;
        var colons = text[2] == ':' ? 1 : 0;
        if (text.Length < 4 + colons)
            return false;
        int hour = Two(text, 0), minute = Two(text, 2 + colons), second = 0;
        length = 4 + colons;
        var hasSeconds = colons == 1 ? text.Length > length && text[length] == ':' : text.Length > length && text[length] is >= (byte)'0' and <= (byte)'9';
        if (hasSeconds)
        {
            length += colons;
            if (text.Length < length + 2)
                return false;
            second = Two(text, length);
            length += 2;
        }
        if ((uint)hour > 23 || (uint)minute > 59 || (uint)second > 59)
            return false;
        ofDayUs = (hour * 3600L + minute * 60 + second) * EventTime.SecondUs;
        if (!hasSeconds || length == text.Length || text[length] is not ((byte)'.' or (byte)','))
            return true;
        var start = ++length;
        for (var weight = 100_000L; length < text.Length && text[length] is >= (byte)'0' and <= (byte)'9'; length++, weight /= 10)
            ofDayUs += weight * (text[length] - '0');
        return length > start;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out bool hasZone, out long offsetUs)
    {
        (hasZone, offsetUs) = (text.Length > 0, 0);
        if (text is [(byte)' ', ..])
            text = text[1..];
        if (text.Length == 0)
            return !hasZone;
        if (text is [(byte)'Z'] or [(byte)'z'])
            return true;
        if (text.StartsWith("UTC"u8) || text.StartsWith("GMT"u8))
            text = text[3..];
        if (text.Length == 0)
            return true;
        if (text[0] is not ((byte)'+' or (byte)'-'))
            return false;
        var digits = text[1..];
        var minutes = digits.Length switch
        {
            2 => Two(digits, 0) * 60,
            4 => Two(digits, 0) * 60 + Two(digits, 2),
            5 when digits[2] == ':' => Two(digits, 0) * 60 + Two(digits, 3),
            _ => -1,
        };
        offsetUs = text[0] == '-' ? -minutes * MinuteUs : minutes * MinuteUs;
        return minutes is >= 0 and <= 14 * 60;
    }

    private static bool IsInCalendar(long timeUs) => timeUs is > -60_000_000_000_000_000 and < 253_000_000_000_000_000;

    private static int Four(ReadOnlySpan<byte> text, int at) => Two(text, at) is var high and >= 0 && Two(text, at + 2) is var low and >= 0 ? high * 100 + low : -1;

    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        var high = (uint)text[at] - '0';
        var low = (uint)text[at + 1] - '0';
        return high > 9 || low > 9 ? -100_000 : (int)(high * 10 + low);
    }
}

/// <summary>The last date that was read, since thousands of rows share it.</summary>
internal struct IsoDay()
{
    /// <summary>Its ten characters.</summary>
    public readonly byte[] Text = new byte[10];

    /// <summary>Its start in microseconds since 1970.</summary>
    public long TimeUs;
}
