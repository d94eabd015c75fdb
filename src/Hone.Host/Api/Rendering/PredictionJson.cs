using System.Globalization;
using System.Text.Json;
using Hone.Host.Serving;
using Hone.Learning.Sessions;
using Hone.Trading.Live;
using Hone.Trading.Market;

namespace Hone.Host.Api.Rendering;

/// <summary>What is the same for every prediction of a session, ready to be written.</summary>
public sealed class SessionWords
{
    /// <summary>The words of a session.</summary>
    public SessionWords(LiveSetup setup)
    {
        Setup = setup;
        FeatureHash = setup.FeatureHash;
        Members = [.. setup.Session.Learning.Members.Select(m => m.Name ?? m.Learner)];
    }

    /// <summary>What the session is made of.</summary>
    public LiveSetup Setup { get; }

    /// <summary>Hash of its features' names.</summary>
    public string FeatureHash { get; }

    /// <summary>Names of its members, in the order of the panel.</summary>
    public string[] Members { get; }

    /// <summary>Id of a prediction: the client's own, or the server's.</summary>
    public string IdOf(PredictionMade made, long seq)
        => made.PredictionId ?? (made.Bar >= 0 ? string.Create(CultureInfo.InvariantCulture, $"{Setup.Id}-b{made.Bar}") : string.Create(CultureInfo.InvariantCulture, $"{Setup.Id}-{seq}"));

    /// <summary>Id of the prediction that an outcome belongs to.</summary>
    public string IdOf(in OutcomeTaken outcome)
        => outcome.Id ?? string.Create(CultureInfo.InvariantCulture, $"{Setup.Id}-{(Setup.Trading ? "b" : "")}{outcome.Question}");
}

/// <summary>Writes numbers and moments as every answer has them: what does not exist is null.</summary>
public static class JsonWords
{
    /// <summary>A number; null when it is not finite.</summary>
    public static void WriteFinite(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    /// <summary>A list of numbers.</summary>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, ReadOnlySpan<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            if (double.IsFinite(value))
                json.WriteNumberValue(value);
            else
                json.WriteNullValue();
        json.WriteEndArray();
    }

    /// <summary>A moment as ISO-8601 in UTC; null for the moment before all time.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, long atUs)
    {
        if (atUs == long.MinValue)
        {
            json.WriteNull(name);
            return;
        }
        Span<char> text = stackalloc char[32];
        EventTime.ToDateTime(atUs).TryFormat(text, out var length, "yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
        text[length++] = 'Z';
        json.WriteString(name, text[..length]);
    }

    /// <summary>A regime as every answer names it; null when it is unknown.</summary>
    public static string? Regime(int trend) => trend switch { 0 => "sideways", 1 => "bull", 2 => "bear", _ => null };

    /// <summary>A strategy as every answer names it.</summary>
    public static string Strategy(ServingStrategy strategy) => strategy switch
    {
        ServingStrategy.Ensemble => "ensemble",
        ServingStrategy.Champion => "champion",
        ServingStrategy.Thompson => "thompson",
        _ => "best",
    };
}

/// <summary>Writes a prediction as it is answered, streamed and listed: one form everywhere.</summary>
public static class PredictionJson
{
    /// <summary>Writes the members of the object, without its braces.</summary>
    public static void Write(Utf8JsonWriter json, SessionWords words, long seq, long atUs, PredictionMade made)
    {
        json.WriteString("prediction_id"u8, words.IdOf(made, seq));
        json.WriteString("session_id"u8, words.Setup.Id);
        json.WriteString("symbol"u8, words.Setup.Symbol);
        json.WriteNumber("seq"u8, seq);
        json.WriteTime("at", atUs);
        json.WriteNumber("label"u8, made.Label);
        json.WriteNumbers("probabilities", made.Probabilities);
        json.WriteFinite("confidence", made.Confidence);
        json.WriteBoolean("act"u8, made.Act);
        json.WriteString("reason"u8, made.Explain());
        json.WriteFinite("size_multiplier", made.SizeMultiplier);
        json.WriteFinite("threshold", made.Threshold);
        json.WriteFinite("break_even", made.BreakEven);
        json.WriteString("strategy"u8, JsonWords.Strategy(made.Strategy));
        WriteMembers(json, words, made);
        json.WriteString("regime"u8, JsonWords.Regime(made.Regime));
        json.WriteString("feature_hash"u8, words.FeatureHash);
        if (made.MarketId is not null)
            json.WriteString("market_id"u8, made.MarketId);
    }

    private static void WriteMembers(Utf8JsonWriter json, SessionWords words, PredictionMade made)
    {
        json.WriteStartArray("members"u8);
        var leftOut = 0;
        for (var m = 0; m < made.Members.Length; m++)
        {
            var part = made.Members[m];
            json.WriteStartObject();
            json.WriteString("member"u8, words.Members[m]);
            json.WriteNumber("label"u8, part.Label);
            json.WriteNumbers("probabilities", part.Probabilities);
            json.WriteFinite("confidence", part.Confidence);
            json.WriteFinite("weight", part.Weight);
            json.WriteFinite("threshold", part.Threshold);
            json.WriteBoolean("eligible"u8, part.Eligible);
            json.WriteString("state"u8, LearningStatistics.StateOf(part.State));
            json.WriteString("version"u8, part.Version.ToString());
            json.WriteEndObject();
            if (part.State is not (MemberState.Voting or MemberState.Baseline))
                leftOut++;
        }
        json.WriteEndArray();
        json.WriteStartArray("left_out"u8);
        for (var m = 0; leftOut > 0 && m < made.Members.Length; m++)
        {
            if (made.Members[m].State is MemberState.Voting or MemberState.Baseline)
                continue;
            json.WriteStartObject();
            json.WriteString("member"u8, words.Members[m]);
            json.WriteString("reason"u8, LearningStatistics.StateOf(made.Members[m].State));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
