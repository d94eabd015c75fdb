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
internal sealed class Member : ISaved
{
    // Asked at every block while a background learner runs, so two standard errors would swap on luck.
    private const double SwapSignificance = 3;

    // A background learner had its chance after so many times the answers that it needs, and is let go under so many standard errors.
    private const double ChanceFactor = 4, ChanceSignificance = 1;

    private readonly Func<ulong, IClassifier> _build;
    private readonly SessionOptions _options;
    private readonly int _horizon;
    private readonly int _pause;
    private readonly double _floorLog;
    private readonly IClassifier?[] _learners = new IClassifier?[LearningSession.RegimesMax];
    private readonly ulong[] _seeds = new ulong[LearningSession.RegimesMax];
    private readonly LossWatch _watch;
    private int _home;
    private Candidate? _candidate;
    private ulong _generation;

    // Answers to questions asked before this one say nothing about the present learner.
    private long _bornSeq;
    private int _untilEligible;
    private bool _failing;
    private long _sinceAdaptation;
    private long _relearned;
    private double _relearnedLoss;
    private double _relearnedMajority;

    public Member(string name, Func<ulong, IClassifier> build, Catalog catalog, SessionOptions options, int horizon, ulong seed)
    {
        Name = name;
        Seed = seed;
        (_build, _options, _horizon) = (build, options, horizon);
        _pause = Math.Max(50, 5 * horizon);
        _floorLog = Elementary.Log(options.FloorEvidence);
        _learners[0] = build(seed);
        _seeds[0] = seed;
        _untilEligible = options.MinPredictionsForAdaptation;
        IsBaseline = _learners[0] is IBaseline;
        _watch = new LossWatch([.. options.Detectors.Select(d => d.Detector)], [.. options.Detectors.Select(d => catalog.Detectors[d.Detector].Create(seed, d.Options))], horizon);
        Statistics = new MemberStatistics(options, horizon);
        State = IsBaseline ? MemberState.Baseline : MemberState.WarmingUp;
    }

    public string Name { get; }

    public ulong Seed { get; }

    public bool IsBaseline { get; }

    public MemberStatistics Statistics { get; }

    public MemberState State { get; private set; }

    public bool Votes => State == MemberState.Voting;

    /// <summary>The numbers of the loudest detector at the last warning or alarm; not state.</summary>
    public (double Statistic, double Reference) Alarm { get; private set; }

    private int Slot(int regime) => _learners[regime] is null ? _home : regime;

    private IClassifier Learner(int regime) => _learners[regime] ?? _learners[_home]!;

    /// <summary>Makes sure that a regime has its specialist: at the first visit the learner of the regime before it is forked.</summary>
    /// <param name="regime">The regime that is visited.</param>
    /// <param name="from">The regime before; −1 at the very first visit of all, which the member's first learner serves.</param>
    /// <param name="session">Where the event goes.</param>
    public void Visit(int regime, int from, LearningSession session)
    {
        if (IsBaseline || _learners[regime] is not null)
            return;
        if (from < 0)
        {
            (_learners[regime], _learners[_home]) = (_learners[_home], null);
            _seeds[regime] = _seeds[_home];
            _home = regime;
            return;
        }
        var original = Slot(from);
        _learners[regime] = Fork(original);
        _seeds[regime] = _seeds[original];
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "specialist", $"regime {regime} has no specialist yet; forked from regime {from}", regime, from));
    }

    /// <summary>Writes the probabilities of the member, and of its background learner or zeros.</summary>
    public void Predict(ReadOnlySpan<double> x, int regime, Span<double> probabilities, Span<double> candidate, LearningSession session)
    {
        Learner(regime).Predict(x, probabilities);
        Statistics.Predictions++;
        if (!IsDistribution(probabilities))
            Fail(regime, probabilities, session);
        else if (_failing)
            Recover();

        candidate.Clear();
        if (_candidate is null || _candidate.Slot != Slot(regime))
            return;
        _candidate.Learner.Predict(x, candidate);
        if (IsDistribution(candidate))
            return;
        var (cause, statistic, reference) = Fault(candidate);
        candidate.Clear();
        _candidate = null;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "guard", $"the background learner {cause}; it is let go", statistic, reference));
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight, int regime)
    {
        Learner(regime).Learn(x, label, weight);
        if (_candidate is not null && _candidate.Slot == Slot(regime))
            _candidate.Learner.Learn(x, label, weight);
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
        _sinceAdaptation++;
        if (answer.QuestionSeq <= _bornSeq)
            return DriftLevel.None;
        if (_untilEligible > 0)
            _untilEligible--;
        if (State == MemberState.WarmingUp && _untilEligible == 0)
            State = MemberState.Voting;
        if (State == MemberState.LostVote)
            Relearn(brier, answer.MajorityBrier, session);
        if (_candidate is not null && _candidate.Slot == Slot(answer.Regime) && answer.QuestionSeq > _candidate.BornSeq)
            _candidate.Score(brier, candidate, answer.Label);
        if (!_watch.Add(brier))
            return DriftLevel.None;

        var level = _watch.Level;
        var alarm = -1;
        if (level > DriftLevel.None)
            Alarm = (_watch[_watch.Loudest].Statistic, _watch[_watch.Loudest].Threshold);
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

    private void Adapt(int regime, DriftLevel level, int alarm, LearningSession session)
    {
        // One background learner at a time. It belongs to the regime of the warning and leaves for another one only at an alarm there.
        if (level >= DriftLevel.Warning && (_candidate is null || (alarm >= 0 && _candidate.Slot != Slot(regime))))
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
        if (alarm >= 0 && Learner(regime) is IRateBoost { CanBoost: true } boost)
        {
            boost.BoostRate(_options.RateBoost);
            _sinceAdaptation = 0;
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "rate-boost", $"drift by {_watch.Name(alarm)}", Alarm.Statistic, Alarm.Reference));
        }
    }

    /// <summary>Another member's alarm concerns this one too: what it learned may be of the past.</summary>
    public void HearAlarm(int regime, Member alarmed, LearningSession session)
    {
        // Not where another learner has just taken over.
        if (!IsBaseline && _candidate is null && _bornSeq < session.Seq)
            StartCandidate(regime, $"drift of {alarmed.Name}", alarmed.Alarm, session);
    }

    private void StartCandidate(int regime, string cause, (double Statistic, double Reference) alarm, LearningSession session)
    {
        var place = _candidate is { } other ? $" in place of that of regime {other.Slot}" : "";
        var seed = NextSeed();
        _candidate = new Candidate(_build(seed), seed, Slot(regime), session.Seq, _horizon);
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "warn", $"{cause}; a background learner starts{place}", alarm.Statistic, alarm.Reference));
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
        _seeds[candidate.Slot] = candidate.Seed;
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

    /// <summary>All specialists go: the evidence was gathered over all regimes.</summary>
    private void StartOver(LearningSession session)
    {
        Array.Clear(_learners);
        Renew(_home);
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
    private void Fail(int regime, Span<double> probabilities, LearningSession session)
    {
        var (cause, statistic, reference) = Fault(probabilities);
        probabilities.Fill(1.0 / probabilities.Length);
        var again = _failing;
        _failing = true;
        if (State is MemberState.Voting or MemberState.WarmingUp)
            State = MemberState.Failed;
        if (!session.Frozen)
        {
            var slot = Slot(regime);
            Renew(slot);
            if (_candidate?.Slot == slot)
                _candidate = null;
            _untilEligible = _options.MinPredictionsForAdaptation;
            Restart(session);
            Statistics.ResetAfterSwap();
        }
        // A learner that fails at every question is one event, not one for each.
        if (!again)
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "guard", session.Frozen ? $"{cause}; is left out" : $"{cause}; relearns from nothing", statistic, reference));
    }

    private void Recover()
    {
        _failing = false;
        if (State == MemberState.Failed)
            State = _untilEligible == 0 ? MemberState.Voting : MemberState.WarmingUp;
    }

    private void Renew(int slot)
    {
        _seeds[slot] = NextSeed();
        _learners[slot] = _build(_seeds[slot]);
    }

    /// <summary>Another learner answers from now on: what watches it begins anew.</summary>
    private void Restart(LearningSession session)
    {
        _bornSeq = session.Seq;
        _watch.Reset();
        _sinceAdaptation = 0;
        _relearned = 0;
        _relearnedLoss = _relearnedMajority = 0;
    }

    private ulong NextSeed() => Seed + ++_generation * 0x9E3779B97F4A7C15;

    private IClassifier Fork(int slot)
    {
        var writer = new StateWriter();
        _learners[slot]!.Save(writer);
        var fork = _build(_seeds[slot]);
        fork.Load(new StateReader(writer.WrittenMemory));
        return fork;
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

    /// <summary>What is wrong with numbers that are no distribution, in words and in finite numbers.</summary>
    private static (string Cause, double Statistic, double Reference) Fault(ReadOnlySpan<double> probabilities)
    {
        var outside = 0;
        var sum = 0.0;
        foreach (var p in probabilities)
        {
            outside += p >= 0 && p <= 1 ? 0 : 1;
            sum += p;
        }
        return outside > 0 ? ($"gave {outside} numbers that are no probabilities", outside, 0) : ("gave probabilities that do not sum to one", sum, 1);
    }

    public void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write((int)State);
        writer.Write(_failing);
        writer.Write(_generation);
        writer.Write(_bornSeq);
        writer.Write(_untilEligible);
        writer.Write(_sinceAdaptation);
        writer.Write(_relearned);
        writer.Write(_relearnedLoss);
        writer.Write(_relearnedMajority);
        writer.Write(_home);
        for (var slot = 0; slot < _learners.Length; slot++)
        {
            writer.Write(_learners[slot] is not null);
            if (_learners[slot] is not { } learner)
                continue;
            writer.Write(_seeds[slot]);
            learner.Save(writer);
        }
        writer.Write(_candidate is not null);
        _candidate?.Save(writer);
        _watch.Save(writer);
        Statistics.Save(writer);
    }

    public void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        State = (MemberState)reader.ReadInt32(0, (int)MemberState.Failed);
        if (IsBaseline != (State == MemberState.Baseline))
            throw new CorruptStateException($"The member '{Name}' is saved as {State}.");
        _failing = reader.ReadBool();
        if (State == MemberState.Failed && !_failing)
            throw new CorruptStateException($"The member '{Name}' is saved as failed without having failed.");
        _generation = reader.ReadUInt64();
        _bornSeq = reader.ReadInt64();
        _untilEligible = reader.ReadInt32(0, _options.MinPredictionsForAdaptation);
        _sinceAdaptation = reader.ReadInt64();
        _relearned = reader.ReadInt64();
        if (_bornSeq < 0 || _sinceAdaptation < 0 || _relearned < 0 || _relearned >= (long)_options.BackgroundAnswersMin * _horizon)
            throw new CorruptStateException($"The member '{Name}' is saved with a birth at {_bornSeq}, {_sinceAdaptation} answers since its last adaptation and {_relearned} relearned.");
        _relearnedLoss = reader.ReadWithin(0, _relearned * (1 + 1e-9));
        _relearnedMajority = reader.ReadWithin(0, _relearned * (1 + 1e-9));
        _home = reader.ReadInt32(0, LearningSession.RegimesMax - 1);
        for (var slot = 0; slot < _learners.Length; slot++)
        {
            _learners[slot] = null;
            if (!reader.ReadBool())
                continue;
            _seeds[slot] = reader.ReadUInt64();
            _learners[slot] = _build(_seeds[slot]);
            _learners[slot]!.Load(reader);
        }
        if (_learners[_home] is null)
            throw new CorruptStateException($"The member '{Name}' is saved without a learner.");
        _candidate = reader.ReadBool() ? Candidate.Load(reader, _build, _horizon) : null;
        _watch.Load(reader);
        Statistics.Load(reader);
    }
}
