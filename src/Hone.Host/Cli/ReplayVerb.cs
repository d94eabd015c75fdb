using System.CommandLine;
using System.Globalization;

namespace Hone.Host.Cli;

/// <summary>hone replay: rebuilds a session to any point of its journal, and tells what it knew and why it said what it did.</summary>
internal static class ReplayVerb
{
    public static Command Create(VerbContext context)
    {
        var session = new Option<string>("--session") { HelpName = "ID", Description = "The session.", Required = true };
        var to = new Option<long?>("--to") { HelpName = "SEQ", Description = "Last entry that is applied; all of them without it." };
        var at = new Option<string?>("--at") { HelpName = "TIME", Description = "Apply entries up to this event time (ISO, UTC) instead." };
        var why = new Option<string?>("--why") { HelpName = "ID", Description = "Tell of one prediction: features, members, votes, outcome." };
        var folder = new Option<string?>("--out") { HelpName = "DIR", Description = "Write predictions.csv and trades.csv of a trading session, as `hone run` does, and adaptations.csv." };
        var state = new Option<string?>("--save-state") { HelpName = "FILE", Description = "Save the state of a trading session; `hone run --load-state` continues it." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var flags = new JournalFlags();
        var command = new Command("replay", "Rebuild a session to any point of its journal; also while the server runs.") { session, to, at, why, folder, state, json };
        flags.AddTo(command);
        command.SetAction(parse => JournalFlags.Told(() =>
        {
            if (parse.GetValue(to) is < 1)
                throw new VerbException($"--to is {parse.GetValue(to)}; entries are numbered from 1.");
            if (parse.GetValue(to) is not null && parse.GetValue(at) is not null)
                throw new VerbException("--to and --at both say where to stop; give one of them.");
            var until = parse.GetValue(at) is { } moment ? Moment(moment) : long.MaxValue;
            using var program = new ReplayProgram(context, parse.GetValue(folder), parse.GetValue(why));
            return program.Execute(flags.OpenForReading(parse), parse.GetValue(session)!, parse.GetValue(to) ?? long.MaxValue, until, parse.GetValue(state), parse.GetValue(json)).GetAwaiter().GetResult();
        }));
        return command;
    }

    private static long Moment(string text)
        => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? (moment.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond
            : throw new VerbException($"--at is '{text}'; write a time as 2030-01-31T14:00:00Z.");
}
