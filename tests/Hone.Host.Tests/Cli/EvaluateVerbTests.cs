using System.Text.Json;

namespace Hone.Host.Tests.Cli;

/// <summary>The command line of hone evaluate.</summary>
public sealed class EvaluateVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_stream_of_the_command_line_is_evaluated_and_reported()
    {
        var stream = _folder.Write("my stream.csv", "a,y\n1,0\n2,1\n1,0\n2,1\n");

        var run = CommandLine.Run("evaluate", "--stream", stream, "--target", "y", "--learner", "logistic-regression", "--json", "--out", _folder["out"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("my stream", JsonDocument.Parse(run.Out).RootElement.GetProperty("stream").GetString());
        Assert.Equal($"report: {Path.Combine(_folder["out"], "report.html")}\n", run.Error);
        Assert.True(File.Exists(Path.Combine(_folder["out"], "report.html")));
    }

    [Theory]
    [InlineData("`hone evaluate` needs --stream: Rows in the order of time: CSV with a line of names, or ARFF; plain or gzip.", "--target", "y", "--learner", "mlp")]
    [InlineData("`hone evaluate` needs --target: Column that is predicted.", "--stream", "s.csv", "--learner", "mlp")]
    [InlineData("`hone evaluate` needs --learner: Learners by name, separated by commas, or all; `hone catalog` lists them.", "--stream", "s.csv", "--target", "y")]
    [InlineData("--delay is -1; it must be from 0 to 1000000000.", "--delay", "-1")]
    [InlineData("--delay is 'x'; it must be a whole number. `hone evaluate --help` lists the options.", "--delay", "x")]
    [InlineData("--delay and --delay-column say two things; give one of them.", "--delay", "1", "--delay-column", "c")]
    [InlineData("--limit is 0; it must be 1 or more.", "--limit", "0")]
    [InlineData("--threads is 2000; it must be from 0 to 1024.", "--threads", "2000")]
    [InlineData("--task is 'classes'; it must be classification or regression.", "--stream", "s.csv", "--target", "y", "--learner", "mlp", "--task", "classes")]
    [InlineData("--target does not go with --drift, which makes its own streams.", "--drift", "--target", "y")]
    [InlineData("--detectors goes with --drift.", "--detectors", "adwin")]
    public void Wrong_use_is_one_line_and_exit_code_2(string expected, params string[] arguments)
    {
        var run = CommandLine.Run(["evaluate", .. arguments]);

        Assert.Equal((2, expected), (run.ExitCode, run.ErrorLine()));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_one_line_and_exit_code_2_and_leaves_nothing()
    {
        var stream = _folder.Write("s.csv", "a,y\n1,0\ninf,1\n");

        var run = CommandLine.Run("evaluate", "--stream", stream, "--target", "y", "--learner", "all", "--out", _folder["out"]);

        Assert.Equal((2, $"{stream}, line 3, column 'a': 'inf' is infinite; give a finite number, or leave the cell empty: then it is missing."), (run.ExitCode, run.ErrorLine()));
        Assert.False(Directory.Exists(_folder["out"]));
    }
}
