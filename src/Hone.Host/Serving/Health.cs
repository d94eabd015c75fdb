using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Serving;

/// <summary>Something without which the server cannot do its work. Register one per thing; each is asked on every readiness request and must answer at once.</summary>
public interface IReadinessCheck
{
    /// <summary>What is checked, in kebab-case.</summary>
    string Name { get; }

    /// <summary>How it is now.</summary>
    ReadinessResult Check();
}

/// <summary>How a checked thing is.</summary>
/// <param name="State">Whether work can be done.</param>
/// <param name="Detail">What is wrong and what to do; null when nothing is.</param>
public sealed record ReadinessResult(Readiness State, string? Detail = null)
{
    /// <summary>Nothing is wrong.</summary>
    public static readonly ReadinessResult Ready = new(Readiness.Ready);
}

/// <summary>Whether work can be done.</summary>
public enum Readiness
{
    /// <summary>It can.</summary>
    Ready,

    /// <summary>Not as it should; no new work should be sent here.</summary>
    Degraded,

    /// <summary>It cannot.</summary>
    Failed,
}

/// <summary>Whether the process lives, and whether it should be sent work.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("Health");

        health.MapGet("/live", Live).WithoutKey().WithSummary("Whether the process answers; looks at nothing else.").WithExample(null, """{"status":"live"}""");
        health.MapGet("/ready", Ready).RequireKey(Role.Read).WithSummary("Whether it should be sent work: 503 while a check is degraded or failed.").Produces<ReadinessView>().Produces<ReadinessView>(StatusCodes.Status503ServiceUnavailable)
            .WithExample(null, """{"status":"ready","checks":[{"name":"journal","state":"ready","detail":null}]}""");
    }

    private static Ok<LiveView> Live(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new LiveView("live"));
    }

    private static JsonHttpResult<ReadinessView> Ready(HttpContext context, IEnumerable<IReadinessCheck> checks)
    {
        context.Response.Headers.CacheControl = "no-store";
        var views = checks.Select(View).ToArray();
        var worst = views.Select(v => v.State).DefaultIfEmpty().Max();
        return TypedResults.Json(new ReadinessView(worst, views), statusCode: worst == Readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static CheckView View(IReadinessCheck check)
    {
        try
        {
            var result = check.Check();
            return new(check.Name, result.State, result.Detail);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A check that fails has found something; what it is stands in its own words.
            return new(check.Name, Readiness.Failed, $"The check itself failed: {e.Message}");
        }
    }

    private sealed record LiveView(string Status);

    private sealed record ReadinessView(Readiness Status, IReadOnlyList<CheckView> Checks);

    private sealed record CheckView(string Name, Readiness State, string? Detail);
}
