using System.Globalization;
using Hone.Host.Runs;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Hone.Host.Serving.Documents;

/// <summary>The OpenAPI document: what every endpoint takes, answers, needs and refuses, taken from the endpoints themselves.</summary>
internal static class ApiDocument
{
    private const string Bearer = "bearer";
    private const string ProblemName = "Problem";
    private const string Json = "application/json";

    public static void Add(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) => Describe(document));
        options.AddOperationTransformer((operation, context, _) => Describe(operation, context));
        options.AddSchemaTransformer((schema, context, _) => Describe(schema, context.JsonTypeInfo.Type));
    }

    public static void MapDocument(this IEndpointRouteBuilder app)
        => app.MapOpenApi("/openapi/v1.json").RequireKey(Role.Read);

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo { Title = "Hone", Version = RunSummary.Version, Description = "A learning server for trading systems. Times are ISO-8601 UTC, numbers finite, keys snake_case. Every answer that is no success is a problem (RFC 9457)." };
        // Whatever the address was under which it was asked for.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, Description = "A key of the server: `hone keys create`. Roles: read < ingest < operate < admin." };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[ProblemName] = ProblemSchema();
        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Responses ??= [];
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            var role = metadata.OfType<NeedsRole>().LastOrDefault()?.Role ?? Role.Read;
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            operation.Description = $"{operation.Description} Needs a key with the role {role.ToString().ToLowerInvariant()}.".Trim();
            Refuses(StatusCodes.Status401Unauthorized);
            if (role > Role.Read)
                Refuses(StatusCodes.Status403Forbidden);
        }
        if (context.Description.RelativePath?.Contains('{', StringComparison.Ordinal) == true)
            Refuses(StatusCodes.Status404NotFound);
        if (operation.RequestBody is not null)
        {
            Refuses(StatusCodes.Status400BadRequest);
            Refuses(StatusCodes.Status413PayloadTooLarge);
            Refuses(StatusCodes.Status415UnsupportedMediaType);
        }
        if (HttpMethods.IsPost(context.Description.HttpMethod ?? ""))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter { Name = IdempotencyKey.Header, In = ParameterLocation.Header, Description = "The same key again answers the same and does nothing.", Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 128 } });
            Refuses(StatusCodes.Status422UnprocessableEntity);
        }
        Refuses(StatusCodes.Status429TooManyRequests);
        Refuses(StatusCodes.Status500InternalServerError);
        Show(operation, metadata.OfType<Example>().LastOrDefault());
        return Task.CompletedTask;

        void Refuses(int status)
        {
            var key = status.ToString(CultureInfo.InvariantCulture);
            if (!operation.Responses.ContainsKey(key))
                operation.Responses[key] = new OpenApiResponse
                {
                    Description = Problem.TitleOf(status),
                    Content = new Dictionary<string, OpenApiMediaType> { [Problem.MediaType] = new() { Schema = new OpenApiSchemaReference(ProblemName, context.Document) } },
                };
        }
    }

    private static void Show(OpenApiOperation operation, Example? example)
    {
        if (example?.Request is { } request && operation.RequestBody?.Content?.TryGetValue(Json, out var body) == true)
            body.Example = request.DeepClone();
        if (example?.Response is not { } response)
            return;
        foreach (var (status, answer) in operation.Responses!)
            // A WebSocket's answer is the change of protocol; the example is a message of it.
            if (status[0] is '1' or '2' && answer is OpenApiResponse good)
            {
                if (good.Content is not { Count: > 0 })
                    good.Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = ExampleSchema.Of(response) } };
                foreach (var content in good.Content.Values)
                    content.Example = response.DeepClone();
            }
    }

    // What a converter writes is unknown to the exporter of schemas.
    private static Task Describe(OpenApiSchema schema, Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value == typeof(double) || value == typeof(float))
            (schema.Type, schema.Format) = (JsonSchemaType.Number | JsonSchemaType.Null, "double");
        else if (value == typeof(DateTime))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        return Task.CompletedTask;
    }

    private static OpenApiSchema ProblemSchema()
    {
        OpenApiSchema Text(string meaning) => new() { Type = JsonSchemaType.String, Description = meaning };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "type", "title", "status", "detail", "trace_id" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("A page that says what the status means."),
                ["title"] = Text("The status in words."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = Text("What was found, where, and what to do."),
                ["trace_id"] = Text("Id of the request; the server's log lines of it hold the same."),
                ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "What is wrong by field of the body.", AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } } },
            },
        };
    }
}
