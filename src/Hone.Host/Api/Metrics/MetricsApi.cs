using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Metrics;

/// <summary>How well sessions predict.</summary>
public static class MetricsApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        app.MapGet("/sessions/{id}/metrics", Get).RequireKey(Role.Read).WithTags("Metrics").WithSummary("How well a session and its members predict, beside the baselines.");
    }

    private static async Task<Ok<SessionMetrics>> Get(string id, SessionHost host, CancellationToken cancel)
    {
        var now = host.NowUs();
        if (host.Find(id) is { } writer)
            return TypedResults.Ok(writer.Read(session => SessionMetrics.Of(session, now)));
        return await host.Load(id, cancel) is { } stopped ? TypedResults.Ok(SessionMetrics.Of(stopped, now)) : throw SessionLookup.Unknown(id);
    }
}
