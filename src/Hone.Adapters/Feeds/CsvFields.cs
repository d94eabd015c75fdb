using System.Text;

namespace Hone.Adapters.Feeds;

/// <summary>Fields of a line, one after the other. A quoted field may hold the separator, and a quote as two.</summary>
internal static class CsvFields
{
    /// <summary>
    /// The field that starts at <paramref name="at"/>, without its quotes; afterwards <paramref name="at"/> is at the separator or the line's end.
    /// A doubled quote inside stays doubled: no field that is a number, a time or a known name has one.
    /// </summary>
    /// <returns>False when a quote is not closed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, ref int at, byte separator, out ReadOnlySpan<byte> field)
    {
        if (at < line.Length && line[at] == '"')
            return TryReadQuoted(line, ref at, separator, out field);
        var rest = line[at..];
        var length = rest.IndexOf(separator);
        field = length < 0 ? rest : rest[..length];
        at += field.Length;
        return true;
    }

    /// <summary>Number of fields; −1 when a quote is not closed.</summary>
    public static int Count(ReadOnlySpan<byte> line, byte separator)
    {
        var at = 0;
        for (var count = 1; ; count++)
        {
            if (!TryRead(line, ref at, separator, out _))
                return -1;
            if (at == line.Length)
                return count;
            at++;
        }
    }

    /// <summary>All fields as text, trimmed; empty when a quote is not closed.</summary>
    public static List<string> Split(ReadOnlySpan<byte> line, byte separator)
    {
        List<string> fields = [];
        for (var at = 0; ; at++)
        {
            if (!TryRead(line, ref at, separator, out var field))
                return [];
            fields.Add(Encoding.UTF8.GetString(field).Trim().Replace("\"\"", "\""));
            if (at == line.Length)
                return fields;
        }
    }

    private static bool TryReadQuoted(ReadOnlySpan<byte> line, ref int at, byte separator, out ReadOnlySpan<byte> field)
    {
        var start = at + 1;
        var i = start;
        while (true)
        {
            var quote = line[i..].IndexOf((byte)'"');
            if (quote < 0)
            {
                field = default;
                return false;
            }
            i += quote;
            if (i + 1 == line.Length || line[i + 1] == separator)
                break;
            if (line[i + 1] != '"')
            {
                field = default;
                return false;
            }
            i += 2;
        }
        field = line[start..i];
        at = i + 1;
        return true;
    }
}
