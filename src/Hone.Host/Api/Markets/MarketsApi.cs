using Hone.Host.Api.Requests;
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

namespace Hone.Host.Api.Markets;

/// <summary>Prediction markets: their resolution answers what was predicted about them.</summary>
public static class MarketsApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapMarkets(this IEndpointRouteBuilder app)
    {
        app.MapPost("/markets/resolve", Resolve).RequireKey(Role.Operate).KeepsItsOwnKeys().WithTags("Markets")
            .WithSummary("Answers every open prediction with this market_id, in all sessions; void closes them without learning.")
            .WithDescription("Sessions take it one by one. 200: each session that has such predictions took it. 207: some did, and refusal says why another did not; asking again repeats nothing where it was done.")
            .Produces<ResolvedView>(StatusCodes.Status207MultiStatus)
            .WithExample(
                """{"market_id":"rain-2026-02-01","outcome":"yes","resolved_at":"2026-02-02T00:00:00Z"}""",
                """
                {"market_id":"rain-2026-02-01","outcome":"yes","resolved":3,"voided":0,"already_resolved":false,"refused":0,
                 "sessions":[{"session_id":"0c9d2f6e7a1b4d58","symbol":"WEATHER","resolved":3,"voided":0,"correct":2,"already_resolved":false,"refusal":null}]}
                """);
    }

    private static async Task<Results<Ok<ResolvedView>, JsonHttpResult<ResolvedView>>> Resolve(JsonBody<ResolveRequest> body, SessionHost host, HttpContext context)
    {
        var request = body.Value;
        var market = Ids.Id(request.MarketId, "market_id")!;
        var label = request.Outcome switch { MarketOutcome.Yes => 1, MarketOutcome.No => 0, _ => -1 };
        long? resolvedUs = request.ResolvedAt is { } moment ? EventTime.FromDateTime(moment) : null;
        var key = IdempotencyKey.Of(context);
        var writers = host.Active.Where(w => !w.Setup.Trading).OrderBy(w => w.Id, StringComparer.Ordinal).ToArray();
        await CheckKey(host, writers, key, new ResolveCommand(market, label, resolvedUs).Body, context.RequestAborted);
        var submitted = await Task.WhenAll(writers.Select(async writer => (Writer: writer, Command: await writer.Submit(new ResolveCommand(market, label, resolvedUs, key)))));
        var done = submitted.Where(s => s.Command.Refusal is null && (s.Command.Outcomes.Count > 0 || s.Command.AlreadyResolved)).ToArray();
        var refused = submitted.Where(s => s.Command.Refusal is not null).ToArray();
        if (done.Length == 0)
            throw refused is [var first, ..] ? Refused(first.Writer, first.Command.Refusal!) : Unknown(market);
        // What some have taken stays taken: the answer shows it beside what others refused.
        var sessions = done.Concat(refused).OrderBy(s => s.Writer.Id, StringComparer.Ordinal).Select(s => View(s.Writer, s.Command)).ToArray();
        var view = new ResolvedView(
            market, request.Outcome, sessions.Sum(s => s.Resolved), sessions.Sum(s => s.Voided), done.All(s => s.Command.AlreadyResolved), refused.Length, sessions);
        return refused.Length == 0 ? TypedResults.Ok(view) : TypedResults.Json(view, statusCode: StatusCodes.Status207MultiStatus);
    }

    // A key of another request is noticed before any session has done something.
    private static async Task CheckKey(SessionHost host, SessionWriter[] writers, string? key, UInt128 requested, CancellationToken cancel)
    {
        if (key is null)
            return;
        foreach (var writer in writers)
            if (await host.Journal.Find(writer.Id, JournalKey.Request(key), cancel) is { } taken && taken.Body != requested)
                throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "This Idempotency-Key was used with another body.");
    }

    private static ProblemException Refused(SessionWriter writer, Refusal refusal)
        => (refusal with { Detail = $"{writer.Setup.Symbol}, session {writer.Id}: {refusal.Detail}" }).ToProblem();

    private static ProblemException Unknown(string market)
        => new(StatusCodes.Status404NotFound, $"No session has a prediction with the market_id '{market}'.", new Dictionary<string, string[]> { ["market_id"] = ["has no prediction."] });

    private static ResolvedSession View(SessionWriter writer, ResolveCommand command) => new(
        writer.Id, writer.Setup.Symbol, command.Outcomes.Count(o => o.Status == OutcomeStatus.Learned), command.Outcomes.Count(o => o.Status == OutcomeStatus.Void),
        command.Outcomes.Count(o => o.Correct), command.AlreadyResolved, command.Refusal is { } refusal ? new ResolveRefusal(refusal.Status, refusal.Detail) : null);
}

/// <summary>How a market ended.</summary>
public enum MarketOutcome
{
    /// <summary>Yes shares pay.</summary>
    Yes,

    /// <summary>No shares pay.</summary>
    No,

    /// <summary>Money is returned.</summary>
    Void,
}

/// <summary>Body of <c>POST markets/resolve</c>.</summary>
/// <param name="MarketId">The market.</param>
/// <param name="Outcome">yes, no or void.</param>
/// <param name="ResolvedAt">When; the time of receipt when left out. At most 5 minutes ahead.</param>
public sealed record ResolveRequest(string MarketId, MarketOutcome Outcome, DateTime? ResolvedAt = null);

/// <summary>What a resolution did.</summary>
/// <param name="MarketId">The market.</param>
/// <param name="Outcome">yes, no or void.</param>
/// <param name="Resolved">Predictions that were answered and learned.</param>
/// <param name="Voided">Predictions that were closed without learning.</param>
/// <param name="AlreadyResolved">Whether all of it had been done before; the counts are those of then.</param>
/// <param name="Refused">Sessions that refused; what the others did stays done, and asking again repeats none of it.</param>
/// <param name="Sessions">The sessions that had predictions, or refused.</param>
public sealed record ResolvedView(string MarketId, MarketOutcome Outcome, int Resolved, int Voided, bool AlreadyResolved, int Refused, IReadOnlyList<ResolvedSession> Sessions);

/// <summary>What it did in a session.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Resolved">Predictions that were answered and learned.</param>
/// <param name="Voided">Predictions that were closed without learning.</param>
/// <param name="Correct">Predictions that were right.</param>
/// <param name="AlreadyResolved">Whether it had been done before.</param>
/// <param name="Refusal">Why it did nothing; null when it took the resolution.</param>
public sealed record ResolvedSession(string SessionId, string Symbol, int Resolved, int Voided, int Correct, bool AlreadyResolved, ResolveRefusal? Refusal);

/// <summary>Why a session refused.</summary>
/// <param name="Status">Status that the request alone would have had there.</param>
/// <param name="Detail">Why, and what to do.</param>
public sealed record ResolveRefusal(int Status, string Detail);
