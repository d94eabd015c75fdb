using Hone.Host.Api.Backups;
using Hone.Host.Api.Bars;
using Hone.Host.Api.Catalogs;
using Hone.Host.Api.Drift;
using Hone.Host.Api.Events;
using Hone.Host.Api.Hybrid;
using Hone.Host.Api.Jobs;
using Hone.Host.Api.Journals;
using Hone.Host.Api.Markets;
using Hone.Host.Api.Metrics;
using Hone.Host.Api.Online;
using Hone.Host.Api.Predictions;
using Hone.Host.Api.Sessions;
using Hone.Host.Api.Streaming;
using Hone.Host.Api.SuccessMetrics;
using Hone.Host.Api.Verification;
using Hone.Host.Jobs;
using Hone.Host.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Api;

/// <summary>The whole API, one line for each noun.</summary>
public static class ApiMap
{
    /// <summary>Adds what the endpoints need.</summary>
    public static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<StreamHub>();
        services.AddSingleton<StreamTickets>();
        services.AddSingleton<StreamAccess>();
        services.AddSingleton(new StreamTimes());
        services.AddSingleton<JobBoard>();
        services.AddHostedService(provider => provider.GetRequiredService<JobBoard>());
    }

    /// <summary>Maps every endpoint.</summary>
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        app.MapStreaming();

        var api = app.MapGroup(WebServer.ApiRoot);
        api.MapSessions();
        api.MapPredictions();
        api.MapMetrics();
        api.MapBars();
        api.MapDrift();
        api.MapSuccessMetrics();
        api.MapMarkets();
        api.MapCatalog();
        api.MapJobs();
        api.MapBackups();
        api.MapVerification();
        api.MapEvents();
        api.MapJournal();
        // Existing bots have these paths at the root.
        foreach (var root in (IEndpointRouteBuilder[])[api, app])
        {
            root.MapOnline();
            root.MapHybrid();
        }
    }
}
