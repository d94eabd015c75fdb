using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Hone.Host.Reports;

/// <summary>
/// The report of a run as one HTML file that needs nothing else: no network, no library, no font. A content security policy
/// admits exactly the script and the style that were written here, by their hashes; whatever a user's text contains is data.
/// </summary>
public static class HtmlReport
{
    /// <summary>Size that the data is thinned to fit, so that the whole file stays under 3 MB.</summary>
    internal const int DataBytesMax = 2_800_000;

    private static readonly string Template = Resource("report.html");
    private static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");
    private static readonly string Policy =
        $"default-src 'none'; script-src '{Hash(Script)}'; style-src '{Hash(Style)}'; img-src data:; base-uri 'none'; form-action 'none'";

    /// <summary>Writes the file's text.</summary>
    public static void Write(RunReport report, TextWriter output)
    {
        // One pass over the template: text that goes in is never searched for placeholders again.
        var rest = Template.AsSpan();
        while (rest.IndexOf("{{") is >= 0 and var start)
        {
            output.Write(rest[..start]);
            var end = rest.IndexOf("}}");
            WritePart(rest[(start + 2)..end], report, output);
            rest = rest[(end + 2)..];
        }
        output.Write(rest);
    }

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

    private static void WritePart(ReadOnlySpan<char> name, RunReport report, TextWriter output)
    {
        switch (name)
        {
            case "csp": output.Write(Policy); break;
            case "title": output.Write(HtmlEncoder.Default.Encode(Title(report))); break;
            case "css": output.Write(Style); break;
            case "js": output.Write(Script); break;
            case "data": output.Write(Encoding.UTF8.GetString(ReportJson.Write(report, DataBytesMax).Span)); break;
            default: throw new InvalidOperationException($"report.html names a part '{name}' that does not exist.");
        }
    }

    private static string Title(RunReport report) => report.Symbols.Count switch
    {
        0 => "Hone report",
        1 => $"{report.Symbols[0].Symbol} – Hone report",
        var n => $"{report.Symbols[0].Symbol} and {n - 1} more – Hone report",
    };

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    // Browsers turn CR LF into LF before they hash, so the text must have LF alone.
    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
