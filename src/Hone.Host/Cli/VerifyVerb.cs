using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Hone.Host.Serving;

namespace Hone.Host.Cli;

/// <summary>hone verify: computes every session again from its journal and compares all that was stored.</summary>
internal static class VerifyVerb
{
    public static Command Create(VerbContext context)
    {
        var session = new Option<string?>("--session") { HelpName = "ID", Description = "One session; all of them without it." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var flags = new JournalFlags();
        var command = new Command("verify", "Recompute sessions from their journal and compare every emission and snapshot; also while the server runs.") { session, json };
        flags.AddTo(command);
        command.SetAction(parse => JournalFlags.Told(() => Run(context, flags, parse, parse.GetValue(session), parse.GetValue(json)).GetAwaiter().GetResult()));
        return command;
    }

    private static async Task<int> Run(VerbContext context, JournalFlags flags, ParseResult parse, string? session, bool json)
    {
        await using var journal = flags.OpenForReading(parse);
        var records = (await journal.Sessions(context.Cancel)).Where(r => session is null || r.Id == session).ToArray();
        if (session is not null && records.Length == 0)
            throw new VerbException($"--session is '{session}'; the journal has no such session.");
        var all = new List<SessionFindings>();
        using (var progress = new ProgressLine(context, "verify"))
            foreach (var record in records)
            {
                var last = (await journal.Snapshots(record.Id, context.Cancel)).LastOrDefault().Seq;
                all.Add(await JournalVerification.Run(context.Catalog, journal, record,
                    seq => progress.Report(last > 0 ? (all.Count + Math.Min(1, (double)seq / last)) / records.Length : double.NaN, $"{record.Id} entry {seq}"), context.Cancel));
            }
        if (json)
            context.Out.WriteLine(CliJson.Text(new JsonObject { ["ok"] = all.All(f => f.Problem is null), ["sessions"] = new JsonArray([.. all.Select(f => (JsonNode)f.ToJson())]) }));
        else
            WriteText(context, all);
        return all.All(f => f.Problem is null) ? 0 : 1;
    }

    private static void WriteText(VerbContext context, List<SessionFindings> all)
    {
        var table = new PlainTable(indent: 0);
        table.Add("session", "symbol", "entries", "recomputed", "emissions", "snapshots", "state hash", "result");
        foreach (var found in all)
            table.Add(found.Session.Id, found.Session.Symbol, Number(found.Entries), Number(found.Recomputed), Number(found.Emissions), Number(found.Snapshots), found.StateHash ?? "", found.Problem ?? "ok");
        table.Write(context.Out, context.Width);
        foreach (var found in all)
            if (found.Engine is not null)
                context.Out.WriteLine($"{found.Session.Id}: {found.Entries - found.Recomputed} entries were computed by the build {found.Engine}; their links are sound, that build recomputes them.");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
