using Hone.Adapters.Feeds;

namespace Hone.Adapters.Streams;

/// <summary>
/// Reads a file of rows whole into memory: CSV with a line of names, or ARFF, plain or gzip by content. What a column holds is decided by its
/// first value (ARFF: by its declaration); texts become one feature per text, 1 where the row has it and 0 elsewhere; times are left out.
/// </summary>
public static class StreamFile
{
    private const int ChunkRows = 4_096;
    private const int NamesShownMax = 30;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What to read of it.</param>
    /// <param name="progress">Is told the share of the file that was read, NaN when unknown.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="FeedException">The file cannot be read, or is no stream to learn from; the message says where and what to do.</exception>
    public static StreamTable Read(string path, StreamOptions options, Action<double>? progress = null, CancellationToken cancel = default)
    {
        using var file = FeedFile.Open(path, "rows");
        var lines = new LineReader(file, RowBytesMax, "rows");
        StreamRows rows = ArffStreamRows.Recognises(lines.ReadHead()) ? new ArffStreamRows(file, lines) : new CsvStreamRows(file, lines);
        var columns = Columns(rows, options);
        var builder = new StreamTableBuilder(rows, columns, options);
        var cells = new CellReader(rows, columns);
        while (builder.Rows < (options.RowsMax ?? long.MaxValue) && rows.TryRead(out var row))
        {
            cells.Read(row, builder.Next());
            builder.Take();
            if (builder.Rows % ChunkRows != 0)
                continue;
            cancel.ThrowIfCancellationRequested();
            progress?.Invoke(file.Progress);
        }
        return builder.Build(NameOf(path));
    }

    private const int RowBytesMax = 16 << 20;

    private static StreamColumn[] Columns(StreamRows rows, StreamOptions options)
    {
        void Require(string name, string role)
        {
            if (rows.Columns.Any(c => c.Name == name))
                return;
            var near = NearName.Of(name, rows.Columns.Select(c => c.Name));
            var shown = string.Join(", ", rows.Columns.Take(NamesShownMax).Select(c => c.Name)) + (rows.Columns.Count > NamesShownMax ? $", … ({rows.Columns.Count} columns)" : "");
            throw rows.Refused(rows.HeadLine, "", name, $"is named as the {role} and is no column", near is null ? $"the columns are {shown}" : $"did you mean '{near}'? The columns are {shown}");
        }
        Require(options.Target, "target");
        if (options.DelayColumn is { } delay)
        {
            Require(delay, "delay column");
            if (delay == options.Target)
                throw rows.Refused(rows.HeadLine, delay, "", "is both the target and the delay column", "name two columns");
        }
        foreach (var ignored in options.Ignore)
        {
            Require(ignored, "column to ignore");
            if (ignored == options.Target || ignored == options.DelayColumn)
                throw rows.Refused(rows.HeadLine, ignored, "", "is needed and ignored at once", "take it out of --ignore");
        }
        var columns = rows.Columns.Select(head => new StreamColumn(head,
            head.Name == options.Target ? ColumnRole.Target
                : head.Name == options.DelayColumn ? ColumnRole.Delay
                : options.Ignore.Contains(head.Name) ? ColumnRole.Ignored
                : ColumnRole.Feature)).ToArray();
        foreach (var column in columns)
        {
            if (column.Role == ColumnRole.Target && column.Kind is ColumnKind.Text or ColumnKind.Time)
                throw rows.Refused(rows.HeadLine, column.Name, "", $"is declared as {(column.Kind == ColumnKind.Time ? "a date" : "a free text")}, which cannot be predicted", "name another target, or declare its values");
            if (column.Role == ColumnRole.Target && column.Texts.Count > StreamTable.ClassesMax)
                throw rows.Refused(rows.HeadLine, column.Name, "", $"declares {column.Texts.Count} values where a target may have {StreamTable.ClassesMax}", "join rare classes, or name another target");
            if (column.Role == ColumnRole.Feature && column.Texts.Count > StreamTable.NominalValuesMax)
                throw rows.Refused(rows.HeadLine, column.Name, "", $"declares {column.Texts.Count} values where a column of texts may have {StreamTable.NominalValuesMax}", $"leave it out with --ignore {column.Name}, or write it as numbers");
        }
        return columns;
    }

    /// <summary>The file's name without folder and without endings that only say how it is written.</summary>
    private static string NameOf(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var ending in (string[])[".gz", ".csv", ".tsv", ".txt", ".arff"])
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                name = name[..^ending.Length];
        return name;
    }
}
