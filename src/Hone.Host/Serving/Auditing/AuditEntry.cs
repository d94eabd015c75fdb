using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Auditing;

/// <summary>Something that somebody did, or tried.</summary>
/// <param name="Who">Id of the key or of the browser's session.</param>
/// <param name="What">The method, or the name of an action.</param>
/// <param name="Path">Where.</param>
/// <param name="Status">Status of the answer.</param>
/// <param name="Ip">Address that it came from.</param>
/// <param name="TraceId">Id of the request.</param>
public sealed record AuditEntry(string Who, string What, string Path, int Status, string Ip, string TraceId)
{
    private const int PathLengthMax = 512;

    /// <summary>An entry about a request.</summary>
    public static AuditEntry Of(HttpContext context, string who, string what, int status)
    {
        var path = context.Request.Path.Value ?? "/";
        return new(who, what, path.Length <= PathLengthMax ? path : path[..PathLengthMax] + "…", status, context.Connection.RemoteIpAddress?.ToString() ?? "nowhere", Problem.TraceIdOf(context));
    }

    /// <summary>An entry about a request, by whoever sent it.</summary>
    public static AuditEntry Of(HttpContext context, string what, int status) => Of(context, KeyHolder.Of(context)?.Id ?? "nobody", what, status);
}
