using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Hone.Host.Reports;

/// <summary>
/// A page of one HTML file that needs nothing else: no network, no library, no font. A content security policy admits exactly the script
/// and the style that were written here, by their hashes; whatever a user's text contains is data.
/// </summary>
internal sealed class ReportPage
{
    private static readonly string Template = Resource("report.html");
    private static readonly string Style = Resource("report.css");

    private readonly string _script;
    private readonly string _policy;

    /// <summary>A page that one of the program's own scripts draws, after the one that all of them share.</summary>
    /// <param name="script">Name of the script among the program's resources.</param>
    public ReportPage(string script)
    {
        _script = Resource("page.js") + Resource(script);
        _policy = $"default-src 'none'; script-src '{Hash(_script)}'; style-src '{Hash(Style)}'; img-src data:; base-uri 'none'; form-action 'none'";
    }

    /// <summary>Writes the file's text.</summary>
    /// <param name="title">Title of the page.</param>
    /// <param name="data">JSON in which every "&lt;" is escaped.</param>
    /// <param name="output">Where to.</param>
    public void Write(string title, ReadOnlySpan<byte> data, TextWriter output)
    {
        // One pass over the template: text that goes in is never searched for placeholders again.
        var rest = Template.AsSpan();
        while (rest.IndexOf("{{") is >= 0 and var start)
        {
            output.Write(rest[..start]);
            var end = rest.IndexOf("}}");
            switch (rest[(start + 2)..end])
            {
                case "csp": output.Write(_policy); break;
                case "title": output.Write(HtmlEncoder.Default.Encode(title)); break;
                case "css": output.Write(Style); break;
                case "js": output.Write(_script); break;
                case "data": output.Write(Encoding.UTF8.GetString(data)); break;
                default: throw new InvalidOperationException($"report.html names a part '{rest[(start + 2)..end]}' that does not exist.");
            }
            rest = rest[(end + 2)..];
        }
        output.Write(rest);
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    // Browsers turn CR LF into LF before they hash, so the text must have LF alone.
    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
