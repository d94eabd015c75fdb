using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Sessions;

/// <summary>Starts, lists and stops sessions.</summary>
public static class SessionsApi
{
    private const string Path = "/sessions";

    /// <summary>Maps the noun.</summary>
    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        var sessions = app.MapGroup(Path).WithTags("Sessions");

        sessions.MapPost("/start", Start).RequireKey(Role.Operate).WithSummary("Starts a session, or lets a stopped one go on.").WithExample(
            """{"symbol":"BTCUSDT","model_type":"panel","config":{"features":["rsi","macd"],"classes":2,"members":["logistic-regression","passive-aggressive","mlp"],"strategy":"ensemble"}}""",
            """{"session_id":"0c9d2f6e7a1b4d58","status":"started","symbol":"BTCUSDT","feature_hash":"6f1d0c5a93b24e07"}""");
        sessions.MapGet("/", List).RequireKey(Role.Read).WithSummary("Sessions in the order of their start, a page at a time.").WithExample(null, SessionExamples.Page);
        sessions.MapGet("/{id}", Get).RequireKey(Role.Read).WithSummary("What a session is made of and where it stands; answers 304 to its ETag while nothing happens.").WithExample(null, SessionExamples.One);
        sessions.MapDelete("/{id}", Stop).RequireKey(Role.Operate).WithSummary("Stops a session. Its journal stays; config.resume of a later start lets it go on. One that stands still for a fault, or cannot be read, is stopped as well and frees its symbol.")
            .WithExample(null, """{"session_id":"0c9d2f6e7a1b4d58","status":"stopped","symbol":"BTCUSDT","feature_hash":"6f1d0c5a93b24e07"}""");
    }

    private static async Task<Created<SessionChange>> Start(JsonBody<StartRequest> body, SessionHost host, HoneConfig config, ServeOptions options)
    {
        var request = body.Value;
        if (request.Config.Resume is { } resume)
            return await Resume(request, resume, host);
        var setup = SetupReader.Read(request, config, host.Catalog);
        var (writer, started) = await host.Start(setup, SavedState.Of(setup, options.Home, host.Catalog));
        if (!started)
            throw new ProblemException(
                StatusCodes.Status409Conflict, $"{setup.Symbol} has the active session {writer.Id} named '{setup.Name}'; stop it first, or choose another name.",
                new Dictionary<string, string[]> { ["symbol"] = [$"has the active session {writer.Id}."] });
        return Created(writer, "started");
    }

    private static Ok<SessionPage> List(SessionHost host, ServeOptions options, string? after = null, int limit = Paging.LimitDefault, string? symbol = null, string? status = null)
    {
        Paging.Check(limit, options);
        if (status is not (null or "active" or "stopped" or "faulted" or "unreadable"))
            throw Refusals.Field("status", "must be active, stopped, faulted or unreadable.");
        var rows = host.Active.Select(w => SessionRow.Of(w.Record, w.Fault))
            .Concat(host.Stopped.Select(r => SessionRow.Of(r, null)))
            .Concat(host.Unreadable.Values.Select(SessionRow.Of))
            .Where(r => (symbol is null || r.Symbol == symbol) && (status is null || r.Status == status) && (after is null || string.CompareOrdinal(r.SessionId, after) > 0))
            // A session that is being stopped stands in both lists for a moment.
            .DistinctBy(r => r.SessionId)
            .OrderBy(r => r.SessionId, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        return TypedResults.Ok(new SessionPage(rows.Count > limit ? rows[..limit] : rows, rows.Count > limit ? rows[limit - 1].SessionId : null));
    }

    private static async Task<Results<Ok<SessionView>, StatusCodeHttpResult>> Get(string id, SessionHost host, HttpContext context)
    {
        var view = await View(id, host, context.RequestAborted);
        var tag = $"\"{view.SessionId}-{view.Seq}-{view.Status}\"";
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch.Any(known => known is "*" || known?.Split(',', StringSplitOptions.TrimEntries).Contains(tag) == true)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(view);
    }

    private static async Task<Ok<SessionChange>> Stop(string id, SessionHost host)
    {
        var (record, setup) = (host.RecordOf(id), host.Find(id)?.Setup);
        if (await host.Stop(id) is { } refusal)
            throw refusal.ToProblem();
        return TypedResults.Ok(new SessionChange(id, "stopped", record!.Symbol, setup is null ? null : SessionFacts.Of(setup).Words.FeatureHash));
    }

    private static async Task<Created<SessionChange>> Resume(StartRequest request, string id, SessionHost host)
    {
        if (request.Config != new SessionConfig { Resume = id })
            throw Refusals.Field("config.resume", "lets a session go on as it was; nothing else may stand in config.");
        if ((host.FindStopped(id) ?? host.Find(id)?.Record) is { } record && (record.Symbol != request.Symbol || record.Name != request.Name))
            throw Refusals.Field("config.resume", $"is a session of {record.Symbol} named '{record.Name}'; symbol and name must be the same.");
        var (writer, refusal) = await host.Resume(id);
        return Created(writer ?? throw refusal!.ToProblem(), "resumed");
    }

    private static async Task<SessionView> View(string id, SessionHost host, CancellationToken cancel)
    {
        if (host.Find(id) is { } writer)
            return writer.Read(session => SessionView.Of(writer.Record, writer.Fault, session));
        var stopped = await host.LoadStopped(id, cancel);
        return SessionView.Of(host.RecordOf(id) ?? throw SessionLookup.Unknown(id), null, stopped);
    }

    private static Created<SessionChange> Created(SessionWriter writer, string status)
        => TypedResults.Created($"{WebServer.ApiRoot}{Path}/{writer.Id}", new SessionChange(writer.Id, status, writer.Setup.Symbol, SessionFacts.Of(writer.Setup).Words.FeatureHash));
}
