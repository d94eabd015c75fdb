using System.Collections;
using Hone.Host.Configuration;

namespace Hone.Host.Tests.Cli;

public sealed class InitVerbTests
{
    [Fact]
    public void It_writes_the_config_and_its_schema_and_says_so()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("init", "--out", folder["mine.json"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["hone.schema.json", "mine.json"], folder.Files());
        Assert.Contains(folder["mine.json"], run.Out);
        Assert.Contains("\"$schema\": \"./hone.schema.json\"", File.ReadAllText(folder["mine.json"]));
    }

    [Fact]
    public void What_it_writes_loads_again_to_exactly_the_defaults()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("init", "--out", folder["hone.json"]);

        var config = ConfigLoader.Load(folder["hone.json"], new Hashtable(), new Dictionary<string, System.Text.Json.Nodes.JsonNode?>());

        Assert.Equal(ConfigLoader.Effective(new HoneConfig()), ConfigLoader.Effective(config));
        Assert.Equal(ConfigLoader.Hash(new HoneConfig()), ConfigLoader.Hash(config));
    }

    [Fact]
    public void A_config_that_is_there_is_kept_unless_forced()
    {
        using var folder = new TemporaryFolder();
        folder.Write("hone.json", "mine");

        var refused = CommandLine.Run("init", "--out", folder["hone.json"]);

        Assert.Equal($"{folder["hone.json"]} is there already; --force overwrites it.", refused.ErrorLine());
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal("mine", File.ReadAllText(folder["hone.json"]));
        Assert.Equal(["hone.json"], folder.Files());
        Assert.Equal(0, CommandLine.Run("init", "--out", folder["hone.json"], "--force").ExitCode);
        Assert.NotEqual("mine", File.ReadAllText(folder["hone.json"]));
    }

    [Fact]
    public void A_second_config_shares_the_schema_but_someone_elses_file_is_not_touched()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("init", "--out", folder["a.json"]);
        Assert.Equal(0, CommandLine.Run("init", "--out", folder["b.json"]).ExitCode);

        folder.Write("hone.schema.json", "someone else's");
        Assert.Contains("hone.schema.json is there already and not Hone's", CommandLine.Run("init", "--out", folder["c.json"]).ErrorLine());
        Assert.Equal(["a.json", "b.json", "hone.schema.json"], folder.Files());
    }

    [Fact]
    public void The_schemas_own_name_and_a_directory_are_refused()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("that is the name of the schema beside it", CommandLine.Run("init", "--out", folder["hone.schema.json"]).ErrorLine());
        Assert.Contains("name a file", CommandLine.Run("init", "--out", folder.Path).ErrorLine());
        Assert.Empty(folder.Files());
    }
}
