using System.Net.WebSockets;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Hone.Host.Serving.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Tests.Serving;

/// <summary>A few endpoints of every kind, as the real ones are written.</summary>
internal sealed class TestApi
{
    /// <summary>A body that POST things takes.</summary>
    public const string Valid = """{"name":"a","size":1.5,"values":[0.1,-2],"at":"2026-01-31T14:00:00Z","side":"long","extra":{"depth":1}}""";

    private int _effects;

    /// <summary>How often something was done.</summary>
    public int Effects => _effects;

    /// <summary>Opened by a test to let slow requests go on.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set once a slow request is inside.</summary>
    public TaskCompletionSource Inside { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static void Map(IEndpointRouteBuilder app) => new TestApi().MapAll(app);

    public void MapAll(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Things");

        api.MapGet("/things/{id}", (string id) => TypedResults.Ok(new ThingView(id, double.NaN)));
        api.MapPost("/things", (JsonBody<Thing> body) => TypedResults.Ok(new ThingView(body.Value.Name, body.Value.Size))).RequireKey(Role.Ingest).WithExample(Valid, """{"name":"a","size":1.5}""");
        api.MapPost("/effects", Effect).RequireKey(Role.Ingest);
        api.MapPost("/own-effects", OwnEffect).RequireKey(Role.Ingest).KeepsItsOwnKeys();
        api.MapPost("/switch", () => TypedResults.NoContent()).RequireKey(Role.Operate);
        api.MapDelete("/everything", () => TypedResults.NoContent()).RequireKey(Role.Admin);
        api.MapDelete("/for-ever", () => TypedResults.NoContent()).Dangerous();
        api.MapPost("/heavy", Slow).RequireRateLimiting(RequestRates.Heavy);
        api.MapGet("/slow", Slow);
        api.MapGet("/late", Late);
        api.MapGet("/fail", IResult () => throw new InvalidDataException("secret detail"));
        api.MapGet("/busy", IResult () => throw new ProblemException(503, "The journal is full; free some room.") { RetryAfterSeconds = 7 });
        api.MapGet("/typed", () => TypedResults.Problem("Two sessions want the same name.", statusCode: 409));
        api.MapGet("/listen", Listen).ExcludeFromDescription();
    }

    private async Task<IResult> Effect(HttpContext context, JsonBody<EffectRequest> body)
    {
        // Long enough for the others to come in between, if they could.
        await Task.Yield();
        if (body.Value.Fail is { } status)
            return TypedResults.Problem("As asked.", statusCode: status);
        return TypedResults.Created($"/api/v1/effects/{body.Value.Name}", new EffectView(Interlocked.Increment(ref _effects), IdempotencyKey.Of(context)));
    }

    private EffectView OwnEffect(HttpContext context, JsonBody<EffectRequest> body) => new(Interlocked.Increment(ref _effects), IdempotencyKey.Of(context));

    private async Task<string> Slow()
    {
        Inside.TrySetResult();
        await Gate.Task;
        return "done";
    }

    private static async Task<string> Late(CancellationToken cancel)
    {
        await Task.Delay(Timeout.Infinite, cancel);
        return "never";
    }

    private static async Task Listen(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ProblemException(400, "This is a WebSocket.");
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
        await socket.ReceiveAsync(new byte[16], context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
    }
}

internal enum Side
{
    Long,
    Short,
}

internal sealed record Thing(string Name, double Size, IReadOnlyList<double> Values, DateTime? At = null, Side? Side = null, System.Text.Json.JsonElement? Extra = null, int Count = 1);

internal sealed record ThingView(string Name, double Size);

internal sealed record EffectRequest(string Name, int? Fail = null);

internal sealed record EffectView(int Number, string? Key);
