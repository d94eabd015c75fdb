using System.CommandLine;
using Hone.Host.Cli;
using Hone.Trading;

namespace Hone.Host.Tests.Cli;

public sealed class HelpTests
{
    [Theory]
    [InlineData("evaluate", "--help")]
    [InlineData("simulate", "--help")]
    [InlineData("data", "check", "--help")]
    [InlineData("check-leaks", "--help")]
    [InlineData("catalog", "--help")]
    [InlineData("init", "--help")]
    [InlineData("serve", "--help")]
    [InlineData("doctor", "--help")]
    [InlineData("verify", "--help")]
    [InlineData("replay", "--help")]
    [InlineData("backup", "--help")]
    [InlineData("restore", "--help")]
    [InlineData("keys", "--help")]
    [InlineData("keys", "create", "--help")]
    [InlineData("keys", "list", "--help")]
    [InlineData("keys", "revoke", "--help")]
    public void The_help_of_a_verb_reads_as_it_did(params string[] arguments)
    {
        var run = CommandLine.Run(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Expectation.Holds($"help {string.Join(' ', arguments[..^1])}", run.Out);
    }

    [Fact]
    public void The_help_names_every_verb_and_what_exit_codes_mean()
    {
        var run = CommandLine.Run("--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("hone [command] [options]", run.Out);
        Assert.Contains("0 done; 1 the run found a problem; 2 wrong use", run.Out);
        Assert.All(Root().Subcommands, verb => Assert.Contains($"\n  {verb.Name} ", run.Out));
    }

    [Fact]
    public void Every_verb_and_every_option_says_what_it_does()
    {
        Assert.All(Commands(Root()).SelectMany(c => c.Options.Cast<Symbol>().Concat(c.Arguments).Append(c)), symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), symbol.Name));

        static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Append(command);
    }

    [Fact]
    public void Every_option_is_kebab_case_without_an_alias()
    {
        Assert.All(Commands(Root()).SelectMany(c => c.Options).Where(o => o.Name is not ("--help" or "--version")), option =>
        {
            Assert.Matches("^--[a-z]+(-[a-z]+)*$", option.Name);
            Assert.Empty(option.Aliases);
        });

        static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Append(command);
    }

    [Fact]
    public void The_version_is_one_line()
        => Assert.Matches(@"^hone \d+\.\d+\.\d+\S*, \.NET 10\.\S+, \S+\n$", CommandLine.Run("--version").Out);

    [Theory]
    [InlineData]
    [InlineData("data")]
    [InlineData("keys")]
    public void Without_a_verb_the_verbs_are_shown_and_the_exit_code_says_wrong_use(params string[] arguments)
    {
        var run = CommandLine.Run(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains("Commands:", run.Error);
    }

    private static RootCommand Root() => HoneApp.Verbs(new VerbContext(TradingCatalog.BuiltIn(), TextWriter.Null, TextWriter.Null, default));
}
