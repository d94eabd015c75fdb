using Hone.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Idempotent;

/// <summary>The header by which a client says that two requests are one and the same.</summary>
public sealed class IdempotencyKey
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Idempotency-Key";

    private IdempotencyKey(string value) => Value = value;

    private string Value { get; }

    /// <summary>The key of a request, without quotes; null where it has none.</summary>
    public static string? Of(HttpContext context) => context.Features.Get<IdempotencyKey>()?.Value;

    /// <summary>Reads and checks the header of a request.</summary>
    /// <exception cref="ProblemException">400: it cannot be used.</exception>
    internal static string? Read(HttpContext context)
    {
        var header = context.Request.Headers[Header];
        if (header.Count == 0)
            return null;
        // The draft standard writes it as a quoted string, most clients without.
        var key = header.Count == 1 ? header[0]!.Trim() : "";
        if (key.Length > 2 && key[0] == '"' && key[^1] == '"')
            key = key[1..^1];
        if (!JournalKey.IsId(key))
            throw new ProblemException(StatusCodes.Status400BadRequest, $"The header {Header} must hold one key of 1 to {JournalKey.IdLengthMax} letters, digits and -_.:@, for example a UUID.");
        context.Features.Set(new IdempotencyKey(key));
        return key;
    }
}

/// <summary>Marks an endpoint that stores its effect together with the key of the request, in one transaction.</summary>
internal sealed class OwnKeys;

/// <summary>How endpoints say what they do about keys of requests.</summary>
public static class IdempotencyConventions
{
    /// <summary>The endpoint takes <see cref="IdempotencyKey.Of"/> and stores it with its effect; no answer is kept for it here.</summary>
    public static TBuilder KeepsItsOwnKeys<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new OwnKeys());
}
