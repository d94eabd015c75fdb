using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Hone.Host.Configuration;
using Hone.Host.Serving.Keys;
using Hone.Learning;

namespace Hone.Host.Cli;

/// <summary>hone keys: keys of a server, made, listed and revoked in its home folder; a server that runs notices within a second.</summary>
internal static class KeysVerb
{
    private static readonly string[] Roles = [.. ConfigPath.Values(typeof(Role))!];

    public static Command Create(VerbContext context) => new("keys", "Make, list and revoke keys of a server.")
    {
        CreateKey(context),
        List(context),
        Revoke(context),
    };

    private static Command CreateKey(VerbContext context)
    {
        var (home, json) = Shared();
        var role = new Option<string>("--role") { HelpName = string.Join('|', Roles), Description = "What it may do; each role includes those before it.", Required = true };
        var name = new Option<string>("--name") { HelpName = "TEXT", Description = "What it is for, in your words.", DefaultValueFactory = _ => "" };
        var expires = new Option<string?>("--expires") { HelpName = "WHEN", Description = "When it ends: a duration such as 90d, or a date or time (ISO, UTC); never without it." };
        var command = new Command("create", "Make a key. It is printed once and kept nowhere.") { role, name, expires, home, json };
        command.SetAction(parse =>
        {
            var wanted = Array.IndexOf(Roles, parse.GetValue(role));
            if (wanted < 0)
                throw new VerbException($"--role is '{parse.GetValue(role)}'; it must be {string.Join(", ", Roles[..^1])} or {Roles[^1]}.");
            var (kept, key) = new KeyFile(parse.GetValue(home)!, TimeProvider.System).Create((Role)wanted, parse.GetValue(name)!, Moment(parse.GetValue(expires)));
            if (parse.GetValue(json))
            {
                var view = View(kept);
                view["key"] = key;
                context.Out.WriteLine(CliJson.Text(view));
            }
            else
            {
                context.Out.WriteLine(key);
                context.Error.WriteLine($"{kept.Id}: {Name(kept.Role)}{(kept.Expires is { } end ? $", until {Text(end)}" : "")}. The key is shown this once.");
            }
            return 0;
        });
        return command;
    }

    private static Command List(VerbContext context)
    {
        var (home, json) = Shared();
        var command = new Command("list", "List keys, revoked and expired ones too; never the keys themselves.") { home, json };
        command.SetAction(parse =>
        {
            var keys = new KeyFile(Existing(parse.GetValue(home)!), TimeProvider.System).Read();
            if (parse.GetValue(json))
            {
                context.Out.WriteLine(CliJson.Text(new JsonObject { ["keys"] = new JsonArray([.. keys.Select(k => (JsonNode)View(k))]) }));
                return 0;
            }
            var table = new PlainTable(indent: 0);
            table.Add("id", "role", "created", "state", "name");
            foreach (var key in keys)
                table.Add(key.Id, Name(key.Role), Text(key.Created), State(key), key.Name);
            table.Write(context.Out, context.Width);
            return 0;
        });
        return command;
    }

    private static Command Revoke(VerbContext context)
    {
        var (home, json) = Shared();
        var id = new Argument<string>("ID") { Description = "Id of the key, as `hone keys list` shows it." };
        var command = new Command("revoke", "Revoke a key for good: a server that runs refuses it within a second.") { id, home, json };
        command.SetAction(parse =>
        {
            var revoked = new KeyFile(Existing(parse.GetValue(home)!), TimeProvider.System).Revoke(parse.GetValue(id)!);
            context.Out.WriteLine(parse.GetValue(json) ? CliJson.Text(View(revoked)) : $"{revoked.Id}: revoked.");
            return 0;
        });
        return command;
    }

    private static (Option<string> Home, Option<bool> Json) Shared()
        => (new("--home") { HelpName = "DIR", Description = "Home folder of the server.", DefaultValueFactory = _ => new ServeOptions().Home },
            new("--json") { Description = "Print exactly one JSON object on standard output." });

    // Looking into a folder that is not there would say "no keys" to a typing error.
    private static string Existing(string home)
        => Directory.Exists(home) ? home : throw new VerbException($"--home is '{home}'; there is no such folder. `hone serve` or `hone keys create` makes one.");

    private static DateTime? Moment(string? text)
    {
        if (text is null)
            return null;
        if (DurationConverter.TryParse(text, out var duration))
            return DateTime.UtcNow + duration;
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : throw new VerbException($"--expires is '{text}'; write a duration such as 90d, or a time as 2030-01-31 or 2030-01-31T14:00:00Z.");
    }

    private static JsonObject View(ApiKey key) => new()
    {
        ["id"] = key.Id,
        ["name"] = key.Name,
        ["role"] = Name(key.Role),
        ["created"] = Text(key.Created),
        ["expires"] = key.Expires is { } expires ? Text(expires) : null,
        ["revoked"] = key.Revoked is { } revoked ? Text(revoked) : null,
    };

    private static string State(ApiKey key)
        => key.Revoked is { } revoked ? $"revoked {Text(revoked)}" : !key.IsValid(DateTime.UtcNow) ? $"expired {Text(key.Expires!.Value)}" : key.Expires is { } expires ? $"until {Text(expires)}" : "valid";

    private static string Name(Role role) => Roles[(int)role];

    private static string Text(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
