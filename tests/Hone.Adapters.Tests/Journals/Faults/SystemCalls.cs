using System.Diagnostics;
using System.Globalization;

namespace Hone.Adapters.Tests.Journals.Faults;

/// <summary>The library that stands between a process and its system calls, compiled once per test run, and processes that run with it.</summary>
internal static class SystemCalls
{
    // Ended, it ends within a second; on a machine that is busy with other things it may wait long for its turn.
    private const int HangMs = 60_000;

    private static readonly Lazy<(string? Library, string? Missing)> Compiled = new(Compile);

    /// <summary>Skips the test where the library cannot be had.</summary>
    public static void Demand()
    {
        if (Compiled.Value.Missing is { } missing)
            Assert.Skip(missing);
    }

    /// <summary>Runs <see cref="JournalChild"/>.</summary>
    /// <param name="journal">The journal's file.</param>
    /// <param name="batches">Batches that it appends.</param>
    /// <param name="mode">sync, without-sync or killed.</param>
    /// <param name="trace">File that gets the trace; null for none.</param>
    /// <param name="fault">The call that fails; null for none.</param>
    public static async Task<(int ExitCode, int Acknowledged, string Said)> Run(string journal, int batches, string mode = "sync", string? trace = null, Fault? fault = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(SystemCalls).Assembly.Location);
        foreach (var argument in (string[])[JournalChild.Argument, journal, batches.ToString(CultureInfo.InvariantCulture), mode])
            start.ArgumentList.Add(argument);
        start.Environment["LD_PRELOAD"] = Compiled.Value.Library;
        start.Environment["HONE_CALLS_FILE"] = journal;
        start.Environment["HONE_CALLS_TRACE"] = trace;
        start.Environment["HONE_CALLS_FAIL"] = fault?.ToString();
        // It lives for a moment: compiled code as it comes is quicker than the best.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_gcServer"] = "0";
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(HangMs);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"The process hung for {HangMs / 1000} s with the fault {fault}.");
        }
        await output;
        return (process.ExitCode, Acknowledged(File.Exists(journal + ".acks") ? await File.ReadAllTextAsync(journal + ".acks") : ""), await said);
    }

    /// <summary>Batches that a process said were acknowledged; they come in order.</summary>
    public static int Acknowledged(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
            return 0;
        Assert.Equal("open", lines[0]);
        Assert.Equal(Enumerable.Range(0, lines.Length - 1).Select(number => number.ToString(CultureInfo.InvariantCulture)), lines.Skip(1));
        return lines.Length - 1;
    }

    private static (string? Library, string? Missing) Compile()
    {
        if (!OperatingSystem.IsLinux())
            return (null, "System calls are intercepted on Linux only.");
        var folder = Directory.CreateTempSubdirectory("hone-calls-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var (source, library) = (Path.Combine(folder, "system-calls.c"), Path.Combine(folder, "system-calls.so"));
        using (var text = typeof(SystemCalls).Assembly.GetManifestResourceStream("system-calls.c")!)
        using (var file = File.Create(source))
            text.CopyTo(file);
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-lpthread"]) { RedirectStandardError = true })!;
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? (library, null) : throw new InvalidOperationException($"gcc refused system-calls.c: {errors}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "There is no gcc: install it (apt-get install gcc) to let system calls fail.");
        }
    }
}

/// <summary>Which system call on the journal's files fails, and how.</summary>
/// <param name="At">Its number, from 1.</param>
/// <param name="Error">Number of the error.</param>
/// <param name="Persists">Whether all calls after it fail too.</param>
/// <param name="After">Whether it takes effect all the same.</param>
/// <param name="SyncsAlone">Whether only syncs count and fail.</param>
internal sealed record Fault(int At, int Error, bool Persists, bool After, bool SyncsAlone = false)
{
    /// <summary>Input or output failed.</summary>
    public const int Eio = 5;

    /// <summary>No room.</summary>
    public const int Enospc = 28;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At} {Error} {(Persists ? 1 : 0)} {(After ? 1 : 0)} {(SyncsAlone ? 1 : 0)}");
}
