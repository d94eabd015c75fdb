using System.Diagnostics;

namespace Hone.Host.Tests.Cli;

/// <summary>The launcher and the check as a shell runs them, with a dotnet that only writes down what it was asked.</summary>
public sealed class ScriptTests : IDisposable
{
    private static readonly string[] Tools =
        ["bash", "env", "readlink", "dirname", "basename", "find", "mktemp", "cat", "rm", "mkdir", "touch", "cp", "sed", "grep", "paste", "flock", "tr", "head", "tail", "sort", "uniq", "timeout", "id", "sleep"];

    private readonly TemporaryFolder _folder = new();

    public ScriptTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the scripts are for Linux");
        Directory.CreateDirectory(_folder["bin"]);
        Directory.CreateDirectory(_folder["src/Hone.Host"]);
        Directory.CreateDirectory(_folder["tests/Hone.Learning.Tests"]);
        foreach (var tool in Tools)
            if (((string[])["/usr/bin", "/bin"]).Select(b => Path.Combine(b, tool)).FirstOrDefault(File.Exists) is { } path)
                File.CreateSymbolicLink(_folder[$"bin/{tool}"], path);
        foreach (var name in (string[])["src/Hone.Host/Program.cs", "Directory.Build.props", "Directory.Packages.props"])
            _folder.Write(name, "");
        foreach (var script in (string[])["hone", "check"])
            File.Copy(Repository.PathOf(script), _folder[script]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hone", 2)]
    [InlineData("check", 1)]
    public void Without_dotnet_they_say_what_to_install(string script, int exitCode)
    {
        var run = Run(_folder[script]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains($"{script}: the .NET 10 SDK is missing", run.Error);
    }

    [Fact]
    public void An_old_SDK_is_named()
    {
        Dotnet(sdks: "8.0.100 [/x]\\n9.0.203 [/x]");

        var run = Run(_folder["hone"], "run");

        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"^hone: the \.NET 10 SDK is missing; .*/dotnet has: 8\.0\.100 9\.0\.203\. Install it \(https://\S+\), .*\n$", run.Error);
    }

    [Fact]
    public void It_builds_once_and_hands_everything_through()
    {
        Dotnet();

        var first = Run(_folder["hone"], "run", "--data", "a b.csv", "*");
        var second = Run(_folder["hone"], "run");

        Assert.Equal("hone: building (only when the source has changed) …\n", first.Error);
        Assert.Equal("ran [run] [--data] [a b.csv] [*]\n", first.Output);
        Assert.Equal((3, "", "ran [run]\n"), (second.ExitCode, second.Error, second.Output));
    }

    [Fact]
    public void It_works_through_a_link_from_elsewhere()
    {
        Dotnet();
        File.CreateSymbolicLink(_folder["bin/link"], _folder["hone"]);

        Assert.Equal("ran [catalog]\n", Run(_folder["bin/link"], "catalog").Output);
    }

    [Fact]
    public void A_changed_an_added_and_a_removed_source_are_built_again()
    {
        Dotnet();
        bool Builds() => Run(_folder["hone"]).Error.Contains("building", StringComparison.Ordinal);
        void Later(string path) => new FileInfo(path).LastWriteTimeUtc = DateTime.UtcNow.AddSeconds(2);
        void Settle() => new FileInfo(_folder["src/Hone.Host/obj/built.stamp"]).LastWriteTimeUtc = DateTime.UtcNow.AddSeconds(1);
        Assert.True(Builds());
        Settle();
        Assert.False(Builds());

        Later(_folder["src/Hone.Host/Program.cs"]);
        Assert.True(Builds());

        new FileInfo(_folder["src/Hone.Host/Program.cs"]).LastWriteTimeUtc = DateTime.UtcNow.AddDays(-1);
        Settle();
        Assert.False(Builds());
        File.Delete(_folder["src/Hone.Host/Program.cs"]);
        new DirectoryInfo(_folder["src/Hone.Host"]).LastWriteTimeUtc = DateTime.UtcNow.AddSeconds(2);
        Assert.True(Builds());
    }

    [Fact]
    public async Task Two_at_once_build_once()
    {
        Dotnet(build: "sleep 0.3;");

        var runs = await Task.WhenAll(Task.Run(() => Run(_folder["hone"], "a")), Task.Run(() => Run(_folder["hone"], "b")));

        Assert.Equal(["ran [a]\n", "ran [b]\n"], runs.Select(r => r.Output));
        Assert.Single(runs, r => r.Error.Contains("building", StringComparison.Ordinal));
    }

    [Fact]
    public void A_build_that_fails_shows_the_compilers_lines_once_and_runs_nothing()
    {
        Dotnet(build: "echo 'A.cs(1,1): error CS1: bad'; echo 'A.cs(1,1): error CS1: bad'; echo noise; exit 1");

        var run = Run(_folder["hone"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.EndsWith("…\nA.cs(1,1): error CS1: bad\nhone: the build failed; see above.\n", run.Error);
    }

    [Theory]
    [InlineData("passed=\"3\" failed=\"0\" skipped=\"1\" errors=\"0\"", 0, 0, "27 passed, 0 failed, 9 skipped")]
    [InlineData("passed=\"3\" failed=\"2\" skipped=\"0\" errors=\"0\"", 1, 1, "27 passed, 18 failed, 0 skipped")]
    [InlineData("passed=\"3\" failed=\"0\" skipped=\"0\" errors=\"1\"", 1, 1, "27 passed, 9 failed, 0 skipped")]
    [InlineData("passed=\"3\" failed=\"0\" skipped=\"0\" errors=\"0\"", 134, 1, "27 passed, 9 failed, 0 skipped")]
    [InlineData("passed=\"0\" failed=\"0\" skipped=\"0\" errors=\"0\"", 0, 1, "0 passed, 0 failed, 0 skipped")]
    [InlineData("", 0, 1, "0 passed, 9 failed, 0 skipped")]
    public void The_check_ends_with_the_sum_and_an_honest_exit_code(string counts, int status, int exitCode, string lastLine)
    {
        var report = counts.Length == 0 ? "" : $"""printf '<assemblies><assembly name="x" %s time="1"><reason><![CDATA[no browser]]></reason></assembly></assemblies>' '{counts}' > "$3";""";
        Dotnet(test: $"{report} exit {status}");

        var run = Run(_folder["check"]);

        Assert.Equal(lastLine, run.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(counts.Contains("skipped=\"1\""), run.Output.Contains("check:   1 skipped: no browser"));
    }

    [Fact]
    public void A_build_that_fails_fails_the_check()
    {
        Dotnet(build: "echo 'A.cs(1,1): error CS1: bad'; exit 1");

        var run = Run(_folder["check"]);

        Assert.EndsWith("A.cs(1,1): error CS1: bad\ncheck: the build failed.\n0 passed, 1 failed, 0 skipped\n", run.Output);
        Assert.Equal(1, run.ExitCode);
    }

    private void Dotnet(string sdks = "10.0.100 [/x]", string build = "", string test = "exit 0")
    {
        var path = _folder.Write("bin/dotnet", $"""
            #!/bin/bash
            case "$1" in
              --list-sdks) printf '{sdks}\n' ;;
              build) {build}
                case "$2" in *Hone.Host.csproj) mkdir -p "${"{2%/*}"}/bin/Release/net10.0" && touch "${"{2%/*}"}/bin/Release/net10.0/hone.dll" ;; esac ;;
              *.Tests.dll) {test} ;;
              *) shift; printf ran; for word in "$@"; do printf ' [%s]' "$word"; done; echo; exit 3 ;;
            esac

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (int ExitCode, string Output, string Error) Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(_folder["bin/bash"], [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        start.Environment["PATH"] = _folder["bin"];
        start.Environment["HOME"] = _folder["nowhere"];
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
