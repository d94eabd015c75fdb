using System.Diagnostics;

namespace Hone.Host.Tests.Operating;

/// <summary>A program that the machine may have.</summary>
internal static class Tool
{
    /// <summary>Where a program lies; skips the test where it is missing.</summary>
    public static string Require(string name, string remedy)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (path is null)
            Assert.Skip($"{name} is not installed; {remedy}");
        return path!;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and what it printed, both streams.</returns>
    public static async Task<(int ExitCode, string Output)> Run(string program, string folder, string? input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
