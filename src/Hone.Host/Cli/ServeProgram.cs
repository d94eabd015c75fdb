using System.Text.Json.Nodes;
using Hone.Adapters.Feeds.Live;
using Hone.Adapters.Journals;
using Hone.Host.Api;
using Hone.Host.Configuration;
using Hone.Host.Feeds;
using Hone.Host.Operating;
using Hone.Host.Serving;
using Hone.Host.Serving.Browsers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Cli;

/// <summary>What `hone serve` does once its options are read: the journal, the sessions in it, the web server, the feeds; and all of that backwards at the end.</summary>
internal sealed class ServeProgram(VerbContext context, HoneConfig config, string[] feeds, bool json)
{
    private readonly TaskCompletionSource<Exception> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<int> Execute()
    {
        var options = config.Serve;
        var around = ServerSurroundings.OfProcess(context.Error);
        StartChecks.Require(options, around.AdminKey);
        var choices = LiveFeeds.Parse(feeds);
        // Before anything is put into it: its owner's alone.
        Serving.Keys.SecretFile.MakeFolder(options.Home);
        await using var journal = await JournalStore.OpenAsync(options.Store, options.Home, context.Cancel);
        var host = await SessionHost.Open(context.Catalog, journal, new SessionLimits(), around.Time, context.Cancel);
        host.Stalled += OnStalled;
        host.JournalLost += problem => _fatal.TrySetResult(new JournalBrokenException(problem));
        var runners = new FeedRunners(host, config);
        var app = WebServer.Build(options, around, services => AddParts(services, host, runners), MapAll);
        var codes = app.Services.GetRequiredService<SignInCodes>();
        var serving = WebServer.Serve(app, addresses => Announce(addresses, host, options, codes), async () =>
        {
            await runners.DisposeAsync();
            await host.DisposeAsync();
        }, context.Cancel);
        await runners.Start(choices, context.Cancel);

        if (await Task.WhenAny(serving, _fatal.Task) == _fatal.Task)
        {
            // What was not acknowledged must not be: nothing is finished in good order any more.
            context.Error.WriteLine($"hone: {(await _fatal.Task).Message.ReplaceLineEndings(" ")}");
            context.Error.Flush();
            Environment.Exit(1);
        }
        await serving;
        return 0;
    }

    private void AddParts(IServiceCollection services, SessionHost host, FeedRunners runners)
    {
        services.AddSingleton(config);
        services.AddSingleton(context.Catalog);
        services.AddSingleton(host);
        services.AddSingleton(host.Journal);
        services.AddSingleton(new ServerEnding(context.Cancel));
        services.AddSingleton(runners);
        services.AddHostedService<JournalCompaction>();
        services.AddApi();
        services.AddOperating();
    }

    private static void MapAll(IEndpointRouteBuilder app)
    {
        app.MapApi();
        app.MapOperating();
    }

    private void OnStalled(SessionWriter writer, Exception problem)
    {
        if (problem is JournalBrokenException or JournalFencedException)
            _fatal.TrySetResult(problem);
        else
            context.Error.WriteLine($"hone: {writer.Fault}");
    }

    private void Announce(IReadOnlyCollection<string> addresses, SessionHost host, ServeOptions options, SignInCodes codes)
    {
        if (json)
        {
            context.Out.WriteLine(new JsonObject
            {
                ["urls"] = new JsonArray([.. addresses.Select(a => (JsonNode)a)]),
                ["home"] = Path.GetFullPath(options.Home),
                ["store"] = host.Journal.Description,
                ["sessions"] = host.Active.Count,
            }.ToJsonString());
            context.Out.Flush();
            return;
        }
        context.Out.WriteLine($"Hone serves {string.Join(", ", addresses)}");
        context.Out.WriteLine($"  sessions {host.Active.Count} active, {host.Stopped.Count} stopped, kept in {host.Journal.Description}");
        context.Out.WriteLine($"  key      {(Environment.GetEnvironmentVariable(Serving.Keys.AdminKey.Variable) is null ? Path.Combine(options.Home, "admin.key") : "from " + Serving.Keys.AdminKey.Variable)}");
        context.Out.WriteLine($"  sign in  {codes.Issue()} (once, within {SignInCodes.Lasts.TotalMinutes:0} minutes)");
        context.Out.WriteLine("  Ctrl+C ends it in good order; a kill loses nothing that was acknowledged.");
        context.Out.Flush();
    }
}
