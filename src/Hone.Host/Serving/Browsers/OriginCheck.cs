using Hone.Host.Configuration;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Browsers;

/// <summary>Refuses what a foreign web page sends: requests that change something, and WebSockets, which know no same-origin rule of their own.</summary>
internal sealed class OriginCheck(RequestDelegate next, ServeOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!context.WebSockets.IsWebSocketRequest && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)))
            return next(context);
        var isByCookie = context.Features.Get<SignedInByCookie>() is not null;
        var origin = request.Headers.Origin;
        // Programs send no Origin; a browser always does here, and a cookie speaks for this server's own pages alone.
        var isAllowed = origin.Count == 0 ? !isByCookie : origin.Count == 1 && (IsOwn(request, origin[0]!) || (!isByCookie && options.CorsOrigins.Contains(origin[0], StringComparer.OrdinalIgnoreCase)));
        return isAllowed
            ? next(context)
            : Problem.Write(context, StatusCodes.Status403Forbidden, $"The origin '{Cut(origin.ToString())}' may not do this; only pages of this server itself, and those of serve.cors_origins with a key, may.");
    }

    private static bool IsOwn(HttpRequest request, string origin) => origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);

    private static string Cut(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
