using Hone.Host.Serving;
using Hone.Learning.Sessions;
using Hone.Trading.Live;

namespace Hone.Host.Operating.Metrics;

/// <summary>What the metrics page shows of a session, read at one moment.</summary>
internal sealed class SessionReading
{
    private SessionReading(SessionWriter writer, LiveSession session, long nowUs)
    {
        var setup = writer.Setup;
        (Id, Symbol, Name) = (setup.Id, setup.Symbol, setup.Name);
        IsFaulted = writer.Fault is not null;
        (QueueDepth, EntriesSinceSnapshot, SnapshotAge, IdleTime) = (writer.QueueDepth, writer.EntriesSinceSnapshot, writer.SnapshotAge, writer.IdleTime);
        Seq = session.Seq;
        Pending = session.Pending;
        EventAgeSeconds = Age(session.NowUs, nowUs);
        AnswerAgeSeconds = session.LastAnswerUs is { } answered ? Age(answered, nowUs) : double.NaN;
        LabelLagSeconds = session.LabelLagUs / 1e6 ?? double.NaN;
        HorizonAnswers = session.Trading?.HorizonBars ?? setup.Horizon;
        if (session.Trading is { } trading)
            Money = (trading.Real.Broker.Equity, trading.RulesOnly.Broker.Equity, trading.Real.Broker.NetPnl, trading.Bars);
        if (session.Learning is not { } learning)
            return;
        var score = learning.Score;
        (Predictions, Resolved, Correct) = (learning.Panel.Predictions, learning.Panel.Resolved, learning.Panel.Correct);
        (OpenQuestions, Expired, Drifts, Adaptations) = (learning.OpenQuestions, learning.Expired, learning.Drifts, learning.Adaptations);
        if (score.Count > 0)
            (Accuracy, NoChange, Majority, LogLoss) = (score.Accuracy, score.NoChangeAccuracy, score.MajorityAccuracy, score.LogLoss);
        EmaAccuracy = learning.Panel.EmaAccuracy;
        RecentAccuracy = learning.Panel.RecentAccuracy;
        Members = [.. learning.MemberNames.Select((name, m) => MemberReading.Of(name, learning, m, nowUs))];
        Detectors = learning.DetectorStatuses();
    }

    public string Id { get; }

    public string Symbol { get; }

    public string Name { get; }

    public bool IsFaulted { get; }

    public int QueueDepth { get; }

    public long EntriesSinceSnapshot { get; }

    public TimeSpan SnapshotAge { get; }

    public TimeSpan IdleTime { get; }

    public long Seq { get; }

    public int Pending { get; }

    public double EventAgeSeconds { get; }

    public double AnswerAgeSeconds { get; }

    public double LabelLagSeconds { get; }

    public int HorizonAnswers { get; }

    public (double Equity, double RulesOnlyEquity, double NetProfit, long Bars)? Money { get; }

    public long Predictions { get; }

    public long Resolved { get; }

    public long Correct { get; }

    public int OpenQuestions { get; }

    public long Expired { get; }

    public long Drifts { get; }

    public long Adaptations { get; }

    public double Accuracy { get; } = double.NaN;

    public double NoChange { get; } = double.NaN;

    public double Majority { get; } = double.NaN;

    public double LogLoss { get; } = double.NaN;

    public double EmaAccuracy { get; } = double.NaN;

    public double RecentAccuracy { get; } = double.NaN;

    public IReadOnlyList<MemberReading> Members { get; } = [];

    public IReadOnlyList<DetectorStatus> Detectors { get; } = [];

    /// <summary>Reads a session; the writer waits as long as that takes.</summary>
    public static SessionReading Of(SessionWriter writer, long nowUs) => writer.Read(session => new SessionReading(writer, session, nowUs));

    // Event time may run ahead of the clock by the minutes that a client's clock may be wrong.
    internal static double Age(long atUs, long nowUs) => atUs == long.MinValue ? double.NaN : Math.Max(0, (nowUs - atUs) / 1e6);
}

/// <summary>What the metrics page shows of a member.</summary>
internal sealed record MemberReading(
    string Name, long Predictions, double Accuracy, double LogLoss, double EmaAccuracy, double Threshold, double Weight, double ThompsonAlpha, double ThompsonBeta, double CalibrationError,
    double StalenessSeconds, bool IsEligible, bool IsBaseline)
{
    public static MemberReading Of(string name, LearningSession learning, int member, long nowUs)
    {
        var statistics = learning.Statistics(member);
        return new(
            name, statistics.Predictions, statistics.Accuracy, statistics.LogLoss, statistics.EmaAccuracy, statistics.Threshold, learning.Weight(member), statistics.ThompsonAlpha,
            statistics.ThompsonBeta, statistics.CalibrationError, SessionReading.Age(statistics.UpdatedAtUs, nowUs), learning.State(member) == MemberState.Voting, learning.IsBaseline(member));
    }
}
