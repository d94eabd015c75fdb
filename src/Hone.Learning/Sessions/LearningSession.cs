using Hone.Learning.Calibration;
using Hone.Learning.Drift;
using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>What a session is built for.</summary>
/// <param name="FeatureNames">Names of the features, in order.</param>
/// <param name="Classes">Number of classes, 2 or more.</param>
/// <param name="HorizonAnswers">How many consecutive answers overlap: the label's horizon in bars; 1 for independent answers.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="WatchDrift">Which features' distributions are watched; all when null.</param>
public sealed record SessionShape(IReadOnlyList<string> FeatureNames, int Classes, int HorizonAnswers, ulong Seed, IReadOnlyList<bool>? WatchDrift = null);

/// <summary>
/// A panel that answers questions and learns from answers. Two inputs, <see cref="Ask"/> and <see cref="TryAnswer"/>; no clock, no
/// thread, no I/O. Every answer is scored against the prediction that was stored when the question was asked, and only then learned; each is
/// learned exactly once.
/// </summary>
/// <remarks>One thread at a time. Nothing allocates in steady state; an adaptation may.</remarks>
public sealed class LearningSession : ISaved
{
    /// <summary>Regimes a question may be asked in.</summary>
    public const int RegimesMax = 16;

    private const double ProbabilityMin = 1e-15;
    private const double DayUs = 86_400e6;

    private readonly SessionOptions _options;
    private readonly Member[] _members;
    private readonly double[] _weights;
    private readonly double[] _classCounts;
    private readonly QuestionBook _questions;
    private readonly ICalibrator _calibrator;
    private readonly InputDriftMonitor? _inputs;
    private readonly string[] _names;
    private readonly int _features;
    private readonly int _classes;
    private readonly int _horizon;
    private Rng _thompson;
    private int _drawn = -1;
    private int _asksSinceDraw;
    private int _regime;
    private long _lastReview = long.MinValue;
    private long _answersSinceRecalibration;

    // Layout of a question's numbers: features, then each member's probabilities, then these.
    private readonly int _atMembers;
    private readonly int _atRaw;
    private readonly int _atPanel;
    private readonly int _atMajority;

    /// <summary>Builds a session.</summary>
    /// <exception cref="InvalidOptionsException">A member, a detector or an option is unknown or out of range.</exception>
    public LearningSession(Catalog catalog, SessionOptions options, SessionShape shape)
    {
        Options.Validated("learning", options);
        if (options.Members.Count is 0 or > 64)
            throw new InvalidOptionsException($"learning: members has {options.Members.Count} entries; a panel has 1 to 64.");
        if (options.MinThreshold > options.InitialThreshold || options.InitialThreshold > options.MaxThreshold)
            throw new InvalidOptionsException($"learning: initial_threshold is {options.InitialThreshold}; it must be from min_threshold {options.MinThreshold} to max_threshold {options.MaxThreshold}.");
        _options = options;
        _features = shape.FeatureNames.Count;
        _classes = shape.Classes;
        _horizon = shape.HorizonAnswers;
        _names = [.. shape.FeatureNames];
        _members = new Member[options.Members.Count];
        for (var i = 0; i < _members.Length; i++)
        {
            var member = options.Members[i];
            var entry = catalog.Learners[member.Learner];
            var seed = shape.Seed + (ulong)i * 0xD1B54A32D192ED03;
            var name = member.Name ?? member.Learner;
            if (Array.Exists(_members, m => m?.Name == name))
                throw new InvalidOptionsException($"learning: there are two members named '{name}'; give one of them a name of its own.");
            _members[i] = new Member(name, s => entry.Create(new LearnerShape(_features, _classes, s, _horizon), member.Options), catalog, options, _horizon, seed);
        }
        var voters = Math.Max(1, _members.Count(m => !m.IsBaseline));
        _weights = [.. _members.Select(m => m.IsBaseline ? 0 : 1.0 / voters)];
        _classCounts = new double[_classes];
        _atMembers = _features;
        _atRaw = _atMembers + _members.Length * _classes;
        _atPanel = _atRaw + 1;
        _atMajority = _atPanel + _classes;
        _questions = new QuestionBook(_atMajority + _classes, options.OpenQuestionsMax);
        _calibrator = catalog.Calibrators[options.Calibrator].Create(shape.Seed);
        if (options.InputDrift)
            _inputs = new InputDriftMonitor(new InputDriftOptions(), _features, shape.Seed, shape.WatchDrift is { } watched ? [.. watched] : default(ReadOnlySpan<bool>));
        _thompson = new Rng(shape.Seed, "thompson");
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

    /// <summary>Number of members.</summary>
    public int MemberCount => _members.Length;

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

    /// <summary>When set, answers are scored but nothing is learned and nothing adapts: the frozen panel that an adaptive one is compared with.</summary>
    public bool Frozen { get; set; }

    /// <summary>Statistics of one member.</summary>
    public MemberStatistics Statistics(int member) => _members[member].Statistics;

    /// <summary>Whether a member takes part.</summary>
    public MemberState State(int member) => _members[member].State;

    /// <summary>Whether a member is a baseline.</summary>
    public bool IsBaseline(int member) => _members[member].IsBaseline;

    /// <summary>Weight of a member in the ensemble; the weights of members that are no baselines sum to one.</summary>
    public double Weight(int member) => _weights[member];

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
        if (x.Length != _features)
            throw new ArgumentException($"{x.Length} features were given; this session has {_features}.", nameof(x));
        for (var i = 0; i < x.Length; i++)
            if (double.IsInfinity(x[i]))
                throw new ArgumentException($"The feature '{_names[i]}' is infinite.", nameof(x));
        if (_questions.Contains(id))
            throw new ArgumentException($"The question {id} is already open.", nameof(id));
        ArgumentOutOfRangeException.ThrowIfNegative(regime);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(regime, RegimesMax);
        Advance(atUs);
        Seq++;
        if (_questions.IsFull)
            Expire(_questions.Oldest);

        if (_options.Specialists == SpecialistPolicy.ByRegime && regime != _regime && !Frozen)
            foreach (var member in _members)
                member.Visit(regime, this);
        _regime = regime;

        var slot = _questions.Add(id, atUs, Seq, regime);
        var numbers = _questions.Numbers(slot);
        x.CopyTo(numbers);
        for (var m = 0; m < _members.Length; m++)
            _members[m].Predict(x, regime, numbers.Slice(_atMembers + m * _classes, _classes), this);
        WriteMajority(numbers.Slice(_atMajority, _classes));
        Combine(numbers, flat);
        Panel.Predictions++;

        Last.Id = id;
        Last.Seq = Seq;
        Last.AtUs = atUs;
        numbers.Slice(_atMembers, _members.Length * _classes).CopyTo(Last.MemberProbabilitiesArray);
        Last.ProbabilitiesArray.CopyTo(numbers.Slice(_atPanel, _classes));
        if (_inputs is not null && !Frozen && _inputs.Add(x))
            ReportInputDrift();
        return Last;
    }

    /// <summary>Answers an open question: scores the stored prediction, updates the statistics, watches for drift, adapts, and learns.</summary>
    /// <param name="id">The question.</param>
    /// <param name="label">What happened, 0…classes − 1.</param>
    /// <param name="atUs">Event time, not before the last one.</param>
    /// <param name="verdict">What the answer did.</param>
    /// <param name="weight">How much the example counts in learning, above 0.</param>
    /// <returns>False when the question is unknown, expired or already answered; nothing has changed then.</returns>
    public bool TryAnswer(long id, int label, long atUs, out Verdict verdict, double weight = 1.0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, _classes);
        if (!(weight > 0 && double.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number above zero.");
        verdict = default;
        if (!_questions.TryFind(id, out var slot))
            return false;
        Advance(atUs);
        if (!_questions.TryFind(id, out slot))
            return false;
        Seq++;
        var numbers = _questions.Numbers(slot);
        ref readonly var question = ref _questions[slot];
        var regime = question.Regime;
        var x = numbers[.._features];
        var majority = Brier(numbers.Slice(_atMajority, _classes), label);
        var drift = DriftLevel.None;
        var alarmed = -1;

        for (var m = 0; m < _members.Length; m++)
        {
            var p = numbers.Slice(_atMembers + m * _classes, _classes);
            var brier = Brier(p, label);
            var predicted = ArgMax(p);
            var member = _members[m];
            member.Statistics.Record(predicted == label, p[predicted], LogLoss(p[label]), brier, majority, atUs);
            if (Frozen)
                continue;
            var level = member.Watch(x, label, brier, majority, regime, this);
            if (level == DriftLevel.Drift && member.Votes)
                alarmed = m;
            if (level > drift)
                drift = level;
        }
        if (alarmed >= 0 && _options.Adapt)
            SpreadAlarm(alarmed);
        if (!Frozen)
        {
            UpdateWeights(numbers, label);
            foreach (var member in _members)
                member.Learn(x, label, weight / _horizon, regime);
            if (_classes == 2)
                _calibrator.Learn(numbers[_atRaw], label, weight / _horizon);
        }

        var panel = numbers.Slice(_atPanel, _classes);
        var best = ArgMax(panel);
        var panelBrier = Brier(panel, label);
        var panelLogLoss = LogLoss(panel[label]);
        Panel.Record(best == label, panel[best], panelLogLoss, panelBrier, majority, atUs);
        Score.Add(panel, label);
        if (_classes == 2)
            Reliability.Add(panel[1], label == 1);
        verdict = new Verdict(Seq, best == label, label, best, panel[best], panelLogLoss, panelBrier, drift);

        _classCounts[label]++;
        _answersSinceRecalibration++;
        _questions.Remove(slot);
        return true;
    }

    /// <summary>Lets event time pass: reviews that fell due, and questions that are too old.</summary>
    /// <exception cref="ArgumentException">Time goes back.</exception>
    public void Advance(long atUs)
    {
        if (atUs < NowUs)
            throw new ArgumentException($"Event time {atUs} is before {NowUs}; it never goes back.", nameof(atUs));
        NowUs = atUs;
        var review = Math.DivRem(atUs, _options.MonitorIntervalSecs * 1_000_000L, out _);
        if (review != _lastReview)
        {
            _lastReview = review;
            if (!Frozen)
                Review();
        }
        while (_questions.Count > 0 && atUs - _questions[_questions.Oldest].AtUs > _options.OpenQuestionDaysMax * DayUs)
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
        return sum / 2;
    }

    internal void Emit(in DriftEvent drift)
    {
        Drifts++;
        Observer?.OnDrift(drift);
    }

    internal void Emit(in AdaptationEvent adaptation)
    {
        Adaptations++;
        Observer?.OnAdaptation(adaptation);
    }

    private void Review()
    {
        if (_options.HardPerformanceFloor)
            foreach (var member in _members)
                if (member.Votes && member.Statistics.Resolved >= _options.WindowAnswers && member.Statistics.RecentAccuracy < _options.MinPerformanceThreshold)
                    member.LoseVote(_regime, "accuracy under min_performance_threshold", member.Statistics.RecentAccuracy, _options.MinPerformanceThreshold, this);

        // Three standard errors rather than the two of the band shown: this looks at the same window again and again.
        if (_options.Adapt && _classes == 2 && _answersSinceRecalibration >= Math.Max(_options.WindowAnswers, 5 * _horizon)
            && Math.Abs(Panel.CalibrationError) > 1.5 * Panel.CalibrationErrorNull)
        {
            _answersSinceRecalibration = 0;
            _calibrator.Reset();
            Emit(new AdaptationEvent(Seq, NowUs, "panel", "recalibrate", "confidence and accuracy differ over the window", Panel.CalibrationError, Panel.CalibrationErrorNull));
        }
    }

    private void Combine(Span<double> numbers, bool flat)
    {
        var panel = Last.ProbabilitiesArray;
        var votes = Last.VotesArray;
        Array.Clear(panel);
        var serving = Serving(flat);
        var total = 0.0;
        for (var m = 0; m < _members.Length; m++)
        {
            var p = numbers.Slice(_atMembers + m * _classes, _classes);
            var member = _members[m];
            var weight = !member.Votes ? 0 : serving < 0 ? _weights[m] : m == serving ? 1 : 0;
            var best = ArgMax(p);
            votes[m] = new MemberVote(best, p[best], weight, member.Statistics.Threshold, member.State);
            total += weight;
            if (weight > 0)
                for (var c = 0; c < _classes; c++)
                    panel[c] += weight * p[c];
        }
        if (total > 0)
        {
            for (var c = 0; c < _classes; c++)
                panel[c] /= total;
            for (var m = 0; m < votes.Length; m++)
                if (votes[m].Weight > 0)
                    votes[m] = votes[m] with { Weight = votes[m].Weight / total };
        }
        else
        {
            numbers.Slice(_atMajority, _classes).CopyTo(panel);
        }
        numbers[_atRaw] = panel[^1];
        if (_classes == 2)
        {
            panel[1] = _calibrator.Apply(panel[1]);
            panel[0] = 1 - panel[1];
        }
        var label = ArgMax(panel);
        var agreement = 0.0;
        foreach (var vote in votes)
            if (vote.Label == label)
                agreement += vote.Weight;
        Last.Label = label;
        Last.Confidence = panel[label];
        Last.Agreement = agreement;
        Last.Strategy = _options.Strategy;
        Last.Threshold = serving < 0 ? Panel.Threshold : _members[serving].Statistics.Threshold;
        Last.Act = total > 0 && Last.Confidence >= Last.Threshold;
        Last.Reason = total > 0 ? Last.Act ? ActReason.Acts : ActReason.UnderThreshold : ActReason.NoVotes;
    }

    /// <summary>The one member that serves, or −1 when all that vote serve together.</summary>
    private int Serving(bool flat)
    {
        switch (_options.Strategy)
        {
            case ServingStrategy.Champion:
                return Array.FindIndex(_members, m => m.Votes);
            case ServingStrategy.Best:
            {
                var best = -1;
                for (var m = 0; m < _members.Length; m++)
                    if (_members[m].Votes && (best < 0 || _members[m].Statistics.RecentLogLoss < _members[best].Statistics.RecentLogLoss))
                        best = m;
                return best;
            }
            case ServingStrategy.Thompson:
            {
                // A new draw on every bar would change horses in the middle of a position.
                if (_drawn < 0 || !_members[_drawn].Votes || flat || ++_asksSinceDraw >= _horizon)
                    Draw();
                return _drawn;
            }
            default:
                return -1;
        }
    }

    private void Draw()
    {
        _drawn = -1;
        _asksSinceDraw = 0;
        var highest = double.NegativeInfinity;
        for (var m = 0; m < _members.Length; m++)
        {
            if (!_members[m].Votes)
                continue;
            var draw = _thompson.NextBeta(_members[m].Statistics.ThompsonAlpha, _members[m].Statistics.ThompsonBeta);
            if (draw > highest)
                (highest, _drawn) = (draw, m);
        }
    }

    /// <summary>Fixed-share Hedge on log-loss.</summary>
    /// <remarks>Herbster, Warmuth, "Tracking the best expert", Machine Learning 32, 1998.</remarks>
    private void UpdateWeights(ReadOnlySpan<double> numbers, int label)
    {
        var rate = _options.WeightRate / _horizon;
        var voters = 0;
        var total = 0.0;
        for (var m = 0; m < _members.Length; m++)
        {
            if (_members[m].IsBaseline)
                continue;
            voters++;
            _weights[m] *= Elementary.Exp(-rate * LogLoss(numbers[_atMembers + m * _classes + label]));
            total += _weights[m];
        }
        var share = _options.WeightShare / _horizon;
        for (var m = 0; m < _members.Length; m++)
            if (!_members[m].IsBaseline)
                _weights[m] = total > 0 ? (1 - share) * _weights[m] / total + share / voters : 1.0 / voters;
    }

    /// <summary>One member's alarm concerns all: what was learned, and what the weights were earned with, may be of the past.</summary>
    private void SpreadAlarm(int alarmed)
    {
        var voters = _members.Count(m => !m.IsBaseline);
        for (var m = 0; m < _members.Length; m++)
        {
            if (_members[m].IsBaseline)
                continue;
            _members[m].StartBackground($"drift of {_members[alarmed].Name}", 0, 0, this);
            _weights[m] = 0.5 * _weights[m] + 0.5 / voters;
        }
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
            if (feature.Drifting)
                Emit(new DriftEvent(Seq, NowUs, "input", "psi", _names[feature.Feature], DriftLevel.Drift, feature.Statistic, feature.Threshold));
        if (_inputs.Drifting > 0)
            Emit(new AdaptationEvent(Seq, NowUs, "input", "warn", $"{_inputs.Drifting} features left their reference; a new reference is taken", _inputs.Drifting, 0));
    }

    private void Expire(int slot)
    {
        _questions.Remove(slot);
        Expired++;
    }

    private static double LogLoss(double probability) => -Elementary.Log(Math.Max(probability, ProbabilityMin));

    private static int ArgMax(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best])
                best = i;
        return best;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("learning-session", 1);
        writer.Write(_features);
        writer.Write(_classes);
        writer.Write(_horizon);
        writer.Write(Seq);
        writer.Write(NowUs);
        writer.Write(Expired);
        writer.Write(Drifts);
        writer.Write(Adaptations);
        writer.Write(Frozen);
        writer.Write(_drawn);
        writer.Write(_asksSinceDraw);
        writer.Write(_regime);
        writer.Write(_lastReview);
        writer.Write(_answersSinceRecalibration);
        writer.Write((ReadOnlySpan<double>)_weights);
        writer.Write((ReadOnlySpan<double>)_classCounts);
        _thompson.Save(writer);
        _questions.Save(writer);
        foreach (var member in _members)
            member.Save(writer);
        Panel.Save(writer);
        Score.Save(writer);
        Reliability.Save(writer);
        _calibrator.Save(writer);
        _inputs?.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("learning-session", 1);
        Same("features", reader.ReadInt32(), _features);
        Same("classes", reader.ReadInt32(), _classes);
        Same("overlapping answers", reader.ReadInt32(), _horizon);
        Seq = reader.ReadInt64();
        NowUs = reader.ReadInt64();
        Expired = reader.ReadInt64();
        Drifts = reader.ReadInt64();
        Adaptations = reader.ReadInt64();
        Frozen = reader.ReadBool();
        _drawn = reader.ReadInt32(-1, _members.Length - 1);
        _asksSinceDraw = reader.ReadInt32();
        _regime = reader.ReadInt32(0, RegimesMax - 1);
        _lastReview = reader.ReadInt64();
        _answersSinceRecalibration = reader.ReadInt64();
        reader.Read(_weights);
        reader.Read(_classCounts);
        _thompson = Rng.Load(reader);
        _questions.Load(reader);
        foreach (var member in _members)
            member.Load(reader);
        Panel.Load(reader);
        Score.Load(reader);
        Reliability.Load(reader);
        _calibrator.Load(reader);
        _inputs?.Load(reader);
    }

    private static void Same(string what, int found, int expected)
    {
        if (found != expected)
            throw new CorruptStateException($"The saved session has {found} {what}; this one has {expected}. Start it with the options it was saved with.");
    }
}
