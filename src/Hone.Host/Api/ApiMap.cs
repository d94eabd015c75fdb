using Hone.Host.Api.Streaming;
using Hone.Host.Serving;
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
    }

    /// <summary>Maps every endpoint.</summary>
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        app.MapStreaming();
    }
}
