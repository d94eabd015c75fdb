using System.Globalization;
using Hone.Adapters.Feeds;
using Hone.Trading.Market;

namespace Hone.Adapters.Streams;

/// <summary>Collects rows of cells and makes a table of them: features laid out, target numbered, delays checked.</summary>
internal sealed class StreamTableBuilder
{
    private const int ChunkRows = 4_096;
    private const double TargetMax = 1e100;

    private readonly StreamRows _rows;
    private readonly StreamColumn[] _columns;
    private readonly StreamOptions _options;
    private readonly List<double[]> _chunks = [];
    private readonly List<long> _lines = [];
    private readonly TargetValues _targets = new();
    private readonly int _target;
    private readonly int _delay;
    private long _withoutTarget;

    public StreamTableBuilder(StreamRows rows, StreamColumn[] columns, StreamOptions options)
    {
        (_rows, _columns, _options) = (rows, columns, options);
        _target = Array.FindIndex(columns, c => c.Role == ColumnRole.Target);
        _delay = Array.FindIndex(columns, c => c.Role == ColumnRole.Delay);
    }

    /// <summary>Rows taken so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Where the cells of the next row go.</summary>
    public Span<double> Next()
    {
        if (Rows == _chunks.Count * ChunkRows)
        {
            RequireMemory();
            _chunks.Add(new double[ChunkRows * _columns.Length]);
        }
        return _chunks[^1].AsSpan(Rows % ChunkRows * _columns.Length, _columns.Length);
    }

    /// <summary>Takes the row whose cells were written; one without a target is only counted.</summary>
    public void Take()
    {
        var value = Cell(Rows, _target);
        if (double.IsNaN(value))
        {
            _withoutTarget++;
            return;
        }
        if (_columns[_target].Kind == ColumnKind.Time)
            throw _rows.Refused(_rows.Line, _columns[_target].Name, "", "the target is a time", "name a target of numbers or classes");
        if (_columns[_target].Kind == ColumnKind.Numeric)
        {
            if (Math.Abs(value) > TargetMax)
                throw _rows.Refused(_rows.Line, _columns[_target].Name, Text(value), "is larger than 1e100", "give the target in another unit");
            _targets.Add(value);
        }
        if (_delay >= 0)
            _lines.Add(_rows.Line);
        if (Rows == int.MaxValue)
            throw _rows.Refused(_rows.Line, "", "", "the file has more than 2,147,483,647 rows", "read its first rows with --limit");
        Rows++;
    }

    /// <summary>Makes the table.</summary>
    public StreamTable Build(string name)
    {
        if (Rows == 0)
            throw _withoutTarget > 0
                ? _rows.Refused(0, _columns[_target].Name, "", $"the target is missing in all {_withoutTarget} rows", "name another target")
                : _rows.Refused(0, "", "", "the file has no rows", "give a file with rows under its names");
        RequireMemory();
        List<string> notices = [];
        var task = Task(notices);
        var delays = _delay >= 0 ? Delays(notices) : null;
        var features = Features(notices);
        int[] labels = [];
        double[] targets = [];
        IReadOnlyList<string> classes = [];
        if (task == StreamTask.Classification)
            labels = Labels(out classes);
        else
            targets = Targets();
        // Last, because it lets go of the cells.
        var values = Values(features.Count);
        if (_withoutTarget > 0)
            notices.Add(Invariant($"{_withoutTarget:N0} rows have no value in '{_columns[_target].Name}' and are left out"));
        if (_options.RowsMax is { } limit && Rows >= limit)
            notices.Add(Invariant($"only the first {Rows:N0} rows are read (--limit)"));
        return new()
        {
            Path = _rows.File.Path,
            Name = name,
            Rows = Rows,
            Features = features,
            Values = values,
            Task = task,
            Target = _columns[_target].Name,
            Classes = classes,
            Labels = labels,
            Targets = targets,
            Delays = delays,
            RowsWithoutTarget = _withoutTarget,
            Notices = [.. notices.Select(FeedProblem.Printable)],
        };
    }

    private StreamTask Task(List<string> notices)
    {
        var column = _columns[_target];
        if (column.Kind == ColumnKind.Nominal)
        {
            if (_options.Task == StreamTask.Regression)
                throw _rows.Refused(column.FirstLine, column.Name, column.Texts[0], "is a text, which is no number to predict", "leave --task out, or name a target of numbers");
            RequireClasses(column.Texts.Count);
            return StreamTask.Classification;
        }
        var mayBeClasses = _targets.AreWhole && _targets.Count <= StreamTable.IntegerClassesMax;
        var task = _options.Task ?? (mayBeClasses ? StreamTask.Classification : StreamTask.Regression);
        if (task == StreamTask.Regression)
            return task;
        if (_targets.AreTooMany)
            throw _rows.Refused(0, column.Name, "", $"has more than {StreamTable.ClassesMax} different values, too many for classes", "use --task regression, or name another target");
        RequireClasses(_targets.Count);
        if (_options.Task is null && _targets.Count > 2)
            notices.Add($"'{column.Name}' has {_targets.Count} different whole numbers and is taken for classes; --task regression predicts the number");
        return task;
    }

    private void RequireClasses(int count)
    {
        if (count < 2)
            throw _rows.Refused(0, _columns[_target].Name, "", "has the same value in every row: there is nothing to tell apart", "name another target, or read more rows");
    }

    private int[] Labels(out IReadOnlyList<string> classes)
    {
        var labels = new int[Rows];
        var column = _columns[_target];
        if (column.Kind == ColumnKind.Nominal)
        {
            for (var t = 0; t < Rows; t++)
                labels[t] = (int)Cell(t, _target);
            classes = [.. column.Texts];
            return labels;
        }
        var values = _targets.Sorted;
        for (var t = 0; t < Rows; t++)
            labels[t] = Array.BinarySearch(values, Cell(t, _target));
        classes = [.. values.Select(Text)];
        return labels;
    }

    private List<string> Features(List<string> notices)
    {
        List<string> features = [];
        long missing = 0;
        var withMissing = 0;
        foreach (var column in _columns)
        {
            if (column.Role == ColumnRole.Delay)
                notices.Add($"'{column.Name}' says when labels are known and is no feature");
            if (column.Role != ColumnRole.Feature)
                continue;
            if (column.Kind == ColumnKind.Numeric)
            {
                features.Add(column.Name);
            }
            else if (column.Kind == ColumnKind.Nominal)
            {
                features.AddRange(column.Texts.Select(text => $"{column.Name}={text}"));
                notices.Add($"'{column.Name}' is text: {column.Texts.Count} features, one for each value");
            }
            else
            {
                notices.Add(column.Kind switch
                {
                    ColumnKind.Time => $"'{column.Name}' is a time and left out",
                    ColumnKind.Text => $"'{column.Name}' is free text and left out",
                    _ => $"'{column.Name}' is empty and left out",
                });
                continue;
            }
            if (column.Missing > 0)
                (missing, withMissing) = (missing + column.Missing, withMissing + 1);
        }
        if (missing > 0)
            notices.Add(Invariant($"{missing:N0} missing {(missing == 1 ? "value" : "values")} in {withMissing} {(withMissing == 1 ? "column" : "columns")}: each learner handles them in its own way"));
        if (features.Count == 0)
            throw _rows.Refused(_rows.HeadLine, "", "", $"beside the target '{_columns[_target].Name}' there is no column of numbers or classes", "give a file with features");
        if (features.Count > StreamTable.FeaturesMax)
            throw _rows.Refused(_rows.HeadLine, "", "", $"the rows have {features.Count} features where {StreamTable.FeaturesMax} are the limit", "leave columns out with --ignore");
        return features;
    }

    /// <summary>Lays the features out, and lets go of each chunk of cells that is done: twice the stream in memory would halve what fits.</summary>
    private double[] Values(int width)
    {
        var values = new double[(long)Rows * width];
        for (var t = 0; t < Rows; t++)
        {
            if (t % ChunkRows == 0 && t > 0)
                _chunks[t / ChunkRows - 1] = [];
            var cells = _chunks[t / ChunkRows].AsSpan(t % ChunkRows * _columns.Length, _columns.Length);
            var at = (int)((long)t * width);
            for (var c = 0; c < cells.Length; c++)
            {
                var span = _columns[c].Width;
                if (span == 0)
                    continue;
                if (_columns[c].Kind == ColumnKind.Numeric)
                    values[at] = cells[c];
                else if (double.IsNaN(cells[c]))
                    values.AsSpan(at, span).Fill(double.NaN);
                else
                    values[at + (int)cells[c]] = 1;
                at += span;
            }
        }
        return values;
    }

    private StreamDelays Delays(List<string> notices)
    {
        var column = _columns[_delay];
        var delays = column.Kind switch
        {
            ColumnKind.Numeric => new StreamDelays(column.Name, DelayRows(), null, null),
            ColumnKind.Time => DelayTimes(),
            ColumnKind.Unknown => throw _rows.Refused(0, column.Name, "", "the delay column is empty", "give rows or times in it, or leave --delay-column out"),
            _ => throw _rows.Refused(column.FirstLine, column.Name, column.Texts is [var text, ..] ? text : "", "is neither a number of rows nor a time", "write whole numbers, or times like 2018-01-02T14:00:00Z"),
        };
        var never = (delays.Rows ?? delays.KnownAtUs!).LongCount(d => d == StreamDelays.Never);
        if (never > 0)
            notices.Add(Invariant($"'{column.Name}' is empty in {never:N0} rows: their labels are scored and never learned"));
        return delays;
    }

    private long[] DelayRows()
    {
        var delays = new long[Rows];
        for (var t = 0; t < Rows; t++)
        {
            var rows = Cell(t, _delay);
            if (!double.IsNaN(rows) && !(rows >= 0 && rows <= int.MaxValue && rows == Math.Floor(rows)))
                throw _rows.Refused(_lines[t], _columns[_delay].Name, Text(rows), "is no number of rows", "write a whole number of 0 or more: rows that are predicted before the label is known");
            delays[t] = double.IsNaN(rows) ? StreamDelays.Never : (long)rows;
        }
        return delays;
    }

    private StreamDelays DelayTimes()
    {
        var clock = Array.FindIndex(_columns, c => c.Role == ColumnRole.Feature && c.Kind == ColumnKind.Time);
        var delay = _columns[_delay].Name;
        if (clock < 0)
            throw _rows.Refused(_rows.HeadLine, delay, "", "has times, and no other column says when a row is predicted", "add a column with the time of each row, or give the delay in rows");
        long[] known = new long[Rows], times = new long[Rows];
        for (var t = 0; t < Rows; t++)
        {
            double time = Cell(t, clock), knownAt = Cell(t, _delay);
            if (double.IsNaN(time))
                throw _rows.Refused(_lines[t], _columns[clock].Name, "", "the time of the row is missing", $"give it: with it '{delay}' says after which rows the label is known");
            times[t] = (long)time;
            if (t > 0 && times[t] < times[t - 1])
                throw _rows.Refused(_lines[t], _columns[clock].Name, Iso(times[t]), $"is before the row above it, {Iso(times[t - 1])}", "put the rows in the order of time");
            known[t] = double.IsNaN(knownAt) ? StreamDelays.Never : (long)knownAt;
            if (known[t] < times[t])
                throw _rows.Refused(_lines[t], delay, Iso(known[t]), $"is before the row's own time, {Iso(times[t])}", "a label that is known before its row is no question; correct one of the times");
        }
        return new(delay, null, known, times);
    }

    private double[] Targets()
    {
        var targets = new double[Rows];
        for (var t = 0; t < Rows; t++)
            targets[t] = Cell(t, _target);
        return targets;
    }

    private double Cell(int row, int column) => _chunks[row / ChunkRows][row % ChunkRows * _columns.Length + column];

    private void RequireMemory()
    {
        var width = _columns.Sum(c => (long)c.Width);
        if (width * Rows * sizeof(double) > _options.BytesMax || width * Rows > Array.MaxLength)
            throw _rows.Refused(_rows.Line, "", "",
                Invariant($"{Rows:N0} rows of {width:N0} features need more than the {_options.BytesMax / 1048576.0:N0} MiB that a stream may take"), Invariant($"read fewer rows with --limit {Math.Max(1, _options.BytesMax / sizeof(double) / Math.Max(1, width)):0}, or leave columns out with --ignore"));
    }

    private static string Iso(long timeUs) => EventTime.ToDateTime(timeUs).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
