using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Browsers;

/// <summary>What tells a browser to trust nothing but this server's own files, on every answer.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // connect-src 'self' covers the WebSocket of the same origin.
    private const string Policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
    private const string ThirtyDays = "max-age=2592000";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = ThirtyDays;
        return next(context);
    }
}
