using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving.Keys;

/// <summary>Refuses a key in an address: addresses end up in histories, proxies' logs and referrers.</summary>
internal sealed class KeyInQuery(RequestDelegate next, ILogger<KeyInQuery> log)
{
    private static readonly string[] Names = ["key", "api_key", "apikey", "api-key", "access_token", "token", "authorization", "bearer"];

    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.QueryString.HasValue || !context.Request.Query.Any(p => Names.Contains(p.Key, StringComparer.OrdinalIgnoreCase) || p.Value.Any(v => v?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true)))
            return next(context);
        ServerLog.KeyInQuery(log, context.Connection.RemoteIpAddress?.ToString() ?? "nowhere");
        return Problem.Write(context, StatusCodes.Status400BadRequest, "There is a key in the query string; send it as the header `Authorization: Bearer KEY`. If it is a real one, revoke it: addresses are logged on their way.");
    }
}
