using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Hone.Host.Configuration;
using Hone.Host.Operating.Metrics;
using Hone.Host.Serving.Keys;

namespace Hone.Host.Tests.Operating;

public sealed partial class MetricsTests
{
    private const string GetPrometheus = "`apt-get install prometheus` brings it.";

    [Fact]
    public async Task Promtool_finds_nothing_to_complain_about_on_the_page_of_a_busy_server()
    {
        var promtool = Tool.Require("promtool", GetPrometheus);
        await using var server = await OperatedServer.Start();
        await OperatedServer.Learn(await server.StartSession("BTC\"USDT\\\n"), 60);
        await server.FeedMarket("ETHUSDT", 300);

        var page = await server.Metrics();

        Assert.Equal((0, ""), await Tool.Run(promtool, Path.GetTempPath(), page, "check", "metrics"));
    }

    [Fact]
    public async Task The_page_wants_a_key_and_says_its_format()
    {
        await using var server = await OperatedServer.Start();
        using var stranger = server.Web.Client(null);
        using var reader = server.Web.Client(Role.Read);

        using var refused = await stranger.GetAsync("/metrics");
        using var answer = await reader.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Sessions_and_members_tell_what_the_session_knows()
    {
        await using var server = await OperatedServer.Start();
        var session = await server.StartSession("BTCUSDT");
        await OperatedServer.Learn(session, 25);

        var page = await server.Metrics();

        var labels = $$"""{session="{{session.Id}}",symbol="BTCUSDT",name="default"}""";
        Assert.Equal(25, Value(page, "hone_session_predictions_total" + labels));
        Assert.Equal(25, Value(page, "hone_session_resolved_total" + labels));
        Assert.Equal(0, Value(page, "hone_session_open_questions" + labels));
        Assert.Equal(0, Value(page, "hone_session_faulted" + labels));
        var (seq, accuracy, alpha, threshold) = session.Read(s => (s.Seq, s.Learning!.Score.Accuracy, s.Learning.Statistics(0).ThompsonAlpha, s.Learning.Statistics(0).Threshold));
        Assert.Equal(seq, Value(page, "hone_session_seq" + labels));
        Assert.Equal(accuracy, Value(page, "hone_session_accuracy" + labels));
        var member = labels.Replace("}", ",member=\"logistic-regression\"}");
        Assert.Equal(alpha, Value(page, "hone_member_thompson_alpha" + member));
        Assert.Equal(threshold, Value(page, "hone_member_threshold" + member));
        Assert.Equal(1, Value(page, "hone_member_eligible" + member));
        Assert.True(Value(page, "hone_session_label_lag_seconds" + labels) >= 0);
        Assert.Contains($"hone_drift_statistic{member.Replace("}", ",detector=\"adwin\",channel=\"brier\"} ")}", page);
        // A session that trades nothing has no equity.
        Assert.DoesNotContain("hone_session_equity{", page);
    }

    [Fact]
    public async Task A_trading_session_shows_its_money_and_its_feed()
    {
        await using var server = await OperatedServer.Start();
        var session = await server.FeedMarket("ETHUSDT", 300);

        var page = await server.Metrics();

        var labels = $$"""{session="{{session.Id}}",symbol="ETHUSDT",name="default"}""";
        Assert.Equal(session.Read(s => s.Trading!.Real.Broker.Equity), Value(page, "hone_session_equity" + labels));
        Assert.Equal(session.Read(s => s.Trading!.RulesOnly.Broker.Equity), Value(page, "hone_session_rules_only_equity" + labels));
        Assert.Equal(session.Read(s => (double)s.Trading!.HorizonBars) * 3600, Value(page, "hone_session_label_lag_seconds" + labels));
        Assert.Equal(1, Value(page, """hone_feed_state{symbol="ETHUSDT",state="live"}"""));
        Assert.Equal(0, Value(page, """hone_feed_state{symbol="ETHUSDT",state="reconnecting"}"""));
        Assert.Equal(2, Value(page, """hone_feed_rejected_total{symbol="ETHUSDT"}"""));
    }

    [Fact]
    public async Task Requests_are_counted_by_the_template_of_their_route_and_never_by_what_a_client_made_up()
    {
        await using var server = await OperatedServer.Start();
        using var client = server.Web.Client(Role.Admin);
        using var stranger = server.Web.Client(null);
        for (var i = 0; i < 3; i++)
            (await client.PostAsync($"/api/v1/sessions/made-up-{i}/predict", null)).Dispose();
        (await client.GetAsync("/made-up-path?secret=1")).Dispose();
        (await client.GetAsync("/api/v1/fail")).Dispose();
        (await client.SendAsync(new HttpRequestMessage(new HttpMethod("MADEUP"), "/made-up-path"))).Dispose();
        (await stranger.GetAsync("/api/v1/fail")).Dispose();

        var page = await server.Metrics();

        Assert.Equal(3, Value(page, """hone_http_requests_total{route="/api/v1/sessions/{id}/predict",method="POST",status="4xx"}"""));
        Assert.Equal(1, Value(page, """hone_http_requests_total{route="unmatched",method="GET",status="4xx"}"""));
        Assert.Equal(1, Value(page, """hone_http_requests_total{route="/api/v1/fail",method="GET",status="5xx"}"""));
        Assert.Equal(1, Value(page, """hone_http_rejected_total{reason="no_valid_key"}"""));
        Assert.Equal(3, Value(page, """hone_http_request_seconds_count{route="/api/v1/sessions/{id}/predict",method="POST"}"""));
        Assert.Equal(1, Value(page, "hone_http_requests_in_flight"));
        Assert.DoesNotContain("made-up", page);
        Assert.DoesNotContain("MADEUP", page);
    }

    [Fact]
    public async Task Sessions_beyond_the_limit_are_counted_and_one_that_stands_still_is_always_shown()
    {
        await using var server = await OperatedServer.Start(o => o with { Telemetry = o.Telemetry with { SessionsMax = 2 } });
        for (var i = 0; i < 4; i++)
            await server.StartSession("BTCUSDT", $"n{i}");
        var last = server.Sessions.Find("BTCUSDT", "n3")!;
        last.Stall("damaged, says the test");

        var page = await server.Metrics();

        Assert.Equal(4, Value(page, "hone_sessions"));
        Assert.Equal(2, Value(page, "hone_sessions_without_series"));
        Assert.Equal(1, Value(page, "hone_sessions_faulted"));
        Assert.Equal(["n0", "n3"], Regex.Matches(page, "hone_session_seq{.*name=\"(.*?)\"}").Select(m => m.Groups[1].Value).Order());
        Assert.Equal(1, Value(page, $$"""hone_session_faulted{session="{{last.Id}}",symbol="BTCUSDT",name="n3"}"""));
    }

    [Fact]
    public async Task Buckets_of_every_histogram_rise_to_its_count()
    {
        await using var server = await OperatedServer.Start();
        await OperatedServer.Learn(await server.StartSession("BTCUSDT"), 20);

        var page = await server.Metrics();

        var buckets = Bucket().Matches(page).Select(m => (Series: m.Groups[1].Value + m.Groups[2].Value.TrimEnd(','), Bound: m.Groups[3].Value, Count: double.Parse(m.Groups[4].Value, CultureInfo.InvariantCulture))).ToArray();
        Assert.NotEmpty(buckets);
        Assert.All(buckets.GroupBy(b => b.Series), series =>
        {
            Assert.Equal("+Inf", series.Last().Bound);
            Assert.Equal(series.Select(b => b.Count).Order(), series.Select(b => b.Count));
        });
        Assert.Equal(Value(page, "hone_journal_append_seconds_count"), Value(page, """hone_journal_append_seconds_bucket{le="+Inf"}"""));
        // One commit for each question and one for each answer; the start of a session is not handed in by its writer.
        Assert.True(Value(page, "hone_journal_append_seconds_count") >= 40);
    }

    [Fact]
    public void Many_threads_count_without_losing_one()
    {
        var metrics = new ServerMetrics();

        Parallel.For(0, 20_000, i =>
        {
            metrics.HttpRequestBegins();
            metrics.HttpRequestEnded($"/r{i % 3}", "GET", i % 2 == 0 ? 200 : 429, 0.002);
        });

        Assert.Equal(0, metrics.InFlight);
        Assert.Equal(20_000, metrics.Routes.Sum(r => r.Duration.Read().Count));
        Assert.Equal(10_000, metrics.Rejected.Single(r => r.Reason == "too_many").Count);
        Assert.Equal(20_000 * 0.002, metrics.Routes.Sum(r => r.Duration.Read().SumSeconds), 6);
    }

    [Fact]
    public void Routes_without_end_share_one_series()
    {
        var metrics = new ServerMetrics();

        for (var i = 0; i < ServerMetrics.RoutesMax + 100; i++)
            metrics.HttpRequestEnded($"/r{i}", "GET", 200, 0.001);

        Assert.Equal(ServerMetrics.RoutesMax + 1, metrics.Routes.Count());
        Assert.Equal(100, metrics.Routes.Single(r => r.Route == "other").Duration.Read().Count);
    }

    [Fact]
    public async Task The_page_holds_exactly_the_metrics_that_the_documentation_lists()
    {
        await using var server = await OperatedServer.Start();
        var page = await server.Metrics();

        var served = Family().Matches(page).Select(m => (Name: m.Groups[1].Value, Help: m.Groups[2].Value, Kind: m.Groups[3].Value)).ToArray();
        var listed = Regex.Matches(Repository.Read("docs/operating.md"), @"^\| `(hone_\w+)` \| (counter|gauge|histogram) \| (.*?) \| (.*) \|$", RegexOptions.Multiline)
            .Select(m => (Name: m.Groups[1].Value, Kind: m.Groups[2].Value, Labels: m.Groups[3].Value, Help: m.Groups[4].Value)).ToArray();

        Assert.Equal(MetricsPage.Families.Select(f => f.Name), served.Select(f => f.Name));
        var expected = string.Join("\n", MetricsPage.Families.Select(f => $"| `{f.Name}` | {f.Kind.ToString().ToLowerInvariant()} | {string.Join(", ", f.Labels)} | {f.Help} |"));
        Assert.True(
            served.Select(f => (f.Name, f.Kind, f.Help)).SequenceEqual(listed.Select(f => (f.Name, f.Kind, f.Help))) && expected == string.Join("\n", listed.Select(f => $"| `{f.Name}` | {f.Kind} | {f.Labels} | {f.Help} |")),
            $"The table in docs/operating.md must be:\n{expected}");
    }

    [Fact]
    public async Task Hundreds_of_sessions_leave_in_pieces()
    {
        await using var server = await OperatedServer.Start(o => o with { Telemetry = o.Telemetry with { SessionsMax = 1000 } });
        await Parallel.ForAsync(0, 300, async (i, _) => await server.StartSession("BTCUSDT", $"n{i}"));
        using var client = server.Web.Client(Role.Read);

        using var answer = await client.GetAsync("/metrics", HttpCompletionOption.ResponseHeadersRead);
        var announced = answer.Content.Headers.ContentLength;
        var page = await answer.Content.ReadAsStringAsync();

        // Sent before its length was known: it was never held as a whole.
        Assert.Null(announced);
        Assert.True(answer.Headers.TransferEncodingChunked);
        Assert.Equal(300, Regex.Count(page, "^hone_session_seq{", RegexOptions.Multiline));
    }

    /// <summary>The value of a series; fails where there is none, or more than one.</summary>
    private static double Value(string page, string series)
        => double.Parse(Assert.Single(page.Split('\n'), line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..], CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(\w+)_bucket\{(.*?)le="(.*?)"\} (\d+)$""", RegexOptions.Multiline)]
    private static partial Regex Bucket();

    [GeneratedRegex(@"^# HELP (\w+) (.*)\n# TYPE \1 (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Family();
}
