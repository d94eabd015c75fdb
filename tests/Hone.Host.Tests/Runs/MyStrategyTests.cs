using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MyStrategy;

namespace Hone.Host.Tests.Runs;

/// <summary>The sample does what its README says, inside this process and as a program of its own.</summary>
public class MyStrategyTests
{
    private static readonly string Sample = Path.Combine(Top(), "samples", "MyStrategy");

    [Fact]
    public void Its_feature_agent_and_label_run_in_hone()
    {
        using var place = new Workplace();
        var data = SentimentData.WriteOnce(place.At("DEMO_1h.csv"), 3000);
        var ended = Workplace.Hone(Entries.AddTo, "run", "--data", data, "--config", Path.Combine(Sample, "hone.json"), "--out", place.At("out"), "--json");
        Assert.True(ended.Exit == 0, ended.Error);
        var summary = JsonNode.Parse(ended.Output)!.AsObject();
        Check(summary);
        Assert.True(summary["data_quality"]!["missing_extras"]!.GetValue<long>() > 10);

        // Every trade that the panel left to the rule follows the mood at its decision, against it.
        var trades = Workplace.Rows(place.At("out/trades.csv"));
        Assert.True(trades.Count > 20);
        foreach (var trade in trades.Where(t => t["panel_acted"] == "0"))
        {
            var mood = double.Parse(trade["feature_sentiment_z_100"], CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(mood) >= 1.25);
            Assert.Equal(-Math.Sign(mood), double.Parse(trade["rule_direction"], CultureInfo.InvariantCulture));
            Assert.Equal(mood < 0 ? "long" : "short", trade["side"]);
        }

        // The label: up only beyond the costs of a round trip.
        var answered = Workplace.Rows(place.At("out/predictions.csv")).Where(row => row["actual"] != "").ToArray();
        var moves = answered.Select(row => (Up: row["actual"] == "1", Move: double.Parse(row["return"], CultureInfo.InvariantCulture))).ToArray();
        Assert.True(moves.Where(m => m.Up).Min(m => m.Move) > moves.Where(m => !m.Up).Max(m => m.Move));
        Assert.True(moves.Where(m => m.Up).Min(m => m.Move) > 0.001);
        Assert.Contains(moves, m => !m.Up && m.Move > 0);
    }

    [Fact]
    public void Its_names_are_unknown_without_it()
    {
        using var place = new Workplace();
        var data = SentimentData.WriteOnce(place.At("DEMO_1h.csv"), 400);
        var ended = Workplace.Hone("run", "--data", data, "--config", Path.Combine(Sample, "hone.json"), "--out", place.At("out"));
        Assert.Equal(2, ended.Exit);
        Assert.Contains("There is no", ended.Error);
    }

    [Fact]
    public void Its_own_components_do_not_look_ahead()
    {
        using var place = new Workplace();
        var data = SentimentData.WriteOnce(place.At("DEMO_1h.csv"), 900);
        var ended = Workplace.Hone(Entries.AddTo, "check-leaks", "--data", data, "--config", Path.Combine(Sample, "hone.json"));
        Assert.True(ended.Exit == 0, ended.Output + ended.Error);
    }

    [Fact]
    public void It_runs_as_a_program_of_its_own_with_and_without_arguments()
    {
        using var place = new Workplace();
        var program = Path.Combine(Sample, "bin", Configuration(), "net10.0", "MyStrategy.dll");
        var first = Start(place, program);
        Assert.True(first.Exit == 0, first.Error);
        Assert.Contains("what the models added", first.Output);
        Check(JsonNode.Parse(File.ReadAllText(place.At("out/my-strategy/summary.json")))!.AsObject());

        var second = Start(place, program, "run", "--data", "DEMO_1h.csv", "--config", Path.Combine(Sample, "hone.json"), "--to", "2015-06-01", "--out", "part", "--json");
        Assert.True(second.Exit == 0, second.Error);
        Check(JsonNode.Parse(second.Output)!.AsObject());
    }

    private static void Check(JsonObject summary)
    {
        Assert.Equal("DEMO", summary["symbol"]!.GetValue<string>());
        Assert.Equal("beats-costs", summary["label"]!.GetValue<string>());
        Assert.Equal(["crowd-fader"], summary["agents"]!.AsArray().Select(a => a!.GetValue<string>()));
        Assert.Equal("sentiment_z_100", summary["features"]![0]!.GetValue<string>());
        Assert.Equal(11, summary["feature_count"]!.GetValue<int>());
        Assert.True(summary["trades"]!.GetValue<long>() > 20);
        Assert.True(summary["answers"]!.GetValue<long>() > 1000);
    }

    private static Workplace.Ended Start(Workplace place, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = place.Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Workplace.Ended(process.ExitCode, output, error.Result);
    }

    private static string Configuration() => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    private static string Top()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Hone.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Hone.slnx is not above the tests.");
    }
}
