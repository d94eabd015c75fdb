using System.Text.Json;
using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Hone.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Predictions;

/// <summary>Asks sessions, and tells them what came of it.</summary>
public static class PredictionsApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapPredictions(this IEndpointRouteBuilder app)
    {
        var session = app.MapGroup("/sessions/{id}").WithTags("Predictions");

        session.MapPost("/predict", Predict).RequireKey(Role.Ingest).KeepsItsOwnKeys().WithSummary("Predicts one question, or many under batch.")
            .WithExample("""{"features":{"rsi":41.2,"macd":0.3},"prediction_id":"btc-1701","context":{"regime":"sideways"}}""", PredictionExamples.Prediction);
        session.MapPost("/outcomes", Outcome).RequireKey(Role.Ingest).KeepsItsOwnKeys().WithSummary("Tells what came of a prediction, or of features of its own; learned exactly once.")
            .WithExample("""{"prediction_id":"btc-1701","actual":1,"pnl":12.5}""", """{"prediction_id":"btc-1701","recorded":true,"already_recorded":false,"correct":true,"drift":"none","seq":18}""");
    }

    private static async Task<JsonAnswer> Predict(string id, JsonBody<PredictRequest> body, SessionHost host, HttpContext context)
    {
        var writer = host.Active(id);
        var facts = SessionFacts.Of(writer.Setup);
        var key = IdempotencyKey.Of(context);
        var items = Question.Read(body.Value, facts, key is not null);
        var isBatch = body.Value.Batch is not null;
        if (!body.Value.Record)
            return Previewed(writer, facts, items, isBatch, host.NowUs());
        var command = await writer.Submit(new PredictCommand(items, key));
        if (command.Refusal is { } refusal)
            throw refusal.ToProblem();
        var results = command.Results;
        if (!isBatch)
            return JsonAnswer.Object(json => Write(json, results[0]));
        return JsonAnswer.Object(json =>
        {
            json.WriteStartArray("predictions"u8);
            foreach (var result in results)
            {
                json.WriteStartObject();
                Write(json, result);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

        void Write(Utf8JsonWriter json, PredictResult result) => PredictionJson.Write(json, facts.Words, result.Seq, result.AtUs, result.Made);
    }

    private static async Task<JsonAnswer> Outcome(string id, JsonBody<OutcomeRequest> body, SessionHost host, HttpContext context)
    {
        var writer = host.Active(id);
        var facts = SessionFacts.Of(writer.Setup);
        var key = IdempotencyKey.Of(context);
        var item = body.Value.ToItem(facts, key is not null);
        var command = await writer.Submit(new OutcomeCommand(item, key) { Target = writer.Setup.Target });
        if (command.Refusal is { } refusal)
            throw refusal.ToProblem();
        return JsonAnswer.Object(json => OutcomeJson.Write(json, facts.Words, item, command));
    }

    private static JsonAnswer Previewed(SessionWriter writer, SessionFacts facts, PredictItem[] items, bool isBatch, long nowUs)
    {
        if (Refused(writer.Setup, items, isBatch) is { } refusal)
            throw refusal.ToProblem();
        var made = writer.Read(session => Array.ConvertAll(items, item => session.Preview(item.Input)));
        if (!isBatch)
            return JsonAnswer.Object(json => Write(json, 0));
        return JsonAnswer.Object(json =>
        {
            json.WriteStartArray("predictions"u8);
            for (var i = 0; i < made.Length; i++)
            {
                json.WriteStartObject();
                Write(json, i);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

        // What was not recorded has no id by which it could be answered.
        void Write(Utf8JsonWriter json, int i) => PredictionJson.Write(json, facts.Words, null, items[i].AtUs ?? nowUs, made[i] with { PredictionId = null });
    }

    private static Refusal? Refused(LiveSetup setup, PredictItem[] items, bool isBatch)
    {
        if (setup.Trading)
            return new Refusal(StatusCodes.Status409Conflict, "This session trades bars and predicts at each of them; post them to /bars, or start a session without config.trading.");
        for (var i = 0; i < items.Length; i++)
            if (AdmissionChecks.Features(items[i].Input.Features, setup, isBatch ? $"batch[{i}].features" : "features") is { } wrong)
                return wrong;
        return null;
    }
}
