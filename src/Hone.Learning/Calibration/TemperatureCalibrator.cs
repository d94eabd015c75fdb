using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Calibration;

/// <summary>Options of <see cref="TemperatureCalibrator"/>.</summary>
public sealed record TemperatureCalibratorOptions
{
    /// <summary>Weight of outcomes after which an outcome counts half; 0 forgets nothing.</summary>
    [Range(0.0, 1e9)] public double HalfLife { get; init; } = 5_000;

    /// <summary>How strongly the slope is held at 1: the inverse variance of the prior. With probabilities of 0.45 to 0.55 some 1,600 outcomes weigh as much as 4.</summary>
    [Range(1e-6, 1e9)] public double SlopePrior { get; init; } = 4;
}

/// <summary>Temperature scaling, online: σ(a·logit p), one number, held at 1 until outcomes say otherwise. It corrects confidence and nothing else: one half stays one half.</summary>
/// <remarks>
/// Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017; a is 1 over their temperature. Each outcome makes one Newton step on the exponentially forgotten log-loss
/// plus the prior ½·Λ(a−1)², as <see cref="PlattCalibrator"/> does. The slope stays in 0…10.
/// </remarks>
public sealed class TemperatureCalibrator(TemperatureCalibratorOptions options) : ICalibrator
{
    private const string SectionName = "temperature";
    private const double SlopeMax = 10;
    private const double StepMax = 0.1;

    private readonly double _decay = options.HalfLife > 0 ? 0.6931471805599453 / options.HalfLife : 0;
    private double _slope = 1;
    private double _information;

    /// <summary>a, from 0 to 10: below 1 where the model is too sure of itself.</summary>
    public double Slope => _slope;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1.</exception>
    public double Apply(double probability)
    {
        var clipped = CalibrationInput.Clipped(probability);

        // The identity to the bit, not to the rounding of a logarithm.
        return _slope == 1 ? clipped : CalibrationInput.Inside(Elementary.Sigmoid(_slope * CalibrationInput.Logit(clipped)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An argument is NaN or out of range; a weight is above 0 and at most a million.</exception>
    public void Learn(double probability, int outcome, double weight = 1.0)
    {
        var clipped = CalibrationInput.Clipped(probability);
        CalibrationInput.RequireOutcome(outcome);
        CalibrationInput.RequireWeight(weight);

        var z = CalibrationInput.Logit(clipped);
        var calibrated = Elementary.Sigmoid(_slope * z);
        var kept = _decay > 0 ? Elementary.Exp(-_decay * weight) : 1;
        _information = kept * _information + weight * calibrated * (1 - calibrated) * z * z;

        // Forgetting a share of the data lets the prior pull by the same share.
        var gradient = (1 - kept) * options.SlopePrior * (_slope - 1) + weight * (calibrated - outcome) * z;
        _slope = Math.Clamp(_slope - Math.Clamp(gradient / (_information + options.SlopePrior), -StepMax, StepMax), 0, SlopeMax);
    }

    /// <inheritdoc/>
    public void Reset() => (_slope, _information) = (1, 0);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_slope);
        writer.Write(_information);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _slope = reader.ReadWithin(0, SlopeMax);
        _information = reader.ReadWithin(0, 1e150);
    }
}
