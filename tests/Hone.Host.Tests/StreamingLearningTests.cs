using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Hone.Host.Tests;

/// <summary>Hone.Learning by itself: the sample that is also its package's front page, and the package.</summary>
public sealed class StreamingLearningTests
{
    private const string Sample = "samples/StreamingLearning/Program.cs";

    [Fact]
    public void The_sample_learns_and_beats_no_change()
    {
        var (exit, output) = Run("dotnet", Repository.PathOf("samples/StreamingLearning/bin/Release/net10.0/StreamingLearning.dll"));

        Assert.Equal(0, exit);
        var figures = Regex.Match(output, @"^accuracy 0\.(\d{3}), no-change 0\.(\d{3}), log-loss 0\.(\d{3})\s*$");
        Assert.True(figures.Success, output);
        Assert.InRange(int.Parse(figures.Groups[1].Value), 850, 899);
        Assert.InRange(int.Parse(figures.Groups[2].Value), 480, 580);
    }

    [Fact]
    public void The_sample_is_fifteen_lines_and_stands_on_the_packages_page()
    {
        var sample = Repository.Read(Sample).Trim();
        Assert.InRange(sample.Split('\n').Count(line => line.Trim().Length > 0), 1, 15);
        Assert.Contains($"```csharp\n{sample}\n```", Repository.Read("src/Hone.Learning/README.md"));
    }

    [Fact]
    public void The_package_has_its_page_its_documentation_and_symbols_and_needs_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var (exit, output) = Run("dotnet", "pack", Repository.PathOf("src/Hone.Learning"), "-c", "Release", "--no-build", "-o", folder.Path, "-v", "quiet", "--nologo");
        Assert.True(exit == 0, output);

        var files = folder.Files();
        using var package = ZipFile.OpenRead(folder[files.Single(f => f.EndsWith(".nupkg", StringComparison.Ordinal))]);
        using var symbols = ZipFile.OpenRead(folder[files.Single(f => f.EndsWith(".snupkg", StringComparison.Ordinal))]);
        var names = package.Entries.Select(e => e.FullName).ToArray();
        Assert.Contains("README.md", names);
        Assert.Contains("lib/net10.0/Hone.Learning.dll", names);
        Assert.Contains("lib/net10.0/Hone.Learning.xml", names);
        Assert.Contains("lib/net10.0/Hone.Learning.pdb", symbols.Entries.Select(e => e.FullName));
        using var nuspec = new StreamReader(package.GetEntry("Hone.Learning.nuspec")!.Open());
        var text = nuspec.ReadToEnd();
        Assert.Contains("<readme>README.md</readme>", text);
        Assert.DoesNotContain("<dependency ", text);
    }

    private static (int Exit, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = Repository.Root })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
