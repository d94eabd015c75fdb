using Hone.Learning.State;

namespace Hone.Learning.Calibration;

/// <summary>Options of <see cref="IdentityCalibrator"/>: none.</summary>
public sealed record IdentityCalibratorOptions;

/// <summary>Leaves probabilities as they are, except that 0 and 1 become 10⁻⁷ and 1 − 10⁻⁷.</summary>
public sealed class IdentityCalibrator : ICalibrator
{
    private const string SectionName = "identity";

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1.</exception>
    public double Apply(double probability)
    {
        CalibrationInput.RequireProbability(probability);
        return Math.Clamp(probability, PlattCalibrator.ProbabilityMin, 1 - PlattCalibrator.ProbabilityMin);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An argument is NaN or out of range.</exception>
    public void Learn(double probability, int outcome, double weight = 1.0)
    {
        CalibrationInput.RequireProbability(probability);
        CalibrationInput.RequireOutcome(outcome);
        CalibrationInput.RequireWeight(weight);
    }

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer) => writer.Section(SectionName, 1);

    /// <inheritdoc/>
    public void Load(StateReader reader) => reader.Section(SectionName, 1);
}
