using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// What is known of a member from its scored predictions. Answers overlap when a label spans h bars, so every quantity that
/// assumes independence counts an answer as 1/h.
/// </summary>
public sealed class MemberStatistics : ISaved
{
    // The slow mean of (confidence − correct) looks back over about this many answers.
    private const double GapStep = 0.002;
    private const double HourUs = 3600e6;

    // Brier differences of weak predictors are hundredths. They are not cut off: a member that is sure too often differs by tenths, and a
    // cut would turn its losses and its gains into the same number, or a calibrated member's rare large gains into too small ones.
    private const double FloorVariance = 0.01;

    // The series of the window.
    private const int Hit = 0, Confidence = 1, Variance = 2, Loss = 3;
    private const long CountMax = 1L << 50;

    private readonly SessionOptions _options;
    private readonly int _horizon;
    private readonly double _share;
    private readonly double _thresholdRate;
    private readonly double _halfLivesPerUs;
    private readonly double _halfLivesMax;
    private readonly RollingMeans _window;
    private readonly EProcess _floor = new(new EProcessOptions { PriorVariance = FloorVariance });
    private double _logLossSum;
    private double _brierSum;
    private int _untilFloor;

    // Exponential sums over answers with steps of GapStep: of the gap, of a calibrated member's variance, of the weights and of their squares.
    private double _gap;
    private double _gapVariance;
    private double _gapWeight;
    private double _gapWeightSquared;
    private long _lastAnswerUs = long.MinValue;

    internal MemberStatistics(SessionOptions options, int horizonAnswers)
    {
        _options = options;
        _horizon = horizonAnswers;
        _share = 1.0 / horizonAnswers;
        _thresholdRate = options.AdjustmentRate / horizonAnswers;
        _halfLivesPerUs = 1 / (options.DecayHalfLifeHours * HourUs);
        _halfLivesMax = 1 / (200.0 * horizonAnswers);
        _window = new RollingMeans(options.WindowAnswers);
        _untilFloor = horizonAnswers;
        EmaAccuracy = 0.5;
        Threshold = options.InitialThreshold;
        ThompsonAlpha = options.PriorAlpha;
        ThompsonBeta = options.PriorBeta;
    }

    /// <summary>Predictions made.</summary>
    public long Predictions { get; internal set; }

    /// <summary>Predictions scored.</summary>
    public long Resolved { get; private set; }

    /// <summary>Predictions that were right.</summary>
    public long Correct { get; private set; }

    /// <summary>Share of scored predictions that were right; NaN before the first.</summary>
    public double Accuracy => Resolved > 0 ? (double)Correct / Resolved : double.NaN;

    /// <summary>Mean log-loss in nats; NaN before the first.</summary>
    public double LogLoss => Resolved > 0 ? _logLossSum / Resolved : double.NaN;

    /// <summary>Mean Brier score; NaN before the first.</summary>
    public double Brier => Resolved > 0 ? _brierSum / Resolved : double.NaN;

    /// <summary>Exponential mean of being right; shown, never decided on.</summary>
    public double EmaAccuracy { get; private set; }

    /// <summary>Accuracy over the window; NaN before the first answer.</summary>
    public double RecentAccuracy => _window[Hit];

    /// <summary>Log-loss over the window; NaN before the first answer.</summary>
    public double RecentLogLoss => _window[Loss];

    /// <summary>Confidence from which the member acts.</summary>
    public double Threshold { get; private set; }

    /// <summary>Successes of the Thompson posterior, prior included.</summary>
    public double ThompsonAlpha { get; private set; }

    /// <summary>Failures of the Thompson posterior, prior included.</summary>
    public double ThompsonBeta { get; private set; }

    /// <summary>Mean confidence minus accuracy over the window; 0 before the first answer.</summary>
    public double CalibrationError => _window.Count > 0 ? _window[Confidence] - _window[Hit] : 0;

    /// <summary>Two standard errors of <see cref="CalibrationError"/> for a calibrated member, adjusted for overlap; 1, the widest there is, before the first answer.</summary>
    public double CalibrationErrorNull => _window.Count > 0 ? Math.Min(1, 2 * Math.Sqrt(Math.Max(0, _window[Variance]) * _horizon / _window.Count)) : 1;

    /// <summary>Highest evidence so far that the member is worse than the majority baseline, an e-value.</summary>
    public double FloorEvidence => Elementary.Exp(Math.Min(_floor.LogWealthMax, 700));

    /// <summary>Natural logarithm of <see cref="FloorEvidence"/>.</summary>
    internal double FloorLogEvidence => _floor.LogWealthMax;

    /// <summary>Event time of the last answer in microseconds since 1970 UTC; the smallest number before the first.</summary>
    public long UpdatedAtUs => _lastAnswerUs;

    /// <summary>What an answer at this time leaves of the Thompson counts: all members are answered together, so one of them is asked for all.</summary>
    /// <remarks>One half-life is the longer of the configured hours and 200·h answers.</remarks>
    internal double KeptAt(long atUs) => _lastAnswerUs == long.MinValue
        ? 1
        : Elementary.Pow2(-Math.Min(((double)atUs - _lastAnswerUs) * _halfLivesPerUs, _halfLivesMax));

    /// <summary>Takes one scored answer.</summary>
    /// <param name="correct">Whether the predicted class came true.</param>
    /// <param name="confidence">Probability of the predicted class.</param>
    /// <param name="logLoss">Log-loss of the stored prediction.</param>
    /// <param name="brier">Brier score of the stored prediction.</param>
    /// <param name="majorityBrier">That of the majority baseline.</param>
    /// <param name="atUs">Event time.</param>
    /// <param name="kept"><see cref="KeptAt"/> this time.</param>
    /// <param name="frozen">Whether only the scores count: nothing that decides moves.</param>
    internal void Record(bool correct, double confidence, double logLoss, double brier, double majorityBrier, long atUs, double kept, bool frozen)
    {
        var hit = correct ? 1.0 : 0.0;
        Resolved++;
        if (correct)
            Correct++;
        _logLossSum += logLoss;
        _brierSum += brier;
        EmaAccuracy += _options.EmaAlpha * (hit - EmaAccuracy);
        var variance = confidence * (1 - confidence);
        _window.Add(hit, confidence, variance, logLoss);
        _lastAnswerUs = atUs;
        if (frozen)
            return;
        ThompsonAlpha = _options.PriorAlpha + (ThompsonAlpha - _options.PriorAlpha) * kept + hit * _share;
        ThompsonBeta = _options.PriorBeta + (ThompsonBeta - _options.PriorBeta) * kept + (1 - hit) * _share;
        UpdateThreshold(confidence - hit, variance);
        if (--_untilFloor == 0)
        {
            _untilFloor = _horizon;
            _floor.Add(brier - majorityBrier);
        }
    }

    /// <summary>Halfway back to the prior, and the threshold to its start: a swapped-in learner has to prove itself, but keeps its slot's history.</summary>
    internal void ResetAfterSwap()
    {
        ThompsonAlpha = (ThompsonAlpha + _options.PriorAlpha) / 2;
        ThompsonBeta = (ThompsonBeta + _options.PriorBeta) / 2;
        Threshold = _options.InitialThreshold;
        _gap = _gapVariance = _gapWeight = _gapWeightSquared = 0;
        ResetFloor();
    }

    /// <summary>Forgets the evidence against the member.</summary>
    internal void ResetFloor()
    {
        _floor.Reset();
        _untilFloor = _horizon;
    }

    private void UpdateThreshold(double gap, double gapVariance)
    {
        _gap += GapStep * (gap - _gap);
        _gapVariance += GapStep * (gapVariance - _gapVariance);
        _gapWeight += GapStep * (1 - _gapWeight);
        _gapWeightSquared += GapStep * GapStep - (2 - GapStep) * GapStep * _gapWeightSquared;

        // Let g = gap / weight and n = weight² / squares / h independent answers: |g| over two of √(variance / weight / n), multiplied out.
        var variance = Math.Max(_gapVariance, 1e-12 * _gapWeight);
        var significant = _gap * _gap * _gapWeight > 4 * variance * _gapWeightSquared * _horizon;
        var step = significant ? _gap / _gapWeight : _options.InitialThreshold - Threshold;
        Threshold = Math.Clamp(Threshold + _thresholdRate * step, _options.MinThreshold, _options.MaxThreshold);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("member-statistics", 1);
        writer.Write(Predictions);
        writer.Write(Resolved);
        writer.Write(Correct);
        writer.Write(_logLossSum);
        writer.Write(_brierSum);
        writer.Write(EmaAccuracy);
        writer.Write(Threshold);
        writer.Write(ThompsonAlpha);
        writer.Write(ThompsonBeta);
        writer.Write(_gap);
        writer.Write(_gapVariance);
        writer.Write(_gapWeight);
        writer.Write(_gapWeightSquared);
        writer.Write(_untilFloor);
        writer.Write(_lastAnswerUs);
        _window.Save(writer);
        _floor.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("member-statistics", 1);
        Predictions = reader.ReadInt64();
        Resolved = reader.ReadInt64();
        Correct = reader.ReadInt64();
        if (!(Correct >= 0 && Correct <= Resolved && Resolved <= Predictions && Predictions <= CountMax))
            throw new CorruptStateException($"member-statistics: {Correct} right of {Resolved} scored of {Predictions} predictions is impossible.");
        _logLossSum = reader.ReadWithin(-1e-6 * Resolved, 35.0 * Resolved);
        _brierSum = reader.ReadWithin(0, Resolved * (1 + 1e-9));
        EmaAccuracy = reader.ReadWithin(0, 1);
        Threshold = reader.ReadWithin(_options.MinThreshold, _options.MaxThreshold);
        ThompsonAlpha = reader.ReadWithin(_options.PriorAlpha * (1 - 1e-9), CountMax);
        ThompsonBeta = reader.ReadWithin(_options.PriorBeta * (1 - 1e-9), CountMax);
        _gap = reader.ReadWithin(-1, 1);
        _gapVariance = reader.ReadWithin(0, 0.25);
        _gapWeight = reader.ReadWithin(0, 1);
        _gapWeightSquared = reader.ReadWithin(0, 1);
        _untilFloor = reader.ReadInt32(1, _horizon);
        _lastAnswerUs = reader.ReadInt64();
        _window.Load(reader, [0, 0, 0, -1e-6], [1, 1, 0.25, 35]);
        _floor.Load(reader);
        if (_window.Count != Math.Min(Resolved, _options.WindowAnswers))
            throw new CorruptStateException($"member-statistics: the window holds {_window.Count} of {Resolved} answers.");
    }
}
