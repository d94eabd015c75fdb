using System.Text;
using Hone.Adapters.Feeds;

namespace Hone.Adapters.Streams;

/// <summary>Rows of an ARFF file: a relation, declared attributes, then data. Dense rows only.</summary>
/// <remarks>Attribute-Relation File Format as Weka describes it: names and values may stand in single or double quotes, % begins a comment line, ? is missing.</remarks>
internal sealed class ArffStreamRows : StreamRows
{
    private readonly LineReader _lines;
    private readonly List<ColumnHead> _columns = [];
    private readonly HashSet<string> _names = [];
    private byte[] _unescaped = new byte[256];

    public ArffStreamRows(FeedFile file, LineReader lines)
        : base(file)
    {
        _lines = lines;
        while (true)
        {
            if (!TryReadLine(out var line))
                throw Refused(0, "", "", "the file ends before @data", "give a file with attributes, @data and rows");
            if (Keyword(line, "@relation"u8))
                continue;
            if (Keyword(line, "@attribute"u8))
                Declare(Encoding.UTF8.GetString(CsvNumber.Trimmed(line["@attribute".Length..])));
            else if (Keyword(line, "@data"u8))
                break;
            else
                throw Refused(Line, "", FeedProblem.Text(line), "is none of @relation, @attribute and @data", "correct the head of the file");
        }
        if (_columns.Count == 0)
            throw Refused(Line, "", "", "no @attribute stands before @data", "declare the columns");
    }

    public override IReadOnlyList<ColumnHead> Columns => _columns;

    public override long HeadLine => 0;

    public override long Line => _lines.Line;

    public override byte Separator => (byte)',';

    /// <summary>Whether the head of a file looks like ARFF.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head)
    {
        while (head.Length > 0)
        {
            var end = head.IndexOf((byte)'\n');
            var line = (end < 0 ? head : head[..end]).Trim(" \t\r"u8);
            if (line.Length > 0 && line[0] != '%')
                return Keyword(line, "@relation"u8) || Keyword(line, "@attribute"u8);
            head = end < 0 ? [] : head[(end + 1)..];
        }
        return false;
    }

    public override bool TryRead(out ReadOnlySpan<byte> row)
    {
        if (!TryReadLine(out row))
            return false;
        if (row[0] == '{')
            throw Refused(Line, "", FeedProblem.Text(row), "is a sparse row", "write every value of each row (in Weka: the filter SparseToNonSparse)");
        return true;
    }

    public override bool TryReadField(ReadOnlySpan<byte> row, ref int at, out ReadOnlySpan<byte> field)
    {
        while (at < row.Length && row[at] is (byte)' ' or (byte)'\t')
            at++;
        if (at == row.Length || row[at] is not ((byte)'\'' or (byte)'"'))
        {
            var rest = row[at..];
            var length = rest.IndexOf(Separator);
            field = CsvNumber.Trimmed(length < 0 ? rest : rest[..length]);
            at += length < 0 ? rest.Length : length;
            return true;
        }
        if (!TryReadQuoted(row, ref at, out field))
            return false;
        while (at < row.Length && row[at] is (byte)' ' or (byte)'\t')
            at++;
        return at == row.Length || row[at] == Separator;
    }

    private bool TryReadQuoted(ReadOnlySpan<byte> row, ref int at, out ReadOnlySpan<byte> field)
    {
        var quote = row[at++];
        var start = at;
        var escaped = false;
        while (at < row.Length && row[at] != quote)
        {
            if (row[at] == '\\' && at + 1 < row.Length)
            {
                escaped = true;
                at++;
            }
            at++;
        }
        field = default;
        if (at >= row.Length)
            return false;
        field = row[start..at++];
        if (escaped)
            field = Unescaped(field);
        return true;
    }

    private ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> text)
    {
        if (_unescaped.Length < text.Length)
            _unescaped = new byte[text.Length * 2];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                i++;
            _unescaped[length++] = text[i];
        }
        return _unescaped.AsSpan(0, length);
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        do
        {
            if (!_lines.TryRead(out line))
                return _lines.Failure is { } failure ? throw new FeedException(failure) : false;
            line = CsvNumber.Trimmed(line);
        }
        while (line.Length == 0 || line[0] == '%');
        return true;
    }

    private void Declare(string text)
    {
        var at = 0;
        var name = Word(text, ref at, " \t");
        var type = text[at..].Trim();
        if (name.Length == 0 || type.Length == 0)
            throw Refused(Line, "", FeedProblem.Text(Encoding.UTF8.GetBytes(text)), "declares no name and type", "write @attribute NAME TYPE");
        if (!_names.Add(name))
            throw Refused(Line, name, "", "two attributes have this name", "rename one of them");
        _columns.Add(type[0] == '{' ? new(name, ColumnForm.Nominal, Values(name, type)) : new(name, Form(name, type), []));
    }

    private ColumnForm Form(string name, string type) => type.Split(' ', '\t')[0].ToLowerInvariant() switch
    {
        "numeric" or "real" or "integer" => ColumnForm.Numeric,
        "date" => ColumnForm.Time,
        "string" => ColumnForm.Text,
        "relational" => throw Refused(Line, name, type, "is a type with tables inside of tables", "write one row per example with numeric and nominal attributes"),
        _ => throw Refused(Line, name, type, "is no type of an attribute", "use numeric, real, integer, string, date, or the values {a,b,c}"),
    };

    private List<string> Values(string name, string type)
    {
        if (!type.EndsWith('}'))
            throw Refused(Line, name, FeedProblem.Text(Encoding.UTF8.GetBytes(type)), "has no closing brace", "write the values as {a,b,c}");
        var inside = type[1..^1];
        List<string> values = [];
        for (var at = 0; at < inside.Length; at++)
        {
            var value = Word(inside, ref at, ",");
            if (value.Length > 0 && values.Contains(value))
                throw Refused(Line, name, value, "is declared twice", "declare each value once");
            if (value.Length > 0)
                values.Add(value);
        }
        return values.Count > 0 ? values : throw Refused(Line, name, type, "declares no value", "write the values as {a,b,c}");
    }

    /// <summary>A text up to a terminator, or in quotes; afterwards <paramref name="at"/> is at the terminator or the end.</summary>
    private static string Word(string text, ref int at, string terminators)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        var word = new StringBuilder();
        if (at < text.Length && text[at] is '\'' or '"')
        {
            var quote = text[at++];
            while (at < text.Length && text[at] != quote)
            {
                if (text[at] == '\\' && at + 1 < text.Length)
                    at++;
                word.Append(text[at++]);
            }
            while (at < text.Length && !terminators.Contains(text[at]))
                at++;
            return word.ToString();
        }
        while (at < text.Length && !terminators.Contains(text[at]))
            word.Append(text[at++]);
        return word.ToString().Trim();
    }

    private static bool Keyword(ReadOnlySpan<byte> line, ReadOnlySpan<byte> keyword)
    {
        if (line.Length < keyword.Length)
            return false;
        for (var i = 0; i < keyword.Length; i++)
            if ((line[i] is >= (byte)'A' and <= (byte)'Z' ? line[i] | 0x20 : line[i]) != keyword[i])
                return false;
        return line.Length == keyword.Length || line[keyword.Length] is (byte)' ' or (byte)'\t';
    }
}
