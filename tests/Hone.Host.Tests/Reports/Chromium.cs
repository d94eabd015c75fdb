using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Hone.Host.Tests.Reports;

/// <summary>A headless browser that opens one page and prints it as it stands after its scripts ran.</summary>
internal static class Chromium
{
    private const string Program = "/usr/bin/chromium";
    private const int TimeLimitMs = 60_000;

    /// <summary>Opens the page.</summary>
    /// <returns>The document, and what the console said.</returns>
    public static (string Document, IReadOnlyList<string> Console) Open(string html)
    {
        Assert.SkipUnless(File.Exists(Program), "chromium is not installed");
        var directory = Directory.CreateTempSubdirectory("hone-browser-");
        try
        {
            var page = Path.Combine(directory.FullName, "page.html");
            File.WriteAllText(page, html);
            var start = new ProcessStartInfo(Program)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList =
                {
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    $"--user-data-dir={Path.Combine(directory.FullName, "profile")}", "--window-size=1400,1000", "--enable-logging=stderr", "--v=0", "--virtual-time-budget=5000", "--dump-dom", $"file://{page}",
                },
            };
            using var browser = Process.Start(start)!;
            var document = browser.StandardOutput.ReadToEndAsync();
            var log = browser.StandardError.ReadToEndAsync();
            if (!browser.WaitForExit(TimeLimitMs))
            {
                browser.Kill(entireProcessTree: true);
                Assert.Fail($"The browser did not finish in {TimeLimitMs} ms.");
            }
            return (document.Result, [.. log.Result.Split('\n').Where(line => line.Contains("CONSOLE"))]);
        }
        finally
        {
            try
            {
                directory.Delete(recursive: true);
            }
            catch (IOException)
            {
                // A child of the browser may still be writing into its profile; the folder is temporary anyway.
            }
        }
    }

    /// <summary>An attribute of the document's root, null where it is absent.</summary>
    public static string? Attribute(string document, string name)
        => Regex.Match(Regex.Match(document, "<html[^>]*>").Value, $"{name}=\"([^\"]*)\"") is { Success: true } found ? System.Net.WebUtility.HtmlDecode(found.Groups[1].Value) : null;
}
