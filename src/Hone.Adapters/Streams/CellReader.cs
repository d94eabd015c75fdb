using System.Text;
using Hone.Adapters.Feeds;

namespace Hone.Adapters.Streams;

/// <summary>Reads the cells of rows into numbers: a number as it is, a text as its number in its column, a time in microseconds, a missing value as NaN.</summary>
internal sealed class CellReader(StreamRows rows, StreamColumn[] columns)
{
    /// <summary>Reads one row.</summary>
    /// <exception cref="FeedException">A cell cannot be read, or there are too few or too many.</exception>
    public void Read(ReadOnlySpan<byte> row, Span<double> cells)
    {
        var at = 0;
        for (var c = 0; c < columns.Length; c++)
        {
            if (c > 0)
            {
                if (at >= row.Length)
                    throw WrongLength(row);
                at++;
            }
            var column = columns[c];
            if (column.Kind == ColumnKind.Numeric && column.Role != ColumnRole.Ignored)
            {
                while (at < row.Length && row[at] == ' ')
                    at++;
                if (CsvNumber.TryReadPlain(row, ref at, rows.Separator, (byte)'.', out cells[c]))
                    continue;
            }
            if (!rows.TryReadField(row, ref at, out var field))
                throw rows.Refused(rows.Line, "", FeedProblem.Text(row), "has a quote that is not closed", "close it, or remove the row");
            if (column.Role == ColumnRole.Ignored || column.Kind == ColumnKind.Text)
                cells[c] = double.NaN;
            else if (IsMissing(field))
            {
                column.Missing++;
                cells[c] = double.NaN;
            }
            else
                cells[c] = Value(field, column, row);
        }
        if (at != row.Length)
            throw WrongLength(row);
    }

    private double Value(ReadOnlySpan<byte> field, StreamColumn column, ReadOnlySpan<byte> row)
    {
        if (column.Kind == ColumnKind.Unknown)
        {
            column.FirstLine = rows.Line;
            column.Kind = KindOf(field);
        }
        return column.Kind switch
        {
            ColumnKind.Numeric => Number(field, column, row),
            ColumnKind.Time => Time(field, column),
            _ => Code(field, column),
        };
    }

    private double Number(ReadOnlySpan<byte> field, StreamColumn column, ReadOnlySpan<byte> row)
    {
        switch (CsvNumber.Read(field, (byte)'.', out var value))
        {
            case NumberForm.Number:
                return value;
            case NumberForm.Missing:
                column.Missing++;
                return double.NaN;
            case NumberForm.Infinite:
                throw Refused(field, column, "is infinite", "give a finite number, or leave the cell empty: then it is missing");
            default:
                // A row with a column too many or too few shows first as a value in the wrong column.
                if (rows.FieldCount(row) != columns.Length)
                    throw WrongLength(row);
                var before = column.FirstLine > 0 ? $"the column has numbers since line {column.FirstLine}" : "the column has numbers";
                throw Refused(field, column, $"is not a number ({before})", $"correct it, leave the cell empty, or leave the column out with --ignore {column.Name}");
        }
    }

    private double Time(ReadOnlySpan<byte> field, StreamColumn column)
    {
        if (CsvTime.TryReadCalendar(field, out var timeUs, out _))
            return timeUs;
        if (column.Head.Form != ColumnForm.Time || column.Role == ColumnRole.Delay)
            throw Refused(field, column, "is not a time", $"write it like 2018-01-02T14:00:00Z, or leave the column out with --ignore {column.Name}");
        // Declared as a date in a pattern of its own: nothing needs it, and it would be left out anyway.
        column.Kind = ColumnKind.Text;
        return double.NaN;
    }

    private double Code(ReadOnlySpan<byte> field, StreamColumn column)
    {
        if (rows.Separator != ',' && field.Contains((byte)',') && CsvNumber.Read(field, (byte)',', out _) == NumberForm.Number)
            throw Refused(field, column, "has a decimal comma", "write numbers with a decimal point");
        var code = column.Code(field);
        var valuesMax = column.Role == ColumnRole.Target ? StreamTable.ClassesMax : StreamTable.NominalValuesMax;
        if (code < 0)
            throw Refused(field, column, "is none of the declared values", $"correct it, or declare it beside {Shortened(column.Texts)}");
        if (code >= valuesMax)
            throw column.Role == ColumnRole.Target
                ? Refused(field, column, $"is one text more than the {valuesMax} classes that a target may have", "join rare classes, or name another target")
                : Refused(field, column, $"is one text more than the {valuesMax} that a column of texts may have (the first is '{column.Texts[0]}')", $"leave the column out with --ignore {column.Name}, or write it as numbers");
        return code;
    }

    private static ColumnKind KindOf(ReadOnlySpan<byte> field)
    {
        if (CsvNumber.Read(field, (byte)'.', out _) is NumberForm.Number or NumberForm.Infinite)
            return ColumnKind.Numeric;
        return field.Length >= 10 && field[4] == '-' && field[7] == '-' && CsvTime.TryReadCalendar(field, out _, out _) ? ColumnKind.Time : ColumnKind.Nominal;
    }

    private static bool IsMissing(ReadOnlySpan<byte> field) => field.Length switch
    {
        0 => true,
        1 => field[0] == '?',
        2 => Ascii.EqualsIgnoreCase(field, "na"u8),
        3 => Ascii.EqualsIgnoreCase(field, "nan"u8) || Ascii.EqualsIgnoreCase(field, "n/a"u8),
        4 => Ascii.EqualsIgnoreCase(field, "null"u8),
        _ => false,
    };

    private FeedException WrongLength(ReadOnlySpan<byte> row)
    {
        var count = rows.FieldCount(row);
        if (count < 0)
            return rows.Refused(rows.Line, "", FeedProblem.Text(row), "has a quote that is not closed", "close it, or remove the row");
        var fields = count == 1 ? "1 field" : $"{count} fields";
        return rows.Refused(rows.Line, "", FeedProblem.Text(row), $"has {fields} where {columns.Length} are expected", "complete or remove the row; a text with a separator in it needs quotes");
    }

    private FeedException Refused(ReadOnlySpan<byte> field, StreamColumn column, string what, string remedy)
        => rows.Refused(rows.Line, column.Name, FeedProblem.Text(field), what, remedy);

    private static string Shortened(IReadOnlyList<string> texts) => texts.Count <= 8 ? string.Join(", ", texts) : $"{string.Join(", ", texts.Take(8))}, …";
}
