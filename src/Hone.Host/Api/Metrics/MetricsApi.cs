using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Hone.Trading.Live;
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
        app.MapGet("/sessions/{id}/metrics", Get).RequireKey(Role.Read).WithTags("Metrics").WithSummary("How well a session and its members predict, beside the baselines.").WithExample(null, MetricsExample.Answer);
    }

    private static async Task<Ok<SessionMetrics>> Get(string id, SessionHost host, CancellationToken cancel)
    {
        var now = host.NowUs();
        if (host.Find(id) is { } writer)
        {
            var (metrics, hash) = writer.ReadHashed(session => SessionMetrics.Of(session, now, null));
            return TypedResults.Ok(metrics with { StateHash = hash });
        }
        var stopped = await host.LoadStopped(id, cancel);
        return TypedResults.Ok(SessionMetrics.Of(stopped, now, LiveSnapshot.HashOf(stopped)));
    }
}
