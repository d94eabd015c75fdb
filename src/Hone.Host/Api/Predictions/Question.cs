using System.Buffers.Binary;
using System.Text.Json;
using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Trading.Live;
using Hone.Trading.Market;

namespace Hone.Host.Api.Predictions;

/// <summary>Turns a question of a request into one for a session.</summary>
internal static class Question
{
    /// <summary>Most questions of one request.</summary>
    public const int BatchMax = 1_000;

    /// <summary>Longest context in characters of JSON.</summary>
    public const int ContextLengthMax = 8_192;

    /// <summary>The questions of a request.</summary>
    /// <exception cref="ProblemException">400: something in it cannot be used.</exception>
    public static PredictItem[] Read(PredictRequest request, SessionFacts facts, bool repeatable)
    {
        if (request.Batch is not { } batch)
            return [Item(
                request.Features ?? throw Refusals.Field("features", "is missing; it must be a list of numbers, or an object of them by name."), request.PredictionId, request.MarketId, request.At, request.Context,
                facts, "", repeatable)];
        if (request is not { Features: null, PredictionId: null, MarketId: null, At: null, Context: null })
            throw Refusals.Field("batch", "cannot stand beside a single question; put every question into it.");
        if (batch.Count is 0 or > BatchMax)
            throw Refusals.Field("batch", $"has {batch.Count} questions; it must have 1 to {BatchMax}.");
        var items = new PredictItem[batch.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var question = batch[i] ?? throw Refusals.Field($"batch[{i}]", "is null; it must be a question.");
            items[i] = Item(question.Features, question.PredictionId, question.MarketId, question.At, question.Context, facts, $"batch[{i}].", repeatable);
        }
        return items;
    }

    private static PredictItem Item(FeatureValues features, string? predictionId, string? marketId, DateTime? at, JsonElement? context, SessionFacts facts, string where, bool repeatable)
    {
        var input = new AskInput
        {
            Features = features.InOrderOf(facts, where + "features"),
            PredictionId = Ids.Id(predictionId, where + "prediction_id"),
            MarketId = Ids.Id(marketId, where + "market_id"),
            TimeWasGiven = at is not null,
        };
        if (input.PredictionId is { } own && own.StartsWith(facts.Words.Setup.Id + "-", StringComparison.Ordinal))
            throw Refusals.Field(where + "prediction_id", "begins like the ids that the server gives; choose another.");
        if (context is { } given)
            input = WithContext(input, given, where + "context");
        long? atUs = at is { } moment ? EventTime.FromDateTime(moment) : null;
        // A hash is needed only where a repetition can be recognised.
        return new PredictItem(input, atUs, repeatable || input.PredictionId is not null ? HashOf(input, atUs) : default);
    }

    private static AskInput WithContext(AskInput input, JsonElement context, string field)
    {
        if (context.ValueKind != JsonValueKind.Object)
            throw Refusals.Field(field, "must be an object.");
        var text = context.GetRawText();
        if (text.Length > ContextLengthMax)
            throw Refusals.Field(field, $"has {text.Length} characters; it may have {ContextLengthMax}.");
        return input with
        {
            Price = Number(context, "price", field, 1) ?? double.NaN,
            FeeRate = Number(context, "fee_rate", field, 1) ?? 0,
            Regime = Regime(context, field),
            Context = text,
        };
    }

    private static double? Number(JsonElement context, string name, string field, double max)
    {
        if (!context.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= 0 && number <= max
            ? number
            : throw Refusals.Field($"{field}.{name}", $"must be a number from 0 to {max}.");
    }

    private static int Regime(JsonElement context, string field)
    {
        if (!context.TryGetProperty("regime", out var value) || value.ValueKind == JsonValueKind.Null)
            return -1;
        return (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
        {
            "sideways" => 0,
            "bull" => 1,
            "bear" => 2,
            _ => throw Refusals.Field($"{field}.regime", "must be bull, bear or sideways."),
        };
    }

    private static UInt128 HashOf(AskInput input, long? atUs)
    {
        var payload = Inputs.Of(input);
        var bytes = new byte[payload.Length + sizeof(long)];
        payload.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(payload.Length), atUs ?? long.MinValue);
        return JournalKey.BodyHash(bytes);
    }
}
