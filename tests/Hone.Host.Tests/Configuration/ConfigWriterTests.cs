using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Host.Configuration;

namespace Hone.Host.Tests.Configuration;

public sealed class ConfigWriterTests
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };

    [Fact]
    public void Every_key_stands_under_a_comment_that_says_something()
    {
        var lines = ConfigWriter.Commented(new HoneConfig(), "hone.schema.json").Split('\n');
        var keys = 0;
        for (var i = 0; i < lines.Length; i++)
            if (lines[i].TrimStart().StartsWith('"') && !lines[i].Contains("$schema"))
            {
                keys++;
                Assert.True(CommentAbove(lines, i).Length >= 8, lines[i]);
            }
        Assert.Equal(Keys(typeof(HoneConfig)), keys);

        static string CommentAbove(string[] lines, int line)
            => string.Concat(lines[..line].Reverse().TakeWhile(l => l.TrimStart().StartsWith("// ")).Select(l => l.TrimStart()[3..]));
        static int Keys(Type type) => ConfigPath.Properties(type).Sum(p => 1 + (ConfigPath.IsSection(p.PropertyType) ? Keys(p.PropertyType) : 0));
    }

    [Fact]
    public void Every_option_has_a_doc_comment()
    {
        Assert.All(Options(typeof(HoneConfig)), property => Assert.True(XmlDocs.Of(property).Length >= 8, $"{property.DeclaringType}.{property.Name}"));

        static IEnumerable<PropertyInfo> Options(Type type)
            => ConfigPath.Properties(type).SelectMany(p => new[] { p }.Concat(
                ConfigPath.IsRecord(p.PropertyType) ? Options(p.PropertyType) : ConfigPath.ElementType(p.PropertyType) is { } e && ConfigPath.IsRecord(e) ? Options(e) : []));
    }

    [Fact]
    public void Lines_are_no_longer_than_a_screen_is_wide()
        => Assert.All(ConfigWriter.Commented(new HoneConfig(), "hone.schema.json").Split('\n'), line => Assert.True(line.Length <= 120, line));

    [Fact]
    public void Comments_tell_range_choices_and_references_as_a_config_says_them()
    {
        var text = ConfigWriter.Commented(new HoneConfig(), "hone.schema.json");

        Assert.Contains("// Step of the shown running accuracy. From 0.0001 to 1.\n", text);
        Assert.Contains("One of: ensemble, champion, thompson, best.\n", text);
        Assert.Contains("when hard_performance_floor is set", text);
        Assert.Contains("From 0.000001 to 1.", text);
    }

    [Fact]
    public void The_schema_accepts_the_written_config()
    {
        var config = JsonNode.Parse(ConfigWriter.Commented(new HoneConfig(), "hone.schema.json"), documentOptions: WithComments);

        Assert.Empty(Schema().Problems(config));
    }

    [Theory]
    [InlineData("""{ "label": { "name": "direction", "options": { "horizon": 6 } }, "agents": [ { "name": "trend" } ], "data": { "columns": { "close": "#5" }, "stamp": "close", "from": "2020-01-01" } }""")]
    [InlineData("""{ "learning": { "auto_train_interval": "1.5d", "members": [ { "learner": "mlp", "name": "a", "options": { "hidden": [ 8 ] } } ] } }""")]
    public void The_schema_accepts_what_a_user_may_write(string config) => Assert.Empty(Schema().Problems(JsonNode.Parse(config)));

    [Theory]
    [InlineData("""{ "sed": 1 }""", "$.sed: no such key")]
    [InlineData("""{ "seed": -1 }""", "$.seed: out of range")]
    [InlineData("""{ "threads": 1.5 }""", "$.threads: Number is not integer")]
    [InlineData("""{ "learning": { "ema_alpha": 7 } }""", "$.learning.ema_alpha: out of range")]
    [InlineData("""{ "learning": { "strategy": "vote" } }""", "$.learning.strategy: not one of")]
    [InlineData("""{ "learning": { "auto_train_interval": "7 days" } }""", "$.learning.auto_train_interval: does not match")]
    [InlineData("""{ "learning": { "members": [ { } ] } }""", "$.learning.members[0]: learner is missing")]
    [InlineData("""{ "costs": { "nam": "none" } }""", "$.costs: name is missing")]
    [InlineData("""{ "learning": null }""", "$.learning: Null is not")]
    public void The_schema_refuses_what_the_program_refuses(string config, string problem)
        => Assert.Contains(Schema().Problems(JsonNode.Parse(config)), p => p.StartsWith(problem, StringComparison.Ordinal));

    [Fact]
    public void The_schema_describes_every_key()
    {
        Assert.All(Properties((JsonObject)JsonNode.Parse(ConfigSchema.Write())!), p => Assert.True(p.Key == "$schema" || ((string?)p.Value!["description"])?.Length > 8, p.Key));

        static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonObject schema)
            => (schema["properties"] as JsonObject ?? []).SelectMany(p => new[] { p }.Concat(Properties((JsonObject)p.Value!)));
    }

    private static SchemaCheck Schema() => new(JsonNode.Parse(ConfigSchema.Write())!);
}
