using System.Collections;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hone.Host.Cli;
using Hone.Host.Configuration;

namespace Hone.Host.Tests;

/// <summary>What the README and the pages beside it say is true: their programs compile and run, their commands and links exist.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string[] Pages = ["README.md", .. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(f => $"docs/{Path.GetFileName(f)}").Order(StringComparer.Ordinal)];

    public static TheoryData<string> EveryPage => [.. Pages];

    [Fact]
    public void The_program_in_the_README_compiles_and_has_its_entries_in_the_catalog()
    {
        using var folder = new TemporaryFolder();
        var program = Assert.Single(Blocks("README.md", "csharp"));
        var compiled = Compile(folder, program);

        var agents = Start("dotnet", [compiled, "catalog", "agents"]);
        var features = Start("dotnet", [compiled, "catalog", "features"]);

        Assert.Equal((0, 0), (agents.ExitCode, features.ExitCode));
        foreach (Match name in EntryName().Matches(program))
            Assert.Contains($"\n{name.Groups[1].Value}\n", agents.Output + features.Output);
        Assert.Equal(2, EntryName().Count(program));
    }

    [Fact]
    public void The_program_in_the_README_does_not_look_ahead()
    {
        using var folder = new TemporaryFolder();
        var compiled = Compile(folder, Assert.Single(Blocks("README.md", "csharp")));

        var probed = Start("dotnet", [compiled, "check-leaks", "--bars", "1200", "--cuts", "3"]);

        Assert.Contains("no look-ahead found", probed.Output);
        Assert.Equal(0, probed.ExitCode);
    }

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void Every_link_to_a_file_leads_somewhere(string page)
        => Assert.All(Link().Matches(Repository.Read(page)).Select(m => m.Groups[1].Value).Where(l => !l.StartsWith("http", StringComparison.Ordinal) && !l.StartsWith('#')), link =>
        {
            var target = Path.Combine(Path.GetDirectoryName(Repository.PathOf(page))!, link.Split('#')[0]);
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{page}: {link}");
        });

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void Every_command_that_is_shown_is_one_that_the_program_knows(string page)
    {
        var root = HoneApp.Verbs(new(Hone.Trading.TradingCatalog.BuiltIn(), TextWriter.Null, TextWriter.Null, default));
        foreach (var line in Blocks(page, "sh").SelectMany(b => b.Split('\n')).Where(l => l.StartsWith("./hone ", StringComparison.Ordinal)))
        {
            var words = Word().Matches(line.Split(" #")[0]).Skip(1).Select(m => m.Value.Trim('\'', '"'));
            var parsed = root.Parse([.. words]);
            Assert.True(WrongUse.Describe(parsed) is null, $"{page}: {line}: {WrongUse.Describe(parsed)}");
        }
    }

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void Every_config_that_is_shown_can_be_loaded(string page)
        => Assert.All(Blocks(page, "jsonc"), block =>
        {
            using var folder = new TemporaryFolder();
            var text = block.TrimStart().StartsWith('{') ? block : $"{{ {block} }}";
            ConfigLoader.Load(folder.Write("hone.json", text), new Hashtable(), new Dictionary<string, JsonNode?>());
        });

    /// <summary>Compiles with the compiler of the SDK that built the tests, against the assemblies that are tested.</summary>
    private static string Compile(TemporaryFolder folder, string program)
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var sdks = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "sdk"));
        var compiler = Directory.Exists(sdks) ? Directory.EnumerateFiles(sdks, "csc.dll", SearchOption.AllDirectories).Where(f => f.Contains("bincore")).Order(StringComparer.Ordinal).LastOrDefault() : null;
        Assert.SkipUnless(compiler is not null, "the .NET SDK's compiler is not installed");
        const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";
        string[] own = ["Hone.Learning.dll", "Hone.Trading.dll", "Hone.Adapters.dll", "hone.dll"];
        string[] arguments =
        [
            "-nologo", "-noconfig", "-nostdlib", "-nullable:enable", "-warnaserror", "-nowarn:CS1701,CS1702", "-langversion:latest", $"-out:{folder["MyStrategy.dll"]}",
            .. Directory.EnumerateFiles(runtime, "System*.dll").Where(f => !f.EndsWith(".Native.dll", StringComparison.Ordinal)).Append(Path.Combine(runtime, "netstandard.dll")).Select(f => $"-r:{f}"),
            .. own.Select(f => $"-r:{Path.Combine(AppContext.BaseDirectory, f)}"),
            folder.Write("Program.cs", program), folder.Write("Usings.cs", Usings),
        ];
        var compiled = Start("dotnet", [compiler!, .. arguments]);
        Assert.True(compiled.ExitCode == 0, compiled.Output);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(f => Path.GetFileName(f) is var n && (own.Contains(n) || n.StartsWith("System.CommandLine", StringComparison.Ordinal) || n.StartsWith("Spectre", StringComparison.Ordinal) || n.EndsWith(".xml", StringComparison.Ordinal))))
            File.Copy(file, folder[Path.GetFileName(file)]);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "hone.runtimeconfig.json"), folder["MyStrategy.runtimeconfig.json"]);
        return folder["MyStrategy.dll"];
    }

    private static (int ExitCode, string Output) Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static IEnumerable<string> Blocks(string page, string language)
        => Regex.Matches(Repository.Read(page), $"^```{language}\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Select(m => m.Groups[1].Value);

    [GeneratedRegex("\\.Of<\\w+>\\(\\s*\"([a-z-]+)\"")]
    private static partial Regex EntryName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
