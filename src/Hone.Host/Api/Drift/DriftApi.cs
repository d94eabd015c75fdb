using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Hone.Learning.Drift;
using Hone.Trading.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Drift;

/// <summary>What the detectors of all sessions say.</summary>
public static class DriftApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapDrift(this IEndpointRouteBuilder app)
    {
        app.MapGet("/drift/status", Status).RequireKey(Role.Read).WithTags("Drift").WithSummary("The drift detectors of every active session, a page of sessions at a time.").WithExample(
            null,
            """
            {"at":"2026-01-31T14:00:00Z","drifting":0,"sessions":[{"session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT","level":"none",
             "detectors":[{"detector":"adwin","channel":"brier","member":"logistic-regression","statistic":0.02,"threshold":0.11,"level":"none","last_drift_at":null}]}],"next":null}
            """);
    }

    private static Ok<DriftStatus> Status(SessionHost host, ServeOptions options, string? after = null, int limit = Paging.LimitDefault, string? symbol = null)
    {
        Paging.Check(limit, options);
        var at = EventTime.ToDateTime(host.NowUs());
        var sessions = host.Active.OrderBy(w => w.Id, StringComparer.Ordinal).Select(DriftOf).ToList();
        var page = sessions.Where(s => (symbol is null || s.Symbol == symbol) && (after is null || string.CompareOrdinal(s.SessionId, after) > 0)).Take(limit + 1).ToList();
        var more = page.Count > limit;
        return TypedResults.Ok(new DriftStatus(at, sessions.Count(s => s.Level == "drift"), more ? page[..limit] : page, more ? page[limit - 1].SessionId : null));
    }

    private static SessionDrift DriftOf(SessionWriter writer)
    {
        var statuses = writer.Read(session => session.Learning?.DetectorStatuses() ?? []);
        return new(
            writer.Id, writer.Setup.Symbol, MessageJson.LevelOf(statuses.Select(s => s.Level).DefaultIfEmpty(DriftLevel.None).Max()),
            [.. statuses.Select(s => new DetectorView(
                s.Detector, s.Channel, s.Member, s.Statistic, s.Threshold, MessageJson.LevelOf(s.Level), s.LastDriftAtUs is { } last ? EventTime.ToDateTime(last) : null))]);
    }
}

/// <summary>Drift over all sessions.</summary>
/// <param name="At">The server's clock.</param>
/// <param name="Drifting">Active sessions, over all pages, with a detector that says drift.</param>
/// <param name="Sessions">The sessions of this page.</param>
/// <param name="Next">What <c>after</c> must be for the next page; null at the end.</param>
public sealed record DriftStatus(DateTime At, int Drifting, IReadOnlyList<SessionDrift> Sessions, string? Next);

/// <summary>Drift in a session.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Symbol">Market.</param>
/// <param name="Level">Highest level of its detectors: none, warning or drift.</param>
/// <param name="Detectors">Every detector of every member, and of the watched features the ten that are nearest to their threshold.</param>
public sealed record SessionDrift(string SessionId, string Symbol, string Level, IReadOnlyList<DetectorView> Detectors);

/// <summary>A detector.</summary>
/// <param name="Detector">Its catalog name; psi for a feature.</param>
/// <param name="Channel">What it watches: brier, or a feature.</param>
/// <param name="Member">Member, or input.</param>
/// <param name="Statistic">Its statistic; null where it has none yet.</param>
/// <param name="Threshold">Where it means drift; null while it has seen too little.</param>
/// <param name="Level">none, warning or drift.</param>
/// <param name="LastDriftAt">Its last alarm; null before the first.</param>
public sealed record DetectorView(string Detector, string Channel, string Member, double Statistic, double? Threshold, string Level, DateTime? LastDriftAt);
