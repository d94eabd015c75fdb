using Hone.Host.Configuration;

namespace Hone.Host.Cli;

/// <summary>Rows in aligned columns for standard output; the last column is wrapped. The same bytes on every machine, nothing to strip for grep and awk.</summary>
/// <param name="indent">Blanks before every line.</param>
internal sealed class PlainTable(int indent = 0)
{
    private const int Gap = 2;
    private const int LastColumnMin = 30;

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; all rows have as many cells.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the rows.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="width">Columns of a line.</param>
    public void Write(TextWriter output, int width)
    {
        if (_rows.Count == 0)
            return;
        var last = _rows[0].Length - 1;
        var widths = Enumerable.Range(0, last).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var left = indent + widths.Sum() + Gap * last;
        foreach (var row in _rows)
        {
            var line = new string(' ', indent) + string.Concat(row[..last].Select((cell, column) => cell.PadRight(widths[column] + Gap)));
            foreach (var part in WrappedText.Lines(row[last], Math.Max(LastColumnMin, width - left)))
            {
                output.WriteLine((line + part).TrimEnd());
                line = new string(' ', left);
            }
        }
    }
}
