using System.Globalization;

namespace Hone.Adapters.Feeds;

/// <summary>What a field that should be a number turned out to be.</summary>
internal enum NumberForm
{
    /// <summary>A finite number.</summary>
    Number,

    /// <summary>Nothing, or a word for nothing.</summary>
    Missing,

    /// <summary>Infinity, or too large for a double.</summary>
    Infinite,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>Decimal numbers straight from bytes, always rounded to the nearest double.</summary>
internal static class CsvNumber
{
    private const int BytesMax = 512;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>
    /// Reads digits with at most one point up to a separator or the line's end. The quotient of an integer up to 2⁵³ and a power of
    /// ten up to 10²² is one rounding of two exact numbers, hence the nearest double.
    /// </summary>
    /// <remarks>Clinger, "How to read floating point numbers accurately", PLDI 1990.</remarks>
    /// <returns>False, and nothing consumed, when the field is anything else: longer, quoted, with an exponent, wrong.</returns>
    public static bool TryReadPlain(ReadOnlySpan<byte> line, ref int at, byte separator, byte point, out double value)
    {
        var i = at;
        var negative = (uint)i < (uint)line.Length && line[i] == '-';
        if (negative)
            i++;
        ulong digits = 0;
        var start = i;
        while ((uint)i < (uint)line.Length)
        {
            var digit = (uint)line[i] - '0';
            if (digit > 9)
                break;
            digits = digits * 10 + digit;
            i++;
        }
        var count = i - start;
        var decimals = 0;
        if ((uint)i < (uint)line.Length && line[i] == point)
        {
            start = ++i;
            while ((uint)i < (uint)line.Length)
            {
                var digit = (uint)line[i] - '0';
                if (digit > 9)
                    break;
                digits = digits * 10 + digit;
                i++;
            }
            decimals = i - start;
            count += decimals;
        }
        // 19 digits fit into 64 bits; more may have wrapped around.
        if ((uint)(count - 1) > 18 || digits > 1UL << 53 || ((uint)i < (uint)line.Length && line[i] != separator))
        {
            value = 0;
            return false;
        }
        value = (long)digits;
        if (decimals > 0)
            value /= PowersOfTen[decimals];
        if (negative)
            value = -value;
        at = i;
        return true;
    }

    /// <summary>Reads a whole field without its quotes.</summary>
    public static NumberForm Read(ReadOnlySpan<byte> field, byte point, out double value)
    {
        value = double.NaN;
        field = Trimmed(field);
        if (IsMissing(field))
            return NumberForm.Missing;
        if (IsInfinite(field))
            return NumberForm.Infinite;
        if (field.Length > BytesMax || !StartsLikeNumber(field, point))
            return NumberForm.Other;
        Span<byte> copy = stackalloc byte[BytesMax];
        copy = copy[..field.Length];
        field.CopyTo(copy);
        if (point != '.')
        {
            if (copy.Contains((byte)'.'))
                return NumberForm.Other;
            if (copy.IndexOf(point) is var at and >= 0)
                copy[at] = (byte)'.';
        }
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(copy, Style, CultureInfo.InvariantCulture, out value))
            return NumberForm.Other;
        if (double.IsFinite(value))
            return NumberForm.Number;
        value = double.NaN;
        return NumberForm.Infinite;
    }

    /// <summary>A field without blanks around it.</summary>
    public static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> field) => field.Trim(" \t"u8);

    private static bool IsMissing(ReadOnlySpan<byte> field) => field.Length switch
    {
        0 => true,
        1 => field[0] == '-',
        2 => Is(field, "na"u8),
        3 => Is(field, "nan"u8) || Is(field, "n/a"u8),
        4 => Is(field, "null"u8) || Is(field, "none"u8) || Is(field, "-nan"u8) || Is(field, "+nan"u8),
        _ => false,
    };

    private static bool IsInfinite(ReadOnlySpan<byte> field)
    {
        if (field[0] is (byte)'-' or (byte)'+')
            field = field[1..];
        return (field.Length == 3 && Is(field, "inf"u8)) || (field.Length == 8 && Is(field, "infinity"u8));
    }

    // The framework would take more words and signs for numbers than a data file should have.
    private static bool StartsLikeNumber(ReadOnlySpan<byte> field, byte point)
    {
        var first = field[0] is (byte)'-' or (byte)'+' && field.Length > 1 ? field[1] : field[0];
        return (first >= '0' && first <= '9') || first == point;
    }

    private static bool Is(ReadOnlySpan<byte> field, ReadOnlySpan<byte> lowerCase)
    {
        for (var i = 0; i < field.Length; i++)
            if ((field[i] is >= (byte)'A' and <= (byte)'Z' ? field[i] | 0x20 : field[i]) != lowerCase[i])
                return false;
        return true;
    }
}
