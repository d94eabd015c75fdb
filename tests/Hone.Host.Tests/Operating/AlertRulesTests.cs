using System.Text.RegularExpressions;
using Hone.Host.Operating.Metrics;

namespace Hone.Host.Tests.Operating;

public sealed class AlertRulesTests
{
    private const string GetPrometheus = "`apt-get install prometheus` brings it.";
    private static readonly string Folder = Repository.PathOf("deploy/prometheus");

    [Fact]
    public async Task Promtool_accepts_the_rules()
    {
        var (exitCode, output) = await Tool.Run(Tool.Require("promtool", GetPrometheus), Folder, null, "check", "rules", "hone-alerts.yml");

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Every_alert_fires_and_stays_quiet_as_its_tests_say()
    {
        var (exitCode, output) = await Tool.Run(Tool.Require("promtool", GetPrometheus), Folder, null, "test", "rules", "hone-alerts_test.yml");

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Promtool_accepts_the_configuration_once_there_is_a_key()
    {
        var promtool = Tool.Require("promtool", GetPrometheus);
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "prometheus.yml", "hone-alerts.yml" })
            File.Copy(Path.Combine(Folder, file), folder[file]);
        folder.Write("hone-metrics.key", "hone_of-a-test\n");

        var (exitCode, output) = await Tool.Run(promtool, folder.Path, null, "check", "config", "prometheus.yml");

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var tests = Repository.Read("deploy/prometheus/hone-alerts_test.yml").Split("  - name: ")[1..];

        Assert.All(Alerts(), alert =>
        {
            Assert.Single(tests, t => t.StartsWith($"\"{alert} fires\"", StringComparison.Ordinal) && t.Contains($"alertname: {alert}\n") && t.Contains("exp_labels"));
            Assert.Single(tests, t => t.StartsWith($"\"{alert} stays quiet\"", StringComparison.Ordinal) && t.Contains($"alertname: {alert}\n") && t.Contains("exp_alerts: []"));
        });
        Assert.Equal(2 * Alerts().Length, tests.Length);
    }

    [Fact]
    public void Every_alert_says_what_it_saw_and_what_to_do_and_is_explained_to_users()
    {
        var documentation = Repository.Read("docs/operating.md");
        var rules = Repository.Read("deploy/prometheus/hone-alerts.yml").Split("      - alert: ")[1..];

        Assert.All(rules, rule =>
        {
            Assert.Matches("severity: (info|warning|critical)", rule);
            Assert.Matches("summary: \".{20,}\"", rule);
            Assert.Matches("action: \".{40,}\"", rule);
            Assert.Contains($"| `{rule[..rule.IndexOf('\n')]}` |", documentation);
        });
    }

    [Fact]
    public void Alerts_ask_for_metrics_that_exist()
    {
        var names = MetricNames.Served();

        Assert.All(Regex.Matches(Repository.Read("deploy/prometheus/hone-alerts.yml"), @"^        expr: (.*)$", RegexOptions.Multiline).SelectMany(m => MetricNames.In(m.Groups[1].Value)), name => Assert.Contains(name, names));
    }

    private static string[] Alerts() => [.. Regex.Matches(Repository.Read("deploy/prometheus/hone-alerts.yml"), @"- alert: (\w+)").Select(m => m.Groups[1].Value)];
}

/// <summary>Names of metrics, as the server writes them and as expressions name them.</summary>
internal static class MetricNames
{
    public static HashSet<string> Served()
        => [.. MetricsPage.Families.SelectMany(f => f.Kind == MetricKind.Histogram ? [f.Name + "_bucket", f.Name + "_sum", f.Name + "_count"] : new[] { f.Name })];

    public static IEnumerable<string> In(string expression) => Regex.Matches(expression, @"\bhone_\w+").Select(m => m.Value);
}
