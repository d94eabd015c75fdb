using System.Text.Json;
using Hone.Host.Api.Metrics;
using Hone.Host.Api.Online;
using Hone.Host.Api.Predictions;
using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Hone.Learning.Sessions;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Hybrid;

/// <summary>Joins a bot's technical signal with the panel.</summary>
public static class HybridApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapHybrid(this IEndpointRouteBuilder app)
    {
        var hybrid = app.MapGroup("/ml/hybrid").WithTags("Hybrid");

        hybrid.MapPost("/predict", Predict).RequireKey(Role.Ingest).KeepsItsOwnKeys().WithSummary("Joins a technical signal with a prediction. The first request of a symbol starts its default session.")
            .WithExample(
                """{"symbol":"BTCUSDT","features":[41.2,0.3],"technical_signal":0.8,"technical_confidence":0.7}""",
                """
                {"prediction_id":"0c9d2f6e7a1b4d58-17","technical_signal":0.8,"ml_prediction":0.3,"ml_confidence":0.65,"combined_signal":0.6,"final_confidence":0.685,"act":true,
                 "reason":"confidence 0.65 is over the threshold 0.60"}
                """);
        hybrid.MapGet("/status", Status).RequireKey(Role.Read).WithSummary("What the sessions that are asked with features would add to a technical signal.")
            .WithExample(
                null,
                """
                {"at":"2026-01-31T14:00:00Z","sessions":[{"symbol":"BTCUSDT","session_id":"0c9d2f6e7a1b4d58","target":"direction","strategy":"ensemble","ml_weight":0.4,"ml_confidence_weight":0.3,
                 "members":3,"eligible_members":2,"predictions":1200,"resolved":1180,"accuracy":0.54,"model_age_seconds":42.5}],"next":null}
                """);
    }

    private static async Task<Ok<HybridView>> Predict(JsonBody<HybridRequest> body, SessionHost host, HoneConfig config, HttpContext context)
    {
        var request = body.Value;
        if (request.TechnicalSignal is < -1 or > 1)
            throw Refusals.Field("technical_signal", "must be a number from -1 to 1.");
        if (request.TechnicalConfidence is < 0 or > 1)
            throw Refusals.Field("technical_confidence", "must be a number from 0 to 1.");
        var writer = await host.OfOrStart(request.Symbol, request.Features, config);
        if (writer.Setup.Classes != 2)
            throw Refusals.Field(StatusCodes.Status409Conflict, "symbol", $"has a session of {writer.Setup.Classes} classes; a signal can be joined with two only.");
        var facts = SessionFacts.Of(writer.Setup);
        var key = IdempotencyKey.Of(context);
        var question = new PredictRequest { Features = request.Features, PredictionId = request.PredictionId, Context = JsonSerializer.SerializeToElement(new TechnicalContext(request.TechnicalSignal, request.TechnicalConfidence), StrictJson.Options) };
        var command = await writer.Submit(new PredictCommand(Question.Read(question, facts, key is not null), key));
        if (command.Refusal is { } refusal)
            throw refusal.ToProblem();
        var result = command.Results[0];
        var joined = HybridSignal.Of(result.Made, writer.Setup, request.TechnicalSignal, request.TechnicalConfidence);
        return TypedResults.Ok(new HybridView(
            facts.Words.IdOf(result.Made, result.Seq), request.TechnicalSignal, joined.MlPrediction, result.Made.Confidence, joined.CombinedSignal, joined.FinalConfidence, result.Made.Act, result.Made.Explain()));
    }

    private static Ok<HybridStatus> Status(SessionHost host, ServeOptions options, string? symbol = null, string? after = null, int limit = Paging.LimitDefault)
    {
        Paging.Check(limit, options);
        var now = host.NowUs();
        var rows = host.Asked(symbol).Where(w => after is null || string.CompareOrdinal(w.Id, after) > 0).Take(limit + 1).Select(w => w.Read(session => HybridRow.Of(session, now))).ToList();
        var more = rows.Count > limit;
        return TypedResults.Ok(new HybridStatus(EventTime.ToDateTime(now), more ? rows[..limit] : rows, more ? rows[limit - 1].SessionId : null));
    }

    // Kept with the question: what was asked can be told again, and a repetition with other values is another question.
    private sealed record TechnicalContext(double TechnicalSignal, double TechnicalConfidence);
}

/// <summary>Body of <c>POST ml/hybrid/predict</c>.</summary>
/// <param name="Symbol">Market.</param>
/// <param name="Features">A list, or an object by name; null is a missing value.</param>
/// <param name="TechnicalSignal">The bot's own signal, −1…1.</param>
/// <param name="TechnicalConfidence">How sure it is, 0…1.</param>
/// <param name="PredictionId">The client's own id; null for the server's.</param>
public sealed record HybridRequest(string Symbol, FeatureValues Features, double TechnicalSignal, double TechnicalConfidence, string? PredictionId = null);

/// <summary>A joined signal.</summary>
/// <param name="PredictionId">What an outcome must name.</param>
/// <param name="TechnicalSignal">As it was given.</param>
/// <param name="MlPrediction">The panel's view as a signal, −1…1.</param>
/// <param name="MlConfidence">Probability of the predicted class.</param>
/// <param name="CombinedSignal">Both together, −1…1; the technical one when the panel does not act.</param>
/// <param name="FinalConfidence">Confidence of both together, 0…1; the technical one when the panel does not act.</param>
/// <param name="Act">Whether the panel acts.</param>
/// <param name="Reason">Why, or why not.</param>
public sealed record HybridView(string PredictionId, double TechnicalSignal, double MlPrediction, double MlConfidence, double CombinedSignal, double FinalConfidence, bool Act, string Reason);

/// <summary>What sessions would add to a signal.</summary>
/// <param name="At">The server's clock.</param>
/// <param name="Sessions">The sessions of this page.</param>
/// <param name="Next">What <c>after</c> must be for the next page; null at the end.</param>
public sealed record HybridStatus(DateTime At, IReadOnlyList<HybridRow> Sessions, string? Next);

/// <summary>What a session would add to a signal.</summary>
/// <param name="Symbol">Market.</param>
/// <param name="SessionId">Its id.</param>
/// <param name="Target">direction or profitable.</param>
/// <param name="Strategy">Which members a prediction is made of.</param>
/// <param name="MlWeight">Share of the panel in a joined signal.</param>
/// <param name="MlConfidenceWeight">Share of the panel in a joined confidence.</param>
/// <param name="Members">Members of the panel.</param>
/// <param name="EligibleMembers">Those that vote.</param>
/// <param name="Predictions">Predictions made.</param>
/// <param name="Resolved">Predictions scored.</param>
/// <param name="Accuracy">Share that was right; null before the first.</param>
/// <param name="ModelAgeSeconds">From the last answer that was learned to the server's clock; null before the first.</param>
public sealed record HybridRow(
    string Symbol, string SessionId, string Target, string Strategy, double MlWeight, double MlConfidenceWeight, int Members, int EligibleMembers, long Predictions, long Resolved, double Accuracy,
    double? ModelAgeSeconds)
{
    internal static HybridRow Of(LiveSession session, long nowUs)
    {
        var learning = session.Learning!;
        var rules = session.Setup.Session.Learning;
        return new(
            session.Setup.Symbol, session.Setup.Id, session.Setup.Target == LabelTarget.Direction ? "direction" : "profitable", JsonWords.Strategy(rules.Strategy), rules.MlWeight, rules.MlConfidenceWeight,
            learning.MemberCount, learning.CountOf(MemberState.Voting), learning.Panel.Predictions, learning.Panel.Resolved, learning.Panel.Accuracy, SessionMetrics.AgeSeconds(session, nowUs));
    }
}
