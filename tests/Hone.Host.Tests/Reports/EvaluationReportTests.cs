using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hone.Host.Cli;
using Hone.Trading;

namespace Hone.Host.Tests.Reports;

/// <summary>The report of an evaluation: one file, nothing from outside, opened in a browser where there is one.</summary>
public sealed class EvaluationReportTests : IDisposable
{
    private const string Hostile = "</script><img src=x onerror=alert(1)>{{data}}";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_asks_for_nothing_from_outside_and_text_of_users_stays_data()
    {
        var html = Html($"\"{Hostile}\",y\n" + Rows(300), "logistic-regression", stream: "<b>.csv");

        Assert.Equal(2, Regex.Count(html, "</script", RegexOptions.IgnoreCase));
        Assert.DoesNotContain("<img", html);
        Assert.DoesNotContain("<b>", html);
        Assert.Contains("&lt;b&gt; – Hone evaluation", WebUtilityFree(html));
        var page = Regex.Replace(html, "<script type=\"application/json\".*?</script>", "");
        Assert.DoesNotMatch("https?://|@import|url\\(|\\ssrc=|fetch\\(|XMLHttpRequest|WebSocket|import\\(", page);
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", Regex.Match(html, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value);
    }

    [Fact]
    public void Curves_are_means_over_the_window_before_each_point()
    {
        // Class 0 is always more likely: it is right in the first half, wrong in the second.
        var data = Data(Html("a,y\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"1,{(i < 200 ? 0 : 1)}\n")), "majority"));

        var (ends, curve) = (Numbers(data, "ends"), Numbers(data.GetProperty("learners")[0], "curve"));
        Assert.Equal(50, data.GetProperty("window").GetInt32());
        Assert.Equal((50, 400, 351), (ends[0], ends[^1], ends.Length));
        Assert.Equal(ends.Select(end => Math.Round(Math.Clamp((200 - (end - 50)) / 50, 0, 1), 6)), curve);
        Assert.Equal(0.5, data.GetProperty("frequent").GetProperty("figure").GetDouble());
    }

    [Fact]
    public void A_long_stream_does_not_make_a_long_file()
    {
        var data = Data(Html("a,y\n" + Rows(30_000), "majority"));

        Assert.Equal(400, Numbers(data, "ends").Length);
        Assert.Equal((750, 30_000), (Numbers(data, "ends")[0], Numbers(data, "ends")[^1]));
    }

    [Theory]
    [InlineData("all", 600, "0")]
    [InlineData("majority", 1, "0")]
    [InlineData("majority,no-change", 30, "0")]
    public void The_report_opens_under_its_own_policy_without_an_error(string learners, int rows, string errors)
    {
        var text = $"\"{Hostile}\",y\n" + (rows == 1 ? "1,0\n2,1\n" : Rows(rows));

        var (document, console) = Chromium.Open(Html(text, learners));

        Assert.Empty(console);
        Assert.Equal((errors, "true", "false"), (Chromium.Attribute(document, "data-errors"), Chromium.Attribute(document, "data-ready"), Chromium.Attribute(document, "data-overflow")));
        Assert.Equal(["figures", "curves", "learners", "reliability", "reproduce"], Regex.Matches(document, "<section (?:class=\"headline\" )?id=\"([^\"]+)\"").Select(m => m.Groups[1].Value).Where(s => s != "notices"));
        Assert.Contains("aria-label=\"Accuracy over the last ", document);
    }

    private static string Rows(int rows) => string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * 37 % 100 / 100.0},{(i * 37 % 100 >= 50 ^ i % 9 == 0 ? 1 : 0)}\n")));

    private static string WebUtilityFree(string html) => html.Replace("&#x2013;", "–");

    private static double[] Numbers(JsonElement owner, string name) => [.. owner.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static JsonElement Data(string html) => JsonDocument.Parse(Regex.Match(html, "<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value).RootElement;

    private string Html(string text, string learners, string stream = "s.csv")
    {
        using var output = new StringWriter();
        var arguments = new EvaluateArguments { Stream = _folder.Write(stream, text), Target = "y", Learners = learners, Out = _folder["out"], WarmUpSeconds = 0 };
        new EvaluateProgram(new(TradingCatalog.BuiltIn(), output, TextWriter.Null, default), arguments, json: true).Execute();
        return File.ReadAllText(Path.Combine(_folder["out"], "report.html"));
    }
}
