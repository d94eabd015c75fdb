using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>Scores in which an answer counts less the older it is.</summary>
/// <remarks>Gama, Sebastião, Rodrigues, "On evaluating stream learning algorithms", Machine Learning 90, 2013. The weights are normalised, so the first answers are not drawn towards 0.</remarks>
public sealed class FadingScore : ISaved
{
    private const string SectionName = "fading-score";

    private readonly double _factor;
    private double _correct;
    private double _logLoss;
    private double _brier;

    /// <summary>A score of nothing.</summary>
    /// <param name="factor">What an answer's weight is multiplied with at the next one, above 0 and below 1; 0.998 remembers some 500.</param>
    public FadingScore(double factor = 0.998)
    {
        if (!(factor > 0 && factor < 1))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A fading factor is above 0 and below 1.");
        _factor = factor;
    }

    /// <summary>Sum of the weights; 1 / (1 − factor) in the long run.</summary>
    public double Weight { get; private set; }

    /// <summary>Share of right answers; 0 before the first, as everything here.</summary>
    public double Accuracy => Mean(_correct);

    /// <summary>Mean log-loss.</summary>
    public double LogLoss => Mean(_logLoss);

    /// <summary>Mean Brier loss, in 0…1.</summary>
    public double Brier => Mean(_brier);

    /// <summary>Takes one answer to a prediction over several classes.</summary>
    public ProbabilityScore Add(ReadOnlySpan<double> probabilities, int label)
    {
        var score = ProbabilityScore.Of(probabilities, label);
        Add(score, score.Predicted == label);
        return score;
    }

    /// <summary>Takes one answer to a binary prediction, given as the probability of class 1.</summary>
    public ProbabilityScore Add(double probability, int label)
    {
        var score = ProbabilityScore.OfBinary(probability, label);
        Add(score, score.Predicted == label);
        return score;
    }

    /// <summary>Takes one answer that was scored already.</summary>
    public void Add(in ProbabilityScore score, bool correct)
    {
        Weight = _factor * Weight + 1;
        _correct = _factor * _correct + (correct ? 1 : 0);
        _logLoss = _factor * _logLoss + score.LogLoss;
        _brier = _factor * _brier + score.Brier;
    }

    /// <summary>Adds what another has seen, as if its answers had come after these.</summary>
    /// <exception cref="ArgumentException">The other has another factor.</exception>
    public void Merge(FadingScore other)
    {
        if (other._factor != _factor)
            throw new ArgumentException($"A score that fades by {other._factor} cannot join one that fades by {_factor}.", nameof(other));

        // Weights are 1 + f + f² + …, so that n of them sum to (1 − fⁿ) / (1 − f).
        var faded = Math.Max(0, 1 - other.Weight * (1 - _factor));
        Weight = faded * Weight + other.Weight;
        _correct = faded * _correct + other._correct;
        _logLoss = faded * _logLoss + other._logLoss;
        _brier = faded * _brier + other._brier;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (Weight, _correct, _logLoss, _brier) = (0, 0, 0, 0);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(Weight);
        writer.Write(_correct);
        writer.Write(_logLoss);
        writer.Write(_brier);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Weight = reader.ReadFinite();
        _correct = reader.ReadFinite();
        _logLoss = reader.ReadFinite();
        _brier = reader.ReadFinite();
        var max = 1 / (1 - _factor) * (1 + 1e-9);
        if (!(Weight >= 0 && Weight <= max && _correct >= 0 && _correct <= Weight && _logLoss >= 0 && _logLoss <= 35 * max && _brier >= 0 && _brier <= max))
            throw new CorruptStateException($"fading-score: the weight {Weight} with {_correct}, {_logLoss}, {_brier} is impossible.");
    }

    private double Mean(double sum) => Weight > 0 ? sum / Weight : 0;
}
