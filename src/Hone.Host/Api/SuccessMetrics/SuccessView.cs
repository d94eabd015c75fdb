using Hone.Host.Api.Metrics;
using Hone.Learning.Sessions;
using Hone.Trading.Live;

namespace Hone.Host.Api.SuccessMetrics;

/// <summary>Whether learning pays, over all active sessions.</summary>
/// <param name="ModelFreshness">How old what the models know is.</param>
/// <param name="AdaptationSpeed">How fast drift is noticed and answered.</param>
/// <param name="PredictionAccuracy">Members that go on learning beside members that stopped.</param>
/// <param name="LearningEfficiency">How much it takes to be as good again after drift.</param>
/// <param name="BusinessImpact">What the models added.</param>
public sealed record SuccessView(ModelFreshness ModelFreshness, AdaptationSpeed AdaptationSpeed, PredictionAccuracy PredictionAccuracy, LearningEfficiency LearningEfficiency, BusinessImpact BusinessImpact);

/// <summary>How old what the models know is.</summary>
/// <param name="AverageAgeSeconds">Mean over sessions that have learned; null when none has.</param>
/// <param name="ByModel">Each session.</param>
public sealed record ModelFreshness(double? AverageAgeSeconds, IReadOnlyList<ModelAge> ByModel);

/// <summary>How old what a session knows is.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Symbol">Market.</param>
/// <param name="AgeSeconds">From the event time of the last answer that was learned to the server's clock; null before the first.</param>
public sealed record ModelAge(string SessionId, string Symbol, double? AgeSeconds);

/// <summary>How fast drift is noticed and answered; null before the first time.</summary>
/// <param name="EventsToDetect">Answers from the first warning to the alarm.</param>
/// <param name="SecondsToDetect">The same in seconds of event time.</param>
/// <param name="EventsToAdapt">Answers from the alarm to the first change of a member.</param>
public sealed record AdaptationSpeed(double? EventsToDetect, double? SecondsToDetect, double? EventsToAdapt);

/// <summary>Members that go on learning beside members that stopped (freeze_after); null where there is none.</summary>
/// <param name="Online">Accuracy of those that go on.</param>
/// <param name="Batch">Accuracy of those that stopped, or will.</param>
/// <param name="Difference">The first minus the second.</param>
public sealed record PredictionAccuracy(double? Online, double? Batch, double? Difference);

/// <summary>How much it takes to be as good again after drift.</summary>
/// <param name="SamplesToAdapt">Answers from an alarm until the loss was back where it had been; null before the first time.</param>
public sealed record LearningEfficiency(double? SamplesToAdapt);

/// <summary>What the models added, over all trading sessions, as a fraction of their starting equity; null without one.</summary>
/// <param name="NetProfit">Of the real books, after costs.</param>
/// <param name="RulesOnly">Of the shadow books that follow the rules alone.</param>
/// <param name="MlContribution">The first minus the second.</param>
/// <param name="ReportedPnl">Money that the outcomes of the other sessions told of.</param>
public sealed record BusinessImpact(double? NetProfit, double? RulesOnly, double? MlContribution, double ReportedPnl);

/// <summary>What one session contributes.</summary>
/// <param name="Age">How old what it knows is.</param>
/// <param name="Detection">Answers to detect.</param>
/// <param name="DetectionSeconds">Seconds to detect.</param>
/// <param name="Reaction">Answers to adapt.</param>
/// <param name="Recovery">Answers to recover.</param>
/// <param name="Online">Right and scored, of members that go on learning.</param>
/// <param name="Batch">Right and scored, of members that stopped.</param>
/// <param name="Money">Starting equity, equity, and equity by the rules alone.</param>
/// <param name="ReportedPnl">Money that outcomes told of.</param>
internal readonly record struct SessionSuccess(
    ModelAge Age, ClockReading Detection, ClockReading DetectionSeconds, ClockReading Reaction, ClockReading Recovery, (long Right, long Scored) Online, (long Right, long Scored) Batch,
    (double Start, double Real, double Rules) Money, double ReportedPnl)
{
    public static SessionSuccess Of(LiveSession session, long nowUs)
    {
        var age = new ModelAge(session.Setup.Id, session.Setup.Symbol, SessionMetrics.AgeSeconds(session, nowUs));
        if (session.Learning is not { } learning)
            return new() { Age = age };
        var (online, batch) = ((0L, 0L), (0L, 0L));
        var members = session.Setup.Session.Learning.Members;
        for (var m = 0; m < learning.MemberCount; m++)
        {
            // A baseline learns nothing that could be old.
            if (learning.IsBaseline(m))
                continue;
            ref var sum = ref members[m].FreezeAfter > 0 ? ref batch : ref online;
            sum = (sum.Item1 + learning.Statistics(m).Correct, sum.Item2 + learning.Statistics(m).Resolved);
        }
        return new(
            age, learning.Clock.DetectionAnswers, learning.Clock.DetectionSeconds, learning.Clock.ReactionAnswers, learning.Clock.RecoveryAnswers, online, batch,
            session.Trading is { } trading ? (session.Setup.Session.Broker.Equity, trading.Real.Broker.Equity, trading.RulesOnly.Broker.Equity) : default, session.Pnl);
    }
}
