using Hone.Trading;
using Spectre.Console;

namespace Hone.Host.Cli;

/// <summary>What every verb gets: the catalog (with a user's own entries), where to print, and when to stop.</summary>
/// <param name="Catalog">Everything that a config can name.</param>
/// <param name="Out">Results: standard output.</param>
/// <param name="Error">Progress and errors: standard error.</param>
/// <param name="Cancel">Cancelled by Ctrl+C.</param>
public sealed record VerbContext(TradingCatalog Catalog, TextWriter Out, TextWriter Error, CancellationToken Cancel)
{
    /// <summary>A console for tables on <see cref="Out"/>; without colours where it is not a terminal.</summary>
    public IAnsiConsole Tables { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out) });

    /// <summary>Whether progress may overwrite its line.</summary>
    public bool IsInteractive => ReferenceEquals(Error, Console.Error) && !Console.IsErrorRedirected;
}

/// <summary>A problem that a verb reports in one line and ends with an exit code: 1 the run found a problem, 2 wrong use.</summary>
public sealed class VerbException(string message, int exitCode = 2) : Exception(message)
{
    /// <summary>Exit code of the program.</summary>
    public int ExitCode { get; } = exitCode;
}
