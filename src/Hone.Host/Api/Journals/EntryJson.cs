using System.Text.Json;
using Hone.Host.Api.Rendering;
using Hone.Trading.Live;

namespace Hone.Host.Api.Journals;

/// <summary>Writes an entry of a journal so that it can be read: what it says stands under <c>data</c>, by its kind.</summary>
internal static class EntryJson
{
    /// <summary>Writes the whole object.</summary>
    public static void Write(Utf8JsonWriter json, SessionWords words, in JournalEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("seq"u8, entry.Seq);
        json.WriteString("kind"u8, JsonNamingPolicy.KebabCaseLower.ConvertName(entry.Kind.ToString()));
        json.WriteTime("at", entry.AtUs);
        json.WriteTime("received_at", entry.ReceivedUs);
        json.WriteString("link"u8, $"{entry.Link:x32}");
        json.WriteStartObject("data"u8);
        WriteData(json, words, entry);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, SessionWords words, in JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Start:
                json.WritePropertyName("setup"u8);
                json.WriteRawValue(LiveSetup.FromPayload(entry.Payload.Span).ToPayload());
                break;
            case EntryKind.Ask:
                Ask(json, words, Inputs.Ask(entry), entry.Seq);
                break;
            case EntryKind.Answer:
                var answer = Inputs.Answer(entry);
                json.WriteNumber("question"u8, answer.Question);
                Label(json, answer.Label, answer.Pnl, answer.Weight);
                json.WriteString("side"u8, answer.Side switch { > 0 => "long", < 0 => "short", _ => null });
                break;
            case EntryKind.Example or EntryKind.Pending:
                var example = Inputs.Example(entry);
                json.WriteString("id"u8, example.Id);
                json.WriteNumbers("features", example.Features);
                Label(json, example.Label, example.Pnl, example.Weight);
                break;
            case EntryKind.Market:
                var market = Inputs.Market(entry);
                json.WriteString("symbol"u8, market.Symbol);
                json.WriteString("asset_class"u8, market.AssetClass.ToString().ToLowerInvariant());
                json.WriteNumber("step_seconds"u8, market.StepUs / 1e6);
                json.WriteBoolean("volume_known"u8, market.VolumeKnown);
                json.WriteFinite("reference_price", market.ReferencePrice);
                break;
            case EntryKind.Bar:
                var (bar, extras) = Inputs.Bar(entry);
                json.WriteTime("close_time", bar.CloseTimeUs);
                json.WriteNumbers("ohlcv", [bar.Open, bar.High, bar.Low, bar.Close, bar.Volume]);
                json.WriteNumbers("extras", extras);
                break;
            case EntryKind.Resolve:
                var resolve = Inputs.Resolve(entry);
                json.WriteString("market_id"u8, resolve.MarketId);
                json.WriteString("outcome"u8, resolve.Label switch { 1 => "yes", 0 => "no", _ => "void" });
                break;
            case EntryKind.PortfolioCap:
                json.WriteFinite("fraction", Inputs.Fraction(entry));
                break;
            case EntryKind.EngineChanged:
                json.WriteString("engine"u8, Inputs.Text(entry));
                break;
            // Advance, stop, resume and learn-pending say all by their kind.
        }
    }

    private static void Ask(Utf8JsonWriter json, SessionWords words, AskInput ask, long seq)
    {
        json.WriteString("prediction_id"u8, ask.PredictionId ?? $"{words.Setup.Id}-{seq}");
        json.WriteString("market_id"u8, ask.MarketId);
        json.WriteNumbers("features", ask.Features);
        json.WriteString("regime"u8, JsonWords.Regime(ask.Regime));
        json.WriteFinite("price", ask.Price);
        json.WriteFinite("fee_rate", ask.FeeRate);
        json.WritePropertyName("context"u8);
        if (ask.Context is { } context)
            json.WriteRawValue(context);
        else
            json.WriteNullValue();
    }

    private static void Label(Utf8JsonWriter json, int label, double pnl, double weight)
    {
        json.WriteNumber("actual"u8, label);
        json.WriteFinite("pnl", pnl);
        json.WriteFinite("weight", weight);
    }
}
