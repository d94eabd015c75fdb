using System.Text.Json;

namespace Hone.Host.Tests.Cli;

public sealed class SimulateVerbTests
{
    [Fact]
    public void Bars_and_truth_lie_beside_each_other_and_the_output_says_where()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("simulate", "--bars", "500", "--seed", "7", "--drift-every", "100", "--edge", "0.05", "--out", folder["deep/SIM.csv"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(501, File.ReadLines(folder["deep/SIM.csv"]).Count());
        Assert.Equal(501, File.ReadLines(folder["deep/SIM.truth.csv"]).Count());
        using var truth = JsonDocument.Parse(File.ReadAllText(folder["deep/SIM.truth.json"]));
        var options = truth.RootElement.GetProperty("options");
        Assert.Equal((7, 100, 0.05), (options.GetProperty("seed").GetInt32(), options.GetProperty("drift_every_bars").GetInt32(), options.GetProperty("edge").GetDouble()));
        Assert.Contains(folder["deep/SIM.csv"], run.Out);
        Assert.Contains(folder["deep/SIM.truth.json"], run.Out);
        Assert.Contains(folder["deep/SIM.truth.csv"], run.Out);
    }

    [Fact]
    public void As_json_it_is_one_object_with_the_files()
    {
        using var folder = new TemporaryFolder();
        var root = CommandLine.Run("simulate", "--bars", "300", "--pure-noise", "--out", folder["N.csv.gz"], "--json").Json();

        Assert.Equal((300, true, 0.0), (root.GetProperty("bars").GetInt32(), root.GetProperty("pure_noise").GetBoolean(), root.GetProperty("edge").GetDouble()));
        Assert.All((string[])["bars_file", "truth_file", "truth_by_bar_file"], key => Assert.True(File.Exists(root.GetProperty(key).GetString())));
    }

    [Fact]
    public void The_same_seed_gives_the_same_file_and_another_one_another()
    {
        using var folder = new TemporaryFolder();
        byte[] Bars(string seed)
        {
            CommandLine.Run("simulate", "--bars", "200", "--seed", seed, "--out", folder["S.csv"]);
            return File.ReadAllBytes(folder["S.csv"]);
        }

        Assert.Equal(Bars("3"), Bars("3"));
        Assert.NotEqual(Bars("3"), Bars("18446744073709551615"));
    }

    [Fact]
    public void Other_options_come_from_the_config()
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("hone.json", """{ "simulator": { "step_minutes": 1, "start_time": "2020-02-03T00:00:00Z" } }""");
        CommandLine.Run("simulate", "--bars", "3", "--config", config, "--out", folder["S.csv"]);

        Assert.Equal(["timestamp", "2020-02-03T00:00:00Z", "2020-02-03T00:01:00Z", "2020-02-03T00:02:00Z"], File.ReadLines(folder["S.csv"]).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public void A_directory_is_no_file()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal($"--out is '{folder.Path}'; name a file.", CommandLine.Run("simulate", "--bars", "3", "--out", folder.Path).ErrorLine());
    }
}
