using Hone.Learning.Sessions;

namespace Hone.Host.Operating.Metrics;

/// <summary>A metric that every shown session has.</summary>
/// <param name="Family">Name and meaning.</param>
/// <param name="Write">Writes the samples of one session.</param>
internal sealed record SessionMetric(MetricFamily Family, Action<PrometheusText, SessionReading> Write);

/// <summary>All metrics of sessions and their members, in the order of the page.</summary>
internal static class SessionMetrics
{
    private static readonly string[] OfSession = ["session", "symbol", "name"];
    private static readonly string[] OfMember = ["session", "symbol", "name", "member"];
    private static readonly string[] OfDetector = ["session", "symbol", "name", "member", "detector", "channel"];

    public static IReadOnlyList<SessionMetric> All { get; } =
    [
        Gauge("hone_session_faulted", "1 when the session stands still and takes no requests.", s => s.IsFaulted ? 1 : 0),
        Gauge("hone_session_seq", "Last entry of the session's journal.", s => s.Seq),
        Counter("hone_session_predictions_total", "Predictions made.", s => s.Predictions),
        Counter("hone_session_resolved_total", "Predictions whose outcome was learned.", s => s.Resolved),
        Counter("hone_session_correct_total", "Predictions that were right.", s => s.Correct),
        Counter("hone_session_expired_total", "Questions that expired without an outcome.", s => s.Expired),
        Counter("hone_session_drifts_total", "Drift alarms of members and inputs.", s => s.Drifts),
        Counter("hone_session_adaptations_total", "Times the session changed itself.", s => s.Adaptations),
        Gauge("hone_session_open_questions", "Predictions that wait for their outcome.", s => s.OpenQuestions),
        Gauge("hone_session_pending_examples", "Examples that were added and wait to be learned.", s => s.Pending),
        Gauge("hone_session_queue_depth", "Requests that wait for the session.", s => s.QueueDepth),
        Gauge("hone_session_accuracy", "Share of scored predictions that were right.", s => s.Accuracy),
        Gauge("hone_session_recent_accuracy", "Share of predictions in the newest window that were right.", s => s.RecentAccuracy),
        Gauge("hone_session_ema_accuracy", "Exponential mean of being right.", s => s.EmaAccuracy),
        Gauge("hone_session_accuracy_no_change", "Accuracy of always repeating the last outcome, on the same questions.", s => s.NoChange),
        Gauge("hone_session_accuracy_majority", "Accuracy of always naming the most frequent outcome, on the same questions.", s => s.Majority),
        Gauge("hone_session_log_loss", "Mean log-loss in nats of the session's predictions.", s => s.LogLoss),
        Gauge("hone_session_horizon_answers", "Consecutive outcomes that overlap; accuracy is as sure as this many times fewer outcomes would make it.", s => s.HorizonAnswers),
        Gauge("hone_session_answer_age_seconds", "Age of the newest outcome that was learned, by its own time.", s => s.AnswerAgeSeconds),
        Gauge("hone_session_event_age_seconds", "Age of the newest entry, by its own time.", s => s.EventAgeSeconds),
        Gauge("hone_session_idle_seconds", "Time since the last entry was applied, by the clock on the wall.", s => s.IdleTime.TotalSeconds),
        Gauge("hone_session_label_lag_seconds", "Time from the question to the outcome, of the last outcome.", s => s.LabelLagSeconds),
        Gauge("hone_session_entries_since_snapshot", "Entries that a restart would have to apply again.", s => s.EntriesSinceSnapshot),
        Gauge("hone_session_snapshot_age_seconds", "Time since the last snapshot, or since the start where none was needed.", s => s.SnapshotAge.TotalSeconds),
        Gauge("hone_session_equity", "Equity of the paper book of a trading session, in money.", s => s.Money?.Equity ?? double.NaN),
        Gauge("hone_session_rules_only_equity", "Equity of the shadow book that trades the rules without the models, in money.", s => s.Money?.RulesOnlyEquity ?? double.NaN),
        Gauge("hone_session_net_profit", "Money that the paper book made after costs.", s => s.Money?.NetProfit ?? double.NaN),
        Member("hone_member_predictions_total", MetricKind.Counter, "Predictions that the member made.", m => m.Predictions),
        Member("hone_member_accuracy", MetricKind.Gauge, "Share of the member's scored predictions that were right.", m => m.Accuracy),
        Member("hone_member_ema_accuracy", MetricKind.Gauge, "Exponential mean of the member being right.", m => m.EmaAccuracy),
        Member("hone_member_log_loss", MetricKind.Gauge, "Mean log-loss in nats of the member's predictions.", m => m.LogLoss),
        Member("hone_member_calibration_error", MetricKind.Gauge, "Mean confidence minus accuracy in the newest window.", m => m.CalibrationError),
        Member("hone_member_threshold", MetricKind.Gauge, "Confidence from which the member acts.", m => m.Threshold),
        Member("hone_member_weight", MetricKind.Gauge, "Weight of the member in the ensemble.", m => m.Weight),
        Member("hone_member_thompson_alpha", MetricKind.Gauge, "Successes of the member's Thompson posterior, prior included.", m => m.ThompsonAlpha),
        Member("hone_member_thompson_beta", MetricKind.Gauge, "Failures of the member's Thompson posterior, prior included.", m => m.ThompsonBeta),
        Member("hone_member_eligible", MetricKind.Gauge, "1 when the member votes.", m => m.IsEligible ? 1 : 0),
        Member("hone_member_staleness_seconds", MetricKind.Gauge, "Age of the newest outcome that the member was scored on, by its own time.", m => m.StalenessSeconds),
        Detector("hone_drift_statistic", "Test statistic of a drift detector; for features of the ten that are nearest to their threshold.", d => d.Statistic),
        Detector("hone_drift_threshold", "Statistic at which the detector means drift.", d => d.Threshold ?? double.NaN),
        Detector("hone_drift_level", "0 none, 1 warning, 2 drift, after the last complete block of outcomes.", d => (int)d.Level),
    ];

    private static SessionMetric Counter(string name, string help, Func<SessionReading, double> value) => Session(name, MetricKind.Counter, help, value);

    private static SessionMetric Gauge(string name, string help, Func<SessionReading, double> value) => Session(name, MetricKind.Gauge, help, value);

    // What does not exist yet has no sample: an alert cannot mistake it for a number.
    private static SessionMetric Session(string name, MetricKind kind, string help, Func<SessionReading, double> value)
        => new(new MetricFamily(name, kind, help, OfSession), (text, session) =>
        {
            if (value(session) is var number && !double.IsNaN(number))
                text.Sample(number, session.Id, session.Symbol, session.Name);
        });

    private static SessionMetric Member(string name, MetricKind kind, string help, Func<MemberReading, double> value)
        => new(new MetricFamily(name, kind, help, OfMember), (text, session) =>
        {
            foreach (var member in session.Members)
                if (value(member) is var number && !double.IsNaN(number))
                    text.Sample(number, session.Id, session.Symbol, session.Name, member.Name);
        });

    private static SessionMetric Detector(string name, string help, Func<DetectorStatus, double> value)
        => new(new MetricFamily(name, MetricKind.Gauge, help, OfDetector), (text, session) =>
        {
            foreach (var detector in session.Detectors)
                if (value(detector) is var number && !double.IsNaN(number))
                    text.Sample(number, session.Id, session.Symbol, session.Name, detector.Member, detector.Detector, detector.Channel);
        });
}
