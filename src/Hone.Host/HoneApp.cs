using System.CommandLine;
using Hone.Adapters.Feeds;
using Hone.Host.Cli;
using Hone.Host.Configuration;
using Hone.Learning;
using Hone.Trading;

namespace Hone.Host;

/// <summary>
/// The program. A user's own program calls <see cref="Run"/> with entries added to the same catalog, and has every verb of Hone with its own agents, features
/// and labels in them.
/// </summary>
public static class HoneApp
{
    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="extend">Adds a user's own entries to the catalog.</param>
    /// <param name="output">Where results go; standard output unless given.</param>
    /// <param name="error">Where progress and errors go; standard error unless given.</param>
    /// <returns>0: done; 1: the run found a problem; 2: wrong use.</returns>
    public static int Run(string[] arguments, Action<TradingCatalog>? extend = null, TextWriter? output = null, TextWriter? error = null)
    {
        output ??= Console.Out;
        error ??= Console.Error;
        using var cancel = new CancellationTokenSource();
        void OnCancel(object? sender, ConsoleCancelEventArgs e)
        {
            // The first Ctrl+C stops in good order, the second at once.
            e.Cancel = !cancel.IsCancellationRequested;
            cancel.Cancel();
        }
        Console.CancelKeyPress += OnCancel;
        try
        {
            var catalog = TradingCatalog.BuiltIn();
            extend?.Invoke(catalog);
            var context = new VerbContext(catalog, output, error, cancel.Token);
            var root = new RootCommand("Hone makes trading models learn from every trade.")
            {
                RunVerb.Create(context),
            };
            var parsed = root.Parse(arguments);
            if (parsed.Errors.Count > 0)
                throw new VerbException($"{parsed.Errors[0].Message} `hone {parsed.CommandResult.Command.Name} --help` lists the options.".Replace("hone hone", "hone"));
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (VerbException e)
        {
            error.WriteLine($"hone: {e.Message}");
            return e.ExitCode;
        }
        catch (Exception e) when (e is ConfigException or InvalidOptionsException or FeedException)
        {
            error.WriteLine($"hone: {e.Message}");
            return 2;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("hone: cancelled; nothing was written.");
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"hone: {e.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
        finally
        {
            Console.CancelKeyPress -= OnCancel;
        }
    }
}
