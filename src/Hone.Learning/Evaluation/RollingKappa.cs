using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>Accuracy and its three kappas over the last answers, a fixed number of them. All counts are whole, so nothing drifts.</summary>
/// <remarks>The kappas and their baselines are those of <see cref="ClassificationScore"/>: the baselines know every label since the beginning, and are scored over the window.</remarks>
public sealed class RollingKappa : ISaved
{
    private const string SectionName = "rolling-kappa";
    private const int WindowMax = 1_000_000;

    private readonly LabelBaselines _baselines;
    private readonly int[] _ringLabels;
    private readonly int[] _ringPredictions;

    // 1: no-change was right, 2: the majority was right.
    private readonly int[] _ringRight;
    private readonly int[] _labels;
    private readonly int[] _predictions;
    private int _at;
    private int _correct;
    private int _noChange;
    private int _majority;

    /// <summary>An empty window.</summary>
    /// <param name="classes">Number of classes, 2 to 1,024.</param>
    /// <param name="window">Answers, 1 to a million.</param>
    /// <param name="delay">Answers that come between a question and its own, 0 to a million: the baselines may not use them.</param>
    public RollingKappa(int classes, int window = 500, int delay = 0)
    {
        LabelBaselines.Check(classes, delay);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, WindowMax);
        Classes = classes;
        Window = window;
        _baselines = new(classes, delay);
        _ringLabels = new int[window];
        _ringPredictions = new int[window];
        _ringRight = new int[window];
        _labels = new int[classes];
        _predictions = new int[classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Answers in a full window.</summary>
    public int Window { get; }

    /// <summary>Answers in it now.</summary>
    public int Count { get; private set; }

    /// <summary>Share of right answers; 0 when empty, as everything here.</summary>
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
            double chance = 0, n = Math.Max(1, Count);
            for (var k = 0; k < Classes; k++)
                chance += _labels[k] / n * (_predictions[k] / n);
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
        Push(predicted, label, (_baselines.Last == label ? 1 : 0) + (_baselines.Majority == label ? 2 : 0));
        _baselines.Add(label);
    }

    /// <summary>Adds what another has seen, as if its answers had come after these. The baselines of each part keep what they said.</summary>
    /// <exception cref="ArgumentException">The other has other classes, another window or another delay.</exception>
    public void Merge(RollingKappa other)
    {
        if (other.Classes != Classes || other.Window != Window || other._baselines.Delay != _baselines.Delay)
            throw new ArgumentException("Only windows of the same classes, length and delay can be joined.", nameof(other));
        var at = other.Count == Window ? other._at : 0;
        for (var i = 0; i < other.Count; i++)
        {
            Push(other._ringPredictions[at], other._ringLabels[at], other._ringRight[at]);
            at = at + 1 == Window ? 0 : at + 1;
        }
        _baselines.Merge(other._baselines);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _baselines.Reset();
        (Count, _at) = (0, 0);
        Recount();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _baselines.Save(writer);
        writer.Write(Count);
        writer.Write(_at);
        writer.Write(_ringLabels.AsSpan(0, Count));
        writer.Write(_ringPredictions.AsSpan(0, Count));
        writer.Write(_ringRight.AsSpan(0, Count));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        var seen = _baselines.Load(reader);
        Count = reader.ReadInt32(0, Window);
        _at = reader.ReadInt32(0, Window - 1);
        if (Count != Math.Min(seen, Window) || (Count < Window && _at != Count))
            throw new CorruptStateException($"rolling-kappa: {Count} answers of {seen} cannot end at {_at}.");
        reader.Read(_ringLabels.AsSpan(0, Count));
        reader.Read(_ringPredictions.AsSpan(0, Count));
        reader.Read(_ringRight.AsSpan(0, Count));
        for (var i = 0; i < Count; i++)
            if ((uint)_ringLabels[i] >= (uint)Classes || (uint)_ringPredictions[i] >= (uint)Classes || (uint)_ringRight[i] > 3)
                throw new CorruptStateException($"rolling-kappa: an answer {_ringLabels[i]} to {_ringPredictions[i]} is impossible.");
        Recount();
    }

    private void Push(int predicted, int label, int right)
    {
        if (Count == Window)
            Accumulate(_at, -1);
        else
            Count++;
        (_ringLabels[_at], _ringPredictions[_at], _ringRight[_at]) = (label, predicted, right);
        Accumulate(_at, 1);
        _at = _at + 1 == Window ? 0 : _at + 1;
    }

    private void Accumulate(int at, int sign)
    {
        _labels[_ringLabels[at]] += sign;
        _predictions[_ringPredictions[at]] += sign;
        _correct += _ringLabels[at] == _ringPredictions[at] ? sign : 0;
        _noChange += (_ringRight[at] & 1) != 0 ? sign : 0;
        _majority += (_ringRight[at] & 2) != 0 ? sign : 0;
    }

    private void Recount()
    {
        Array.Clear(_labels);
        Array.Clear(_predictions);
        (_correct, _noChange, _majority) = (0, 0, 0);
        for (var i = 0; i < Count; i++)
            Accumulate(i, 1);
    }

    private double Share(int part) => Count > 0 ? (double)part / Count : 0;

    private double Over(double baseline) => Count > 0 && baseline < 1 ? (Accuracy - baseline) / (1 - baseline) : 0;
}
