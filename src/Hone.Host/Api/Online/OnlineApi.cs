using Hone.Host.Api.Metrics;
using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Online;

/// <summary>Online learning as existing bots know it: examples are added, and learned at an update.</summary>
public static class OnlineApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapOnline(this IEndpointRouteBuilder app)
    {
        var online = app.MapGroup("/ml/online").WithTags("Online");

        online.MapPost("/add_training_data", Add).RequireKey(Role.Ingest).KeepsItsOwnKeys().WithSummary("Adds an example that waits for the next update; with an id exactly once. The first one of a symbol starts its default session.")
            .WithExample("""{"symbol":"BTCUSDT","features":[41.2,0.3],"target":1,"id":"trade-88"}""", """{"status":"added","pending":1,"seq":17,"exactly_once":true,"already_added":false}""");
        online.MapPost("/update", Update).RequireKey(Role.Ingest).KeepsItsOwnKeys().WithSummary("Learns every example that waits, in the order in which they came.")
            .WithExample("""{"symbol":"BTCUSDT"}""", """{"status":"updated","learned":25}""");
        online.MapGet("/stats", Stats).RequireKey(Role.Read).WithSummary("What the sessions that are asked with features have learned.")
            .WithExample(
                null,
                """
                {"at":"2026-01-31T14:00:00Z","sessions":[{"symbol":"BTCUSDT","session_id":"0c9d2f6e7a1b4d58","added":250,"pending":4,"learned":246,"predictions":246,"accuracy":0.54,"ema_accuracy":0.56,
                 "log_loss":0.684,"last_update_at":"2026-01-31T13:59:17.5Z","model_age_seconds":42.5}],"next":null}
                """);
    }

    private static async Task<Ok<AddedView>> Add(JsonBody<TrainingExample> body, SessionHost host, HoneConfig config, HttpContext context)
    {
        var example = body.Value;
        var id = Ids.Id(example.Id, "id");
        var writer = await host.OfOrStart(example.Symbol, example.Features, config);
        var key = IdempotencyKey.Of(context);
        var input = new ExampleInput(id, example.Features.InOrderOf(SessionFacts.Of(writer.Setup), "features"), example.Target, double.NaN, 1);
        var command = await writer.Submit(new AddExampleCommand(input, key));
        if (command.Refusal is { } refusal)
            throw refusal.ToProblem();
        return TypedResults.Ok(new AddedView("added", command.Pending, command.Seq, id is not null || key is not null, command.AlreadyAdded));
    }

    private static async Task<Ok<UpdatedView>> Update(JsonBody<UpdateRequest> body, SessionHost host, HttpContext context)
    {
        var command = await host.Of(body.Value.Symbol).Submit(new LearnPendingCommand(IdempotencyKey.Of(context)));
        if (command.Refusal is { } refusal)
            throw refusal.ToProblem();
        return TypedResults.Ok(new UpdatedView("updated", command.Learned));
    }

    private static Ok<OnlineStats> Stats(SessionHost host, ServeOptions options, string? symbol = null, string? after = null, int limit = Paging.LimitDefault)
    {
        Paging.Check(limit, options);
        var now = host.NowUs();
        var rows = host.Asked(symbol).Where(w => after is null || string.CompareOrdinal(w.Id, after) > 0).Take(limit + 1).Select(w => w.Read(session => OnlineRow.Of(session, now))).ToList();
        var more = rows.Count > limit;
        return TypedResults.Ok(new OnlineStats(EventTime.ToDateTime(now), more ? rows[..limit] : rows, more ? rows[limit - 1].SessionId : null));
    }
}

/// <summary>Body of <c>POST ml/online/add_training_data</c>.</summary>
/// <param name="Symbol">Market.</param>
/// <param name="Features">A list, or an object by name; null is a missing value.</param>
/// <param name="Target">What happened: a class, from 0.</param>
/// <param name="Id">The client's own id of the example, by which it is added once; null for none.</param>
public sealed record TrainingExample(string Symbol, FeatureValues Features, int Target, string? Id = null);

/// <summary>Body of <c>POST ml/online/update</c>.</summary>
/// <param name="Symbol">Market.</param>
public sealed record UpdateRequest(string Symbol);

/// <summary>An example that was added.</summary>
/// <param name="Status">added.</param>
/// <param name="Pending">Examples that wait now.</param>
/// <param name="Seq">Entry of the journal.</param>
/// <param name="ExactlyOnce">Whether a repetition would be recognised: it had an id or an Idempotency-Key.</param>
/// <param name="AlreadyAdded">Whether it had been added before.</param>
public sealed record AddedView(string Status, int Pending, long Seq, bool ExactlyOnce, bool AlreadyAdded);

/// <summary>Examples that were learned.</summary>
/// <param name="Status">updated.</param>
/// <param name="Learned">How many.</param>
public sealed record UpdatedView(string Status, int Learned);

/// <summary>What sessions have learned.</summary>
/// <param name="At">The server's clock.</param>
/// <param name="Sessions">The sessions of this page.</param>
/// <param name="Next">What <c>after</c> must be for the next page; null at the end.</param>
public sealed record OnlineStats(DateTime At, IReadOnlyList<OnlineRow> Sessions, string? Next);

/// <summary>What a session has learned.</summary>
/// <param name="Symbol">Market.</param>
/// <param name="SessionId">Its id.</param>
/// <param name="Added">Examples that were ever added to wait.</param>
/// <param name="Pending">Examples that wait now.</param>
/// <param name="Learned">Answers learned: examples and outcomes.</param>
/// <param name="Predictions">Predictions made.</param>
/// <param name="Accuracy">Share that was right, each predicted before it was learned; null before the first.</param>
/// <param name="EmaAccuracy">Exponential mean of being right.</param>
/// <param name="LogLoss">Mean log-loss in nats; null before the first.</param>
/// <param name="LastUpdateAt">Event time of the last answer that was learned; null before the first.</param>
/// <param name="ModelAgeSeconds">From then to the server's clock; null before the first.</param>
public sealed record OnlineRow(
    string Symbol, string SessionId, long Added, int Pending, long Learned, long Predictions, double Accuracy, double EmaAccuracy, double LogLoss, DateTime? LastUpdateAt, double? ModelAgeSeconds)
{
    internal static OnlineRow Of(LiveSession session, long nowUs)
    {
        var panel = session.Learning!.Panel;
        return new(
            session.Setup.Symbol, session.Setup.Id, session.PendingAdded, session.Pending, panel.Resolved, panel.Predictions, panel.Accuracy, panel.EmaAccuracy, panel.LogLoss,
            session.LastAnswerUs is { } last ? EventTime.ToDateTime(last) : null, SessionMetrics.AgeSeconds(session, nowUs));
    }
}
