using System.CommandLine;
using Hone.Adapters.Journals;
using Hone.Host.Serving;

namespace Hone.Host.Cli;

/// <summary>hone restore: puts a backup in the place of a journal, and verifies it.</summary>
internal static class RestoreVerb
{
    public static Command Create(VerbContext context)
    {
        var file = new Argument<string>("FILE") { Description = "A file that `hone backup` wrote; it stays where it is." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a journal that stands there; it is kept under another name." };
        var flags = new JournalFlags();
        var command = new Command("restore", "Bring the sessions of a backup back and verify them. The server must not run.") { file, overwrite };
        flags.AddTo(command);
        command.SetAction(parse => JournalFlags.Told(() => Run(context, flags, parse, parse.GetValue(file)!, parse.GetValue(overwrite)).GetAwaiter().GetResult()));
        return command;
    }

    private static async Task<int> Run(VerbContext context, JournalFlags flags, ParseResult parse, string file, bool overwrite)
    {
        if (!File.Exists(file))
            throw new VerbException($"'{file}' does not exist; `hone backup` writes such a file.");
        var before = await JournalStore.RestoreAsync(flags.Store(parse), flags.Home(parse), file, overwrite, context.Cancel);
        if (before is not null)
            context.Out.WriteLine($"The journal that stood there is kept as {before}.");
        await using var journal = flags.OpenForReading(parse);
        var (sessions, entries, isSound) = (0, 0L, true);
        foreach (var record in await journal.Sessions(context.Cancel))
        {
            var found = await JournalVerification.Run(context.Catalog, journal, record, null, context.Cancel);
            sessions++;
            entries += found.Entries;
            isSound &= found.Problem is null;
            if (found.Problem is { } problem)
                context.Out.WriteLine($"{record.Id}: {problem}");
        }
        context.Out.WriteLine($"{journal.Description}: {sessions} sessions with {entries} entries were restored{(isSound ? " and verified" : "; not all of them are sound")}.");
        return isSound ? 0 : 1;
    }
}
