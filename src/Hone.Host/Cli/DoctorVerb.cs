using System.CommandLine;
using System.Text.Json.Nodes;
using Hone.Host.Configuration;
using Hone.Host.Operating.Doctor;
using Hone.Host.Serving.Keys;

namespace Hone.Host.Cli;

/// <summary>hone doctor: whether this machine and this configuration make a good server, and what to do where not.</summary>
internal static class DoctorVerb
{
    public static Command Create(VerbContext context)
    {
        var home = new Option<string?>("--home") { HelpName = "DIR", Description = "Folder of the server (default hone-home)." };
        var store = new Option<string?>("--store") { HelpName = "STORE", Description = "Where sessions are kept: sqlite (default) or postgres://user@host:port/database." };
        var url = new Option<string?>("--url") { HelpName = "URL", Description = "Address at which a server must answer; without it the port may also be free." };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "Config file of the server." };
        var only = new Option<string[]>("--check") { HelpName = "NAME", Description = "Run only this check; may be given several times.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var command = new Command("doctor", "Look whether this machine and this configuration make a good server. Exit code 1 when something fails; warnings do not.") { home, store, url, config, only, json };
        command.SetAction(async (parse, cancel) =>
        {
            var flags = new Dictionary<string, JsonNode?>();
            if (parse.GetValue(home) is { } folder)
                flags["serve.home"] = folder;
            if (parse.GetValue(store) is { } place)
                flags["serve.store"] = place;
            var loaded = ConfigLoader.Load(parse.GetValue(config), Environment.GetEnvironmentVariables(), flags);
            var subject = new DoctorSubject(loaded, parse.GetValue(url), Environment.GetEnvironmentVariable(AdminKey.Variable));
            var findings = new List<(string Name, Finding Finding)>();
            foreach (var check in Chosen(parse.GetValue(only) ?? []))
                findings.Add((check.Name, await check.Run(subject, context.Cancel)));
            if (parse.GetValue(json))
                context.Out.WriteLine(CliJson.Text(Json(findings)));
            else
                Write(context, findings);
            return findings.Exists(f => f.Finding.Verdict == Verdict.Fail) ? 1 : 0;
        });
        return command;
    }

    private static IReadOnlyList<IDoctorCheck> Chosen(string[] names)
    {
        foreach (var name in names)
            if (DoctorChecks.All.All(c => c.Name != name))
                throw new VerbException($"--check is '{name}'; the checks are {string.Join(", ", DoctorChecks.All.Select(c => c.Name))}.");
        return names.Length == 0 ? DoctorChecks.All : [.. DoctorChecks.All.Where(c => names.Contains(c.Name))];
    }

    private static JsonObject Json(List<(string Name, Finding Finding)> findings) => new()
    {
        ["verdict"] = Name(findings.Select(f => f.Finding.Verdict).DefaultIfEmpty().Max()),
        ["checks"] = new JsonArray([.. findings.Select(f => (JsonNode)new JsonObject
        {
            ["check"] = f.Name,
            ["verdict"] = Name(f.Finding.Verdict),
            ["found"] = f.Finding.Found,
            ["remedy"] = f.Finding.Remedy,
        })]),
    };

    private static void Write(VerbContext context, List<(string Name, Finding Finding)> findings)
    {
        var table = new PlainTable();
        foreach (var (name, finding) in findings)
        {
            table.Add(Name(finding.Verdict), name, finding.Found);
            if (finding.Remedy is { } remedy)
                table.Add("", "", remedy);
        }
        table.Write(context.Out, context.Width);
    }

    private static string Name(Verdict verdict) => verdict.ToString().ToLowerInvariant();
}
