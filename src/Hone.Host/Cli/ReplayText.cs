using System.Globalization;
using System.Text.Json.Nodes;
using Hone.Host.Serving;
using Hone.Trading.Live;

namespace Hone.Host.Cli;

/// <summary>What a replay found, as text and as JSON.</summary>
internal static class ReplayText
{
    private static readonly string[] Regimes = ["unknown", "sideways", "bull", "bear"];

    public static JsonObject Json(LiveSession session, ReplayedPrediction? told)
    {
        var root = new JsonObject
        {
            ["session_id"] = session.Setup.Id,
            ["symbol"] = session.Setup.Symbol,
            ["seq"] = session.Seq,
            ["at"] = session.NowUs == long.MinValue ? null : CliJson.Time(session.NowUs),
            ["active"] = session.IsActive,
            ["engine"] = session.Engine,
            ["open_questions"] = session.Learning?.OpenQuestions ?? 0,
            ["pending"] = session.Pending,
            ["drifts"] = session.Learning?.Drifts ?? 0,
            ["adaptations"] = session.Learning?.Adaptations ?? 0,
            ["state_hash"] = LiveSnapshot.HashOf(session),
            ["emission_hash"] = session.EmissionHash,
            ["members"] = new JsonArray([.. LearningStatistics.Of(session).Select(row => (JsonNode)new JsonObject
            {
                ["member"] = row.ModelName,
                ["predictions"] = row.Predictions,
                ["resolved"] = row.Resolved,
                ["accuracy"] = row.Accuracy,
                ["log_loss"] = row.LogLoss,
                ["adaptive_weight"] = CliJson.Number(row.AdaptiveWeight),
                ["adaptive_threshold"] = CliJson.Number(row.AdaptiveThreshold),
                ["state"] = row.State,
            })]),
        };
        if (told is not null)
            root["why"] = Why(session, told);
        return root;
    }

    public static void Write(VerbContext context, LiveSession session, ReplayedPrediction? told)
    {
        var output = context.Out;
        output.WriteLine(Line($"{session.Setup.Id}  {session.Setup.Symbol}  entry {session.Seq}{(session.NowUs == long.MinValue ? "" : $" at {CliJson.Time(session.NowUs)}")}{(session.IsActive ? "" : ", stopped")}"));
        output.WriteLine(Line($"open questions {session.Learning?.OpenQuestions ?? 0}, pending examples {session.Pending}, drift alarms {session.Learning?.Drifts ?? 0}, adaptations {session.Learning?.Adaptations ?? 0}"));
        output.WriteLine($"state {LiveSnapshot.HashOf(session)}, emissions {session.EmissionHash}");
        var table = new PlainTable(indent: 0);
        table.Add("member", "predictions", "resolved", "accuracy", "log-loss", "weight", "threshold", "state");
        foreach (var row in LearningStatistics.Of(session))
            table.Add(row.ModelName, Line($"{row.Predictions}"), Line($"{row.Resolved}"), Number(row.Accuracy), Number(row.LogLoss), Number(row.AdaptiveWeight), Number(row.AdaptiveThreshold), row.State);
        table.Write(output, context.Width);
        if (told?.Made is { } made)
            WriteWhy(context, session, told, made);
    }

    private static void WriteWhy(VerbContext context, LiveSession session, ReplayedPrediction told, PredictionMade made)
    {
        var output = context.Out;
        output.WriteLine();
        output.WriteLine(Line($"prediction {told.Id}, entry {told.Seq} at {CliJson.Time(told.AtUs)}: class {made.Label} with {made.Confidence:0.0000}; {(made.Act ? "acts" : "does not act")}: {made.Explain()}"));
        output.WriteLine(Line($"regime {Regimes[made.Regime + 1]}, strategy {made.Strategy.ToString().ToLowerInvariant()}, threshold {made.Threshold:0.0000}, size {made.SizeMultiplier:0.00}"));
        var members = new PlainTable(indent: 0);
        members.Add("member", "class", "confidence", "weight", "threshold", "version", "part");
        var names = session.Learning!.MemberNames.ToArray();
        for (var m = 0; m < names.Length; m++)
        {
            var part = made.Members[m];
            members.Add(names[m], Line($"{part.Label}"), Number(part.Confidence), Number(part.Weight), Number(part.Threshold), part.Version.ToString(), Part(part));
        }
        members.Write(output, context.Width);
        var features = new PlainTable(indent: 0);
        features.Add("feature", "value");
        for (var f = 0; f < told.Features.Length; f++)
            features.Add(told.FeatureNames[f], double.IsNaN(told.Features[f]) ? "missing" : told.Features[f].ToString("R", CultureInfo.InvariantCulture));
        features.Write(output, context.Width);
        output.WriteLine(told.Outcome switch
        {
            null => "outcome: not known up to this entry",
            { Status: OutcomeStatus.Expired } => "outcome: came too late to be learned",
            { Status: OutcomeStatus.Void } => "outcome: the market was declared void, nothing was learned",
            { } taken => Line($"outcome: class {taken.Label}, {(taken.Correct ? "right" : "wrong")}; log-loss {taken.LogLoss:0.0000}, Brier {taken.Brier:0.0000}"),
        });
    }

    private static JsonObject Why(LiveSession session, ReplayedPrediction told)
    {
        var made = told.Made!;
        var names = session.Learning!.MemberNames.ToArray();
        var features = new JsonObject();
        for (var f = 0; f < told.Features.Length; f++)
            features[told.FeatureNames[f]] = CliJson.Number(told.Features[f]);
        return new JsonObject
        {
            ["prediction_id"] = told.Id,
            ["seq"] = told.Seq,
            ["at"] = CliJson.Time(told.AtUs),
            ["label"] = made.Label,
            ["confidence"] = made.Confidence,
            ["probabilities"] = new JsonArray([.. made.Probabilities.Select(p => CliJson.Number(p))]),
            ["act"] = made.Act,
            ["reason"] = made.Explain(),
            ["threshold"] = CliJson.Number(made.Threshold),
            ["regime"] = made.Regime < 0 ? null : Regimes[made.Regime + 1],
            ["strategy"] = made.Strategy.ToString().ToLowerInvariant(),
            ["context"] = told.Context,
            ["features"] = features,
            ["members"] = new JsonArray([.. names.Select((name, m) => (JsonNode)new JsonObject
            {
                ["member"] = name,
                ["label"] = made.Members[m].Label,
                ["confidence"] = CliJson.Number(made.Members[m].Confidence),
                ["weight"] = CliJson.Number(made.Members[m].Weight),
                ["threshold"] = CliJson.Number(made.Members[m].Threshold),
                ["version"] = made.Members[m].Version.ToString(),
                ["state"] = LearningStatistics.StateOf(made.Members[m].State),
            })]),
            ["outcome"] = told.Outcome is not { } taken ? null : new JsonObject
            {
                ["status"] = taken.Status.ToString().ToLowerInvariant(),
                ["actual"] = taken.Label,
                ["correct"] = taken.Correct,
                ["log_loss"] = CliJson.Number(taken.LogLoss),
                ["brier"] = CliJson.Number(taken.Brier),
            },
        };
    }

    private static string Part(MemberPart part) => part.Eligible ? "votes" : $"left out: {LearningStatistics.StateOf(part.State)}";

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("0.0000", CultureInfo.InvariantCulture) : "–";

    private static string Line(FormattableString text) => FormattableString.Invariant(text);
}
