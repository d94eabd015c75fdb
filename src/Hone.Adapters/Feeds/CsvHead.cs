using System.Text;

namespace Hone.Adapters.Feeds;

/// <summary>Recognises from the first lines of a file how its columns are to be read; what it found stands in the notes.</summary>
internal sealed class CsvHead
{
    private const int TitleLinesMax = 5, ProbeRows = 50, NumericRows = 1000, ColumnsMax = 1024;

    private readonly string _path;
    private readonly CsvFeedOptions _options;
    private readonly List<string> _notes;
    private readonly List<byte[]> _lines = [];
    private readonly List<long> _lineNumbers = [];

    private CsvHead(string path, CsvFeedOptions options, List<string> notes) => (_path, _options, _notes) = (path, options, notes);

    /// <summary>Recognises the layout.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="head">Its first lines; the last one may be cut off.</param>
    /// <param name="options">What the user says.</param>
    /// <param name="notes">Takes what was recognised.</param>
    /// <exception cref="FeedException">It is no table of bars.</exception>
    public static CsvLayout Recognise(string path, ReadOnlySpan<byte> head, CsvFeedOptions options, List<string> notes)
        => new CsvHead(path, options, notes).Recognise(head);

    private CsvLayout Recognise(ReadOnlySpan<byte> head)
    {
        if (head[..Math.Min(head.Length, 4096)].Contains((byte)0))
            throw Refused(-1, "", "", "this is binary data, not CSV text", "give a file of bars as text");
        Collect(head);
        if (_lines.Count == 0)
            throw Refused(-1, "", "", "the file has no line with data", "give a file with bars");
        var first = FirstTableLine();
        var separator = Separator(_lines[first]);
        var fields = CsvFields.Split(_lines[first], separator);
        if (fields.Count == 0)
            throw Refused(first, "", FeedProblem.Text(_lines[first]), "has a quote that is not closed", "close it");
        if (fields.Count > ColumnsMax)
            throw Refused(first, "", FeedProblem.Text(_lines[first]), $"has {fields.Count} columns, more than {ColumnsMax}", "remove columns");
        var hasHeader = _options.HasHeader ?? IsHeader(_lines[first], separator);
        var rows = hasHeader ? first + 1 : first;
        var roles = new int[fields.Count];
        Array.Fill(roles, ColumnRole.Ignored);
        var claimed = new bool[fields.Count];
        var sample = rows < _lines.Count ? CsvFields.Split(_lines[rows], separator) : [];
        ApplyGiven(fields, hasHeader, roles, claimed, first);
        if (hasHeader)
            AssignByName(fields, sample, roles, claimed, first);
        else
            AssignByOrder(fields, roles, claimed, first);
        if (rows == _lines.Count)
            throw Refused(-1, "", "", "the file has a header and no bars", "give a file with bars");
        var names = new string[fields.Count];
        for (var i = 0; i < names.Length; i++)
            names[i] = hasHeader && fields[i].Length > 0 ? fields[i] : ColumnRole.Name(roles[i], i);
        var timeColumn = Array.FindIndex(roles, role => role is ColumnRole.Time or ColumnRole.Date);
        var layout = new CsvLayout
        {
            Separator = separator,
            LinesBefore = hasHeader ? _lineNumbers[first] : _lineNumbers[first] - 1,
            Names = names,
            Roles = roles,
            HasVolume = roles.Contains(ColumnRole.Volume),
            IsNamedClose = hasHeader && ColumnNames.IsCloseTime(ColumnNames.Plain(fields[timeColumn])),
        };
        var separatorName = separator == '\t' ? "tab" : $"'{(char)separator}'";
        _notes.Add($"columns: {string.Join(", ", names)} (separator {separatorName}, {(hasHeader ? $"names in line {_lineNumbers[first]}" : "no names: standard order")})");
        if (separator != ',')
            RecognisePoint(layout, rows);
        RecogniseTime(layout, rows, timeColumn);
        RecogniseExtras(layout, rows, claimed);
        if (!layout.HasVolume)
            _notes.Add("no volume column: volume is 0");
        return layout;
    }

    private void Collect(ReadOnlySpan<byte> head)
    {
        var needed = TitleLinesMax + NumericRows + 2;
        for (long number = 1; head.Length > 0 && _lines.Count < needed; number++)
        {
            var length = head.IndexOf((byte)'\n');
            var line = length < 0 ? head : head[..length];
            head = length < 0 ? default : head[(length + 1)..];
            line = line.TrimEnd((byte)'\r');
            if (CsvNumber.Trimmed(line).Length == 0 || line[0] == '#')
                continue;
            _lines.Add(line.ToArray());
            _lineNumbers.Add(number);
        }
    }

    private int FirstTableLine()
    {
        // Bars have five columns at least. Lines before them that are no rows at all are titles; vendors put their address there.
        for (var i = 0; i < Math.Min(TitleLinesMax + 1, _lines.Count); i++)
        {
            var separators = SeparatorsMax(_lines[i]);
            if (separators < 2)
                continue;
            if (i == 0 || separators < 4)
                return 0;
            _notes.Add($"{i} lines before the table left out, the first is '{FeedProblem.Text(_lines[0])}'");
            return i;
        }
        return 0;
    }

    private static int SeparatorsMax(ReadOnlySpan<byte> line) => Math.Max(Math.Max(line.Count((byte)','), line.Count((byte)';')), Math.Max(line.Count((byte)'\t'), line.Count((byte)'|')));

    private byte Separator(ReadOnlySpan<byte> line)
    {
        if (_options.Separator is { } given)
            return given is ',' or ';' or '|' or '\t' ? (byte)given : throw Refused(-1, "", given.ToString(), "is no separator that is known", "use , ; | or a tab");
        // A comma may be a decimal comma where another separator divides the line.
        if (line.Count((byte)';') >= 4)
            return (byte)';';
        if (line.Count((byte)'\t') >= 4)
            return (byte)'\t';
        return line.Count((byte)'|') >= 4 ? (byte)'|' : (byte)',';
    }

    private static bool IsHeader(ReadOnlySpan<byte> line, byte separator)
    {
        var words = 0;
        for (var at = 0; ; at++)
        {
            if (!CsvFields.TryRead(line, ref at, separator, out var field))
                return false;
            field = CsvNumber.Trimmed(field);
            if (field.Length > 0)
            {
                if (CsvTime.TryRead(field, out _, out _) || CsvNumber.Read(field, (byte)'.', out _) == NumberForm.Number || CsvNumber.Read(field, (byte)',', out _) == NumberForm.Number)
                    return false;
                words++;
            }
            if (at == line.Length)
                return words > 0;
        }
    }

    private void ApplyGiven(List<string> fields, bool hasHeader, int[] roles, bool[] claimed, int first)
    {
        foreach (var (what, column) in _options.Columns)
        {
            var role = what switch
            {
                "time" => ColumnRole.Time,
                "date" => ColumnRole.Date,
                "time-of-day" => ColumnRole.TimeOfDay,
                "open" => ColumnRole.Open,
                "high" => ColumnRole.High,
                "low" => ColumnRole.Low,
                "close" => ColumnRole.Close,
                "volume" => ColumnRole.Volume,
                _ => throw Refused(-1, "", what, "is nothing that a column can be mapped to", "use time, date, time-of-day, open, high, low, close or volume"),
            };
            Claim(Find(column, fields, hasHeader, first), role, roles, claimed);
        }
        if (_options.TimeColumn is { } time)
            Claim(Find(time, fields, hasHeader, first), ColumnRole.Time, roles, claimed);
    }

    private int Find(string column, List<string> fields, bool hasHeader, int first)
    {
        if (column is ['#', .. var digits] && int.TryParse(digits, out var position) && position >= 1 && position <= fields.Count)
            return position - 1;
        var found = hasHeader ? fields.FindIndex(f => string.Equals(f, column, StringComparison.OrdinalIgnoreCase)) : -1;
        return found >= 0 ? found : throw Refused(first, "", column, "is no column here", hasHeader ? $"use one of {Shown(fields)}, or #1 to #{fields.Count}" : $"use #1 to #{fields.Count}");
    }

    private static void Claim(int column, int role, int[] roles, bool[] claimed)
    {
        // A column keeps the first role that it is given; a role has one column.
        if (claimed[column] || roles.Contains(role))
            return;
        roles[column] = role;
        claimed[column] = true;
    }

    private void AssignByName(List<string> fields, List<string> sample, int[] roles, bool[] claimed, int first)
    {
        var plain = fields.ConvertAll(ColumnNames.Plain);
        if (!roles.Contains(ColumnRole.Time) && !roles.Contains(ColumnRole.Date))
            AssignTime(plain, sample, roles, claimed);
        for (var role = ColumnRole.Open; role <= ColumnRole.Volume; role++)
        {
            var (best, bestRank) = (-1, int.MaxValue);
            for (var i = 0; i < plain.Count; i++)
                if (!claimed[i] && ColumnNames.Rank(role, plain[i]) is var rank and >= 0 && rank < bestRank)
                    (best, bestRank) = (i, rank);
            if (best < 0)
                continue;
            Claim(best, role, roles, claimed);
            if (ColumnNames.IsBid(plain[best]) && role == ColumnRole.Open)
                _notes.Add("prices are those of the bid side");
        }
        Require(roles, first, $"the header is {Shown(fields)}");
        for (var i = 0; i < plain.Count; i++)
        {
            if (claimed[i] || (ColumnNames.TimeRank(plain[i]) < 0 && plain[i].Length > 0))
                continue;
            claimed[i] = true;
            _notes.Add(plain[i].Length == 0 ? $"column {i + 1} has no name and is left out" : $"column '{fields[i]}' is a second time and is left out");
        }
    }

    private void AssignTime(List<string> plain, List<string> sample, int[] roles, bool[] claimed)
    {
        int date = plain.IndexOf("date"), time = plain.IndexOf("time");
        if (date >= 0 && time >= 0 && !claimed[date] && !claimed[time] && Math.Max(date, time) < sample.Count
            && CsvTime.TryReadTimeOfDay(Encoding.UTF8.GetBytes(sample[time]), out _) && IsTime(sample[date]))
        {
            Claim(date, ColumnRole.Date, roles, claimed);
            Claim(time, ColumnRole.TimeOfDay, roles, claimed);
            return;
        }
        var (best, bestRank) = (-1, int.MaxValue);
        for (var i = 0; i < plain.Count; i++)
        {
            var rank = claimed[i] ? -1 : ColumnNames.TimeRank(plain[i]);
            if (rank < 0)
                continue;
            // A column that holds something else than times (a 'time' that is a time of day) is taken only for want of another.
            if (_options.TimeFormat is null && !(i < sample.Count && IsTime(sample[i])))
                rank += 1000;
            if (rank < bestRank)
                (best, bestRank) = (i, rank);
        }
        if (best >= 0)
            Claim(best, ColumnRole.Time, roles, claimed);
    }

    private static bool IsTime(string text) => CsvTime.TryRead(Encoding.UTF8.GetBytes(text), out _, out _);

    private void AssignByOrder(List<string> fields, int[] roles, bool[] claimed, int first)
    {
        var next = 0;
        if (!roles.Contains(ColumnRole.Time) && !roles.Contains(ColumnRole.Date))
        {
            var apart = fields.Count >= 6 && IsTime(fields[0]) && fields[1].Contains(':') && CsvTime.TryReadTimeOfDay(Encoding.UTF8.GetBytes(fields[1]), out _);
            Claim(0, apart ? ColumnRole.Date : ColumnRole.Time, roles, claimed);
            if (apart)
                Claim(1, ColumnRole.TimeOfDay, roles, claimed);
        }
        for (var role = ColumnRole.Open; role <= ColumnRole.Volume; role++)
        {
            while (next < fields.Count && claimed[next])
                next++;
            if (next < fields.Count)
                Claim(next, role, roles, claimed);
        }
        Require(roles, first, $"there are {fields.Count} columns without names");
    }

    private void Require(int[] roles, int first, string found)
    {
        List<string> missing = [];
        if (!roles.Contains(ColumnRole.Time) && !roles.Contains(ColumnRole.Date))
            missing.Add("time");
        for (var role = ColumnRole.Open; role <= ColumnRole.Close; role++)
            if (!roles.Contains(role))
                missing.Add(ColumnRole.Name(role, 0));
        if (missing.Count > 0)
            throw Refused(first, missing[0], "", $"there is no column for {string.Join(", ", missing)} ({found})", "name the columns timestamp,open,high,low,close,volume or map them with columns");
    }

    private void RecognisePoint(CsvLayout layout, int rows)
    {
        for (var row = rows; row < Math.Min(_lines.Count, rows + ProbeRows); row++)
        {
            var at = 0;
            for (var column = 0; column < layout.Roles.Length; column++, at++)
            {
                if (at > _lines[row].Length || !CsvFields.TryRead(_lines[row], ref at, layout.Separator, out var field))
                    break;
                if (layout.Roles[column] is not (>= ColumnRole.Open and <= ColumnRole.Close))
                    continue;
                if (field.Contains((byte)'.'))
                    return;
                if (!field.Contains((byte)',') || CsvNumber.Read(field, (byte)',', out _) != NumberForm.Number)
                    continue;
                layout.Point = (byte)',';
                _notes.Add("decimal comma");
                return;
            }
        }
    }

    private void RecogniseTime(CsvLayout layout, int rows, int timeColumn)
    {
        var name = layout.Names[timeColumn];
        if (_options.TimeFormat is { } format)
        {
            layout.Pattern = format;
            layout.Time = format switch
            {
                "epoch-s" => new(TimeKind.EpochS, true),
                "epoch-ms" => new(TimeKind.EpochMs, true),
                "epoch-us" => new(TimeKind.EpochUs, true),
                "epoch-ns" => new(TimeKind.EpochNs, true),
                _ => new(TimeKind.Pattern, false),
            };
            if (format != "iso")
            {
                _notes.Add($"times in '{name}': {layout.Time}, as told ({format})");
                return;
            }
            layout.Pattern = "";
        }
        // The first row may be the damaged one: some row among the first decides.
        layout.Time = new(TimeKind.DateTime, true);
        for (var row = rows; row < Math.Min(_lines.Count, rows + ProbeRows); row++)
        {
            var fields = CsvFields.Split(_lines[row], layout.Separator);
            if (timeColumn >= fields.Count || !CsvTime.TryRead(Encoding.UTF8.GetBytes(fields[timeColumn]), out _, out var form))
                continue;
            layout.Time = form;
            break;
        }
        _notes.Add($"times in '{name}': {layout.Time}");
    }

    private void RecogniseExtras(CsvLayout layout, int rows, bool[] claimed)
    {
        List<string> extras = [];
        for (var column = 0; column < layout.Roles.Length; column++)
        {
            if (claimed[column])
                continue;
            if (!IsNumeric(layout, column, rows, out var offender))
            {
                _notes.Add($"column '{layout.Names[column]}' is left out: '{offender}' is not a number");
                continue;
            }
            layout.Roles[column] = ColumnRole.FirstExtra + extras.Count;
            var name = layout.Names[column];
            for (var i = 2; extras.Contains(name); i++)
                name = $"{layout.Names[column]}_{i}";
            extras.Add(name);
        }
        layout.Extras = [.. extras];
        if (extras.Count > 0)
            _notes.Add($"further columns: {string.Join(", ", extras)}");
    }

    private bool IsNumeric(CsvLayout layout, int column, int rows, out string offender)
    {
        offender = "";
        for (var row = rows; row < Math.Min(_lines.Count - 1, rows + NumericRows) || row == rows; row++)
        {
            var at = 0;
            for (var i = 0; i <= column && at <= _lines[row].Length; i++, at++)
            {
                if (!CsvFields.TryRead(_lines[row], ref at, layout.Separator, out var field))
                    break;
                if (i != column || CsvNumber.Read(field, layout.Point, out _) is NumberForm.Number or NumberForm.Missing or NumberForm.Infinite)
                    continue;
                offender = FeedProblem.Text(field);
                return false;
            }
        }
        return true;
    }

    private static string Shown(List<string> fields)
    {
        var all = string.Join(",", fields);
        return all.Length > 200 ? string.Concat(all.AsSpan(0, 200), "…") : all;
    }

    private FeedException Refused(int line, string column, string value, string what, string remedy)
        => new(new(_path, line >= 0 && line < _lineNumbers.Count ? _lineNumbers[line] : 0, column, value, what, remedy));
}
