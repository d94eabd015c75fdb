using Hone.Host.Cli;

namespace Hone.Host.Tests.Cli;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("there is no verb 'foo'. Known: run, serve, verify", "foo")]
    [InlineData("there is no verb 'foo'. Known: check.", "data", "foo")]
    [InlineData("`hone simulate` has no option '--foo'; `hone simulate --help` lists them.", "simulate", "--bars", "5", "--foo", "3")]
    [InlineData("`hone data check` has no option '--foo'; `hone data check --help` lists them.", "data", "check", "a.csv", "--foo")]
    [InlineData("`hone simulate` has no option '-b'; `hone simulate --help` lists them.", "simulate", "--bars", "5", "-b")]
    [InlineData("`hone` has no option '--foo'; `hone --help` lists them.", "--foo")]
    [InlineData("`hone simulate` does not take 'extra'", "simulate", "--bars", "5", "extra")]
    [InlineData("`hone simulate` needs --bars: Bars to write.", "simulate")]
    [InlineData("--bars wants a value. `hone simulate --help` lists the options.", "simulate", "--bars")]
    [InlineData("--bars is 'x'; it must be a whole number.", "simulate", "--bars", "x")]
    [InlineData("--seed is '-1'; it must be a whole number, 0 or more.", "simulate", "--bars", "5", "--seed", "-1")]
    [InlineData("--edge is 'high'; it must be a number.", "simulate", "--bars", "5", "--edge", "high")]
    [InlineData("--bars is given 2 times; once is enough.", "simulate", "--bars", "5", "--bars", "6")]
    [InlineData("--header is 'maybe'; it must be true or false.", "data", "check", "x.csv", "--header", "maybe")]
    [InlineData("`hone data check` needs FILE: Files of bars", "data", "check")]
    [InlineData("simulator: bars is 0; it must be from 1 to 1000000000.", "simulate", "--bars", "0")]
    [InlineData("simulator: edge is 5; it must be from 0 to 0.2.", "simulate", "--bars", "5", "--edge", "5")]
    [InlineData("--edge is NaN; it must be a finite number.", "simulate", "--bars", "5", "--edge", "NaN")]
    [InlineData("--cuts is 0; it must be from 1 to 10000.", "check-leaks", "--cuts", "0")]
    [InlineData("there is no kind 'foo' in the catalog. Known: learners, regressors, detectors, data-drift, calibrators, conformal, bandits, anomaly, features, labels, regimes, agents, costs, strategies.", "catalog", "foo")]
    [InlineData("nowhere.json: there is no such config file; `hone init` writes one.", "check-leaks", "--config", "nowhere.json")]
    [InlineData("nowhere.csv: there is no such file; check the name and the folder.", "check-leaks", "--data", "nowhere.csv")]
    public void Wrong_use_is_told_in_one_line_and_ends_with_2(string line, params string[] arguments)
    {
        var run = CommandLine.Run(arguments);

        Assert.StartsWith(line, run.ErrorLine());
        Assert.Equal(2, run.ExitCode);
    }

    [Fact]
    public void A_word_that_starts_with_an_at_sign_is_a_word_and_not_a_file_of_arguments()
        => Assert.StartsWith("@BTC: there is no such file", CommandLine.Run("check-leaks", "--data", "@BTC").ErrorLine());

    [Fact]
    public void What_nobody_expected_is_one_line_too()
    {
        var run = CommandLine.Run(_ => throw new InvalidOperationException("two\nlines"), "catalog");

        Assert.Equal("InvalidOperationException: two lines This is a defect; HONE_DEBUG=1 shows where.", run.ErrorLine());
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public void The_details_are_shown_only_on_demand()
    {
        using var plain = new StringWriter();
        using var detailed = new StringWriter();
        var problem = new AggregateException(Thrown());

        Assert.Equal(1, HoneApp.Report(problem, plain, isDebug: false));
        Assert.Equal(1, HoneApp.Report(problem, detailed, isDebug: true));

        Assert.DoesNotContain("   at ", plain.ToString());
        Assert.Contains("   at ", detailed.ToString());

        static Exception Thrown()
        {
            try
            {
                throw new InvalidOperationException("inside");
            }
            catch (InvalidOperationException e)
            {
                return e;
            }
        }
    }

    [Fact]
    public void A_problem_of_the_disk_ends_with_1()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "");

        var run = CommandLine.Run("simulate", "--bars", "5", "--out", folder["file/SIM.csv"]);

        Assert.NotEmpty(run.ErrorLine());
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public void A_verb_decides_its_exit_code()
    {
        using var error = new StringWriter();

        Assert.Equal(1, HoneApp.Report(new VerbException("found", 1), error, isDebug: false));
        Assert.Equal("hone: found\n", error.ToString());
    }
}
