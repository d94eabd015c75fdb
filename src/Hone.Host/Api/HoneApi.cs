using Hone.Host.Api.Metrics;
using Hone.Host.Api.Predictions;
using Hone.Host.Api.Sessions;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Api;

/// <summary>Every noun of the HTTP API.</summary>
public static class HoneApi
{
    /// <summary>Adds what the endpoints need.</summary>
    /// <param name="services">The server's services.</param>
    /// <param name="host">The sessions; their owner closes them.</param>
    /// <param name="config">What a session has unless its request says otherwise.</param>
    public static void AddHoneApi(this IServiceCollection services, SessionHost host, HoneConfig config)
    {
        // Built outside of the container, which therefore does not dispose of them.
        services.AddSingleton(host);
        services.AddSingleton(config);
    }

    /// <summary>Maps every noun.</summary>
    public static void MapHoneApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(WebServer.ApiRoot);

        api.MapSessions();
        api.MapPredictions();
        api.MapMetrics();
    }
}
