using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// A learner in a panel: its specialists, its background learner, its statistics and what watches it. The member decides
/// about its own structure; the session decides who votes.
/// </summary>
/// <remarks>
/// A specialist stands in the slot of its regime. Where a regime has none, because regimes are not told apart, the session was frozen or the
/// member has just started over, the home slot's learner serves; that slot is never empty.
/// </remarks>
internal sealed partial class Member : ISaved
{
    // Asked at every block while a background learner runs, so two standard errors would swap on luck.
    private const double SwapSignificance = 3;

    // A background learner had its chance after so many times the answers that it needs, and is let go under so many standard errors.
    private const double ChanceFactor = 4, ChanceSignificance = 1;

    // A learner that fails so often without having come to vote in between is not asked again before a review.
    private const int FailuresMax = 5;

    private readonly Func<ulong, IClassifier> _build;
    private readonly SessionOptions _options;
    private readonly int _horizon;
    private readonly int _pause;
    private readonly double _floorLog;
    private readonly IClassifier?[] _learners = new IClassifier?[LearningSession.RegimesMax];
    private readonly ulong[] _generations = new ulong[LearningSession.RegimesMax];
    private readonly long[] _learned = new long[LearningSession.RegimesMax];
    private readonly int _behaviour;
    private readonly MemberOptions _own;
    private readonly LossWatch _watch;
    private int _home;
    private Candidate? _candidate;
    private ulong _generation;

    // Answers to questions asked before this one say nothing about the present learner.
    private long _bornSeq;
    private int _untilEligible;
    private bool _failing;
    private int _failures;
    private bool _rests;
    private long _answers;
    private long _warnedAtAnswer = -1;
    private long _sinceAdaptation;
    private long _relearned;
    private double _relearnedLoss;
    private double _relearnedMajority;

    /// <param name="name">What it is called.</param>
    /// <param name="own">Its own options.</param>
    /// <param name="behaviour">Behaviour number of its catalog entry.</param>
    /// <param name="build">Builds a learner of a seed.</param>
    /// <param name="catalog">Where its detectors are.</param>
    /// <param name="options">Options of the session.</param>
    /// <param name="horizon">Consecutive answers that overlap.</param>
    /// <param name="seed">Seed of its first learner; those of later generations follow from it.</param>
    public Member(string name, MemberOptions own, int behaviour, Func<ulong, IClassifier> build, Catalog catalog, SessionOptions options, int horizon, ulong seed)
    {
        Name = name;
        (_own, _behaviour) = (own, behaviour);
        (_options, _horizon) = (options, horizon);
        _build = generation => build(seed + generation * 0x9E3779B97F4A7C15);
        _pause = PauseAnswers(horizon);
        _floorLog = Elementary.Log(options.FloorEvidence);
        _learners[0] = _build(0);
        _untilEligible = options.MinPredictionsForAdaptation;
        IsBaseline = _learners[0] is IBaseline;
        _watch = new LossWatch([.. options.Detectors.Select(d => d.Detector)], [.. options.Detectors.Select(d => catalog.Detectors[d.Detector].Create(seed, d.Options))], horizon);
        Statistics = new MemberStatistics(options, horizon);
        State = IsBaseline ? MemberState.Baseline : MemberState.WarmingUp;
    }

    public string Name { get; }

    public bool IsBaseline { get; }

    public MemberStatistics Statistics { get; }

    public MemberState State { get; private set; }

    public bool Votes => State == MemberState.Voting;

    /// <summary>Event time at which it last learned an answer; the smallest number before the first.</summary>
    public long LearnedAtUs { get; private set; } = long.MinValue;

    /// <summary>Whether it learns no more.</summary>
    public bool IsFrozen => IsBatch && _learned[_home] >= _own.FreezeAfter;

    // One learner from the first answer to the last: nothing replaces or divides it on the way.
    private bool IsBatch => _own.FreezeAfter > 0;

    /// <summary>The numbers of the loudest detector at the last warning or alarm; not state.</summary>
    public (double Statistic, double Reference) Alarm { get; private set; }

    /// <summary>Answers between two structural adaptations of a member.</summary>
    public static int PauseAnswers(int horizon) => Math.Max(50, 5 * horizon);

    private int Slot(int regime) => _learners[regime] is null ? _home : regime;

    private IClassifier Learner(int regime) => _learners[regime] ?? _learners[_home]!;

    /// <summary>Makes sure that a regime has its specialist: at the first visit the learner of the regime before it is forked.</summary>
    /// <param name="regime">The regime that is visited.</param>
    /// <param name="from">The regime before; −1 at the very first visit of all, which the member's first learner serves.</param>
    /// <param name="session">Where the event goes.</param>
    public void Visit(int regime, int from, LearningSession session)
    {
        if (IsBaseline || IsBatch || _learners[regime] is not null)
            return;
        if (from < 0)
        {
            (_learners[regime], _learners[_home]) = (_learners[_home], null);
            (_generations[regime], _learned[regime]) = (_generations[_home], _learned[_home]);
            _home = regime;
            return;
        }
        var original = Slot(from);
        _learners[regime] = Fork(original);
        (_generations[regime], _learned[regime]) = (_generations[original], _learned[original]);
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "specialist", $"regime {regime} has no specialist yet; forked from regime {from}", regime, from));
    }

    /// <summary>Writes the probabilities of the member, and of its background learner or zeros.</summary>
    /// <returns>The vote without its label, confidence and weight.</returns>
    public MemberVote Predict(ReadOnlySpan<double> x, int regime, Span<double> probabilities, Span<double> candidate, LearningSession session)
    {
        var version = Version(Slot(regime));
        PredictOwn(x, regime, probabilities, session);
        PredictCandidate(x, regime, candidate, session);
        return Vote(Statistics.Threshold, State, version);
    }

    /// <summary>What <see cref="Predict"/> would write and return; changes nothing.</summary>
    /// <param name="x">Features.</param>
    /// <param name="regime">Regime of the question.</param>
    /// <param name="from">The regime before, whose learner a new specialist would be forked from; −1 where there is none or regimes are not told apart.</param>
    /// <param name="probabilities">Takes the probabilities.</param>
    /// <param name="frozen">Whether the session is frozen.</param>
    public MemberVote Preview(ReadOnlySpan<double> x, int regime, int from, Span<double> probabilities, bool frozen)
    {
        var forks = from >= 0 && !IsBaseline && !IsBatch;
        var slot = _learners[regime] is null && forks ? Slot(from) : Slot(regime);
        if (!_rests && LearnerFault.OfPredicting(_learners[slot]!, x, probabilities) is null)
            return Vote(Statistics.Threshold, _failing && State == MemberState.Failed ? Recovered : State, Version(slot));
        probabilities.Fill(1.0 / probabilities.Length);
        if (_rests)
            return Vote(Statistics.Threshold, State, Version(slot));
        return Vote(frozen || IsFrozen ? Statistics.Threshold : _options.InitialThreshold, Failed, Version(slot));
    }

    private MemberState Failed => State is MemberState.Voting or MemberState.WarmingUp or MemberState.Stale ? MemberState.Failed : State;

    private MemberState Recovered => _untilEligible == 0 ? MemberState.Voting : MemberState.WarmingUp;

    private MemberVersion Version(int slot) => new(_behaviour, _generations[slot], _learned[slot]);

    private static MemberVote Vote(double threshold, MemberState state, MemberVersion version) => new(0, 0, 0, threshold, state, version);

    private void PredictOwn(ReadOnlySpan<double> x, int regime, Span<double> probabilities, LearningSession session)
    {
        Statistics.Predictions++;
        var fault = _rests ? null : LearnerFault.OfPredicting(Learner(regime), x, probabilities);
        if (_rests || fault is not null)
            probabilities.Fill(1.0 / probabilities.Length);
        if (fault is { } wrong)
            Fail(Slot(regime), wrong, session);
        else if (_failing && !_rests)
            Recover();
    }

    private void PredictCandidate(ReadOnlySpan<double> x, int regime, Span<double> candidate, LearningSession session)
    {
        candidate.Clear();
        if (_candidate is null || _candidate.Slot != Slot(regime))
            return;
        if (LearnerFault.OfPredicting(_candidate.Learner, x, candidate) is not { } fault)
            return;
        candidate.Clear();
        LetGo(fault, session);
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight, int regime, LearningSession session)
    {
        if (IsFrozen || _rests)
            return;
        var slot = Slot(regime);
        if (LearnerFault.OfLearning(_learners[slot]!, x, label, weight) is { } fault)
        {
            Fail(slot, fault, session);
            return;
        }
        _learned[slot]++;
        LearnedAtUs = session.NowUs;
        if (_candidate is not null && _candidate.Slot == slot && _candidate.Learn(x, label, weight) is { } background)
            LetGo(background, session);
        if (IsFrozen)
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "freeze", "it has learned the answers it is a model of; it learns no more", _learned[slot], _own.FreezeAfter));
    }

    /// <summary>Watches the losses of one scored answer and adapts.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="brier">The member's Brier score for it.</param>
    /// <param name="candidate">What the background learner had said; all zero when nothing.</param>
    /// <param name="session">Where events go.</param>
    public DriftLevel Watch(in ScoredAnswer answer, double brier, ReadOnlySpan<double> candidate, LearningSession session)
    {
        // A baseline has learned nothing that could be of the past: its alarms would only be noise.
        if (IsBaseline)
            return DriftLevel.None;
        _answers++;
        _sinceAdaptation++;
        if (answer.QuestionSeq <= _bornSeq || _rests)
            return DriftLevel.None;
        if (_untilEligible > 0 && --_untilEligible == 0)
            _failures = 0;
        if (State == MemberState.WarmingUp && _untilEligible == 0)
            State = MemberState.Voting;
        if (State == MemberState.LostVote)
            Relearn(brier, answer.MajorityBrier, session);
        if (_candidate is not null && _candidate.Slot == Slot(answer.Regime) && answer.QuestionSeq > _candidate.BornSeq)
            _candidate.Score(brier, candidate, answer.Label);
        if (!_watch.Add(brier, session.NowUs))
            return DriftLevel.None;

        var level = _watch.Level;
        var alarm = -1;
        if (level > DriftLevel.None)
            (_warnedAtAnswer, Alarm) = (_answers, (_watch[_watch.Loudest].Statistic, _watch[_watch.Loudest].Threshold));
        if (level == DriftLevel.Drift)
        {
            alarm = _watch.Loudest;
            for (var i = 0; i < _watch.Count; i++)
                if (_watch.LevelOf(i) == DriftLevel.Drift)
                    session.Emit(new DriftEvent(session.Seq, session.NowUs, Name, _watch.Name(i), "brier", DriftLevel.Drift, _watch[i].Statistic, _watch[i].Threshold));
        }
        if (_options.Adapt)
            Adapt(answer.Regime, level, alarm, session);
        return level;
    }

    /// <summary>Takes the vote away when the accuracy over a window of the present learner's answers is under the configured floor.</summary>
    public void ReviewFloor(LearningSession session)
    {
        if (Votes && _sinceAdaptation >= Math.Max(_pause, _options.WindowAnswers + _horizon) && Statistics.RecentAccuracy < _options.MinPerformanceThreshold)
            LoseVote("accuracy under min_performance_threshold", Statistics.RecentAccuracy, _options.MinPerformanceThreshold, session);
    }

    /// <summary>Leaves the member out of the vote while it has learned nothing for too long.</summary>
    public void ReviewStaleness(LearningSession session)
    {
        if (_own.StaleAfterHours == 0 || LearnedAtUs == long.MinValue)
            return;
        var hours = ((double)session.NowUs - LearnedAtUs) / 3600e6;
        if (Votes && hours >= _own.StaleAfterHours)
        {
            State = MemberState.Stale;
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "stale", "hours since it last learned an answer; left out of the vote", hours, _own.StaleAfterHours));
        }
        else if (State == MemberState.Stale && hours < _own.StaleAfterHours)
        {
            State = MemberState.Voting;
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "regain-vote", "it has learned again; hours since", hours, _own.StaleAfterHours));
        }
    }

    private void Adapt(int regime, DriftLevel level, int alarm, LearningSession session)
    {
        // One background learner at a time. It belongs to the regime of the warning and leaves for another one only at an alarm there.
        if (!IsBatch && level >= DriftLevel.Warning && (_candidate is null || (alarm >= 0 && _candidate.Slot != Slot(regime))))
            StartCandidate(regime, $"{level} by {_watch.Name(_watch.Loudest)}", Alarm, session);
        if (_sinceAdaptation < _pause)
            return;
        if (_candidate is not null && _candidate.Blocks >= _options.BackgroundAnswersMin)
        {
            if (_candidate.Significance >= SwapSignificance)
            {
                Swap(session);
                return;
            }
            if (level == DriftLevel.None && _candidate.Blocks >= ChanceFactor * _options.BackgroundAnswersMin && _candidate.Significance < ChanceSignificance)
                LetGo(session);
        }
        if (Votes && Statistics.FloorLogEvidence >= _floorLog)
        {
            LoseVote("the e-process against the majority baseline's Brier score reached its limit", Statistics.FloorEvidence, _options.FloorEvidence, session);
            return;
        }
        if (alarm >= 0)
            Boost(regime, $"drift by {_watch.Name(alarm)}", Alarm, session);
    }

    /// <summary>Raises the rate of the learner of a regime, where it can be raised and nothing else has just changed the member.</summary>
    public void Boost(int regime, string cause, (double Statistic, double Reference) numbers, LearningSession session)
    {
        if (IsBaseline || IsBatch || _rests || _sinceAdaptation < _pause || Learner(regime) is not IRateBoost { CanBoost: true } boost)
            return;
        boost.BoostRate(_options.RateBoost);
        _sinceAdaptation = 0;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "rate-boost", cause, numbers.Statistic, numbers.Reference));
    }

    /// <summary>Whether a detector has warned or alarmed within so many answers.</summary>
    public bool HasWarnedWithin(int answers) => _warnedAtAnswer >= 0 && _answers - _warnedAtAnswer < answers;

    /// <summary>Adds what its detectors know.</summary>
    public void AddStatuses(List<DetectorStatus> statuses)
    {
        for (var i = 0; i < _watch.Count && !IsBaseline; i++)
            statuses.Add(new DetectorStatus(
                _watch.Name(i), "brier", Name, _watch[i].Statistic, double.IsFinite(_watch[i].Threshold) ? _watch[i].Threshold : null, _watch.LevelOf(i), _watch.LastDriftAtUs(i)));
    }

    /// <summary>Lets a member that has failed too often try again.</summary>
    public void ReviewRest(LearningSession session)
    {
        if (!_rests)
            return;
        _rests = false;
        _failures = FailuresMax;
        _bornSeq = session.Seq;
    }

    /// <summary>Another member's alarm concerns this one too: what it learned may be of the past.</summary>
    public void HearAlarm(int regime, Member alarmed, LearningSession session)
    {
        // Not where another learner has just taken over.
        if (!IsBaseline && !IsBatch && !_rests && _candidate is null && _bornSeq < session.Seq)
            StartCandidate(regime, $"drift of {alarmed.Name}", alarmed.Alarm, session);
    }

    private void StartCandidate(int regime, string cause, (double Statistic, double Reference) alarm, LearningSession session)
    {
        var place = _candidate is { } other ? $" in place of that of regime {other.Slot}" : "";
        var generation = ++_generation;
        _candidate = new Candidate(_build(generation), generation, Slot(regime), session.Seq, _horizon);
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "warn", $"{cause}; a background learner starts{place}", alarm.Statistic, alarm.Reference));
    }

    private void LetGo(in LearnerFault fault, LearningSession session)
    {
        _candidate = null;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "guard", $"the background learner {fault.Cause}; it is let go", fault.Statistic, fault.Reference));
    }

    private void LetGo(LearningSession session)
    {
        var candidate = _candidate!;
        _candidate = null;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "let-go",
            FormattableString.Invariant($"the background learner is no better after {candidate.Blocks} blocks of {_horizon} answers, in standard errors"), candidate.Significance, ChanceSignificance));
    }

    private void Swap(LearningSession session)
    {
        var candidate = _candidate!;
        _candidate = null;
        _learners[candidate.Slot] = candidate.Learner;
        (_generations[candidate.Slot], _learned[candidate.Slot]) = (candidate.Generation, candidate.Learned);
        Restart(session);
        Statistics.ResetAfterSwap();
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "swap",
            FormattableString.Invariant($"the background learner's Brier score is lower by {candidate.Advantage:G3} on {candidate.Blocks} blocks of {_horizon} answers, in standard errors"),
            candidate.Significance, SwapSignificance));
    }

    private void LoseVote(string cause, double statistic, double reference, LearningSession session)
    {
        State = MemberState.LostVote;
        StartOver(session);
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "lose-vote", cause, statistic, reference));
    }

    /// <summary>All specialists go: the evidence was gathered over all regimes. Who learns no more can only be left out.</summary>
    private void StartOver(LearningSession session)
    {
        if (!IsFrozen)
        {
            Array.Clear(_learners);
            Renew(_home);
        }
        _candidate = null;
        Restart(session);
        Statistics.ResetAfterSwap();
    }

    private void Relearn(double brier, double majorityBrier, LearningSession session)
    {
        _relearnedLoss += brier;
        _relearnedMajority += majorityBrier;
        if (++_relearned < (long)_options.BackgroundAnswersMin * _horizon)
            return;
        var own = _relearnedLoss / _relearned;
        var majority = _relearnedMajority / _relearned;
        _relearned = 0;
        _relearnedLoss = _relearnedMajority = 0;
        if (own > majority)
            return;
        State = MemberState.Voting;

        // What spoke against it while it relearned would take the vote away at once.
        Statistics.ResetFloor();
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "regain-vote", "its Brier score is no worse than the majority's again", own, majority));
    }

    /// <summary>Guard: acts at once, before anything else may use the numbers.</summary>
    private void Fail(int slot, in LearnerFault fault, LearningSession session)
    {
        var first = !_failing && _failures < FailuresMax;
        _failing = true;
        State = Failed;
        var stays = session.Frozen || IsFrozen;
        if (!stays)
        {
            Renew(slot);
            if (_candidate?.Slot == slot)
                _candidate = null;
            _untilEligible = _options.MinPredictionsForAdaptation;
            Restart(session);
            Statistics.ResetAfterSwap();
        }
        // A learner that fails at every question is one event, not one for each, and its first rest another one.
        if (first)
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "guard", stays ? $"{fault.Cause}; is left out" : $"{fault.Cause}; relearns from nothing", fault.Statistic, fault.Reference));
        if (session.Frozen || IsBaseline || (_failures = Math.Min(_failures + 1, FailuresMax + 1)) < FailuresMax)
            return;
        _rests = true;
        if (_failures == FailuresMax)
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "guard", $"{fault.Cause}, again and again; it is not asked before the next review", _failures, FailuresMax));
    }

    private void Recover()
    {
        _failing = false;
        if (State == MemberState.Failed)
            State = Recovered;
    }

    private void Renew(int slot)
    {
        (_generations[slot], _learned[slot]) = (++_generation, 0);
        _learners[slot] = _build(_generation);
    }

    /// <summary>Another learner answers from now on: what watches it begins anew.</summary>
    private void Restart(LearningSession session)
    {
        _bornSeq = session.Seq;
        _watch.Reset();
        _warnedAtAnswer = -1;
        _sinceAdaptation = 0;
        _relearned = 0;
        _relearnedLoss = _relearnedMajority = 0;
    }

    internal static bool IsDistribution(ReadOnlySpan<double> probabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities)
        {
            if (!(p >= 0 && p <= 1))
                return false;
            sum += p;
        }
        return Math.Abs(sum - 1) <= 1e-6;
    }
}
