using Hone.Adapters.Feeds;

namespace Hone.Adapters.Streams;

/// <summary>How the head of a file declares a column.</summary>
internal enum ColumnForm
{
    /// <summary>Not at all: its first value decides.</summary>
    Undeclared,

    /// <summary>Numbers.</summary>
    Numeric,

    /// <summary>One of the declared texts.</summary>
    Nominal,

    /// <summary>Times.</summary>
    Time,

    /// <summary>Free text.</summary>
    Text,
}

/// <summary>A column as the head of a file declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">What it holds.</param>
/// <param name="Values">The declared texts of a nominal one, in their order; else empty.</param>
internal sealed record ColumnHead(string Name, ColumnForm Form, IReadOnlyList<string> Values);

/// <summary>The rows of one file, each a span of bytes from which fields are read one after the other.</summary>
internal abstract class StreamRows(FeedFile file)
{
    // Longer lines are no rows of a table; a quoted text over several lines counts as one.
    protected const int RowBytesMax = 16 << 20;

    /// <summary>The file.</summary>
    public FeedFile File { get; } = file;

    /// <summary>The columns, in the order of the fields.</summary>
    public abstract IReadOnlyList<ColumnHead> Columns { get; }

    /// <summary>Line that names the columns; 0 when each has its own.</summary>
    public abstract long HeadLine { get; }

    /// <summary>Line of the last row, 1 is the first.</summary>
    public abstract long Line { get; }

    /// <summary>What stands between two fields.</summary>
    public abstract byte Separator { get; }

    /// <summary>Reads the next row that is not blank.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="FeedException">The file cannot be read on.</exception>
    public abstract bool TryRead(out ReadOnlySpan<byte> row);

    /// <summary>Reads the field that starts at <paramref name="at"/>, without quotes and outer blanks; afterwards <paramref name="at"/> is at the separator or the row's end.</summary>
    /// <returns>False when a quote is not closed.</returns>
    public abstract bool TryReadField(ReadOnlySpan<byte> row, ref int at, out ReadOnlySpan<byte> field);

    /// <summary>Fields of a row; −1 when a quote is not closed.</summary>
    public int FieldCount(ReadOnlySpan<byte> row)
    {
        var at = 0;
        for (var count = 1; ; count++)
        {
            if (!TryReadField(row, ref at, out _))
                return -1;
            if (at == row.Length)
                return count;
            at++;
        }
    }

    /// <summary>A problem of this file as an exception.</summary>
    public FeedException Refused(long line, string column, string value, string what, string remedy) => new(new(File.Path, line, column, value, what, remedy));
}
