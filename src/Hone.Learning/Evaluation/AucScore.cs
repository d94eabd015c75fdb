using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>
/// Area under the ROC curve of a binary stream: the probability that an example of class 1 had the higher probability. Fixed memory (78 kB): two
/// probabilities count as equal when they are within 1/4,096 of each other, or, near 0 or 1, within a sixteenth of the distance to it.
/// </summary>
public sealed class AucScore : ISaved
{
    private const string SectionName = "auc";

    // Below 2⁻⁸ sixteen bins an octave down to 2⁻³³, from there to a half bins of 1/4,096; the other half mirrors this one.
    private const int Octaves = 25;
    private const int OctaveBins = 16;
    private const int Fine = 4_096;
    private const int Half = Octaves * OctaveBins + Fine / 2 - OctaveBins;
    private const int Bins = 2 * Half;

    private readonly long[] _negatives = new long[Bins];
    private readonly long[] _positives = new long[Bins];

    /// <summary>Answers of class 1.</summary>
    public long Positives { get; private set; }

    /// <summary>Answers of class 0.</summary>
    public long Negatives { get; private set; }

    /// <summary>The area, in 0…1; 0.5 while a class is missing.</summary>
    public double Value
    {
        get
        {
            if (Positives == 0 || Negatives == 0)
                return 0.5;
            double won = 0, below = 0;
            for (var i = 0; i < Bins; i++)
            {
                won += _positives[i] * (below + 0.5 * _negatives[i]);
                below += _negatives[i];
            }
            return won / Negatives / Positives;
        }
    }

    /// <summary>Takes one answer: the probability of class 1, and 0 or 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1, or the label is another.</exception>
    public void Add(double probability, int label)
    {
        ProbabilityScore.RequireProbability(probability);
        ProbabilityScore.RequireLabel(label, 2);
        if (label == 1)
        {
            _positives[Bin(probability)]++;
            Positives++;
        }
        else
        {
            _negatives[Bin(probability)]++;
            Negatives++;
        }
    }

    /// <summary>Adds what another has seen: exactly the score of both streams together.</summary>
    public void Merge(AucScore other)
    {
        for (var i = 0; i < Bins; i++)
        {
            _negatives[i] += other._negatives[i];
            _positives[i] += other._positives[i];
        }
        Negatives += other.Negatives;
        Positives += other.Positives;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_negatives);
        Array.Clear(_positives);
        (Positives, Negatives) = (0, 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 2);
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
        if (reader.Section(SectionName, 2) < 2)
            throw new CorruptStateException("auc: the bins of format 1 are others.");
        Reset();
        var from = reader.ReadInt32(0, Bins);
        var length = reader.ReadInt32(0, Bins - from);
        reader.Read(_negatives.AsSpan(from, length));
        reader.Read(_positives.AsSpan(from, length));
        for (var i = from; i < from + length; i++)
        {
            if (_negatives[i] is < 0 or > 1L << 50 || _positives[i] is < 0 or > 1L << 50)
                throw new CorruptStateException($"auc: a bin counts {_negatives[i]} and {_positives[i]}.");
            Negatives += _negatives[i];
            Positives += _positives[i];
        }
    }

    private static int Bin(double probability)
    {
        // Exact: the difference of one and a number from a half to one.
        var tail = probability < 0.5 ? probability : 1 - probability;
        var bin = tail * Fine >= OctaveBins
            ? Math.Min(Octaves * OctaveBins + (int)(tail * Fine) - OctaveBins, Half - 1)
            : Math.Max(Octaves * OctaveBins + (int)((BitConverter.DoubleToUInt64Bits(tail) >> 48) - ((1023 - 8) << 4)), 0);
        return probability < 0.5 ? bin : Bins - 1 - bin;
    }
}
