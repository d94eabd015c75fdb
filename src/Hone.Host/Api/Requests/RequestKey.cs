using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Requests;

/// <summary>The mark by which a client says that two requests are one and the same.</summary>
internal static class RequestKey
{
    /// <summary>The key of a request; null when it has none.</summary>
    public static string? Of(HttpContext context) => context.Request.Headers["Idempotency-Key"] is [var key] && Hone.Trading.Live.JournalKey.IsId(key!) ? key : null;
}
