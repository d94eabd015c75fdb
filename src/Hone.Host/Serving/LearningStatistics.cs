using Hone.Adapters.Journals;
using Hone.Learning.Sessions;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>The rows that a session keeps in <c>model_learning_stats</c>: one for each member, and one for the panel.</summary>
internal static class LearningStatistics
{
    public static IReadOnlyList<LearningStats> Of(LiveSession session)
    {
        if (session.Learning is not { } learning)
            return [];
        var rows = new List<LearningStats> { Row(session, "panel", learning.Panel, 1, "voting") };
        var names = learning.MemberNames.ToArray();
        for (var m = 0; m < names.Length; m++)
            rows.Add(Row(session, names[m], learning.Statistics(m), learning.Weight(m), StateOf(learning.State(m))));
        return rows;
    }

    /// <summary>A member's state as every output names it.</summary>
    public static string StateOf(MemberState state) => state switch
    {
        MemberState.Voting => "voting",
        MemberState.WarmingUp => "warming-up",
        MemberState.Baseline => "baseline",
        MemberState.LostVote => "lost-vote",
        MemberState.Failed => "failed",
        _ => "stale",
    };

    private static LearningStats Row(LiveSession session, string name, MemberStatistics statistics, double weight, string state) => new(
        session.Setup.Symbol, name, statistics.Predictions, statistics.Resolved, statistics.Correct, Finite(statistics.Accuracy), statistics.EmaAccuracy, statistics.Threshold, weight,
        statistics.ThompsonAlpha, statistics.ThompsonBeta, Finite(statistics.LogLoss), statistics.CalibrationError, state, statistics.UpdatedAtUs == long.MinValue ? null : statistics.UpdatedAtUs);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
