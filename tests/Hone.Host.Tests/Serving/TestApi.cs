using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Tests.Serving;

/// <summary>A few endpoints of every kind, as the real ones are written.</summary>
internal static class TestApi
{
    /// <summary>A body that POST things takes.</summary>
    public const string Valid = """{"name":"a","size":1.5,"values":[0.1,-2],"at":"2026-01-31T14:00:00Z","side":"long","extra":{"depth":1}}""";

    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Things");

        api.MapGet("/things/{id}", (string id) => TypedResults.Ok(new ThingView(id, double.NaN)));
        api.MapPost("/things", (JsonBody<Thing> body) => TypedResults.Ok(new ThingView(body.Value.Name, body.Value.Size))).RequireKey(Role.Ingest);
        api.MapGet("/fail", IResult () => throw new InvalidDataException("secret detail"));
    }
}

internal enum Side
{
    Long,
    Short,
}

internal sealed record Thing(string Name, double Size, IReadOnlyList<double> Values, DateTime? At = null, Side? Side = null, System.Text.Json.JsonElement? Extra = null, int Count = 1);

internal sealed record ThingView(string Name, double Size);
