using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// A learner in a panel: its specialists, its background learner, its statistics and what watches it. The member decides
/// about its own structure; the session decides who votes.
/// </summary>
internal sealed class Member : ISaved
{
    // Asked at every block while a background learner runs, so two standard errors would swap on luck.
    private const double SwapSignificance = 3;

    private readonly Func<ulong, IClassifier> _build;
    private readonly SessionOptions _options;
    private readonly int _horizon;
    private readonly IClassifier?[] _learners;
    private readonly IDriftDetector[] _detectors;
    private readonly LossScaler _scaler = new(new LossScalerOptions());
    private readonly double[] _scratch;
    private IClassifier? _background;
    private double _blockAdvantage;
    private Welford _advantage;
    private double _blockSum;
    private int _blockCount;
    private long _sinceAdaptation;
    private long _sinceVoteLost;
    private double _relearnedLoss;
    private double _relearnedMajority;
    private ulong _generation;

    public Member(string name, Func<ulong, IClassifier> build, Catalog catalog, SessionOptions options, int horizon, ulong seed)
    {
        Name = name;
        _build = build;
        _options = options;
        _horizon = horizon;
        Seed = seed;
        _learners = new IClassifier?[LearningSession.RegimesMax];
        _learners[0] = build(seed);
        IsBaseline = _learners[0] is IBaseline;
        _scratch = new double[_learners[0]!.Classes];
        _detectors = [.. options.Detectors.Select(d => catalog.Detectors[d.Detector].Create(seed, d.Options))];
        Statistics = new MemberStatistics(options, horizon);
        State = IsBaseline ? MemberState.Baseline : MemberState.WarmingUp;
    }

    public string Name { get; }

    public ulong Seed { get; }

    public bool IsBaseline { get; }

    public MemberStatistics Statistics { get; }

    public MemberState State { get; private set; }

    public bool Votes => State == MemberState.Voting;

    public ReadOnlySpan<IDriftDetector> Detectors => _detectors;

    /// <summary>Highest level of its detectors since the last block; for status pages.</summary>
    public DriftLevel Level { get; private set; }

    private IClassifier Learner(int regime) => _learners[regime] ?? _learners[0]!;

    public void Predict(ReadOnlySpan<double> x, int regime, Span<double> probabilities, LearningSession session)
    {
        Learner(regime).Predict(x, probabilities);
        Statistics.Predictions++;
        if (IsDistribution(probabilities))
            return;
        // Guard: acts at once, before anything else may use the numbers.
        Renew(regime);
        probabilities.Fill(1.0 / probabilities.Length);
        if (!IsBaseline)
            State = MemberState.Failed;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "guard", "gave numbers that are not probabilities; relearns from nothing", double.NaN, 1));
    }

    /// <summary>Forks the specialist of a regime at its first visit.</summary>
    public void Visit(int regime, LearningSession session)
    {
        if (IsBaseline || _learners[regime] is not null)
            return;
        _learners[regime] = Fork(_learners[0]!);
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "specialist", $"first visit to regime {regime}", regime, 0));
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight, int regime)
    {
        Learner(regime).Learn(x, label, weight);
        _background?.Learn(x, label, weight);
    }

    /// <summary>Watches the loss of one scored answer, before the answer is learned, and adapts.</summary>
    public DriftLevel Watch(ReadOnlySpan<double> x, int label, double brier, double majorityBrier, int regime, LearningSession session)
    {
        if (State == MemberState.WarmingUp && Statistics.Resolved >= _options.MinPredictionsForAdaptation)
            State = MemberState.Voting;
        else if (State == MemberState.Failed)
            State = MemberState.WarmingUp;

        if (_background is not null)
        {
            _background.Predict(x, _scratch);
            _blockAdvantage += brier - LearningSession.Brier(_scratch, label);
        }
        _sinceAdaptation++;
        if (State == MemberState.LostVote)
            Relearn(brier, majorityBrier, session);

        // Overlapping losses alarm on nothing: detectors see the mean of h consecutive answers.
        _blockSum += brier;
        if (++_blockCount < _horizon)
            return DriftLevel.None;
        var block = _blockSum / _blockCount;
        if (_background is not null)
            _advantage.Add(_blockAdvantage / _blockCount);
        _blockAdvantage = _blockSum = _blockCount = 0;
        if (!_scaler.TryScale(block, out var loss))
            return DriftLevel.None;
        Level = DriftLevel.None;
        var alarm = -1;
        for (var i = 0; i < _detectors.Length; i++)
        {
            var level = _detectors[i].Update(loss);
            if (level == DriftLevel.Drift && alarm < 0)
                alarm = i;
            if (level > Level)
                Level = level;
        }
        if (alarm >= 0)
            session.Emit(new DriftEvent(session.Seq, session.NowUs, Name, _options.Detectors[alarm].Detector, "brier", DriftLevel.Drift, _detectors[alarm].Statistic, _detectors[alarm].Threshold));
        if (_options.Adapt && !IsBaseline)
            Adapt(regime, alarm, session);
        return Level;
    }

    private void Adapt(int regime, int alarm, LearningSession session)
    {
        if (Level >= DriftLevel.Warning)
            StartBackground("a detector warns", _detectors[0].Statistic, _detectors[0].Threshold, session);
        if (_sinceAdaptation < Math.Max(50, 5 * _horizon))
            return;

        if (_background is not null && _advantage.Weight >= _options.BackgroundAnswersMin)
        {
            if (_advantage.Mean > 0 && Significance(_advantage) >= SwapSignificance)
            {
                Swap(regime, session);
                return;
            }
            // It had its chance on the same answers and is no better: let it go rather than carry it along.
            if (Level == DriftLevel.None && _advantage.Weight >= 4.0 * _options.BackgroundAnswersMin && Significance(_advantage) < 1)
                _background = null;
        }
        if (State == MemberState.Voting && Statistics.FloorEvidence >= _options.FloorEvidence)
        {
            LoseVote(regime, $"e-value {Statistics.FloorEvidence:0.#} against the majority baseline", Statistics.FloorEvidence, _options.FloorEvidence, session);
            return;
        }
        if (alarm >= 0 && Learner(regime) is IRateBoost boost)
        {
            boost.BoostRate(_options.RateBoost);
            _sinceAdaptation = 0;
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "rate-boost", $"drift by {_options.Detectors[alarm].Detector}", _detectors[alarm].Statistic, _detectors[alarm].Threshold));
        }
    }

    /// <summary>Starts a background learner unless there is one: it learns from nothing beside the member, and is swapped in when it is better.</summary>
    public void StartBackground(string cause, double statistic, double reference, LearningSession session)
    {
        if (IsBaseline || _background is not null)
            return;
        _background = _build(NextSeed());
        _blockAdvantage = 0;
        _advantage = default;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "warn", $"{cause}; a background learner starts", statistic, reference));
    }

    private void Swap(int regime, LearningSession session)
    {
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "swap",
            FormattableString.Invariant($"the background learner's Brier score is lower by {_advantage.Mean:G3} on {_advantage.Weight} blocks of {_horizon} answers, in standard errors"),
            Significance(_advantage), SwapSignificance));
        _learners[_learners[regime] is null ? 0 : regime] = _background;
        _background = null;
        ResetWatch();
        Statistics.ResetAfterSwap();
    }

    internal void LoseVote(int regime, string cause, double statistic, double reference, LearningSession session)
    {
        State = MemberState.LostVote;
        _sinceVoteLost = 0;
        _relearnedLoss = _relearnedMajority = 0;
        Renew(regime);
        Statistics.ResetAfterSwap();
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "lose-vote", cause, statistic, reference));
    }

    private void Relearn(double brier, double majorityBrier, LearningSession session)
    {
        _relearnedLoss += brier;
        _relearnedMajority += majorityBrier;
        if (++_sinceVoteLost < (long)_options.BackgroundAnswersMin * _horizon)
            return;
        var own = _relearnedLoss / _sinceVoteLost;
        var majority = _relearnedMajority / _sinceVoteLost;
        _sinceVoteLost = 0;
        _relearnedLoss = _relearnedMajority = 0;
        if (own > majority)
            return;
        State = MemberState.Voting;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, Name, "regain-vote", "its Brier score is no worse than the majority's again", own, majority));
    }

    private void Renew(int regime)
    {
        _learners[_learners[regime] is null ? 0 : regime] = _build(NextSeed());
        _background = null;
        ResetWatch();
    }

    private void ResetWatch()
    {
        foreach (var detector in _detectors)
            detector.Reset();
        _scaler.Reset();
        _blockAdvantage = _blockSum = _blockCount = 0;
        _sinceAdaptation = 0;
        Level = DriftLevel.None;
    }

    private static double Significance(in Welford advantage)
        => advantage.Mean / Math.Max(advantage.StandardDeviation / Math.Sqrt(advantage.Weight), 1e-12);

    private ulong NextSeed() => Seed + ++_generation * 0x9E3779B97F4A7C15;

    private IClassifier Fork(IClassifier original)
    {
        var writer = new StateWriter();
        original.Save(writer);
        var fork = _build(Seed);
        fork.Load(new StateReader(writer.WrittenMemory));
        return fork;
    }

    private static bool IsDistribution(ReadOnlySpan<double> probabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities)
        {
            if (!(p >= 0 && p <= 1))
                return false;
            sum += p;
        }
        return Math.Abs(sum - 1) < 1e-6;
    }

    public void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write((int)State);
        writer.Write((int)Level);
        writer.Write(_generation);
        writer.Write(_blockSum);
        writer.Write(_blockCount);
        writer.Write(_sinceAdaptation);
        writer.Write(_sinceVoteLost);
        writer.Write(_relearnedLoss);
        writer.Write(_relearnedMajority);
        writer.Write(_blockAdvantage);
        _advantage.Save(writer);
        foreach (var learner in _learners)
            SaveOptional(writer, learner);
        SaveOptional(writer, _background);
        foreach (var detector in _detectors)
            detector.Save(writer);
        _scaler.Save(writer);
        Statistics.Save(writer);
    }

    public void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        State = (MemberState)reader.ReadInt32(0, (int)MemberState.Failed);
        if (IsBaseline != (State == MemberState.Baseline))
            throw new CorruptStateException($"The member '{Name}' is saved as {State}.");
        Level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        _generation = reader.ReadUInt64();
        _blockSum = reader.ReadFinite();
        _blockCount = reader.ReadInt32(0, _horizon);
        _sinceAdaptation = reader.ReadInt64();
        _sinceVoteLost = reader.ReadInt64();
        _relearnedLoss = reader.ReadFinite();
        _relearnedMajority = reader.ReadFinite();
        _blockAdvantage = reader.ReadFinite();
        _advantage = Welford.Load(reader);
        for (var i = 0; i < _learners.Length; i++)
            _learners[i] = LoadOptional(reader);
        if (_learners[0] is null)
            throw new CorruptStateException($"The member '{Name}' is saved without a learner.");
        _background = LoadOptional(reader);
        foreach (var detector in _detectors)
            detector.Load(reader);
        _scaler.Load(reader);
        Statistics.Load(reader);
    }

    private static void SaveOptional(StateWriter writer, IClassifier? learner)
    {
        writer.Write(learner is not null);
        learner?.Save(writer);
    }

    private IClassifier? LoadOptional(StateReader reader)
    {
        if (!reader.ReadBool())
            return null;
        var learner = _build(Seed);
        learner.Load(reader);
        return learner;
    }
}
