using Hone.Learning.Drift;

namespace Hone.Learning.Sessions;

/// <summary>A detector reached a level.</summary>
/// <param name="Seq">Position of the session.</param>
/// <param name="AtUs">Event time in microseconds since 1970 UTC.</param>
/// <param name="Member">Member, or <c>input</c>.</param>
/// <param name="Detector">Catalog name of the detector.</param>
/// <param name="Channel">What it watches: <c>brier</c>, or a feature.</param>
/// <param name="Level">Warning or drift.</param>
/// <param name="Statistic">Test statistic.</param>
/// <param name="Threshold">Value at which it means drift.</param>
public readonly record struct DriftEvent(
    long Seq, long AtUs, string Member, string Detector, string Channel, DriftLevel Level, double Statistic, double Threshold);

/// <summary>The session changed itself.</summary>
/// <param name="Seq">Position of the session.</param>
/// <param name="AtUs">Event time in microseconds since 1970 UTC.</param>
/// <param name="Member">Member, <c>panel</c> or <c>input</c>.</param>
/// <param name="Action">warn, let-go, swap, rate-boost, lose-vote, regain-vote, specialist, reweight, recalibrate, guard, freeze, stale, floor-warning, drift-score, regime-change, health.</param>
/// <param name="Cause">Why, in words.</param>
/// <param name="Statistic">The number behind the cause.</param>
/// <param name="Reference">What it was compared with.</param>
public readonly record struct AdaptationEvent(long Seq, long AtUs, string Member, string Action, string Cause, double Statistic, double Reference);

/// <summary>Hears what a session notices and does. Called inside <see cref="LearningSession.Ask"/> and <see cref="LearningSession.TryAnswer"/>, in order.</summary>
public interface ISessionObserver
{
    /// <summary>A detector reached a level.</summary>
    void OnDrift(in DriftEvent drift);

    /// <summary>The session changed itself.</summary>
    void OnAdaptation(in AdaptationEvent adaptation);
}
