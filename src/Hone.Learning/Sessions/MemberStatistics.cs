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

    // Brier differences of weak predictors are hundredths; what is larger counts as this much.
    private const double FloorBound = 0.1;

    private readonly SessionOptions _options;
    private readonly int _horizon;
    private readonly RollingMean _accuracy;
    private readonly RollingMean _logLoss;
    private readonly RollingMean _confidence;
    private readonly EProcess _floor = new(new EProcessOptions { Bound = FloorBound });
    private double _logLossSum;
    private double _brierSum;
    private double _gap;
    private double _gapVariance;
    private double _gapWeight;
    private double _gapWeightSquared;
    private long _lastAnswerUs = long.MinValue;

    internal MemberStatistics(SessionOptions options, int horizonAnswers)
    {
        _options = options;
        _horizon = horizonAnswers;
        _accuracy = new RollingMean(options.WindowAnswers);
        _logLoss = new RollingMean(options.WindowAnswers);
        _confidence = new RollingMean(options.WindowAnswers);
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
    public double RecentAccuracy => _accuracy.Mean;

    /// <summary>Log-loss over the window; NaN before the first answer.</summary>
    public double RecentLogLoss => _logLoss.Mean;

    /// <summary>Confidence from which the member acts.</summary>
    public double Threshold { get; private set; }

    /// <summary>Successes of the Thompson posterior, prior included.</summary>
    public double ThompsonAlpha { get; private set; }

    /// <summary>Failures of the Thompson posterior, prior included.</summary>
    public double ThompsonBeta { get; private set; }

    /// <summary>Mean confidence minus accuracy over the window; 0 before the first answer.</summary>
    public double CalibrationError => _accuracy.Count > 0 ? _confidence.Mean - _accuracy.Mean : 0;

    /// <summary>Two standard errors of <see cref="CalibrationError"/> for a calibrated member, adjusted for overlap.</summary>
    public double CalibrationErrorNull
    {
        get
        {
            if (_accuracy.Count == 0)
                return 1;
            var p = _confidence.Mean;
            return 2 * Math.Sqrt(Math.Max(0, p * (1 - p)) * _horizon / _accuracy.Count);
        }
    }

    /// <summary>Highest evidence so far that the member is worse than the majority baseline, an e-value.</summary>
    public double FloorEvidence => Elementary.Exp(Math.Min(_floor.LogWealthMax, 700));

    /// <summary>Event time of the last answer in microseconds since 1970 UTC; the smallest number before the first.</summary>
    public long UpdatedAtUs => _lastAnswerUs;

    internal void Record(bool correct, double confidence, double logLoss, double brier, double majorityBrier, long atUs)
    {
        var hit = correct ? 1.0 : 0.0;
        Resolved++;
        if (correct)
            Correct++;
        _logLossSum += logLoss;
        _brierSum += brier;
        EmaAccuracy += _options.EmaAlpha * (hit - EmaAccuracy);
        _accuracy.Add(hit);
        _logLoss.Add(logLoss);
        _confidence.Add(confidence);
        UpdateThompson(hit, atUs);
        UpdateThreshold(confidence, hit);
        if (Resolved % _horizon == 0)
            _floor.Add(brier - majorityBrier);
        _lastAnswerUs = atUs;
    }

    /// <summary>Halfway back to the prior, and the threshold to its start: a swapped-in learner has to prove itself, but keeps its slot's history.</summary>
    internal void ResetAfterSwap()
    {
        ThompsonAlpha = (ThompsonAlpha + _options.PriorAlpha) / 2;
        ThompsonBeta = (ThompsonBeta + _options.PriorBeta) / 2;
        Threshold = _options.InitialThreshold;
        _gap = _gapVariance = _gapWeight = _gapWeightSquared = 0;
        _floor.Reset();
    }

    private void UpdateThompson(double hit, long atUs)
    {
        if (_lastAnswerUs != long.MinValue)
        {
            // One half-life is the longer of the configured hours and 200·h answers.
            var byTime = Math.Max(0, atUs - _lastAnswerUs) / (_options.DecayHalfLifeHours * HourUs);
            var keep = Elementary.Pow2(-Math.Min(byTime, 1.0 / (200.0 * _horizon)));
            ThompsonAlpha = _options.PriorAlpha + (ThompsonAlpha - _options.PriorAlpha) * keep;
            ThompsonBeta = _options.PriorBeta + (ThompsonBeta - _options.PriorBeta) * keep;
        }
        ThompsonAlpha += hit / _horizon;
        ThompsonBeta += (1 - hit) / _horizon;
    }

    private void UpdateThreshold(double confidence, double hit)
    {
        _gap += GapStep * (confidence - hit - _gap);
        _gapVariance += GapStep * (confidence * (1 - confidence) - _gapVariance);
        _gapWeight += GapStep * (1 - _gapWeight);
        _gapWeightSquared += (2 * GapStep - GapStep * GapStep) * (GapStep / (2 - GapStep) - _gapWeightSquared);

        var mean = _gap / _gapWeight;
        var answers = _gapWeight * _gapWeight / _gapWeightSquared / _horizon;
        var standardError = Math.Sqrt(Math.Max(_gapVariance / _gapWeight, 1e-12) / Math.Max(answers, 1e-12));
        var rate = _options.AdjustmentRate / _horizon;
        var target = Math.Abs(mean) > 2 * standardError ? Threshold + rate * mean : Threshold + rate * (_options.InitialThreshold - Threshold);
        Threshold = Math.Clamp(target, _options.MinThreshold, _options.MaxThreshold);
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
        writer.Write(_lastAnswerUs);
        _accuracy.Save(writer);
        _logLoss.Save(writer);
        _confidence.Save(writer);
        _floor.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("member-statistics", 1);
        Predictions = reader.ReadInt64();
        Resolved = reader.ReadInt64();
        Correct = reader.ReadInt64();
        _logLossSum = reader.ReadFinite();
        _brierSum = reader.ReadFinite();
        EmaAccuracy = reader.ReadFinite();
        Threshold = reader.ReadFinite();
        ThompsonAlpha = reader.ReadFinite();
        ThompsonBeta = reader.ReadFinite();
        _gap = reader.ReadFinite();
        _gapVariance = reader.ReadFinite();
        _gapWeight = reader.ReadFinite();
        _gapWeightSquared = reader.ReadFinite();
        _lastAnswerUs = reader.ReadInt64();
        _accuracy.Load(reader);
        _logLoss.Load(reader);
        _confidence.Load(reader);
        _floor.Load(reader);
    }
}
