using System.Collections;
using System.Text.Json.Nodes;
using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Learning.Sessions;

namespace Hone.Host.Tests.Configuration;

public sealed class ConfigLoaderTests
{
    [Fact]
    public void Without_anything_every_key_has_its_default()
        => Assert.Equal(ConfigLoader.Effective(new HoneConfig()), ConfigLoader.Effective(Load(null)));

    [Fact]
    public void Flags_win_over_the_environment_and_that_over_the_file_and_that_over_defaults()
    {
        const string File = """{ "seed": 1, "learning": { "ema_alpha": 0.2, "rate_boost": 2, "window_answers": 20 } }""";
        var config = Load(File, new() { ["HONE__LEARNING__RATE_BOOST"] = "3", ["HONE__LEARNING__WINDOW_ANSWERS"] = "30" }, new() { ["learning.window_answers"] = 40 });

        Assert.Equal((1UL, 0.2, 3.0, 40, 0.01), (config.Seed, config.Learning.EmaAlpha, config.Learning.RateBoost, config.Learning.WindowAnswers, config.Learning.AdjustmentRate));
    }

    [Fact]
    public void Comments_trailing_commas_and_the_schema_reference_are_allowed()
        => Assert.Equal(7UL, Load("""{ "$schema": "./hone.schema.json", /* a */ "seed": 7, // b""" + "\n}").Seed);

    [Fact]
    public void The_environment_holds_text_and_the_key_says_what_it_means()
    {
        var config = Load(null, new()
        {
            ["HONE__SEED"] = "18446744073709551615",
            ["HONE__DATA__SYMBOL"] = "600519",
            ["HONE__DATA__SEPARATOR"] = ";",
            ["HONE__DATA__GAP_POLICY"] = "fill",
            ["HONE__DATA__COLUMNS__CLOSE"] = "#5",
            ["HONE__FEATURES"] = "rsi_14, return_1",
            ["HONE__LABEL"] = "direction:horizon=6",
            ["HONE__COSTS__NAME"] = "none",
            ["HONE__LEARNING__ADAPT"] = "false",
            ["HONE__LEARNING__AUTO_TRAIN_INTERVAL"] = "12h",
            ["HONE__LEARNING__MEMBERS"] = """[{"learner":"majority"}]""",
            ["HONE__LEARNING__STRATEGY"] = "best",
            ["PATH"] = "/bin",
            ["HONE_DEBUG"] = "1",
        });

        Assert.Equal((ulong.MaxValue, "600519", ';', GapPolicy.Fill, "#5"), (config.Seed, config.Data.Symbol, config.Data.Separator, config.Data.GapPolicy, config.Data.Columns["close"]));
        Assert.Equal(["rsi_14", "return_1"], config.Features);
        Assert.Equal(("direction", 6), (config.Label.Name, config.Label.Options!.Value.GetProperty("horizon").GetInt32()));
        Assert.Equal(("none", false, TimeSpan.FromHours(12), ServingStrategy.Best), (config.Costs.Name, config.Learning.Adapt, config.Learning.AutoTrainInterval, config.Learning.Strategy));
        Assert.Equal("majority", Assert.Single(config.Learning.Members).Learner);
    }

    [Theory]
    [InlineData("""{ "sed": 1 }""", "sed is no key of the config; did you mean 'seed'?")]
    [InlineData("""{ "learning": { "ema_alfa": 1 } }""", "learning.ema_alfa is no key of the config; did you mean 'ema_alpha'?")]
    [InlineData("""{ "learning": { "zzzzzzzzz": 1 } }""", "learning.zzzzzzzzz is no key of the config; `hone init` writes every key with its meaning.")]
    [InlineData("""{ "portfolio": { "zzzzzzzzz": 1 } }""", "portfolio.zzzzzzzzz is no key of the config; known there: exposure_max, drawdown_stop.")]
    [InlineData("""{ "Seed": 1 }""", "Seed is no key of the config; did you mean 'seed'?")]
    [InlineData("""{ "agents": [ { "nam": "trend" } ] }""", "agents[0].nam is no key of the config; did you mean 'name'?")]
    [InlineData("""{ "agents": [ { } ] }""", "agents[0] has no 'name'; it is needed.")]
    [InlineData("""{ "learning": { "members": [ { "learner": "mlp" }, { "name": "x" } ] } }""", "learning.members[1] has no 'learner'; it is needed.")]
    [InlineData("""{ "learning": { "strategy": "vote" } }""", "learning.strategy is \"vote\"; it must be one of ensemble, champion, thompson, best.")]
    [InlineData("""{ "learning": { "strategy": 1 } }""", "learning.strategy is 1; it must be one of ensemble, champion, thompson, best.")]
    [InlineData("""{ "learning": { "ema_alpha": "fast" } }""", "learning.ema_alpha is \"fast\"; it must be a number from 0.0001 to 1.")]
    [InlineData("""{ "learning": { "ema_alpha": 7 } }""", "learning: ema_alpha is 7; it must be from 0.0001 to 1.")]
    [InlineData("""{ "learning": { "ema_alpha": 1e400 } }""", "learning: ema_alpha is ")]
    [InlineData("""{ "learning": { "window_answers": 1.5 } }""", "learning.window_answers is 1.5; it must be a whole number from 10 to 100000.")]
    [InlineData("""{ "learning": { "adapt": "yes" } }""", "learning.adapt is \"yes\"; it must be true or false.")]
    [InlineData("""{ "learning": { "adapt": null } }""", "learning.adapt is null; it must be true or false.")]
    [InlineData("""{ "learning": { "auto_train_interval": "soon" } }""", "learning.auto_train_interval is \"soon\"; it must be a duration:")]
    [InlineData("""{ "learning": { "auto_train_interval": 7 } }""", "learning.auto_train_interval is 7; it must be a duration:")]
    [InlineData("""{ "features": "rsi_14" }""", "features is \"rsi_14\"; it must be a list of names, for example [\"a\", \"b\"].")]
    [InlineData("""{ "learning": { "members": "mlp" } }""", "learning.members is \"mlp\"; it must be a list of { \"learner\": …, \"name\": …, \"options\": …, \"freeze_after\": …, \"stale_after_hours\": … }.")]
    [InlineData("""{ "learning": null }""", "learning is null; it must be a section: { \"key\": value, … }.")]
    [InlineData("""{ "learning": 3 }""", "learning is 3; it must be a section: { \"key\": value, … }.")]
    [InlineData("""{ "label": "direction" }""", "label is \"direction\"; it must be a name with options, for example { \"name\": \"default\" }.")]
    [InlineData("""{ "agents": [ null ] }""", "agents[0] is null; leave it out or give a value.")]
    [InlineData("""{ "features": [ "rsi_14", null ] }""", "features[1] is null; leave it out or give a value.")]
    [InlineData("""{ "seed": -1 }""", "seed is -1; it must be a whole number from 0 to 18446744073709551615.")]
    [InlineData("""{ "data": { "separator": "ab" } }""", "data.separator is \"ab\"; it must be one character in quotes.")]
    [InlineData("""{ "data": { "from": "spring" } }""", "data.from is \"spring\"; it must be a time such as")]
    [InlineData("""{ "data": { "columns": { "close": 5 } } }""", "data.columns.close is 5; it must be a text in quotes.")]
    [InlineData("""{ "trading": { "sizing": { "risk_budget": 0 } } }""", "trading.sizing: risk_budget is 0; it must be from 1E-06 to 1.")]
    [InlineData("""{ "seed": 1, "seed": 2 }""", "")]
    [InlineData("""{ "seed": 1 """, "")]
    [InlineData("""[ 1 ]""", "a config is a JSON object; this is something else.")]
    [InlineData("", "")]
    public void What_cannot_be_used_is_named_with_file_key_value_and_remedy_in_one_line(string text, string message)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("hone.json", text);

        var problem = Assert.Throws<ConfigException>(() => ConfigLoader.Load(path, new Hashtable(), new Dictionary<string, JsonNode?>()));

        Assert.StartsWith(path, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
        Assert.DoesNotContain("Hone.", problem.Message);
        Assert.DoesNotContain("System.", problem.Message);
        Assert.Contains(message, problem.Message);
    }

    [Fact]
    public void A_syntax_error_names_its_line()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("hone.json", "{\n  \"seed\": 1,\n  oops\n}");

        Assert.StartsWith($"{path}:3: ", Assert.Throws<ConfigException>(() => ConfigLoader.Load(path, new Hashtable(), new Dictionary<string, JsonNode?>())).Message);
    }

    [Theory]
    [InlineData("HONE__LEARNING__EMA_ALPHA", "x", "environment variable HONE__LEARNING__EMA_ALPHA: learning.ema_alpha is \"x\"; it must be a number")]
    [InlineData("HONE__LEARNING__EMA", "1", "environment variable HONE__LEARNING__EMA: learning.ema is no key of the config;")]
    [InlineData("HONE__SEED__X", "1", "seed is ")]
    [InlineData("HONE__", "1", "environment variable HONE__: ")]
    [InlineData("HONE____X", "1", "environment variable HONE____X: ")]
    [InlineData("HONE__LABEL", "direction:horizon", "HONE__LABEL direction:horizon: 'horizon' is not key=value.")]
    public void A_wrong_variable_is_named(string key, string value, string message)
        => Assert.Contains(message, Assert.Throws<ConfigException>(() => Load(null, new() { [key] = value })).Message);

    [Theory]
    [InlineData("direction", """{"name":"direction"}""")]
    [InlineData("direction:horizon=6,flat=three-class", """{"name":"direction","options":{"horizon":6,"flat":"three-class"}}""")]
    [InlineData("""direction:{"horizon":6}""", """{"name":"direction","options":{"horizon":6}}""")]
    [InlineData("custom:a=1.5,b=true,c=-2,d=", """{"name":"custom","options":{"a":1.5,"b":true,"c":-2,"d":""}}""")]
    public void A_choice_can_be_written_in_one_word(string text, string json)
        => Assert.Equal(json, ConfigLoader.Choice("--label", text).ToJsonString());

    [Theory]
    [InlineData("direction:horizon", "--label direction:horizon: 'horizon' is not key=value.")]
    [InlineData("direction:{horizon}", "--label direction:{horizon}: the options are not JSON: ")]
    public void A_choice_that_cannot_be_read_is_refused(string text, string message)
        => Assert.StartsWith(message, Assert.Throws<ConfigException>(() => ConfigLoader.Choice("--label", text)).Message);

    [Fact]
    public void The_keys_of_the_learning_rules_are_there_with_their_defaults()
    {
        var written = JsonNode.Parse(ConfigLoader.Effective(new HoneConfig()))!["learning"]!;
        const string Contract = """
            { "ema_alpha": 0.1, "min_predictions_for_adaptation": 10, "decay_half_life_hours": 168, "initial_threshold": 0.60, "min_threshold": 0.40, "max_threshold": 0.90,
              "adjustment_rate": 0.01, "prior_alpha": 1, "prior_beta": 1, "save_interval_secs": 60, "monitor_interval_secs": 300, "ml_weight": 0.4, "ml_confidence_weight": 0.3,
              "auto_train_interval": "7d", "auto_improve_interval": "1d", "min_performance_threshold": 0.6, "improvement_threshold": 5 }
            """;

        Assert.All(JsonNode.Parse(Contract)!.AsObject(), key => Assert.True(JsonNode.DeepEquals(Normal(key.Value), Normal(written[key.Key])), key.Key));
        Assert.Equal(ConfigLoader.Effective(new HoneConfig()), ConfigLoader.Effective(Load($"{{ \"learning\": {Contract} }}")));

        static JsonNode? Normal(JsonNode? value) => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? JsonValue.Create((double)value) : value;
    }

    [Fact]
    public void The_hash_depends_on_what_can_change_a_result_and_on_nothing_else()
    {
        var config = new HoneConfig();

        Assert.Equal(ConfigLoader.Hash(config), ConfigLoader.Hash(config with { Threads = 7 }));
        Assert.NotEqual(ConfigLoader.Hash(config), ConfigLoader.Hash(config with { Seed = 7 }));
        Assert.Matches("^[0-9a-f]{16}$", ConfigLoader.Hash(config));
    }

    [Fact]
    public void A_directory_and_a_huge_file_are_refused()
    {
        using var folder = new TemporaryFolder();
        var huge = folder.Write("huge.json", new string(' ', (4 << 20) + 1));

        Assert.Contains("this is a directory", Assert.Throws<ConfigException>(() => ConfigLoader.Load(folder.Path, new Hashtable(), new Dictionary<string, JsonNode?>())).Message);
        Assert.Contains("a config has at most", Assert.Throws<ConfigException>(() => ConfigLoader.Load(huge, new Hashtable(), new Dictionary<string, JsonNode?>())).Message);
    }

    private static HoneConfig Load(string? text, Hashtable? environment = null, Dictionary<string, JsonNode?>? flags = null)
    {
        using var folder = new TemporaryFolder();
        return ConfigLoader.Load(text is null ? null : folder.Write("hone.json", text), environment ?? [], flags ?? []);
    }
}
