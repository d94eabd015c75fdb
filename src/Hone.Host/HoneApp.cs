using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Hone.Adapters.Feeds;
using Hone.Adapters.Journals;
using Hone.Host.Cli;
using Hone.Host.Configuration;
using Hone.Host.Runs;
using Hone.Learning;
using Hone.Learning.State;
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
        void OnSignal(PosixSignalContext signal)
        {
            // The first one stops in good order, the second at once.
            signal.Cancel = !cancel.IsCancellationRequested;
            cancel.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            var catalog = TradingCatalog.BuiltIn();
            extend?.Invoke(catalog);
            var parsed = Verbs(new VerbContext(catalog, output, error, cancel.Token)).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            // A verb that only has verbs of its own shows them.
            if (parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0 && parsed.Action is not (HelpAction or VersionAction))
            {
                parsed.RootCommandResult.Command.Parse([.. arguments, "--help"]).Invoke(new InvocationConfiguration { Output = error, Error = error });
                return 2;
            }
            if (WrongUse.Describe(parsed) is { } problem)
                throw new VerbException(problem);
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            return Report(e, error, Environment.GetEnvironmentVariable("HONE_DEBUG") == "1");
        }
    }

    internal static RootCommand Verbs(VerbContext context)
    {
        var root = new RootCommand("Hone makes trading models learn from every trade.\n\nExit codes: 0 done; 1 the run found a problem; 2 wrong use. `hone VERB --help` lists the options of a verb.")
        {
            RunVerb.Create(context),
            ServeVerb.Create(context),
            VerifyVerb.Create(context),
            ReplayVerb.Create(context),
            BackupVerb.Create(context),
            RestoreVerb.Create(context),
            EvaluateVerb.Create(context),
            SimulateVerb.Create(context),
            CheckLeaksVerb.Create(context),
            DataVerb.Create(context),
            CatalogVerb.Create(context),
            InitVerb.Create(context),
            KeysVerb.Create(context),
            DoctorVerb.Create(context),
        };
        root.HelpName = "hone";
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction(context.Out);
        ((HelpAction)root.Options.OfType<HelpOption>().Single().Action!).MaxWidth = context.Width;
        return root;
    }

    /// <summary>One line on standard error for whatever went wrong.</summary>
    internal static int Report(Exception problem, TextWriter error, bool isDebug)
    {
        if (problem is AggregateException { InnerExceptions: [var inner, ..] })
            return Report(inner, error, isDebug);
        var (message, exitCode) = problem switch
        {
            VerbException verb => (verb.Message, verb.ExitCode),
            ConfigException or InvalidOptionsException or FeedException or JournalOpenException => (problem.Message, 2),
            OperationCanceledException => ("stopped.", 1),
            IOException or UnauthorizedAccessException or CorruptStateException => (problem.Message, 1),
            _ => ($"{problem.GetType().Name}: {problem.Message} This is a defect; HONE_DEBUG=1 shows where.", 1),
        };
        error.WriteLine($"hone: {message.ReplaceLineEndings(" ")}");
        if (isDebug)
            error.WriteLine(problem);
        return exitCode;
    }

    private sealed class VersionAction(TextWriter output) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"hone {RunSummary.Version}, .NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}");
            return 0;
        }
    }
}
