using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>
/// Area under the ROC curve for any number of classes: the mean over the classes of the area for "this class or another one", each class
/// counting alike however rare it is.
/// </summary>
/// <remarks>
/// <para>Macro average of one against the rest; with two classes it is the binary area. Fixed memory: an <see cref="AucScore"/>, 64 kB, for each class.</para>
/// <para>Provost, Domingos, "Well-trained PETs: improving probability estimation trees", 2000 (the weighted form); Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.</para>
/// </remarks>
public sealed class MultiClassAuc : ISaved
{
    private const string SectionName = "multi-class-auc";
    private const int ClassesMax = 1_024;

    private readonly AucScore[] _scores;
    private readonly long[] _labels;

    /// <summary>A score of nothing.</summary>
    /// <param name="classes">Number of classes, 2 to 1,024.</param>
    public MultiClassAuc(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, ClassesMax);
        _scores = new AucScore[classes];
        for (var k = 0; k < classes; k++)
            _scores[k] = new();
        _labels = new long[classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes => _scores.Length;

    /// <summary>Answers seen.</summary>
    public long Count { get; private set; }

    /// <summary>The mean area over the classes that occurred, in 0…1; 0.5 while fewer than two did.</summary>
    public double Value
    {
        get
        {
            double sum = 0;
            var seen = 0;
            for (var k = 0; k < _scores.Length; k++)
            {
                if (_labels[k] == 0)
                    continue;
                sum += _scores[k].Value;
                seen++;
            }
            return seen > 1 ? sum / seen : 0.5;
        }
    }

    /// <summary>The same with each class counted as often as it occurred.</summary>
    public double Weighted
    {
        get
        {
            double sum = 0;
            for (var k = 0; k < _scores.Length; k++)
                if (_labels[k] > 0)
                    sum += (double)_labels[k] / Count * _scores[k].Value;
            return Count > 0 ? sum : 0.5;
        }
    }

    /// <summary>The area of one class against the rest; 0.5 while it, or any other, did not occur.</summary>
    public double Of(int label)
    {
        ProbabilityScore.RequireLabel(label, Classes);
        return _scores[label].Value;
    }

    /// <summary>Takes one answer to a prediction over all classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probabilities are not one per class, not probabilities, or there is no such class.</exception>
    public void Add(ReadOnlySpan<double> probabilities, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, Classes);
        ProbabilityScore.RequireLabel(label, Classes);
        foreach (var probability in probabilities)
            ProbabilityScore.RequireProbability(probability);
        for (var k = 0; k < _scores.Length; k++)
            _scores[k].Add(probabilities[k], k == label ? 1 : 0);
        _labels[label]++;
        Count++;
    }

    /// <summary>Adds what another has seen: exactly the score of both streams together.</summary>
    /// <exception cref="ArgumentException">The other has other classes.</exception>
    public void Merge(MultiClassAuc other)
    {
        if (other.Classes != Classes)
            throw new ArgumentException($"A score of {other.Classes} classes cannot join one of {Classes}.", nameof(other));
        for (var k = 0; k < _scores.Length; k++)
        {
            _scores[k].Merge(other._scores[k]);
            _labels[k] += other._labels[k];
        }
        Count += other.Count;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        foreach (var score in _scores)
            score.Reset();
        Array.Clear(_labels);
        Count = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_labels);
        foreach (var score in _scores)
            score.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        reader.Read(_labels);
        Count = 0;
        foreach (var labels in _labels)
            Count += labels is >= 0 and <= 1L << 50 ? labels : throw new CorruptStateException($"multi-class-auc: a class occurred {labels} times.");
        for (var k = 0; k < _scores.Length; k++)
        {
            _scores[k].Load(reader);
            if (_scores[k].Positives != _labels[k] || _scores[k].Negatives != Count - _labels[k])
                throw new CorruptStateException($"multi-class-auc: class {k} occurred {_labels[k]} times of {Count}, and its area says another thing.");
        }
    }
}
