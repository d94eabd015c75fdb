using System.Text.Json;
using Hone.Host.Operating.Metrics;

namespace Hone.Host.Tests.Operating;

public sealed class GrafanaTests
{
    private const string GetPrometheus = "`apt-get install prometheus` brings it.";

    private static readonly JsonElement Dashboard = JsonDocument.Parse(Repository.Read("deploy/grafana/dashboards/hone.json")).RootElement;

    [Fact]
    public void The_dashboard_has_what_grafana_needs()
    {
        Assert.Equal("hone-learning-server", Dashboard.GetProperty("uid").GetString());
        Assert.Equal(39, Dashboard.GetProperty("schemaVersion").GetInt32());
        Assert.Equal(["datasource", "session"], Dashboard.GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => v.GetProperty("name").GetString()!));
        var panels = Dashboard.GetProperty("panels").EnumerateArray().ToArray();
        Assert.Equal(panels.Length, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel =>
        {
            Assert.Contains(panel.GetProperty("type").GetString(), new[] { "row", "timeseries", "stat", "table" });
            var place = panel.GetProperty("gridPos");
            Assert.True(place.GetProperty("x").GetInt32() + place.GetProperty("w").GetInt32() <= 24);
            Assert.False(string.IsNullOrWhiteSpace(panel.GetProperty("title").GetString()));
            if (panel.GetProperty("type").GetString() != "row")
                Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
        });
    }

    [Fact]
    public void Panels_do_not_lie_on_each_other()
    {
        var places = Dashboard.GetProperty("panels").EnumerateArray().Select(p => p.GetProperty("gridPos")).Select(g => (X: g.GetProperty("x").GetInt32(), Y: g.GetProperty("y").GetInt32(), W: g.GetProperty("w").GetInt32(), H: g.GetProperty("h").GetInt32())).ToArray();

        for (var a = 0; a < places.Length; a++)
            for (var b = a + 1; b < places.Length; b++)
                Assert.False(
                    places[a].X < places[b].X + places[b].W && places[b].X < places[a].X + places[a].W && places[a].Y < places[b].Y + places[b].H && places[b].Y < places[a].Y + places[a].H,
                    $"panels {a} and {b}");
    }

    [Fact]
    public async Task Every_panel_shows_something_of_a_server_with_sessions_and_traffic()
    {
        var program = Tool.Require("prometheus", GetPrometheus);
        await using var server = await OperatedServer.Start();
        var session = await server.StartSession("BTCUSDT");
        await OperatedServer.Learn(session, 400);
        await server.FeedMarket("ETHUSDT", 900);
        await using var prometheus = await PrometheusServer.Start(program, server.Web.Address, server.Web.AdminKey);

        // Rates need two scrapes; the second one with traffic between them.
        await Eventually.Holds(async () => await Scrapes(prometheus) >= 2, () => $"nothing was scraped:\n{prometheus.Log}");
        await OperatedServer.Learn(session, 20);
        var metadata = await prometheus.Get("/api/v1/metadata");
        foreach (var (title, expression) in Expressions())
        {
            var query = Plain(expression);
            var found = "nothing";
            await Eventually.Holds(async () => (found = (await prometheus.Get("/api/v1/query", ("query", query))).GetProperty("result").ToString()) != "[]", () => $"'{title}' shows nothing: {query}");
            foreach (var name in MetricNames.In(expression))
            {
                var family = MetricsPage.Families.Single(f => f.Name == name || (f.Kind == MetricKind.Histogram && name == f.Name + "_bucket"));
                Assert.Equal(family.Kind.ToString().ToLowerInvariant(), metadata.GetProperty(family.Name)[0].GetProperty("type").GetString());
            }
        }
        var names = (await prometheus.Get("/api/v1/label/__name__/values")).EnumerateArray().Select(n => n.GetString()!).ToHashSet();
        Assert.All(Expressions().SelectMany(e => MetricNames.In(e.Expression)), name => Assert.Contains(name, names));
    }

    [Fact]
    public void Panels_ask_for_rates_of_counters_only()
        => Assert.All(
            Expressions().SelectMany(e => System.Text.RegularExpressions.Regex.Matches(e.Expression, @"(?:rate|increase)\((\w+)").Select(m => m.Groups[1].Value)),
            name => Assert.True(name.EndsWith("_total", StringComparison.Ordinal) || name.EndsWith("_bucket", StringComparison.Ordinal), name));

    private static async Task<int> Scrapes(PrometheusServer prometheus)
    {
        var result = (await prometheus.Get("/api/v1/query", ("query", "count_over_time(up{job=\"hone\"}[10m])"))).GetProperty("result");
        return result.GetArrayLength() == 0 ? 0 : int.Parse(result[0].GetProperty("value")[1].GetString()!);
    }

    private static (string Title, string Expression)[] Expressions()
        => [.. Dashboard.GetProperty("panels").EnumerateArray().Where(p => p.TryGetProperty("targets", out _)).SelectMany(p => p.GetProperty("targets").EnumerateArray().Select(t => (p.GetProperty("title").GetString()!, t.GetProperty("expr").GetString()!)))];

    // As Grafana writes them for a short interval and all sessions.
    private static string Plain(string expression) => expression.Replace("$__rate_interval", "1m").Replace("$__interval", "15s").Replace("$__range", "1h").Replace("$session", ".*");
}
