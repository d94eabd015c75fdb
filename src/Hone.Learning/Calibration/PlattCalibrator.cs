using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Calibration;

/// <summary>Options of <see cref="PlattCalibrator"/>.</summary>
public sealed record PlattCalibratorOptions
{
    /// <summary>Weight of outcomes after which an outcome counts half; 0 forgets nothing.</summary>
    [Range(0.0, 1e9)] public double HalfLife { get; init; } = 5_000;

    /// <summary>How strongly the slope is held at 1: the inverse variance of the prior. With probabilities of 0.45 to 0.55 some 1,600 outcomes weigh as much as 4.</summary>
    [Range(1e-6, 1e9)] public double SlopePrior { get; init; } = 4;

    /// <summary>How strongly the shift is held at 0: the inverse variance of the prior. A hundred outcomes weigh as much as 25.</summary>
    [Range(1e-6, 1e9)] public double ShiftPrior { get; init; } = 25;
}

/// <summary>
/// Platt scaling, online: σ(a·logit p + b), with a prior that holds a at 1 and b at 0, so that it is the identity until outcomes say otherwise.
/// </summary>
/// <remarks>
/// <para>Platt, "Probabilistic outputs for support vector machines", 1999. Each outcome makes one Newton step on the exponentially forgotten
/// log-loss plus the prior ½·Λa(a−1)² + ½·Λb·b². No outcome moves either by more than 0.1: where the raw model is sure the curvature is next
/// to nothing, and a full Newton step after one surprise would throw the slope across its range. Weak predictors never come near that limit.</para>
/// <para>The slope stays in 0…10: a calibrator may say that a model knows nothing (0), it never turns its predictions around. The shift stays
/// in −5…5. Outcomes whose labels overlap h-fold count 1/h: pass that as the weight.</para>
/// </remarks>
public sealed class PlattCalibrator(PlattCalibratorOptions options) : ICalibrator
{
    /// <summary>Probabilities nearer to 0 or 1 than this count as this near.</summary>
    internal const double ProbabilityMin = 1e-7;

    private const string SectionName = "platt";
    private const double SlopeMax = 10;
    private const double ShiftMax = 5;
    private const double StepMax = 0.1;

    private readonly double _decay = options.HalfLife > 0 ? 0.6931471805599453 / options.HalfLife : 0;
    private double _slope = 1;
    private double _shift;
    private double _slopeInformation;
    private double _crossInformation;
    private double _shiftInformation;

    /// <summary>a, from 0 to 10.</summary>
    public double Slope => _slope;

    /// <summary>b, from −5 to 5.</summary>
    public double Shift => _shift;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1.</exception>
    public double Apply(double probability)
    {
        CalibrationInput.RequireProbability(probability);
        var clipped = Math.Clamp(probability, ProbabilityMin, 1 - ProbabilityMin);

        // The identity to the bit, not to the rounding of a logarithm.
        if (_slope == 1 && _shift == 0)
            return clipped;
        return Math.Clamp(Elementary.Sigmoid(_slope * Logit(clipped) + _shift), ProbabilityMin, 1 - ProbabilityMin);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An argument is NaN or out of range; a weight is above 0 and at most a million.</exception>
    public void Learn(double probability, int outcome, double weight = 1.0)
    {
        CalibrationInput.RequireProbability(probability);
        CalibrationInput.RequireOutcome(outcome);
        CalibrationInput.RequireWeight(weight);

        var z = Logit(Math.Clamp(probability, ProbabilityMin, 1 - ProbabilityMin));
        var eta = _slope * z + _shift;
        var calibrated = Elementary.Sigmoid(eta);
        var curvature = calibrated * (1 - calibrated);

        var kept = _decay > 0 ? Elementary.Exp(-_decay * weight) : 1;
        _slopeInformation = kept * _slopeInformation + weight * curvature * z * z;
        _crossInformation = kept * _crossInformation + weight * curvature * z;
        _shiftInformation = kept * _shiftInformation + weight * curvature;

        // Before this outcome data and prior were in balance; forgetting a share of the data lets the prior pull by the same share.
        var gradientSlope = (1 - kept) * options.SlopePrior * (_slope - 1) + weight * (calibrated - outcome) * z;
        var gradientShift = (1 - kept) * options.ShiftPrior * _shift + weight * (calibrated - outcome);
        var h11 = _slopeInformation + options.SlopePrior;
        var h22 = _shiftInformation + options.ShiftPrior;
        var determinant = h11 * h22 - _crossInformation * _crossInformation;
        _slope = Math.Clamp(_slope - Step((h22 * gradientSlope - _crossInformation * gradientShift) / determinant), 0, SlopeMax);
        _shift = Math.Clamp(_shift - Step((h11 * gradientShift - _crossInformation * gradientSlope) / determinant), -ShiftMax, ShiftMax);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _slope = 1;
        _shift = 0;
        _slopeInformation = 0;
        _crossInformation = 0;
        _shiftInformation = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_slope);
        writer.Write(_shift);
        writer.Write(_slopeInformation);
        writer.Write(_crossInformation);
        writer.Write(_shiftInformation);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _slope = reader.ReadFinite();
        _shift = reader.ReadFinite();
        _slopeInformation = reader.ReadFinite();
        _crossInformation = reader.ReadFinite();
        _shiftInformation = reader.ReadFinite();

        // The information is a sum of squares: a cross term beyond it (but for rounding) would make the Newton step explode.
        var sound = _slope >= 0 && _slope <= SlopeMax && Math.Abs(_shift) <= ShiftMax
            && _slopeInformation >= 0 && _slopeInformation <= 1e150 && _shiftInformation >= 0 && _shiftInformation <= 1e150
            && _crossInformation * _crossInformation <= _slopeInformation * _shiftInformation * (1 + 1e-9);
        if (!sound)
            throw new CorruptStateException($"platt: slope {_slope}, shift {_shift} and their information are impossible.");
    }

    private static double Step(double newton) => Math.Clamp(newton, -StepMax, StepMax);

    private static double Logit(double probability) => Elementary.Log(probability / (1 - probability));
}
