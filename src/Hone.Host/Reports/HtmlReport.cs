using System.Text;

namespace Hone.Host.Reports;

/// <summary>
/// The report of a run as one HTML file that needs nothing else; see <see cref="ReportPage"/>.
/// </summary>
public static class HtmlReport
{
    /// <summary>Size that the data is thinned to fit, so that the whole file stays under 3 MB.</summary>
    internal const int DataBytesMax = 2_800_000;

    private static readonly ReportPage Page = new("report.js");

    /// <summary>Writes the file's text.</summary>
    public static void Write(RunReport report, TextWriter output)
        => Page.Write(Title(report), ReportJson.Write(report, DataBytesMax).Span, output);

    /// <summary>Writes the file beside its place first and then renames it: a reader sees the old file or the whole new one.</summary>
    /// <param name="report">What to show.</param>
    /// <param name="path">Where the file shall stand; its directory must exist.</param>
    public static void WriteFile(RunReport report, string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                using (var output = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true))
                    Write(report, output);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string Title(RunReport report) => report.Symbols.Count switch
    {
        0 => "Hone report",
        1 => $"{report.Symbols[0].Symbol} – Hone report",
        var n => $"{report.Symbols[0].Symbol} and {n - 1} more – Hone report",
    };
}
