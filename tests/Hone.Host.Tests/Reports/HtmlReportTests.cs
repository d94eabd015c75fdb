using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hone.Host.Reports;

namespace Hone.Host.Tests.Reports;

public sealed partial class HtmlReportTests
{
    private const string Hostile = "</script><script>document.documentElement.dataset.pwned=1</script><!-- <img src=x onerror=alert(1)> {{data}} \" ' & \u2028";

    [Fact]
    public void The_file_asks_for_nothing_from_outside()
    {
        var page = DataBlock().Replace(Html(SampleReport.Of(100)), "");

        Assert.DoesNotMatch("https?://|//cdn|@import|url\\(|\\ssrc=|<iframe|<object|<embed|fetch\\(|XMLHttpRequest|WebSocket|sendBeacon|import\\(", page);
        Assert.All(Regex.Matches(page, "href=\"([^\"]*)\"").Select(m => m.Groups[1].Value), target => Assert.True(target.StartsWith('#') || target == "data:,", target));
    }

    [Fact]
    public void The_policy_admits_exactly_the_script_and_the_style_of_the_file()
    {
        var html = Html(SampleReport.Of(100));
        var policy = Regex.Match(html, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;

        Assert.StartsWith("default-src 'none'; ", policy);
        Assert.Contains($"script-src '{Hash(Between(html, "<script>", "</script>"))}';", policy);
        Assert.Contains($"style-src '{Hash(Between(html, "<style>", "</style>"))}';", policy);
        Assert.DoesNotContain("unsafe", policy);
    }

    [Fact]
    public void Text_of_users_cannot_leave_the_data_block()
    {
        var report = HostileReport();
        var html = Html(report);

        Assert.Equal(2, Regex.Count(html, "</script", RegexOptions.IgnoreCase));
        Assert.DoesNotContain("<!--", html);
        Assert.DoesNotContain("<img", html);
        using var data = Data(html);
        Assert.Equal(Hostile, data.RootElement.GetProperty("symbols")[0].GetProperty("symbol").GetString());
        Assert.Equal(Hostile, data.RootElement.GetProperty("config").GetString());
        Assert.Equal(Hostile, data.RootElement.GetProperty("symbols")[0].GetProperty("warnings")[0].GetString());
    }

    [Fact]
    public void What_does_not_exist_is_null_and_never_NaN()
    {
        var html = Html(SampleReport.Of([SampleReport.Empty(), SampleReport.AllMissing(1), SampleReport.AllMissing(40), SampleReport.Market("ONE", 1, 1, 1, 0)]));

        using var data = Data(html);
        var symbols = data.RootElement.GetProperty("symbols");
        Assert.Equal(0, symbols[0].GetProperty("times").GetArrayLength());
        Assert.All(symbols[2].GetProperty("equity").EnumerateArray(), v => Assert.Equal(JsonValueKind.Null, v.ValueKind));
        Assert.Equal(JsonValueKind.Null, symbols[2].GetProperty("drifts")[0][4].ValueKind);
        Assert.Equal(JsonValueKind.Null, symbols[2].GetProperty("random").GetProperty("p_value").ValueKind);
    }

    [Fact]
    public void A_report_without_markets_is_still_a_report()
        => Assert.Equal(0, Data(Html(SampleReport.Of([]))).RootElement.GetProperty("symbols").GetArrayLength());

    [Fact]
    public void Numbers_are_rounded_to_what_a_screen_can_show()
    {
        var market = SampleReport.Market("ONE", 1, 1, 1, 0) with { Equity = [1.23456789], Close = [1.084567891], Drawdown = [-0.0123456], BuyAndHold = [1234567.8], Exposure = [-0.0] };
        var json = Encoding.UTF8.GetString(ReportJson.Write(SampleReport.Of([market]), ReportDetail.Ladder[0]).Span);

        Assert.Contains("\"equity\":[1.23457]", json);
        Assert.Contains("\"close\":[1.084568]", json);
        Assert.Contains("\"drawdown\":[-0.01235]", json);
        using var data = JsonDocument.Parse(json);
        Assert.Equal(1234570, data.RootElement.GetProperty("symbols")[0].GetProperty("buy_and_hold")[0].GetDouble());
    }

    [Fact]
    public void Times_are_differences_that_add_up_again()
    {
        var report = SampleReport.Of(500);
        using var data = Data(Html(report));
        var sum = 0L;

        var times = data.RootElement.GetProperty("symbols")[0].GetProperty("times").EnumerateArray().Select(v => sum += v.GetInt64());

        Assert.Equal(report.Symbols[0].TimesMs, times);
    }

    [Fact]
    public void Thinned_prices_keep_their_extremes_and_thinned_equity_its_last_value()
    {
        var market = SampleReport.Market("THIN", 5, 1000, 2, 10);
        var stride = ReportDetail.Stride(1000, 128);
        using var data = JsonDocument.Parse(ReportJson.Write(SampleReport.Of([market]), new ReportDetail(128, 64, 5)));
        var thin = data.RootElement.GetProperty("symbols")[0];

        Assert.Equal((1000 + stride - 1) / stride, thin.GetProperty("close").GetArrayLength());
        Assert.Equal(market.Open[stride], thin.GetProperty("open")[1].GetDouble(), 0.01);
        Assert.Equal(market.High.Skip(stride).Take(stride).Max(), thin.GetProperty("high")[1].GetDouble(), 0.01);
        Assert.Equal(market.Low.Skip(stride).Take(stride).Min(), thin.GetProperty("low")[1].GetDouble(), 0.01);
        Assert.Equal(market.Drawdown.Skip(stride).Take(stride).Min(), thin.GetProperty("drawdown")[1].GetDouble(), 1e-4);
        Assert.Equal(market.Equity[^1], thin.GetProperty("equity").EnumerateArray().Last().GetDouble(), 1e-5);
        Assert.Equal(market.Members[0].Accuracy[^1], thin.GetProperty("members")[0].GetProperty("accuracy").EnumerateArray().Last().GetDouble(), 1e-4);
        Assert.Equal(10, thin.GetProperty("trades")[4][0].GetInt32());
        Assert.Equal(5, thin.GetProperty("trades").GetArrayLength());
    }

    [Fact]
    public void A_missing_point_does_not_hide_the_others_of_its_bucket()
    {
        var market = SampleReport.Market("GAP", 5, 4, 1, 0) with { High = [double.NaN, 7, double.NaN, double.NaN], Low = [3, double.NaN, double.NaN, 2] };
        using var data = JsonDocument.Parse(ReportJson.Write(SampleReport.Of([market]), new ReportDetail(2, 2, 0)));
        var thin = data.RootElement.GetProperty("symbols")[0];

        Assert.Equal(7, thin.GetProperty("high")[0].GetDouble());
        Assert.Equal(JsonValueKind.Null, thin.GetProperty("high")[1].ValueKind);
        Assert.Equal(2, thin.GetProperty("low")[1].GetDouble());
    }

    [Fact]
    public void An_ordinary_report_is_shown_in_full()
    {
        using var data = Data(Html(SampleReport.Of()));
        var market = data.RootElement.GetProperty("symbols")[0];

        Assert.Equal(4096, market.GetProperty("close").GetArrayLength());
        Assert.Equal(4096, market.GetProperty("members")[1].GetProperty("accuracy").GetArrayLength());
        Assert.Equal(300, market.GetProperty("trades").GetArrayLength());
    }

    [Theory]
    [InlineData(1, 40, 2000)]
    [InlineData(8, 5, 300)]
    public void Large_reports_stay_under_three_megabytes(int markets, int members, int trades)
        => Assert.InRange(Encoding.UTF8.GetByteCount(Html(SampleReport.OfSeveral(markets, 4096, members, trades))), 500_000, 3_000_000);

    [Theory]
    [InlineData("accuracy")] [InlineData("accuracy_no_change")] [InlineData("accuracy_majority")] [InlineData("kappa")] [InlineData("kappa_temporal")] [InlineData("log_loss")]
    [InlineData("brier")] [InlineData("ece")] [InlineData("ic")] [InlineData("trades")] [InlineData("win_rate")] [InlineData("profit_factor")] [InlineData("expectancy")]
    [InlineData("sharpe")] [InlineData("sortino")] [InlineData("calmar")] [InlineData("probabilistic_sharpe")] [InlineData("deflated_sharpe")] [InlineData("max_drawdown")]
    [InlineData("net_profit")] [InlineData("total_fees")] [InlineData("turnover")] [InlineData("exposure")] [InlineData("panel_acted")] [InlineData("buy_and_hold")]
    [InlineData("rules_only")] [InlineData("random_same_turnover")] [InlineData("ml_contribution")] [InlineData("psr")] [InlineData("dsr")]
    public void The_glossary_explains_every_figure_of_a_run(string figure)
        => Assert.Matches($@"\b{figure}: (\['[^']+', '[^']{{20,}}'\]|'[a-z_]+')", Between(Html(SampleReport.Of(10)), "<script>", "</script>"));

    [Fact]
    public void The_same_report_gives_the_same_file()
        => Assert.Equal(Html(SampleReport.OfSeveral(2, 200)), Html(SampleReport.OfSeveral(2, 200)));

    [Fact]
    public void A_file_that_cannot_be_finished_leaves_the_old_one_and_nothing_else()
    {
        var directory = Directory.CreateTempSubdirectory("hone-report-");
        try
        {
            var path = Path.Combine(directory.FullName, "report.html");
            HtmlReport.WriteFile(SampleReport.Of(10), path);
            var before = File.ReadAllText(path);

            Assert.Throws<NotSupportedException>(() => HtmlReport.WriteFile(SampleReport.Of([SampleReport.Empty() with { Warnings = new Unreadable() }]), path));

            Assert.Equal(before, File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(directory.FullName));
            HtmlReport.WriteFile(SampleReport.Of(11), path);
            Assert.NotEqual(before, File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(directory.FullName));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    internal static RunReport HostileReport()
    {
        var market = SampleReport.Market(Hostile, 3, 60, 1, 5);
        return SampleReport.Of([market with
        {
            Verdict = Hostile, VerdictKind = Hostile, Warnings = [Hostile], LeakSuspicions = [Hostile], LeakProbes = [Hostile], CostModel = Hostile,
            Figures = [new(Hostile, Hostile, Hostile, Hostile), new("__proto__", "constructor", "1", "toString")],
            Members = [.. market.Members.Select(m => m with { Name = m.Name + Hostile })],
            Drifts = [new(market.TimesMs[5], 5, Hostile, Hostile, 1)], Adaptations = [new(market.TimesMs[6], 6, Hostile, Hostile, Hostile)],
            Contributions = [new(Hostile, 0.1)], Costs = [new("constructor", 1)], DataQuality = [new(Hostile, Hostile)],
            Trades = [.. market.Trades.Select(t => t with { Side = Hostile, Exit = Hostile, Votes = Hostile })],
        }]) with { Command = Hostile, ConfigJson = Hostile, Provenance = [new(Hostile, Hostile)] };
    }

    internal static string Html(RunReport report)
    {
        using var output = new StringWriter();
        HtmlReport.Write(report, output);
        return output.ToString();
    }

    private static JsonDocument Data(string html) => JsonDocument.Parse(Between(html, "id=\"data\">", "</script>"));

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    [GeneratedRegex("<script type=\"application/json\".*?</script>", RegexOptions.Singleline)]
    private static partial Regex DataBlock();

    private sealed class Unreadable : System.Collections.ObjectModel.ReadOnlyCollection<string>, IEnumerable<string>
    {
        public Unreadable() : base([])
        {
        }

        IEnumerator<string> IEnumerable<string>.GetEnumerator() => throw new NotSupportedException();
    }
}
