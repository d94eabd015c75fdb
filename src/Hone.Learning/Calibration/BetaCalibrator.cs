using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Calibration;

/// <summary>Options of <see cref="BetaCalibrator"/>.</summary>
public sealed record BetaCalibratorOptions
{
    /// <summary>Weight of outcomes after which an outcome counts half; 0 forgets nothing.</summary>
    [Range(0.0, 1e9)] public double HalfLife { get; init; } = 5_000;

    /// <summary>How strongly the slope (the mean of a and b) is held at 1: the inverse variance of the prior. With probabilities of 0.45 to 0.55 some 1,600 outcomes weigh as much as 4.</summary>
    [Range(1e-6, 1e9)] public double SlopePrior { get; init; } = 4;

    /// <summary>How strongly the skew (half of a − b) is held at 0.</summary>
    [Range(1e-6, 1e9)] public double SkewPrior { get; init; } = 4;

    /// <summary>How strongly the shift at one half is held at 0. A hundred outcomes weigh as much as 25.</summary>
    [Range(1e-6, 1e9)] public double ShiftPrior { get; init; } = 25;
}

/// <summary>
/// Beta calibration, online: σ(a·ln p − b·ln(1 − p) + c) with a and b from 0 up, held at the identity (1, 1, 0) until outcomes say otherwise. Unlike Platt's map
/// it can be steep at one end and flat at the other.
/// </summary>
/// <remarks>
/// <para>Kull, Silva Filho, Flach, "Beyond sigmoids: how to obtain well-calibrated probabilities from binary classifiers with beta calibration", EJS 11, 2017. Fitted as
/// s·logit p + d·ln(4p(1 − p)) + t with a = s + d, b = s − d: near one half ln p and ln(1 − p) say the same, and their difference to a constant is nothing;
/// slope, skew and shift are told apart as well as the data allows, and each has its own prior.</para>
/// <para>Each outcome makes one Newton step on the exponentially forgotten log-loss plus the prior; no outcome moves a number by more than 0.1. The slope stays in 0…10,
/// the skew within ± the slope (which keeps the map rising), the shift in −5…5.</para>
/// </remarks>
public sealed class BetaCalibrator(BetaCalibratorOptions options) : ICalibrator
{
    private const string SectionName = "beta";
    private const double SlopeMax = 10;
    private const double ShiftMax = 5;
    private const double StepMax = 0.1;
    private const double Ln2 = 0.6931471805599453;

    private readonly double _decay = options.HalfLife > 0 ? Ln2 / options.HalfLife : 0;
    private double _slope = 1;
    private double _skew;
    private double _shift;

    // Weighted squares and products of the three inputs, by the curvature of the loss.
    private double _slopeSlope;
    private double _slopeSkew;
    private double _slopeShift;
    private double _skewSkew;
    private double _skewShift;
    private double _shiftShift;

    /// <summary>a, from 0 to 20.</summary>
    public double A => _slope + _skew;

    /// <summary>b, from 0 to 20.</summary>
    public double B => _slope - _skew;

    /// <summary>c.</summary>
    public double C => _shift + 2 * _skew * Ln2;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1.</exception>
    public double Apply(double probability)
    {
        var clipped = CalibrationInput.Clipped(probability);

        // The identity to the bit, not to the rounding of a logarithm.
        return _slope == 1 && _skew == 0 && _shift == 0
            ? clipped
            : CalibrationInput.Inside(Elementary.Sigmoid(A * Elementary.Log(2 * clipped) - B * Elementary.Log(2 * (1 - clipped)) + _shift));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An argument is NaN or out of range; a weight is above 0 and at most a million.</exception>
    public void Learn(double probability, int outcome, double weight = 1.0)
    {
        var clipped = CalibrationInput.Clipped(probability);
        CalibrationInput.RequireOutcome(outcome);
        CalibrationInput.RequireWeight(weight);

        double up = Elementary.Log(2 * clipped), down = Elementary.Log(2 * (1 - clipped)), z = up - down, u = up + down;
        var calibrated = Elementary.Sigmoid(_slope * z + _skew * u + _shift);
        var kept = _decay > 0 ? Elementary.Exp(-_decay * weight) : 1;
        var curvature = weight * calibrated * (1 - calibrated);
        _slopeSlope = kept * _slopeSlope + curvature * z * z;
        _slopeSkew = kept * _slopeSkew + curvature * z * u;
        _slopeShift = kept * _slopeShift + curvature * z;
        _skewSkew = kept * _skewSkew + curvature * u * u;
        _skewShift = kept * _skewShift + curvature * u;
        _shiftShift = kept * _shiftShift + curvature;

        // Forgetting a share of the data lets the prior pull by the same share.
        var miss = weight * (calibrated - outcome);
        var g1 = (1 - kept) * options.SlopePrior * (_slope - 1) + miss * z;
        var g2 = (1 - kept) * options.SkewPrior * _skew + miss * u;
        var g3 = (1 - kept) * options.ShiftPrior * _shift + miss;

        // Cholesky: the priors keep every pivot above 0.
        var l11 = Math.Sqrt(_slopeSlope + options.SlopePrior);
        var l21 = _slopeSkew / l11;
        var l31 = _slopeShift / l11;
        var l22 = Math.Sqrt(Math.Max(options.SkewPrior, _skewSkew + options.SkewPrior - l21 * l21));
        var l32 = (_skewShift - l31 * l21) / l22;
        var l33 = Math.Sqrt(Math.Max(options.ShiftPrior, _shiftShift + options.ShiftPrior - l31 * l31 - l32 * l32));
        var y1 = g1 / l11;
        var y2 = (g2 - l21 * y1) / l22;
        var y3 = (g3 - l31 * y1 - l32 * y2) / l33;
        var shift = y3 / l33;
        var skew = (y2 - l32 * shift) / l22;
        var slope = (y1 - l21 * skew - l31 * shift) / l11;
        _slope = Math.Clamp(_slope - Step(slope), 0, SlopeMax);
        _skew = Math.Clamp(_skew - Step(skew), -_slope, _slope);
        _shift = Math.Clamp(_shift - Step(shift), -ShiftMax, ShiftMax);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        (_slope, _skew, _shift) = (1, 0, 0);
        (_slopeSlope, _slopeSkew, _slopeShift, _skewSkew, _skewShift, _shiftShift) = (0, 0, 0, 0, 0, 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_slope);
        writer.Write(_skew);
        writer.Write(_shift);
        writer.Write(_slopeSlope);
        writer.Write(_slopeSkew);
        writer.Write(_slopeShift);
        writer.Write(_skewSkew);
        writer.Write(_skewShift);
        writer.Write(_shiftShift);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _slope = reader.ReadWithin(0, SlopeMax);
        _skew = reader.ReadWithin(-_slope, _slope);
        _shift = reader.ReadWithin(-ShiftMax, ShiftMax);
        _slopeSlope = reader.ReadWithin(0, 1e150);
        _slopeSkew = reader.ReadFinite();
        _slopeShift = reader.ReadFinite();
        _skewSkew = reader.ReadWithin(0, 1e150);
        _skewShift = reader.ReadFinite();
        _shiftShift = reader.ReadWithin(0, 1e150);

        // Sums of squares and products (but for rounding): anything else would make the step explode.
        if (!(Product(_slopeSkew, _slopeSlope, _skewSkew) && Product(_slopeShift, _slopeSlope, _shiftShift) && Product(_skewShift, _skewSkew, _shiftShift)))
            throw new CorruptStateException($"beta: the information about slope, skew and shift is impossible.");

        static bool Product(double cross, double one, double two) => cross * cross <= one * two * (1 + 1e-9);
    }

    private static double Step(double newton) => Math.Clamp(newton, -StepMax, StepMax);
}
