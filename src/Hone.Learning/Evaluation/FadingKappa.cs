using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>Accuracy and its three kappas, in which an answer counts less the older it is.</summary>
/// <remarks>The kappas and their baselines are those of <see cref="ClassificationScore"/>: the baselines know every label since the beginning and forget none; what fades is how they are scored.</remarks>
public sealed class FadingKappa : ISaved
{
    private const string SectionName = "fading-kappa";

    private readonly double _factor;
    private readonly LabelBaselines _baselines;
    private readonly double[] _labels;
    private readonly double[] _predictions;
    private double _correct;
    private double _noChange;
    private double _majority;

    /// <summary>A score of nothing.</summary>
    /// <param name="classes">Number of classes, 2 to 1,024.</param>
    /// <param name="factor">What an answer's weight is multiplied with at the next one, above 0 and below 1; 0.998 remembers some 500.</param>
    /// <param name="delay">Answers that come between a question and its own, 0 to a million: the baselines may not use them.</param>
    public FadingKappa(int classes, double factor = 0.998, int delay = 0)
    {
        LabelBaselines.Check(classes, delay);
        if (!(factor > 0 && factor < 1))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A fading factor is above 0 and below 1.");
        _factor = factor;
        _baselines = new(classes, delay);
        _labels = new double[classes];
        _predictions = new double[classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes => _labels.Length;

    /// <summary>Sum of the weights; 1 / (1 − factor) in the long run.</summary>
    public double Weight { get; private set; }

    /// <summary>Share of right answers; 0 before the first, as everything here.</summary>
    public double Accuracy => Share(_correct);

    /// <summary>The accuracy of predicting the label that was known last.</summary>
    public double NoChangeAccuracy => Share(_noChange);

    /// <summary>The accuracy of predicting the label that was most frequent so far.</summary>
    public double MajorityAccuracy => Share(_majority);

    /// <summary>Accuracy over what the same frequencies of predictions and labels give by chance.</summary>
    public double Kappa
    {
        get
        {
            var chance = 0.0;
            for (var k = 0; k < Classes && Weight > 0; k++)
                chance += _labels[k] / Weight * (_predictions[k] / Weight);
            return Over(chance);
        }
    }

    /// <summary>Accuracy over that of no-change.</summary>
    public double KappaTemporal => Over(NoChangeAccuracy);

    /// <summary>Accuracy over that of the majority class.</summary>
    public double KappaM => Over(MajorityAccuracy);

    /// <summary>Takes one answer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(int predicted, int label)
    {
        ProbabilityScore.RequireLabel(predicted, Classes);
        ProbabilityScore.RequireLabel(label, Classes);
        Fade(_factor);
        Weight += 1;
        _labels[label] += 1;
        _predictions[predicted] += 1;
        _correct += predicted == label ? 1 : 0;
        _noChange += _baselines.Last == label ? 1 : 0;
        _majority += _baselines.Majority == label ? 1 : 0;
        _baselines.Add(label);
    }

    /// <summary>Adds what another has seen, as if its answers had come after these. The baselines of each part keep what they said.</summary>
    /// <exception cref="ArgumentException">The other has other classes, another factor or another delay.</exception>
    public void Merge(FadingKappa other)
    {
        if (other.Classes != Classes || other._factor != _factor || other._baselines.Delay != _baselines.Delay)
            throw new ArgumentException("Only scores of the same classes, factor and delay can be joined.", nameof(other));

        // Weights are 1 + f + f² + …, so that n of them sum to (1 − fⁿ) / (1 − f).
        Fade(Math.Max(0, 1 - other.Weight * (1 - _factor)));
        Weight += other.Weight;
        for (var k = 0; k < Classes; k++)
        {
            _labels[k] += other._labels[k];
            _predictions[k] += other._predictions[k];
        }
        _correct += other._correct;
        _noChange += other._noChange;
        _majority += other._majority;
        _baselines.Merge(other._baselines);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _baselines.Reset();
        Array.Clear(_labels);
        Array.Clear(_predictions);
        (Weight, _correct, _noChange, _majority) = (0, 0, 0, 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _baselines.Save(writer);
        writer.Write(Weight);
        writer.Write(_labels);
        writer.Write(_predictions);
        writer.Write(_correct);
        writer.Write(_noChange);
        writer.Write(_majority);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _baselines.Load(reader);
        var most = 1 / (1 - _factor) * (1 + 1e-9);
        Weight = reader.ReadWithin(0, most);
        reader.ReadWithin(_labels, 0, most);
        reader.ReadWithin(_predictions, 0, most);
        _correct = reader.ReadWithin(0, most);
        _noChange = reader.ReadWithin(0, most);
        _majority = reader.ReadWithin(0, most);
        double labels = 0, predictions = 0;
        for (var k = 0; k < Classes; k++)
            (labels, predictions) = (labels + _labels[k], predictions + _predictions[k]);
        var slack = 1e-6 * (1 + Weight);
        if (Math.Abs(labels - Weight) > slack || Math.Abs(predictions - Weight) > slack || Math.Max(_correct, Math.Max(_noChange, _majority)) > Weight + slack)
            throw new CorruptStateException($"fading-kappa: labels of the weight {labels} and predictions of {predictions} do not go with {Weight}.");
    }

    private void Fade(double factor)
    {
        Kernels.Scale(factor, _labels);
        Kernels.Scale(factor, _predictions);
        Weight *= factor;
        _correct *= factor;
        _noChange *= factor;
        _majority *= factor;
    }

    private double Share(double part) => Weight > 0 ? part / Weight : 0;

    private double Over(double baseline) => Weight > 0 && baseline < 1 ? (Accuracy - baseline) / (1 - baseline) : 0;
}
