using Hone.Trading;
using Spectre.Console;

namespace Hone.Host.Cli;

/// <summary>What every verb gets: the catalog (with a user's own entries), where to print, and when to stop.</summary>
/// <param name="Catalog">Everything that a config can name.</param>
/// <param name="Out">Results: standard output.</param>
/// <param name="Error">Progress and errors: standard error.</param>
/// <param name="Cancel">Cancelled by Ctrl+C and by SIGTERM.</param>
public sealed record VerbContext(TradingCatalog Catalog, TextWriter Out, TextWriter Error, CancellationToken Cancel)
{
    // Where nobody watches, lines are as long on every machine.
    private const int WidthElsewhere = 120;

    private IAnsiConsole? _tables;

    /// <summary>A console for tables on <see cref="Out"/>; where it is not a terminal without colours and always of the same width.</summary>
    public IAnsiConsole Tables => _tables ??= CreateTables();

    /// <summary>Whether progress may overwrite its line.</summary>
    public bool IsInteractive => ReferenceEquals(Error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>Columns of <see cref="Out"/>.</summary>
    public int Width => IsTerminal && Console.WindowWidth > 0 ? Math.Max(60, Console.WindowWidth) : WidthElsewhere;

    private bool IsTerminal => ReferenceEquals(Out, Console.Out) && !Console.IsOutputRedirected;

    private IAnsiConsole CreateTables()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out), Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = Width;
        return console;
    }
}

/// <summary>A problem that a verb reports in one line and ends with an exit code: 1 the run found a problem, 2 wrong use.</summary>
public sealed class VerbException(string message, int exitCode = 2) : Exception(message)
{
    /// <summary>Exit code of the program.</summary>
    public int ExitCode { get; } = exitCode;
}
