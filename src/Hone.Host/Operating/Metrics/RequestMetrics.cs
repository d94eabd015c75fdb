using System.Diagnostics;
using Hone.Host.Operating.Tracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Operating.Metrics;

/// <summary>Counts every request, whatever becomes of it further in, and names its span.</summary>
internal sealed class RequestMetrics(RequestDelegate next, ServerMetrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var begun = Stopwatch.GetTimestamp();
        metrics.HttpRequestBegins();
        try
        {
            await next(context);
        }
        finally
        {
            // Read before anything else: a WebSocket's status is that of its handshake.
            var status = context.Response.StatusCode;
            var route = RouteOf(context);
            metrics.HttpRequestEnded(route, context.Request.Method, status, status == StatusCodes.Status101SwitchingProtocols ? null : Stopwatch.GetElapsedTime(begun).TotalSeconds);
            RequestSpan.Describe(context, route, status);
        }
    }

    private static string? RouteOf(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } template })
            return null;
        return template.Length > 1 ? "/" + template.Trim('/') : "/";
    }
}

/// <summary>Puts the count around all other steps, those that refuse a request included.</summary>
internal sealed class RequestMetricsFirst : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
        => app =>
        {
            app.UseMiddleware<RequestMetrics>();
            next(app);
        };
}
