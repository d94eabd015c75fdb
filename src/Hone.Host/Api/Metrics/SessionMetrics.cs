using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Learning.Sessions;
using Hone.Trading.Live;
using Hone.Trading.Market;

namespace Hone.Host.Api.Metrics;

/// <summary>How well a session predicts.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Symbol">Market.</param>
/// <param name="Seq">Last entry of its journal.</param>
/// <param name="Predictions">Predictions made.</param>
/// <param name="Resolved">Predictions scored.</param>
/// <param name="OpenQuestions">Predictions that wait for their outcome.</param>
/// <param name="Accuracy">Share that was right; null before the first.</param>
/// <param name="AccuracyNoChange">What repeating the last label would have had.</param>
/// <param name="AccuracyMajority">What the most frequent label would have had.</param>
/// <param name="EmaAccuracy">Exponential mean of being right.</param>
/// <param name="LogLoss">Mean log-loss in nats.</param>
/// <param name="Brier">Mean Brier score.</param>
/// <param name="Ece">Expected calibration error over 10 bins of equal mass; null before the first, and for more than two classes.</param>
/// <param name="KappaTemporal">Accuracy over no-change: 0 is as good as repeating the last label, 1 is perfect.</param>
/// <param name="Drifts">Alarms of detectors so far.</param>
/// <param name="Adaptations">Adaptations so far.</param>
/// <param name="ModelAgeSeconds">From the event time of the last answer that was learned to the server's clock; null before the first.</param>
/// <param name="StateHash">Hash of the whole state after that entry: equal hashes, equal behaviour from here on; null while the session stands still for a fault.</param>
/// <param name="EmissionHash">Hash of everything emitted so far.</param>
/// <param name="Expired">Predictions that expired without an outcome.</param>
/// <param name="Voided">Predictions that a void market closed.</param>
/// <param name="Pending">Examples that wait for ml/online/update.</param>
/// <param name="Pnl">Money that outcomes told of.</param>
/// <param name="Members">The members, in the order of the panel.</param>
public sealed record SessionMetrics(
    string SessionId, string Symbol, long Seq, long Predictions, long Resolved, int OpenQuestions, double? Accuracy, double? AccuracyNoChange, double? AccuracyMajority, double? EmaAccuracy,
    double? LogLoss, double? Brier, double? Ece, double? KappaTemporal, long Drifts, long Adaptations, double? ModelAgeSeconds, string? StateHash, string EmissionHash, long Expired, long Voided,
    int Pending, double Pnl, IReadOnlyList<MemberMetrics> Members)
{
    /// <summary>The metrics of a session as it is now.</summary>
    /// <param name="session">The session.</param>
    /// <param name="nowUs">The clock, microseconds since 1970 UTC.</param>
    /// <param name="stateHash">Hash of its state; null where it has none that means anything.</param>
    internal static SessionMetrics Of(LiveSession session, long nowUs, string? stateHash)
    {
        var learning = session.Learning;
        // A session that trades has no panel before its first bar.
        var scored = learning is { Score.Count: > 0 };
        return new(
            session.Setup.Id, session.Setup.Symbol, session.Seq, learning?.Panel.Predictions ?? 0, learning?.Panel.Resolved ?? 0, learning?.OpenQuestions ?? 0,
            scored ? learning!.Score.Accuracy : null, scored ? learning!.Score.NoChangeAccuracy : null, scored ? learning!.Score.MajorityAccuracy : null, learning?.Panel.EmaAccuracy,
            scored ? learning!.Score.LogLoss : null, scored ? learning!.Score.Brier : null, learning is { Reliability.Count: > 0 } ? learning.Reliability.Error(overlap: session.Setup.Horizon).Value : null,
            scored ? learning!.Score.KappaTemporal : null, learning?.Drifts ?? 0, learning?.Adaptations ?? 0, AgeSeconds(session, nowUs), stateHash, session.EmissionHash,
            learning?.Expired ?? 0, session.Voided, session.Pending, session.Pnl, learning is null ? [] : MembersOf(learning, SessionFacts.Of(session.Setup).Words));
    }

    /// <summary>Seconds since the last answer that was learned; null before the first.</summary>
    internal static double? AgeSeconds(LiveSession session, long nowUs) => session.LastAnswerUs is { } last ? Math.Max(0, nowUs - last) / 1e6 : null;

    private static MemberMetrics[] MembersOf(LearningSession learning, SessionWords words)
    {
        var members = new MemberMetrics[learning.MemberCount];
        for (var m = 0; m < members.Length; m++)
        {
            var statistics = learning.Statistics(m);
            members[m] = new(
                words.Members[m], statistics.Predictions, statistics.Accuracy, statistics.EmaAccuracy, statistics.Threshold, learning.Weight(m), statistics.ThompsonAlpha, statistics.ThompsonBeta,
                statistics.CalibrationError, learning.State(m) == MemberState.Voting, LearningStatistics.StateOf(learning.State(m)),
                statistics.UpdatedAtUs == long.MinValue ? null : EventTime.ToDateTime(statistics.UpdatedAtUs), statistics.Resolved, statistics.LogLoss);
        }
        return members;
    }
}

/// <summary>How well a member predicts.</summary>
/// <param name="Member">Its name.</param>
/// <param name="Predictions">Predictions made.</param>
/// <param name="Accuracy">Share that was right; null before the first.</param>
/// <param name="EmaAccuracy">Exponential mean of being right.</param>
/// <param name="AdaptiveThreshold">Confidence from which it acts.</param>
/// <param name="AdaptiveWeight">Its weight in the ensemble.</param>
/// <param name="ThompsonAlpha">Successes of the posterior.</param>
/// <param name="ThompsonBeta">Failures of the posterior.</param>
/// <param name="CalibrationError">Mean confidence minus accuracy over the window.</param>
/// <param name="Eligible">Whether it votes.</param>
/// <param name="State">voting, warming-up, baseline, lost-vote, failed or stale.</param>
/// <param name="UpdatedAt">Event time of the last answer; null before the first.</param>
/// <param name="Resolved">Predictions scored.</param>
/// <param name="LogLoss">Mean log-loss in nats; null before the first.</param>
public sealed record MemberMetrics(
    string Member, long Predictions, double Accuracy, double EmaAccuracy, double AdaptiveThreshold, double AdaptiveWeight, double ThompsonAlpha, double ThompsonBeta, double CalibrationError,
    bool Eligible, string State, DateTime? UpdatedAt, long Resolved, double LogLoss);
