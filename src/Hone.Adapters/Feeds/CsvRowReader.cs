using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>Reads the fields of one row into numbers, and says of a row that it cannot read what is wrong with it.</summary>
internal sealed class CsvRowReader(string file, CsvLayout layout)
{
    private readonly double[] _values = new double[ColumnRole.FirstExtra + layout.Extras.Length];
    private readonly bool _isIso = layout.Time is { Kind: TimeKind.DateTime, HasZone: true };
    private IsoDay _day = new();

    /// <summary>Open, high, low, close, volume and the further columns of the row that was read last; NaN where a further one is missing.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The row's stamp in microseconds since 1970.</summary>
    public long StampUs { get; private set; }

    /// <summary>Further columns that were missing in the row.</summary>
    public int MissingExtras { get; private set; }

    /// <summary>Reads one row.</summary>
    /// <returns>False when it cannot be read; <see cref="Problem"/> says why.</returns>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        var roles = layout.Roles;
        var separator = layout.Separator;
        var point = layout.Point;
        long stampUs = 0;
        MissingExtras = 0;
        var at = 0;
        for (var column = 0; column < roles.Length; column++)
        {
            if (column > 0)
            {
                if (at >= line.Length)
                    return false;
                at++;
            }
            var role = roles[column];
            if (role >= 0)
            {
                if (!CsvNumber.TryReadPlain(line, ref at, separator, point, out _values[role]) && !TryReadUnusual(line, ref at, role))
                    return false;
            }
            else if (role == ColumnRole.Ignored)
            {
                if (!CsvFields.TryRead(line, ref at, separator, out _))
                    return false;
            }
            else if (!TryReadTime(line, ref at, role, ref stampUs))
            {
                return false;
            }
        }
        StampUs = stampUs;
        return at == line.Length;
    }

    /// <summary>Reads the stamp of a row and nothing else.</summary>
    public bool TryReadStamp(ReadOnlySpan<byte> line)
    {
        long stampUs = 0;
        var at = 0;
        for (var column = 0; column < layout.Roles.Length; column++, at++)
        {
            if (at > line.Length)
                return false;
            var role = layout.Roles[column];
            if (!(role is ColumnRole.Time or ColumnRole.Date or ColumnRole.TimeOfDay ? TryReadTime(line, ref at, role, ref stampUs) : CsvFields.TryRead(line, ref at, layout.Separator, out _)))
                return false;
        }
        StampUs = stampUs;
        return true;
    }

    /// <summary>What is wrong with a row that <see cref="TryRead"/> could not read.</summary>
    public FeedProblem Problem(ReadOnlySpan<byte> line, long lineNumber)
    {
        var count = CsvFields.Count(line, layout.Separator);
        if (count < 0)
            return new(file, lineNumber, "", FeedProblem.Text(line), "has a quote that is not closed", "close it, or remove the row");
        if (count != layout.Roles.Length)
        {
            var fields = count == 1 ? "1 field" : $"{count} fields";
            return new(file, lineNumber, "", FeedProblem.Text(line), $"has {fields} where {layout.Roles.Length} are expected", "complete or remove the row; numbers may have no thousands separators");
        }
        var at = 0;
        for (var column = 0; column < layout.Roles.Length; column++, at++)
        {
            var role = layout.Roles[column];
            CsvFields.TryRead(line, ref at, layout.Separator, out var field);
            if (role >= 0)
            {
                var form = CsvNumber.Read(field, layout.Point, out _);
                if (form == NumberForm.Number || (form == NumberForm.Missing && role >= ColumnRole.FirstExtra))
                    continue;
                return NumberProblem(field, form, layout.Names[column], lineNumber);
            }
            if (role != ColumnRole.Ignored && TimeProblem(field, role, layout.Names[column], lineNumber) is { } problem)
                return problem;
        }
        return new(file, lineNumber, "", FeedProblem.Text(line), "cannot be read as a bar", "correct or remove the row");
    }

    private FeedProblem NumberProblem(ReadOnlySpan<byte> field, NumberForm form, string name, long lineNumber)
    {
        field = CsvNumber.Trimmed(field);
        return form switch
        {
            NumberForm.Missing when field.Length == 0 => new(file, lineNumber, name, "", "the field is empty", "give a number, or remove the row: a missing bar is better than an invented one"),
            NumberForm.Missing => new(file, lineNumber, name, FeedProblem.Text(field), "is no value", "give a number, or remove the row: a missing bar is better than an invented one"),
            NumberForm.Infinite => new(file, lineNumber, name, FeedProblem.Text(field), "is infinite", "give a finite number, or remove the row"),
            _ => new(file, lineNumber, name, FeedProblem.Text(field), "is not a number", $"write it like 1234{(char)layout.Point}5, without thousands separators or units"),
        };
    }

    private FeedProblem? TimeProblem(ReadOnlySpan<byte> field, int role, string name, long lineNumber)
    {
        if (TryReadTimeField(field, role, out _, out var form))
            return null;
        var text = FeedProblem.Text(CsvNumber.Trimmed(field));
        if (text.Length == 0)
            return new(file, lineNumber, name, "", "the field is empty", "give the bar's time, or remove the row");
        if (layout.Time.Kind == TimeKind.Pattern)
            return new(file, lineNumber, name, text, $"is not a time in the pattern {layout.Pattern}", "correct time_format, or leave it out");
        if (role != ColumnRole.TimeOfDay && CsvTime.TryRead(CsvNumber.Trimmed(field), out _, out form) && form != layout.Time)
            return new(file, lineNumber, name, text, $"is {form} where the rows before have {layout.Time}", "write all times in one format");
        return new(file, lineNumber, name, text, "is not a time", "write it like 2018-01-02T14:00:00Z, or name the pattern with time_format");
    }

    private bool TryReadUnusual(ReadOnlySpan<byte> line, ref int at, int role)
    {
        if (!CsvFields.TryRead(line, ref at, layout.Separator, out var field))
            return false;
        var form = CsvNumber.Read(field, layout.Point, out _values[role]);
        if (form == NumberForm.Number)
            return true;
        if (form != NumberForm.Missing || role < ColumnRole.FirstExtra)
            return false;
        MissingExtras++;
        return true;
    }

    private bool TryReadTime(ReadOnlySpan<byte> line, ref int at, int role, ref long stampUs)
    {
        if (_isIso && role == ColumnRole.Time && CsvTime.TryReadIso(line[at..], ref _day, out stampUs))
        {
            var end = at + 20;
            if (end == line.Length || line[end] == layout.Separator)
            {
                at = end;
                return true;
            }
        }
        if (!CsvFields.TryRead(line, ref at, layout.Separator, out var field) || !TryReadTimeField(field, role, out var timeUs, out _))
            return false;
        stampUs = role == ColumnRole.Time ? timeUs : stampUs + timeUs;
        return true;
    }

    private bool TryReadTimeField(ReadOnlySpan<byte> field, int role, out long timeUs, out TimeForm form)
    {
        field = CsvNumber.Trimmed(field);
        form = layout.Time;
        if (role == ColumnRole.TimeOfDay)
            return CsvTime.TryReadTimeOfDay(field, out timeUs);
        return layout.Time.Kind switch
        {
            TimeKind.Pattern => CsvTime.TryReadPattern(field, layout.Pattern, out timeUs),
            TimeKind.EpochS or TimeKind.EpochMs or TimeKind.EpochUs or TimeKind.EpochNs
                => layout.Pattern.Length > 0
                    ? CsvTime.TryReadEpoch(field, layout.Time.Kind, out timeUs, out form)
                    : CsvTime.TryReadEpoch(field, null, out timeUs, out form) && form == layout.Time,
            _ => CsvTime.TryReadCalendar(field, out timeUs, out form) && form == layout.Time,
        };
    }
}
