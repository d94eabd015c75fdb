using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>
/// How good a stream of class probabilities was, with the two baselines beside it that every accuracy needs: the class that came last
/// (no-change) and the class that came most often so far (majority).
/// </summary>
/// <remarks>
/// <para>Both baselines know only labels that were known when the question was asked: with <c>delay</c> d the newest d labels do not count yet. Without
/// any label they say class 0. Among equally frequent classes the lowest wins.</para>
/// <para>Kappa: Cohen 1960. Temporal kappa: Žliobaitė, Bifet, Read, Pfahringer, Holmes, Machine Learning 98, 2015. Kappa M: Bifet, De Francisci Morales, Read,
/// Holmes, Pfahringer, KDD 2015. A kappa whose baseline is perfect is undefined and reads 0.</para>
/// <para>Before the first answer everything reads 0.</para>
/// </remarks>
public sealed class ClassificationScore : ISaved
{
    private const string SectionName = "classification-score";

    private readonly long[] _confusion;
    private readonly LabelBaselines _baselines;
    private long _correct;
    private long _noChange;
    private long _majorityCorrect;
    private double _logLoss;
    private double _brier;

    /// <summary>A score of nothing.</summary>
    /// <param name="classes">Number of classes, 2 to 1,024.</param>
    /// <param name="delay">Answers that come between a question and its own, 0 to a million: the baselines may not use them.</param>
    public ClassificationScore(int classes, int delay = 0)
    {
        LabelBaselines.Check(classes, delay);
        Classes = classes;
        _confusion = new long[classes * classes];
        _baselines = new(classes, delay);
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Answers seen.</summary>
    public long Count { get; private set; }

    /// <summary>Answers whose predicted class was right.</summary>
    public long Correct => _correct;

    /// <summary>Share of answers whose predicted class was right.</summary>
    public double Accuracy => Share(_correct);

    /// <summary>The accuracy of predicting the label that was known last.</summary>
    public double NoChangeAccuracy => Share(_noChange);

    /// <summary>The accuracy of predicting the label that was most frequent so far.</summary>
    public double MajorityAccuracy => Share(_majorityCorrect);

    /// <summary>Mean −ln of the label's probability; see <see cref="ProbabilityScore.ProbabilityMin"/>.</summary>
    public double LogLoss => Count > 0 ? _logLoss / Count : 0;

    /// <summary>Mean ½·Σ(p − y)², in 0…1.</summary>
    public double Brier => Count > 0 ? _brier / Count : 0;

    /// <summary>Accuracy over what the same frequencies of predictions and labels give by chance.</summary>
    public double Kappa
    {
        get
        {
            if (Count == 0)
                return 0;
            double chance = 0, n = Count;
            for (var k = 0; k < Classes; k++)
            {
                long labels = 0, predictions = 0;
                for (var j = 0; j < Classes; j++)
                {
                    labels += _confusion[k * Classes + j];
                    predictions += _confusion[j * Classes + k];
                }
                chance += labels / n * (predictions / n);
            }
            return Over(chance);
        }
    }

    /// <summary>Accuracy over that of no-change.</summary>
    public double KappaTemporal => Over(NoChangeAccuracy);

    /// <summary>Accuracy over that of the majority class.</summary>
    public double KappaM => Over(MajorityAccuracy);

    /// <summary>Answers of the class <paramref name="label"/> for which the class <paramref name="predicted"/> was predicted.</summary>
    public long Confusion(int label, int predicted)
    {
        ProbabilityScore.RequireLabel(label, Classes);
        ProbabilityScore.RequireLabel(predicted, Classes);
        return _confusion[label * Classes + predicted];
    }

    /// <summary>Takes one answer to a prediction over all classes.</summary>
    /// <returns>What it scored.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probabilities are not one per class, not probabilities, or there is no such class.</exception>
    public ProbabilityScore Add(ReadOnlySpan<double> probabilities, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, Classes);
        var score = ProbabilityScore.Of(probabilities, label);
        Take(score, label);
        return score;
    }

    /// <summary>Takes one answer to a binary prediction.</summary>
    /// <param name="probability">Probability of class 1.</param>
    /// <param name="label">0 or 1.</param>
    /// <returns>What it scored.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are more classes, the probability is none, or the label is another.</exception>
    public ProbabilityScore Add(double probability, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(Classes, 2);
        var score = ProbabilityScore.OfBinary(probability, label);
        Take(score, label);
        return score;
    }

    /// <summary>Adds what another score has seen, as if its answers had come after these. The baselines of each part keep what they said, and know from here on what the whole would know.</summary>
    /// <exception cref="ArgumentException">The other has other classes or another delay.</exception>
    public void Merge(ClassificationScore other)
    {
        if (other.Classes != Classes || other._baselines.Delay != _baselines.Delay)
            throw new ArgumentException($"A score of {other.Classes} classes and delay {other._baselines.Delay} cannot join one of {Classes} and {_baselines.Delay}.", nameof(other));
        for (var i = 0; i < _confusion.Length; i++)
            _confusion[i] += other._confusion[i];
        _baselines.Merge(other._baselines);
        Count += other.Count;
        _correct += other._correct;
        _noChange += other._noChange;
        _majorityCorrect += other._majorityCorrect;
        _logLoss += other._logLoss;
        _brier += other._brier;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_confusion);
        _baselines.Reset();
        (Count, _correct, _noChange, _majorityCorrect) = (0, 0, 0, 0);
        (_logLoss, _brier) = (0, 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_confusion);
        _baselines.Save(writer);
        writer.Write(_noChange);
        writer.Write(_majorityCorrect);
        writer.Write(_logLoss);
        writer.Write(_brier);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        reader.Read(_confusion);
        var seen = _baselines.Load(reader);
        _noChange = reader.ReadInt64();
        _majorityCorrect = reader.ReadInt64();
        _logLoss = reader.ReadFinite();
        _brier = reader.ReadFinite();

        long count = 0, correct = 0;
        for (var i = 0; i < _confusion.Length; i++)
        {
            count += RequireCount(_confusion[i]);
            correct += i % (Classes + 1) == 0 ? _confusion[i] : 0;
        }
        if (seen != count || _noChange < 0 || _noChange > count || _majorityCorrect < 0 || _majorityCorrect > count
            || !(_logLoss >= -1e-6 * count && _logLoss <= 35.0 * count) || !(_brier >= 0 && _brier <= count * (1 + 1e-6)))
            throw new CorruptStateException($"classification-score: {count} answers do not go with {seen} labels and the losses {_logLoss} and {_brier}.");
        (Count, _correct) = (count, correct);
    }

    private static long RequireCount(long count) => count is >= 0 and <= 1L << 50
        ? count
        : throw new CorruptStateException($"classification-score: a count is {count}.");

    private void Take(in ProbabilityScore score, int label)
    {
        Count++;
        _confusion[label * Classes + score.Predicted]++;
        _correct += score.Predicted == label ? 1 : 0;
        _logLoss += score.LogLoss;
        _brier += score.Brier;
        _noChange += _baselines.Last == label ? 1 : 0;
        _majorityCorrect += _baselines.Majority == label ? 1 : 0;
        _baselines.Add(label);
    }

    private double Share(long part) => Count > 0 ? (double)part / Count : 0;

    private double Over(double baseline) => Count > 0 && baseline < 1 ? (Accuracy - baseline) / (1 - baseline) : 0;
}
