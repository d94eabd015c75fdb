using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Hone.Host.Serving.Documents;

/// <summary>The schema of an answer that is written without a type, read off its example. Every value may be null there: what does not exist is null.</summary>
internal static class ExampleSchema
{
    /// <summary>The schema of a value.</summary>
    public static OpenApiSchema Of(JsonNode? example) => example switch
    {
        JsonObject members => new OpenApiSchema
        {
            Type = JsonSchemaType.Object | JsonSchemaType.Null,
            Properties = members.ToDictionary(m => m.Key, m => (IOpenApiSchema)Of(m.Value)),
        },
        JsonArray items => new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(items.Count > 0 ? items[0] : null) },
        JsonValue value => new OpenApiSchema { Type = TypeOf(value.GetValueKind()) | JsonSchemaType.Null },
        _ => new OpenApiSchema(),
    };

    private static JsonSchemaType TypeOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => JsonSchemaType.String,
        JsonValueKind.Number => JsonSchemaType.Number,
        _ => JsonSchemaType.Boolean,
    };
}
