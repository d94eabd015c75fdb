using Hone.Host.Api.Requests;
using Hone.Host.Serving;
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
            .WithSummary("Answers every open prediction with this market_id, in all sessions; void closes them without learning.");
    }

    private static async Task<Ok<ResolvedView>> Resolve(JsonBody<ResolveRequest> body, SessionHost host)
    {
        var request = body.Value;
        var market = Ids.Id(request.MarketId, "market_id")!;
        var label = request.Outcome switch { MarketOutcome.Yes => 1, MarketOutcome.No => 0, _ => -1 };
        long? resolvedUs = request.ResolvedAt is { } moment ? EventTime.FromDateTime(moment) : null;
        var submitted = await Task.WhenAll(host.Active.Where(w => !w.Setup.Trading).OrderBy(w => w.Id, StringComparer.Ordinal)
            .Select(async writer => (Writer: writer, Command: await writer.Submit(new ResolveCommand(market, label, resolvedUs)))));
        // Each session that could has taken it; the others are told of, and asking again repeats nothing.
        if (submitted.FirstOrDefault(s => s.Command.Refusal is not null) is { Command.Refusal: { } refusal } failed)
            throw (refusal with { Detail = $"{failed.Writer.Setup.Symbol}, session {failed.Writer.Id}: {refusal.Detail}" }).ToProblem();
        var touched = submitted.Where(s => s.Command.Outcomes.Count > 0 || s.Command.AlreadyResolved).ToArray();
        if (touched.Length == 0)
            throw new ProblemException(StatusCodes.Status404NotFound, $"No session has a prediction with the market_id '{market}'.", new Dictionary<string, string[]> { ["market_id"] = ["has no prediction."] });
        var sessions = touched.Select(s => View(s.Writer, s.Command)).ToArray();
        return TypedResults.Ok(new ResolvedView(market, request.Outcome, sessions.Sum(s => s.Resolved), sessions.Sum(s => s.Voided), touched.All(s => s.Command.AlreadyResolved), sessions));
    }

    private static ResolvedSession View(SessionWriter writer, ResolveCommand command) => new(
        writer.Id, writer.Setup.Symbol, command.Outcomes.Count(o => o.Status == OutcomeStatus.Learned), command.Outcomes.Count(o => o.Status == OutcomeStatus.Void),
        command.Outcomes.Count(o => o.Correct), command.AlreadyResolved);
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
/// <param name="Sessions">The sessions that had predictions.</param>
public sealed record ResolvedView(string MarketId, MarketOutcome Outcome, int Resolved, int Voided, bool AlreadyResolved, IReadOnlyList<ResolvedSession> Sessions);

/// <summary>What it did in a session.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Resolved">Predictions that were answered and learned.</param>
/// <param name="Voided">Predictions that were closed without learning.</param>
/// <param name="Correct">Predictions that were right.</param>
/// <param name="AlreadyResolved">Whether it had been done before.</param>
public sealed record ResolvedSession(string SessionId, string Symbol, int Resolved, int Voided, int Correct, bool AlreadyResolved);
