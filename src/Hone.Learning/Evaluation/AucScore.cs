using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>
/// Area under the ROC curve of a binary stream: the probability that an example of class 1 had the higher
/// probability. Fixed memory: probabilities are counted in 4,096 bins, and two in one bin count as equal.
/// </summary>
public sealed class AucScore : ISaved
{
    private const string SectionName = "auc";
    private const int Bins = 4_096;

    private readonly long[] _negatives = new long[Bins];
    private readonly long[] _positives = new long[Bins];

    /// <summary>The area, in 0…1; 0.5 while a class is missing.</summary>
    public double Value
    {
        get
        {
            double won = 0, below = 0, positives = 0;
            for (var i = 0; i < Bins; i++)
            {
                won += _positives[i] * (below + 0.5 * _negatives[i]);
                below += _negatives[i];
                positives += _positives[i];
            }
            return below > 0 && positives > 0 ? won / below / positives : 0.5;
        }
    }

    /// <summary>Takes one answer: the probability of class 1, and 0 or 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1, or the label is another.</exception>
    public void Add(double probability, int label)
    {
        ProbabilityScore.RequireProbability(probability);
        ProbabilityScore.RequireLabel(label, 2);
        var bin = Math.Min((int)(probability * Bins), Bins - 1);
        if (label == 1)
            _positives[bin]++;
        else
            _negatives[bin]++;
    }

    /// <summary>Adds what another has seen.</summary>
    public void Merge(AucScore other)
    {
        for (var i = 0; i < Bins; i++)
        {
            _negatives[i] += other._negatives[i];
            _positives[i] += other._positives[i];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_negatives);
        Array.Clear(_positives);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        var from = 0;
        while (from < Bins && _negatives[from] + _positives[from] == 0)
            from++;
        var to = Bins;
        while (to > from && _negatives[to - 1] + _positives[to - 1] == 0)
            to--;
        writer.Write(from);
        writer.Write(to - from);
        writer.Write(_negatives.AsSpan(from, to - from));
        writer.Write(_positives.AsSpan(from, to - from));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Reset();
        var from = reader.ReadInt32(0, Bins);
        var length = reader.ReadInt32(0, Bins - from);
        reader.Read(_negatives.AsSpan(from, length));
        reader.Read(_positives.AsSpan(from, length));
        for (var i = from; i < from + length; i++)
            if (_negatives[i] is < 0 or > 1L << 50 || _positives[i] is < 0 or > 1L << 50)
                throw new CorruptStateException($"auc: a bin counts {_negatives[i]} and {_positives[i]}.");
    }
}
