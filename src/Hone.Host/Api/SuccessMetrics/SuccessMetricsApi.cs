using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Hone.Learning.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.SuccessMetrics;

/// <summary>Whether learning pays.</summary>
public static class SuccessMetricsApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapSuccessMetrics(this IEndpointRouteBuilder app)
    {
        app.MapGet("/success-metrics", Get).RequireKey(Role.Read).WithTags("Metrics").WithSummary("Whether learning pays: freshness, speed of adaptation, online beside batch, what the models added.").WithExample(
            null,
            """
            {"model_freshness":{"average_age_seconds":42.5,"by_model":[{"session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT","age_seconds":42.5}]},
             "adaptation_speed":{"events_to_detect":12.5,"seconds_to_detect":45000,"events_to_adapt":1},"prediction_accuracy":{"online":0.54,"batch":0.52,"difference":0.02},
             "learning_efficiency":{"samples_to_adapt":80},"business_impact":{"net_profit":0.031,"rules_only":0.012,"ml_contribution":0.019,"reported_pnl":250.5}}
            """);
    }

    private static Ok<SuccessView> Get(SessionHost host)
    {
        var now = host.NowUs();
        var sessions = host.Active.OrderBy(w => w.Id, StringComparer.Ordinal).Select(w => w.Read(session => SessionSuccess.Of(session, now))).ToArray();
        var (online, batch) = (Accuracy(sessions.Select(s => s.Online)), Accuracy(sessions.Select(s => s.Batch)));
        var start = sessions.Sum(s => s.Money.Start);
        double? profit = start > 0 ? (sessions.Sum(s => s.Money.Real) - start) / start : null;
        double? rules = start > 0 ? (sessions.Sum(s => s.Money.Rules) - start) / start : null;
        return TypedResults.Ok(new SuccessView(
            new ModelFreshness(sessions.Average(s => s.Age.AgeSeconds), [.. sessions.Select(s => s.Age)]),
            new AdaptationSpeed(Mean(sessions.Select(s => s.Detection)), Mean(sessions.Select(s => s.DetectionSeconds)), Mean(sessions.Select(s => s.Reaction))),
            new PredictionAccuracy(online, batch, online - batch),
            new LearningEfficiency(Mean(sessions.Select(s => s.Recovery))),
            new BusinessImpact(profit, rules, profit - rules, sessions.Sum(s => s.ReportedPnl))));
    }

    private static double? Accuracy(IEnumerable<(long Right, long Scored)> counts)
    {
        var (right, scored) = counts.Aggregate((0L, 0L), (sum, c) => (sum.Item1 + c.Right, sum.Item2 + c.Scored));
        return scored > 0 ? (double)right / scored : null;
    }

    // Over all times that it was measured, wherever.
    private static double? Mean(IEnumerable<ClockReading> readings)
    {
        var (count, sum) = readings.Aggregate((0L, 0.0), (total, r) => (total.Item1 + r.Count, total.Item2 + r.Count * r.Mean));
        return count > 0 ? sum / count : null;
    }
}
