using System.Diagnostics;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving;

/// <summary>One log line per request, where somebody wants them: without query string, headers and body.</summary>
internal sealed class RequestLines(RequestDelegate next, ILogger<RequestLines> log)
{
    public Task InvokeAsync(HttpContext context) => log.IsEnabled(LogLevel.Debug) ? Timed(context) : next(context);

    private async Task Timed(HttpContext context)
    {
        var begin = Stopwatch.GetTimestamp();
        await next(context);
        ServerLog.RequestAnswered(
            log, context.Request.Method, context.Request.Path, context.Response.StatusCode, KeyHolder.Of(context)?.Id ?? "nobody", Stopwatch.GetElapsedTime(begin).TotalMilliseconds, Problem.TraceIdOf(context));
    }
}
