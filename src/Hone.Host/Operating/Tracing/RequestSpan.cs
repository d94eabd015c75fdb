using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hone.Host.Operating.Tracing;

/// <summary>Says in the span of a request what it was, and nothing that a client may have put a secret into: no query, no header, no body, no path that met no route.</summary>
internal static class RequestSpan
{
    /// <summary>Source of the spans that the web server makes.</summary>
    public const string Source = "Microsoft.AspNetCore";

    private const int ServerErrors = 500;

    public static void Describe(HttpContext context, string? route, int status)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
            return;
        var method = context.Request.Method;
        foreach (var tag in span.TagObjects.ToArray())
            span.SetTag(tag.Key, null);
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);
        if (status >= ServerErrors)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
