using Hone.Host.Cli;
using Hone.Host.Configuration;
using Hone.Host.Runs;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Agents;

namespace Hone.Host.Tests.Runs;

/// <summary>What goes wrong is one line that says what and where, and leaves nothing behind.</summary>
public class RunProblemTests
{
    [Theory]
    [InlineData("missing.csv", "--data", "$/missing.csv")]
    [InlineData("--nonsense", "--data", "$/A.csv", "--nonsense")]
    [InlineData("'nothing'", "--data", "$/A.csv", "--label", "nothing")]
    [InlineData("horizon", "--data", "$/A.csv", "--label", "direction:horizon=0")]
    [InlineData("horizont", "--data", "$/A.csv", "--label", "direction:horizont=3")]
    [InlineData("'free'", "--data", "$/A.csv", "--costs", "free")]
    [InlineData("oracle", "--data", "$/A.csv", "--members", "oracle")]
    [InlineData("sideways", "--data", "$/A.csv", "--strategy", "sideways")]
    [InlineData("equity", "--data", "$/A.csv", "--equity", "-5")]
    [InlineData("2015-99-01", "--data", "$/A.csv", "--from", "2015-99-01")]
    [InlineData("none of the bar", "--data", "$/A.csv", "--from", "2030-01-01")]
    [InlineData("line 3", "--data", "$/broken.csv")]
    [InlineData("no_such_key", "--data", "$/A.csv", "--config", "$/bad.json")]
    [InlineData("no-such.json", "--data", "$/A.csv", "--config", "$/no-such.json")]
    [InlineData("--portfolio-limits", "--data", "$/A.csv", "--portfolio-limits")]
    public void Wrong_use_is_one_line_with_exit_2_and_leaves_no_files(string names, params string[] arguments)
    {
        using var place = new Workplace();
        var lines = File.ReadAllLines(place.Bars("A.csv", 300));
        place.Text("broken.csv", string.Join('\n', [lines[0], lines[1], "2015-01-01T01:00:00Z,100,99,98,100,1", .. lines[3..]]));
        place.Text("bad.json", """{"learning":{"no_such_key":1}}""");
        var before = place.Entries();
        var ended = Workplace.Hone(["run", .. arguments.Select(a => a.Replace("$", place.Folder, StringComparison.Ordinal)), "--out", place.At("out")]);
        Assert.Equal(2, ended.Exit);
        Assert.Equal("", ended.Output);
        Assert.StartsWith("hone: ", ended.Error);
        Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains(names, ended.Error);
        Assert.Equal(before, place.Entries());
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", false)]
    [InlineData("1", true)]
    public void A_file_that_breaks_half_way_leaves_nothing_of_the_others_either(string threads, bool shared)
    {
        using var place = new Workplace();
        string[] files = [place.Bars("A.csv", 400), place.Bars("B.csv", 2000, 2)];
        File.AppendAllText(files[1], "2015-06-01T00:00:00Z,1,2,3,nonsense,5\n");
        var before = place.Entries();
        var ended = Workplace.Hone(["run", "--data", .. files, "--threads", threads, "--out", place.At("deep/out"), .. shared ? ["--portfolio-limits"] : Array.Empty<string>()]);
        Assert.Equal(2, ended.Exit);
        Assert.Contains("B.csv", ended.Error);
        Assert.Equal(before, place.Entries());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cancelled_run_leaves_nothing_half_written(bool shared)
    {
        using var place = new Workplace();
        string[] files = [place.Bars("A.csv", 300), place.Bars("B.csv", 40_000, 2)];
        using var cancel = new CancellationTokenSource();
        var catalog = TradingCatalog.BuiltIn();
        // Stops in the middle of the second file; the loop looks every few thousand bars.
        catalog.Agents.Add(CatalogEntry<AgentContext, IAgent>.Of<NoOptions>("stopper", "Cancels.", (_, _) => new Stopper(cancel)));
        var before = place.Entries();
        var config = new HoneConfig { Agents = [new() { Name = "stopper" }], Threads = 1 };
        var program = new RunProgram(
            new VerbContext(catalog, TextWriter.Null, TextWriter.Null, cancel.Token), config,
            new RunArguments { Data = files, Out = place.At("out"), PortfolioLimits = shared }, json: true);
        Assert.Throws<OperationCanceledException>(() => program.Execute());
        Assert.Equal(before, place.Entries());
    }

    [Fact]
    public void An_existing_folder_is_written_into_and_never_removed()
    {
        using var place = new Workplace();
        Directory.CreateDirectory(place.At("out"));
        place.Text("out/notes.txt", "mine");
        var data = place.Bars("A.csv", 300);
        Assert.Equal(2, Workplace.Hone("run", "--data", data, "--label", "nothing", "--out", place.At("out")).Exit);
        Assert.Equal(["notes.txt"], place.Entries("out"));
        Workplace.Summary("run", "--data", data, "--out", place.At("out"));
        Assert.Equal(["notes.txt", "predictions.csv", "report.html", "summary.json", "trades.csv"], place.Entries("out"));
    }

    internal sealed record NoOptions;

    private sealed class Stopper(CancellationTokenSource cancel) : IAgent
    {
        private int _bars;

        public string Name => "stopper";

        public Signal Decide(in AgentView view)
        {
            if (++_bars == 10_000)
                cancel.Cancel();
            return Signal.None;
        }

        public void Save(StateWriter writer) => writer.Write(_bars);

        public void Load(StateReader reader) => _bars = reader.ReadInt32();
    }
}
