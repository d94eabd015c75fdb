using System.CommandLine;

namespace Hone.Host.Cli;

/// <summary>hone backup: one consistent file of all sessions, also while the server runs.</summary>
internal static class BackupVerb
{
    public static Command Create(VerbContext context)
    {
        var file = new Option<string>("--out") { HelpName = "FILE", Description = "The backup; must not exist yet.", Required = true };
        var flags = new JournalFlags();
        var command = new Command("backup", "Write one consistent file of all sessions, also while the server runs.") { file };
        flags.AddTo(command);
        command.SetAction(parse => JournalFlags.Told(() => Run(context, flags, parse, parse.GetValue(file)!).GetAwaiter().GetResult()));
        return command;
    }

    private static async Task<int> Run(VerbContext context, JournalFlags flags, ParseResult parse, string file)
    {
        if (File.Exists(file))
            throw new VerbException($"--out is '{file}'; that file exists. Name another one, nothing is overwritten.");
        await using var journal = flags.OpenForReading(parse);
        using var progress = new ProgressLine(context, "backup");
        await journal.Backup(file, new Share(progress), context.Cancel);
        progress.Dispose();
        context.Out.WriteLine($"{file}: {(await journal.Sessions(context.Cancel)).Count} sessions, {new FileInfo(file).Length} bytes.");
        return 0;
    }

    private sealed class Share(ProgressLine progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(value);
    }
}
