using System.Text.Json;
using Hone.Learning.Drift;
using Hone.Trading.Live;

namespace Hone.Host.Api.Rendering;

/// <summary>Writes an emission as the WebSocket, the list of events and the journal show it: <c>{"type","seq","n","at","symbol","data"}</c>.</summary>
public static class MessageJson
{
    /// <summary>Name of a kind of emission.</summary>
    public static string TypeOf(EmissionKind kind) => kind switch
    {
        EmissionKind.Bar => "bar",
        EmissionKind.Prediction => "prediction",
        EmissionKind.Outcome => "outcome",
        EmissionKind.Trade => "trade",
        EmissionKind.Drift => "drift",
        _ => "adaptation",
    };

    /// <summary>A level of drift as every answer names it.</summary>
    public static string LevelOf(DriftLevel level) => level switch { DriftLevel.None => "none", DriftLevel.Warning => "warning", _ => "drift" };

    /// <summary>Writes the whole message.</summary>
    public static void Write(Utf8JsonWriter json, SessionWords words, in Emission emission)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, TypeOf(emission.Kind));
        json.WriteNumber("seq"u8, emission.Seq);
        json.WriteNumber("n"u8, emission.N);
        json.WriteTime("at", emission.AtUs);
        json.WriteString("symbol"u8, words.Setup.Symbol);
        json.WriteStartObject("data"u8);
        WriteData(json, words, emission);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes the members of the content, without its braces.</summary>
    public static void WriteData(Utf8JsonWriter json, SessionWords words, in Emission emission)
    {
        switch (emission.Kind)
        {
            case EmissionKind.Prediction:
                PredictionJson.Write(json, words, emission.Seq, emission.AtUs, PredictionMade.FromPayload(emission.Payload));
                break;
            case EmissionKind.Outcome:
                Outcome(json, words, OutcomeTaken.FromPayload(emission.Payload));
                break;
            case EmissionKind.Bar:
                Bar(json, BarTaken.FromPayload(emission.Payload));
                break;
            case EmissionKind.Trade:
                Trade(json, emission);
                break;
            case EmissionKind.Drift:
                Drift(json, emission);
                break;
            default:
                Adaptation(json, emission);
                break;
        }
    }

    private static void Outcome(Utf8JsonWriter json, SessionWords words, in OutcomeTaken outcome)
    {
        json.WriteString("prediction_id"u8, words.IdOf(outcome));
        json.WriteString("status"u8, outcome.Status switch { OutcomeStatus.Learned => "learned", OutcomeStatus.Expired => "expired", _ => "void" });
        if (outcome.Label >= 0)
            json.WriteNumber("actual"u8, outcome.Label);
        else
            json.WriteNull("actual"u8);
        if (outcome.Predicted >= 0)
            json.WriteNumber("predicted"u8, outcome.Predicted);
        else
            json.WriteNull("predicted"u8);
        json.WriteBoolean("correct"u8, outcome.Correct);
        json.WriteFinite("confidence", outcome.Confidence);
        json.WriteFinite("log_loss", outcome.LogLoss);
        json.WriteFinite("brier", outcome.Brier);
        json.WriteString("drift"u8, LevelOf(outcome.Drift));
        json.WriteFinite("pnl", outcome.Pnl);
    }

    private static void Bar(Utf8JsonWriter json, BarTaken taken)
    {
        var bar = taken.Bar;
        json.WriteNumber("bar"u8, taken.Number);
        json.WriteTime("close_time", bar.CloseTimeUs);
        json.WriteNumber("open"u8, bar.Open);
        json.WriteNumber("high"u8, bar.High);
        json.WriteNumber("low"u8, bar.Low);
        json.WriteNumber("close"u8, bar.Close);
        json.WriteNumber("volume"u8, bar.Volume);
        json.WriteBoolean("asked"u8, taken.Asked);
        json.WriteString("regime"u8, JsonWords.Regime(taken.Trend));
        json.WriteString("volatility_regime"u8, taken.Volatility switch { 0 => "normal", 1 => "high", _ => "low" });
        json.WriteFinite("rule_signal", taken.RuleDirection);
        json.WriteFinite("combined_signal", taken.FinalDirection);
        json.WriteFinite("combined_confidence", taken.FinalConfidence);
        json.WriteFinite("order", taken.OrderQuantity);
        json.WriteFinite("position", taken.Position);
        json.WriteFinite("equity", taken.Equity);
        json.WriteFinite("rules_only_equity", taken.RulesOnlyEquity);
        json.WriteStartArray("fills"u8);
        foreach (var fill in taken.Fills)
        {
            json.WriteStartObject();
            json.WriteTime("at", fill.TimeUs);
            json.WriteString("kind"u8, JsonNamingPolicy.KebabCaseLower.ConvertName(fill.Kind.ToString()));
            json.WriteFinite("quantity", fill.Quantity);
            json.WriteFinite("price", fill.Price);
            json.WriteFinite("fee", fill.Fee);
            json.WriteFinite("cost_of_spread", fill.CostOfSpread);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Trade(Utf8JsonWriter json, in Emission emission)
    {
        var trade = TradeClosed.FromPayload(emission.Payload);
        json.WriteNumber("id"u8, trade.Id);
        json.WriteString("side"u8, trade.Side > 0 ? "long" : "short");
        json.WriteTime("opened_at", trade.OpenedAtUs);
        json.WriteTime("closed_at", trade.ClosedAtUs);
        json.WriteNumber("bars"u8, trade.Bars);
        json.WriteFinite("quantity", trade.Quantity);
        json.WriteFinite("entry_price", trade.EntryPrice);
        json.WriteFinite("exit_price", trade.ExitPrice);
        json.WriteFinite("gross_pnl", trade.GrossPnl);
        json.WriteFinite("costs", trade.Costs);
        json.WriteFinite("net_pnl", trade.NetPnl);
        json.WriteFinite("return", trade.Return);
        json.WriteString("exit"u8, JsonNamingPolicy.KebabCaseLower.ConvertName(trade.ExitKind.ToString()));
    }

    private static void Drift(Utf8JsonWriter json, in Emission emission)
    {
        var drift = DriftSeen.FromPayload(emission.Payload);
        json.WriteString("member"u8, drift.Member);
        json.WriteString("detector"u8, drift.Detector);
        json.WriteString("channel"u8, drift.Channel);
        json.WriteString("level"u8, LevelOf(drift.Level));
        json.WriteFinite("statistic", drift.Statistic);
        json.WriteFinite("threshold", drift.Threshold);
    }

    private static void Adaptation(Utf8JsonWriter json, in Emission emission)
    {
        var adaptation = AdaptationMade.FromPayload(emission.Payload);
        json.WriteString("member"u8, adaptation.Member);
        json.WriteString("action"u8, adaptation.Action);
        json.WriteString("cause"u8, adaptation.Cause);
        json.WriteFinite("statistic", adaptation.Statistic);
        json.WriteFinite("reference", adaptation.Reference);
    }
}
