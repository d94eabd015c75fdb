using System.Globalization;
using Hone.Host.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Hone.Host.Serving.Limits;

/// <summary>Counts open WebSockets: one too many is told to come again, and the others do not notice.</summary>
internal sealed class WebSocketGate(RequestDelegate next, ServeLimits limits)
{
    private const int RetryAfterSeconds = 5;

    private int _open;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _open) > limits.WebSocketsMax)
            {
                context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                await Problem.Write(context, StatusCodes.Status503ServiceUnavailable, $"There are {limits.WebSocketsMax} open WebSockets, which is the most (serve.limits.web_sockets_max).");
                return;
            }
            // The time limit is for answers; a WebSocket stays as long as somebody listens.
            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
