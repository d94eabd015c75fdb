using System.Text;
using Hone.Adapters.Feeds;

namespace Hone.Adapters.Streams;

/// <summary>Rows of a CSV file with names in the first line. Fields may be quoted as RFC 4180 says, over several lines too.</summary>
internal sealed class CsvStreamRows : StreamRows
{
    private static readonly byte[] Separators = [(byte)',', (byte)';', (byte)'\t', (byte)'|'];

    private readonly LineReader _lines;
    private readonly List<ColumnHead> _columns;
    private byte[] _joined = [];
    private long _line;

    public CsvStreamRows(FeedFile file, LineReader lines)
        : base(file)
    {
        _lines = lines;
        if (!TryRead(out var head))
            throw Refused(0, "", "", "the file has no rows", "give a file with a line of names and rows under it");
        HeadLine = _line;
        Separator = SeparatorOf(head);
        var names = CsvFields.Split(head, Separator);
        if (names.TrueForAll(IsNumber))
            throw Refused(_line, "", FeedProblem.Text(head), "has numbers where the names of the columns should stand", "put a line of names on top");
        _columns = [];
        HashSet<string> taken = [];
        for (var i = 0; i < names.Count; i++)
        {
            // Tables written with an index have no name above it.
            var name = names[i].Length > 0 ? names[i] : $"#{i + 1}";
            if (!taken.Add(name))
                throw Refused(_line, name, "", "two columns have this name", "rename one of them");
            _columns.Add(new(name, ColumnForm.Undeclared, []));
        }
    }

    public override IReadOnlyList<ColumnHead> Columns => _columns;

    public override long HeadLine { get; }

    public override long Line => _line;

    public override byte Separator { get; }

    public override bool TryRead(out ReadOnlySpan<byte> row)
    {
        do
        {
            if (!_lines.TryRead(out row))
                return _lines.Failure is { } failure ? throw new FeedException(failure) : false;
            _line = _lines.Line;
        }
        while (row.Trim(" \t"u8).Length == 0);
        // A quote that is open at the line's end goes on in the next one; doubled quotes count twice and change nothing.
        if ((row.Count((byte)'"') & 1) == 1)
            row = Joined(row);
        return true;
    }

    public override bool TryReadField(ReadOnlySpan<byte> row, ref int at, out ReadOnlySpan<byte> field)
    {
        // Blanks before a quote are not in the standard and in many files.
        while (at < row.Length && row[at] == ' ')
            at++;
        if (!CsvFields.TryRead(row, ref at, Separator, out field))
            return false;
        field = CsvNumber.Trimmed(field);
        return true;
    }

    private ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> first)
    {
        var length = 0;
        Append(first, ref length);
        while (true)
        {
            if (!_lines.TryRead(out var next))
                throw _lines.Failure is { } failure
                    ? new FeedException(failure)
                    : Refused(_line, "", FeedProblem.Text(_joined.AsSpan(0, length)), "has a quote that is not closed", "close it, or remove the row");
            Append("\n"u8, ref length);
            Append(next, ref length);
            if ((next.Count((byte)'"') & 1) == 1)
                return _joined.AsSpan(0, length);
            if (length > RowBytesMax)
                throw Refused(_line, "", FeedProblem.Text(_joined.AsSpan(0, 64)), $"has a quote that is not closed within {RowBytesMax} bytes", "close it, or remove the row");
        }
    }

    private void Append(ReadOnlySpan<byte> bytes, ref int length)
    {
        if (length + bytes.Length > _joined.Length)
            Array.Resize(ref _joined, Math.Max(2 * _joined.Length, length + bytes.Length + 256));
        bytes.CopyTo(_joined.AsSpan(length));
        length += bytes.Length;
    }

    private static byte SeparatorOf(ReadOnlySpan<byte> head)
    {
        var (best, most) = (Separators[0], 0);
        foreach (var separator in Separators)
        {
            var count = CsvFields.Count(head, separator);
            if (count > most)
                (best, most) = (separator, count);
        }
        return best;
    }

    private static bool IsNumber(string name) => CsvNumber.Read(Encoding.UTF8.GetBytes(name), (byte)'.', out _) == NumberForm.Number;
}
