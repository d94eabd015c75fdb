using System.Text;

namespace Hone.Adapters.Streams;

/// <summary>What a column is for.</summary>
internal enum ColumnRole
{
    /// <summary>A feature, if it holds numbers or few texts.</summary>
    Feature,

    /// <summary>What is predicted.</summary>
    Target,

    /// <summary>When the label is known.</summary>
    Delay,

    /// <summary>Nothing.</summary>
    Ignored,
}

/// <summary>What a column has turned out to hold.</summary>
internal enum ColumnKind
{
    /// <summary>Nothing so far.</summary>
    Unknown,

    /// <summary>Numbers.</summary>
    Numeric,

    /// <summary>Texts that repeat.</summary>
    Nominal,

    /// <summary>Times, in microseconds since 1970.</summary>
    Time,

    /// <summary>Free text: left out.</summary>
    Text,
}

/// <summary>A column while its file is read.</summary>
internal sealed class StreamColumn
{
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _texts = [];
    private char[] _buffer = new char[128];

    public StreamColumn(ColumnHead head, ColumnRole role)
    {
        (Head, Role) = (head, role);
        _lookup = _codes.GetAlternateLookup<ReadOnlySpan<char>>();
        Kind = head.Form switch
        {
            ColumnForm.Numeric => ColumnKind.Numeric,
            ColumnForm.Nominal => ColumnKind.Nominal,
            ColumnForm.Time => ColumnKind.Time,
            ColumnForm.Text => ColumnKind.Text,
            _ => ColumnKind.Unknown,
        };
        foreach (var text in head.Values)
        {
            _codes.Add(text, _texts.Count);
            _texts.Add(text);
        }
    }

    public ColumnHead Head { get; }

    public string Name => Head.Name;

    public ColumnRole Role { get; }

    public ColumnKind Kind { get; set; }

    /// <summary>Line of the first value; 0 before one.</summary>
    public long FirstLine { get; set; }

    /// <summary>Cells without a value.</summary>
    public long Missing { get; set; }

    /// <summary>The different texts, in the order in which they appeared or were declared.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Whether texts that were not declared are wrong.</summary>
    public bool IsDeclared => Head.Form == ColumnForm.Nominal;

    /// <summary>Features that it gives.</summary>
    public int Width => Role != ColumnRole.Feature ? 0 : Kind switch
    {
        ColumnKind.Numeric => 1,
        ColumnKind.Nominal => _texts.Count,
        _ => 0,
    };

    /// <summary>The number of a text, new or known; −1 for one that is not declared.</summary>
    public int Code(ReadOnlySpan<byte> field)
    {
        if (_buffer.Length < field.Length)
            _buffer = new char[field.Length];
        var text = _buffer.AsSpan(0, Encoding.UTF8.GetChars(field, _buffer));
        if (_lookup.TryGetValue(text, out var code))
            return code;
        // Quoted CSV doubles the quotes inside of a text.
        var plain = new string(text).Replace("\"\"", "\"", StringComparison.Ordinal);
        if (_codes.TryGetValue(plain, out code))
            return code;
        if (IsDeclared)
            return -1;
        _codes.Add(plain, _texts.Count);
        _texts.Add(plain);
        return _texts.Count - 1;
    }
}
