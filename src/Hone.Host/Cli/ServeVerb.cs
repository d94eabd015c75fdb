using System.CommandLine;
using System.Text.Json.Nodes;
using Hone.Host.Configuration;

namespace Hone.Host.Cli;

/// <summary>hone serve: sessions that live, asked over HTTP or fed with bars.</summary>
internal static class ServeVerb
{
    public static Command Create(VerbContext context)
    {
        var home = new Option<string?>("--home") { Description = "Folder of everything the server keeps: keys, journal, audit log (default hone-home)." };
        var urls = new Option<string[]>("--urls") { Description = "Addresses to listen at (default http://127.0.0.1:8480); anything but loopback needs https.", AllowMultipleArgumentsPerToken = true };
        var store = new Option<string?>("--store") { Description = "Where sessions are kept: sqlite (default, in the home folder) or postgres://user@host:port/database." };
        var feed = new Option<string[]>("--feed") { Description = "Live paper trading in this process: simulator[:speed=N], csv:FILE[,pace=N] or binance:BTCUSDT@1m; several may be given (docs/feeds.md).", AllowMultipleArgumentsPerToken = true };
        var config = new Option<string?>("--config") { Description = "Config file; `hone init` writes one." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object with the addresses on standard output once the server listens." };
        var command = new Command("serve", "Serve sessions over HTTP: ask, answer, stream; every outcome is learned exactly once. Ctrl+C ends it in good order.")
        {
            home, urls, store, feed, config, json,
        };
        command.SetAction(parse =>
        {
            var flags = new Dictionary<string, JsonNode?>();
            if (parse.GetValue(home) is { } folder)
                flags["serve.home"] = folder;
            if (parse.GetValue(store) is { } place)
                flags["serve.store"] = place;
            if (parse.GetValue(urls) is { Length: > 0 } addresses)
                flags["serve.urls"] = new JsonArray([.. addresses.SelectMany(a => a.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(a => (JsonNode)a)]);
            var loaded = ConfigLoader.Load(parse.GetValue(config), Environment.GetEnvironmentVariables(), flags);
            return new ServeProgram(context, loaded, parse.GetValue(feed) ?? [], parse.GetValue(json)).Execute().GetAwaiter().GetResult();
        });
        return command;
    }
}
