using System.Runtime.InteropServices;
using Hone.Learning.Calibration;
using Hone.Learning.Drift;
using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// A panel that answers questions and learns from answers. Two inputs, <see cref="Ask"/> and <see cref="TryAnswer"/>; no clock, no
/// thread, no I/O. Every answer is scored against the prediction that was stored when the question was asked, and only then learned; each is
/// learned exactly once.
/// </summary>
/// <remarks>One thread at a time. Nothing allocates in steady state; an adaptation may.</remarks>
public sealed partial class LearningSession : ISaved
{
    /// <summary>Regimes a question may be asked in.</summary>
    public const int RegimesMax = 16;

    /// <summary>Largest weight of an answer.</summary>
    public const double WeightMax = 1e6;

    /// <summary>Smallest weight of an answer.</summary>
    public const double WeightMin = 1e-9;

    // A calibration that looks wrong by four standard errors rather than by the two of the band shown: the same window is looked at again and again.
    private const double RecalibrationBands = 2;
    private const long PlusInfinity = 0x7FF0000000000000, MinusInfinity = unchecked((long)0xFFF0000000000000);
    private const double DayUs = 86_400e6;
    private const string InputName = "input", PsiName = "psi";

    private readonly Catalog _catalog;
    private readonly SessionOptions _options;
    private readonly SessionShape _shape;
    private readonly Member[] _members;
    private readonly Hedge _hedge;
    private readonly Serving _serving;
    private readonly double[] _classCounts;
    private readonly QuestionBook _questions;
    private readonly ICalibrator _calibrator;
    private readonly InputDriftMonitor? _inputs;
    private readonly PanelReview _review;
    private readonly long[] _featureDriftAtUs;
    private readonly string[] _names;
    private readonly int _features;
    private readonly int _classes;
    private readonly int _horizon;
    private readonly ulong _openUsMax;
    private readonly long _reviewUs;

    // Scores of the members for the present answer; not state.
    private readonly double[] _logLosses;
    private readonly double[] _briers;
    private readonly double[] _majority;

    // This session after the review that is due, for previews beyond it; null after every input, not state.
    private LearningSession? _ahead;
    private int _regime = -1;
    private long _reviewDueUs = long.MinValue;
    private long _answersSinceRecalibration;

    // Layout of a question's numbers: features, each member's probabilities, each background learner's, then these.
    private readonly int _atMembers;
    private readonly int _atCandidates;
    private readonly int _atRaw;
    private readonly int _atPanel;
    private readonly int _atMajority;

    /// <summary>Builds a session.</summary>
    /// <exception cref="InvalidOptionsException">A member, a detector or an option is unknown or out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The shape is none: no feature, fewer than two classes, a horizon under 1 or above <see cref="SessionShape.HorizonMax"/>.</exception>
    public LearningSession(Catalog catalog, SessionOptions options, SessionShape shape)
    {
        shape.Check();
        Options.Validated("learning", options);
        if (options.Members.Count is 0 or > 64)
            throw new InvalidOptionsException($"learning: members has {options.Members.Count} entries; a panel has 1 to 64.");
        if (options.MinThreshold > options.InitialThreshold || options.InitialThreshold > options.MaxThreshold)
            throw new InvalidOptionsException($"learning: initial_threshold is {options.InitialThreshold}; it must be from min_threshold {options.MinThreshold} to max_threshold {options.MaxThreshold}.");
        _catalog = catalog;
        _options = options;
        _shape = shape;
        _features = shape.FeatureNames.Count;
        _classes = shape.Classes;
        _horizon = shape.HorizonAnswers;
        _names = [.. shape.FeatureNames];
        _members = new Member[options.Members.Count];
        for (var i = 0; i < _members.Length; i++)
        {
            var member = options.Members[i];
            Options.Validated($"learning.members[{i}]", member);
            var entry = catalog.Learners[member.Learner];
            var seed = shape.Seed + (ulong)i * 0xD1B54A32D192ED03;
            var name = member.Name ?? member.Learner;
            if (name is "" or "panel" or InputName)
                throw new InvalidOptionsException($"learning: a member cannot be called '{name}'; events of the session itself carry the names 'panel' and 'input'.");
            if (Array.Exists(_members, m => m?.Name == name))
                throw new InvalidOptionsException($"learning: there are two members named '{name}'; give one of them a name of its own.");
            _members[i] = new Member(name, member, entry.Behaviour, s => entry.Create(new LearnerShape(_features, _classes, s, _horizon), member.Options), catalog, options, _horizon, seed);
        }
        _hedge = new Hedge([.. _members.Select(m => !m.IsBaseline)], options.WeightRate / _horizon, options.WeightShare / _horizon);
        _serving = new Serving(options.Strategy, _horizon, _members, _hedge, _classes, shape.Seed);
        _majority = new double[_classes];
        _logLosses = new double[_members.Length];
        _briers = new double[_members.Length];
        _classCounts = new double[_classes];
        _openUsMax = (ulong)(options.OpenQuestionDaysMax * DayUs);
        _reviewUs = options.MonitorIntervalSecs * 1_000_000L;
        _atMembers = _features;
        _atCandidates = _atMembers + _members.Length * _classes;
        _atRaw = _atCandidates + _members.Length * _classes;
        _atPanel = _atRaw + 1;
        _atMajority = _atPanel + _classes;
        _questions = new QuestionBook(_atMajority + _classes, options.OpenQuestionsMax);
        _calibrator = catalog.Calibrators[options.Calibrator].Create(shape.Seed);
        if (options.InputDrift)
            _inputs = new InputDriftMonitor(new InputDriftOptions(), _features, shape.Seed, shape.WatchDrift is { } watched ? [.. watched] : default(ReadOnlySpan<bool>));
        _featureDriftAtUs = [.. Enumerable.Repeat(long.MinValue, _inputs is null ? 0 : _features)];
        _review = new PanelReview(options, _horizon);
        Clock = new AdaptationClock(options.WindowAnswers, Member.PauseAnswers(_horizon), _horizon);
        Panel = new MemberStatistics(options, _horizon);
        // Between a question and its answer lie h − 1 other answers that the baselines may not use.
        Score = new ClassificationScore(_classes, _horizon - 1);
        Last = new Prediction(_classes, _members.Length);
    }

    /// <summary>Questions and answers taken so far.</summary>
    public long Seq { get; private set; }

    /// <summary>Event time of the last input in microseconds since 1970 UTC.</summary>
    public long NowUs { get; private set; } = long.MinValue;

    /// <summary>Hears of drifts and adaptations.</summary>
    public ISessionObserver? Observer { get; set; }

    /// <summary>Names of the members, in order.</summary>
    public IEnumerable<string> MemberNames => _members.Select(m => m.Name);

    /// <summary>Length of a question's feature vector.</summary>
    public int FeatureCount => _features;

    /// <summary>Number of members.</summary>
    public int MemberCount => _members.Length;

    /// <summary>How fast drift is noticed, answered and overcome.</summary>
    public AdaptationClock Clock { get; }

    /// <summary>Whether no answer has come for longer than <see cref="SessionOptions.StaleAfterAnswersHours"/>, as of the last review.</summary>
    public bool IsStale => _review.IsStale;

    /// <summary>Statistics of the panel as a whole.</summary>
    public MemberStatistics Panel { get; }

    /// <summary>Accuracy, kappa, log-loss and so on of the panel's stored predictions, beside the baselines.</summary>
    public ClassificationScore Score { get; }

    /// <summary>How often what the panel gave p came true (two classes).</summary>
    public ReliabilityDiagram Reliability { get; } = new();

    /// <summary>The last prediction.</summary>
    public Prediction Last { get; }

    /// <summary>Questions that wait for an answer.</summary>
    public int OpenQuestions => _questions.Count;

    /// <summary>Questions that expired unanswered.</summary>
    public long Expired { get; private set; }

    /// <summary>Drift alarms so far, members and inputs.</summary>
    public long Drifts { get; private set; }

    /// <summary>Adaptations so far.</summary>
    public long Adaptations { get; private set; }

    /// <summary>The monitor of the features' distributions; null when switched off.</summary>
    public InputDriftMonitor? Inputs => _inputs;

    /// <summary>
    /// When set, answers are scored but nothing is learned and nothing adapts, thresholds and Thompson counts included: the frozen panel that an
    /// adaptive one is compared with. A member that gives no probabilities is left out of that prediction.
    /// </summary>
    public bool Frozen { get; set; }

    /// <summary>Whether a question waits under this id.</summary>
    public bool IsOpen(long id) => _questions.Contains(id);

    /// <summary>Asks a question: every member predicts, the prediction is stored until its answer comes.</summary>
    /// <param name="id">The question; must not be open.</param>
    /// <param name="x">Features; NaN is missing, infinity is refused.</param>
    /// <param name="atUs">Event time, not before the last one.</param>
    /// <param name="regime">Regime it is asked in, 0…<see cref="RegimesMax"/> − 1.</param>
    /// <param name="flat">Whether no position is held: then a Thompson draw may be taken.</param>
    /// <returns><see cref="Last"/>, overwritten by the next question.</returns>
    /// <exception cref="ArgumentException">The id is open, time goes back, a length or a value is wrong.</exception>
    public Prediction Ask(long id, ReadOnlySpan<double> x, long atUs, int regime = 0, bool flat = true)
    {
        CheckQuestion(x, regime);
        if (_questions.Contains(id))
            throw new ArgumentException($"The question {id} is already open.", nameof(id));
        Advance(atUs);
        Seq++;
        if (_questions.IsFull)
            Expire(_questions.Oldest);

        if (ForksSpecialists)
        {
            foreach (var member in _members)
                member.Visit(regime, _regime, this);
            _regime = regime;
        }

        var slot = _questions.Add(id, atUs, Seq, regime);
        var numbers = _questions.Numbers(slot);
        x.CopyTo(numbers);
        for (var m = 0; m < _members.Length; m++)
            Last.VotesArray[m] = _members[m].Predict(x, regime, numbers.Slice(_atMembers + m * _classes, _classes), numbers.Slice(_atCandidates + m * _classes, _classes), this);
        numbers.Slice(_atMembers, _members.Length * _classes).CopyTo(Last.MemberProbabilitiesArray);
        WriteMajority(numbers.Slice(_atMajority, _classes));
        numbers[_atRaw] = Complete(Last, _serving.Combine(Last, flat), numbers.Slice(_atMajority, _classes));
        Panel.Predictions++;

        Last.Id = id;
        Last.Seq = Seq;
        Last.AtUs = atUs;
        Last.ProbabilitiesArray.CopyTo(numbers.Slice(_atPanel, _classes));
        if (Frozen)
            return Last;
        _review.Asked(regime, this);
        if (_inputs is not null && _inputs.Add(x))
        {
            ReportInputDrift();
            _review.ReviewDrift(this);
        }
        return Last;
    }

    /// <summary>A prediction for <see cref="Preview"/> or <see cref="Prediction.CopyTo"/>, with room for this session's classes and members.</summary>
    public Prediction NewPrediction() => new(_classes, _members.Length);

    /// <summary>
    /// What <see cref="Ask"/> would answer, bit for bit: with the same numbers, regime and time, asked next. Changes nothing; no question is stored, nothing is counted, no time passes.
    /// </summary>
    /// <param name="x">Features; NaN is missing, infinity is refused.</param>
    /// <param name="regime">Regime it would be asked in, 0…<see cref="RegimesMax"/> − 1.</param>
    /// <param name="atUs">Event time, not before the last one.</param>
    /// <param name="into">Takes the prediction; made by <see cref="NewPrediction"/>. Its id is 0.</param>
    /// <param name="flat">Whether no position is held: then a Thompson draw would be taken.</param>
    /// <remarks>Allocates nothing, except where a review falls due before that time: then a copy of the session holds it and answers.</remarks>
    /// <exception cref="ArgumentException">Time goes back, a length or a value is wrong.</exception>
    public void Preview(ReadOnlySpan<double> x, int regime, long atUs, Prediction into, bool flat = true)
    {
        CheckQuestion(x, regime);
        CheckTime(atUs);
        into.RequireShape(_classes, _members.Length);
        if (atUs >= _reviewDueUs && !Frozen)
        {
            if (_ahead?.NowUs != atUs)
            {
                _ahead = Copy();
                _ahead.Advance(atUs);
            }
            _ahead.PreviewAt(x, regime, atUs, into, flat);
        }
        else
        {
            PreviewAt(x, regime, atUs, into, flat);
        }
    }

    /// <summary>Answers an open question: scores the stored prediction, updates the statistics, learns, watches for drift, and adapts.</summary>
    /// <param name="id">The question.</param>
    /// <param name="label">What happened, 0…classes − 1.</param>
    /// <param name="atUs">Event time, not before the last one.</param>
    /// <param name="verdict">What the answer did.</param>
    /// <param name="weight">How much the example counts in learning, <see cref="WeightMin"/>…<see cref="WeightMax"/>.</param>
    /// <returns>False when the question is unknown, too old at that time or already answered; nothing has changed then.</returns>
    /// <exception cref="ArgumentException">Time goes back, or there is no such label or weight; nothing has changed then.</exception>
    public bool TryAnswer(long id, int label, long atUs, out Verdict verdict, double weight = 1.0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, _classes);
        if (!(weight >= WeightMin && weight <= WeightMax))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, $"A weight is from {WeightMin} to {WeightMax}.");
        verdict = default;
        if (!_questions.TryFind(id, out var slot))
            return false;
        CheckTime(atUs);
        if (IsTooOld(slot, atUs))
            return false;
        Advance(atUs);
        Seq++;

        var numbers = _questions.Numbers(slot);
        var x = numbers[.._features];
        var majority = Brier(numbers.Slice(_atMajority, _classes), label);
        ref readonly var question = ref _questions[slot];
        var answer = new ScoredAnswer(question.Seq, question.Regime, label, majority);
        var kept = Panel.KeptAt(atUs);
        for (var m = 0; m < _members.Length; m++)
        {
            var p = numbers.Slice(_atMembers + m * _classes, _classes);
            var predicted = ArgMax(p);
            _briers[m] = Brier(p, label);
            _logLosses[m] = LogLoss(p[label]);
            _members[m].Statistics.Record(predicted == label, p[predicted], _logLosses[m], _briers[m], majority, atUs, kept, Frozen);
        }
        var score = Score.Add(numbers.Slice(_atPanel, _classes), label);
        var correct = score.Predicted == label;
        Panel.Record(correct, score.Confidence, score.LogLoss, score.Brier, majority, atUs, kept, Frozen);
        if (_classes == 2)
            Reliability.Add(numbers[_atPanel + 1], label == 1);

        var drift = DriftLevel.None;
        if (!Frozen)
        {
            Clock.Answered(score.LogLoss, atUs);
            _review.Answered(correct, ArgMax(numbers.Slice(_atMajority, _classes)) == label);
            Learn(x, numbers[_atRaw], answer, weight / _horizon);
            var alarmed = -1;
            for (var m = 0; m < _members.Length; m++)
            {
                var level = _members[m].Watch(answer, _briers[m], numbers.Slice(_atCandidates + m * _classes, _classes), this);
                if (level == DriftLevel.Drift && _members[m].Votes)
                    alarmed = m;
                if (level > drift)
                    drift = level;
            }
            if (alarmed >= 0 && _options.Adapt)
                SpreadAlarm(_members[alarmed], answer.Regime);
            if (drift == DriftLevel.Warning)
                Clock.Warned(atUs);
            if (drift > DriftLevel.None)
                _review.ReviewDrift(this);
        }
        _questions.Remove(slot);
        verdict = new Verdict(Seq, correct, label, score.Predicted, score.Confidence, score.LogLoss, score.Brier, drift);
        return true;
    }

    /// <summary>Closes an open question that will never have an answer; nothing is scored or learned.</summary>
    /// <returns>False when no question waits under this id.</returns>
    public bool Withdraw(long id)
    {
        if (!_questions.TryFind(id, out var slot))
            return false;
        _questions.Remove(slot);
        return true;
    }

    /// <summary>Lets event time pass: reviews that fell due, and questions that are too old.</summary>
    /// <exception cref="ArgumentException">Time goes back.</exception>
    public void Advance(long atUs)
    {
        CheckTime(atUs);
        NowUs = atUs;
        _ahead = null;

        // Nothing happens between two boundaries without an event, so several that were crossed at once are one.
        if (atUs >= _reviewDueUs)
        {
            var boundary = atUs - Floored(atUs, _reviewUs);
            _reviewDueUs = boundary > long.MaxValue - _reviewUs ? long.MaxValue : boundary + _reviewUs;
            if (!Frozen)
                Review();
        }
        while (_questions.Count > 0 && IsTooOld(_questions.Oldest, atUs))
            Expire(_questions.Oldest);
    }

    /// <summary>Half the sum over classes of squared differences: (p − y)² for two classes, from 0 to 1.</summary>
    public static double Brier(ReadOnlySpan<double> probabilities, int label)
    {
        var sum = 0.0;
        for (var c = 0; c < probabilities.Length; c++)
        {
            var difference = probabilities[c] - (c == label ? 1 : 0);
            sum += difference * difference;
        }
        // Probabilities may sum to a little more than one; a score may not.
        return Math.Min(1, sum / 2);
    }

    internal void BoostAll(int regime, double score, double limit)
    {
        foreach (var member in _members)
            member.Boost(Math.Max(regime, 0), "the drift score", (score, limit), this);
    }

    internal void Emit(in DriftEvent drift)
    {
        Drifts++;
        if (drift.Member != InputName)
            Clock.Alarmed(NowUs);
        Observer?.OnDrift(drift);
    }

    internal void Emit(in AdaptationEvent adaptation)
    {
        Adaptations++;
        if (adaptation.Action is "swap" or "rate-boost" or "lose-vote")
            Clock.Adapted(NowUs);
        Observer?.OnAdaptation(adaptation);
    }

    private void PreviewAt(ReadOnlySpan<double> x, int regime, long atUs, Prediction into, bool flat)
    {
        var from = ForksSpecialists ? _regime : -1;
        for (var m = 0; m < _members.Length; m++)
            into.VotesArray[m] = _members[m].Preview(x, regime, from, into.MemberProbabilitiesArray.AsSpan(m * _classes, _classes), Frozen);
        WriteMajority(_majority);
        Complete(into, _serving.Preview(into, flat), _majority);
        into.Id = 0;
        into.Seq = Seq;
        into.AtUs = atUs;
    }

    private bool ForksSpecialists => _options is { Specialists: SpecialistPolicy.ByRegime, Adapt: true } && !Frozen;

    private void Review()
    {
        foreach (var member in _members)
        {
            member.ReviewRest(this);
            member.ReviewStaleness(this);
        }
        _review.Hold(this);
        if (_options.HardPerformanceFloor)
            foreach (var member in _members)
                member.ReviewFloor(this);
        if (!_options.Adapt || _classes != 2 || _answersSinceRecalibration < Math.Max(_options.WindowAnswers, 5 * _horizon)
            || !(Math.Abs(Panel.CalibrationError) > RecalibrationBands * Panel.CalibrationErrorNull))
            return;
        _answersSinceRecalibration = 0;
        _calibrator.Reset();
        Emit(new AdaptationEvent(Seq, NowUs, "panel", "recalibrate", "confidence and accuracy differ over the window", Panel.CalibrationError, RecalibrationBands * Panel.CalibrationErrorNull));
    }

    private void Learn(ReadOnlySpan<double> x, double raw, in ScoredAnswer answer, double weight)
    {
        _hedge.Update(_logLosses);
        foreach (var member in _members)
            member.Learn(x, answer.Label, weight, answer.Regime, this);
        if (_classes == 2 && !double.IsNaN(raw))
            _calibrator.Learn(raw, answer.Label, weight);
        _classCounts[answer.Label]++;
        _answersSinceRecalibration++;
    }

    /// <summary>Completes a prediction whose members have spoken.</summary>
    /// <param name="prediction">The prediction; <paramref name="total"/> is what the combination of its votes returned.</param>
    /// <param name="total">Voting weight; 0 when no member votes.</param>
    /// <param name="majority">What is said when no member votes.</param>
    /// <returns>The panel's raw probability of the last class; NaN when no member votes: the majority's frequency is no raw prediction, it is not calibrated, and the calibrator does not learn from it.</returns>
    private double Complete(Prediction prediction, double total, ReadOnlySpan<double> majority)
    {
        var panel = prediction.ProbabilitiesArray;
        var raw = double.NaN;
        if (total > 0)
        {
            raw = panel[^1];
            if (_classes == 2)
            {
                panel[1] = _calibrator.Apply(Math.Min(panel[1], 1));
                panel[0] = 1 - panel[1];
            }
        }
        else
        {
            majority.CopyTo(panel);
        }
        var label = ArgMax(panel);
        var agreement = 0.0;
        foreach (var vote in prediction.VotesArray)
            if (vote.Label == label)
                agreement += vote.Weight;
        prediction.Label = label;
        prediction.Confidence = panel[label];
        prediction.Agreement = agreement;
        prediction.Strategy = _options.Strategy;
        // The panel's own, whoever serves: it was adapted to the calibrated confidences that were given out, a member's to its raw ones.
        prediction.Threshold = Panel.Threshold;
        prediction.Reason = total == 0 ? ActReason.NoVotes
            : _review.IsStale && !_options.ActWhenStale ? ActReason.Stale
            : prediction.Confidence >= prediction.Threshold ? ActReason.Acts : ActReason.UnderThreshold;
        prediction.Act = prediction.Reason == ActReason.Acts;
        return raw;
    }

    /// <summary>One member's alarm concerns all: what was learned, and what the weights were earned with, may be of the past.</summary>
    private void SpreadAlarm(Member alarmed, int regime)
    {
        foreach (var member in _members)
            member.HearAlarm(regime, alarmed, this);
        _hedge.ForgetHalf();
        var (statistic, reference) = alarmed.Alarm;
        Emit(new AdaptationEvent(Seq, NowUs, "panel", "reweight", $"drift of {alarmed.Name}; half of every weight is dealt out evenly", statistic, reference));
    }

    private void WriteMajority(Span<double> probabilities)
    {
        var total = 0.0;
        foreach (var count in _classCounts)
            total += count + 1;
        for (var c = 0; c < _classes; c++)
            probabilities[c] = (_classCounts[c] + 1) / total;
    }

    private void ReportInputDrift()
    {
        foreach (ref readonly var feature in _inputs!.Last)
        {
            if (!feature.Drifting)
                continue;
            _featureDriftAtUs[feature.Feature] = NowUs;
            Emit(new DriftEvent(Seq, NowUs, InputName, PsiName, _names[feature.Feature], DriftLevel.Drift, feature.Statistic, feature.Threshold));
        }
        if (_inputs.Drifting > 0)
            Emit(new AdaptationEvent(Seq, NowUs, InputName, "warn", $"{_inputs.Drifting} features left their reference; a new reference is taken", _inputs.Drifting, 0));
    }

    private void Expire(int slot)
    {
        _questions.Remove(slot);
        Expired++;
    }

    private void CheckQuestion(ReadOnlySpan<double> x, int regime)
    {
        if (x.Length != _features)
            throw new ArgumentException($"{x.Length} features were given; this session has {_features}.", nameof(x));
        if (MemoryMarshal.Cast<double, long>(x).ContainsAny(PlusInfinity, MinusInfinity))
            throw new ArgumentException($"The feature '{_names[MemoryMarshal.Cast<double, long>(x).IndexOfAny(PlusInfinity, MinusInfinity)]}' is infinite.", nameof(x));
        ArgumentOutOfRangeException.ThrowIfNegative(regime);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(regime, RegimesMax);
    }

    private void CheckTime(long atUs)
    {
        if (atUs < NowUs)
            throw new ArgumentException($"Event time {atUs} is before {NowUs}; it never goes back.", nameof(atUs));
    }

    // Time never goes back, so the difference is exact without a sign even where it does not fit with one.
    private bool IsTooOld(int slot, long atUs) => (ulong)atUs - (ulong)_questions[slot].AtUs > _openUsMax;

    private static long Floored(long value, long unit)
    {
        var rest = value % unit;
        return rest < 0 ? rest + unit : rest;
    }

    private static double LogLoss(double probability) => -Elementary.Log(Math.Max(probability, ProbabilityScore.ProbabilityMin));

    internal static int ArgMax(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best])
                best = i;
        return best;
    }
}
