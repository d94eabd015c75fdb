using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;

namespace Hone.Host.Serving.Documents;

/// <summary>What a request and its answer look like; stands in the OpenAPI document.</summary>
/// <param name="Request">A body, JSON; null where there is none.</param>
/// <param name="Response">The answer to it, JSON; null where there is none.</param>
public sealed record Example(JsonNode? Request, JsonNode? Response);

/// <summary>How endpoints say what they look like in use.</summary>
public static class ExampleConventions
{
    /// <summary>Shows a request and its answer in the OpenAPI document.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="request">A body, JSON; null where there is none.</param>
    /// <param name="response">The answer to it, JSON; null where there is none.</param>
    public static TBuilder WithExample<TBuilder>(this TBuilder endpoint, string? request, string? response)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new Example(Parsed(request), Parsed(response)));

    private static JsonNode? Parsed(string? json) => json is null ? null : JsonNode.Parse(json);
}
