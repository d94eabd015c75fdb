using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>Scores over the last answers, a fixed number of them.</summary>
/// <remarks>Sums are taken anew from the window once per turn of the ring, so rounding errors do not pile up over a long life.</remarks>
public sealed class RollingScore : ISaved
{
    private const string SectionName = "rolling-score";
    private const int WindowMax = 1_000_000;
    private const int Fields = 4;

    private readonly double[] _ring;
    private int _at;
    private double _correct;
    private double _confidence;
    private double _logLoss;
    private double _brier;
    private double _uncertainty;

    /// <summary>An empty window.</summary>
    /// <param name="window">Answers, 1 to a million.</param>
    public RollingScore(int window = 500)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, WindowMax);
        Window = window;
        _ring = new double[window * Fields];
    }

    /// <summary>Answers in a full window.</summary>
    public int Window { get; }

    /// <summary>Answers in it now.</summary>
    public int Count { get; private set; }

    /// <summary>Share of right answers; 0 when empty, as everything here.</summary>
    public double Accuracy => Mean(_correct);

    /// <summary>Mean log-loss.</summary>
    public double LogLoss => Mean(_logLoss);

    /// <summary>Mean Brier loss, in 0…1.</summary>
    public double Brier => Mean(_brier);

    /// <summary>Mean probability of the predicted class.</summary>
    public double Confidence => Mean(_confidence);

    /// <summary>Mean confidence − accuracy: above 0 for an over-confident model.</summary>
    public double CalibrationError => Confidence - Accuracy;

    /// <summary>Half the width of the interval around 0 in which a perfectly calibrated model's <see cref="CalibrationError"/> lies in 95 of 100 cases.</summary>
    /// <param name="overlap">How many labels overlap, 1 or more: so many fewer are independent.</param>
    public double CalibrationNull(double overlap = 1)
        => Count > 0 ? 1.959963984540054 * Math.Sqrt(Math.Max(1, overlap) * Math.Max(0, _uncertainty)) / Count : 0;

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
        var slot = _ring.AsSpan(_at * Fields, Fields);
        if (Count == Window)
            Accumulate(slot, -1);
        else
            Count++;
        slot[0] = correct ? 1 : 0;
        slot[1] = score.Confidence;
        slot[2] = score.LogLoss;
        slot[3] = score.Brier;
        Accumulate(slot, 1);
        if (++_at < Window)
            return;
        _at = 0;
        Recount();
    }

    /// <summary>Adds what another window has seen, as if its answers had come after these: the last ones of both.</summary>
    /// <exception cref="ArgumentException">The other has another window.</exception>
    public void Merge(RollingScore other)
    {
        if (other.Window != Window)
            throw new ArgumentException($"A window of {other.Window} cannot join one of {Window}.", nameof(other));
        var at = other.Count == Window ? other._at : 0;
        for (var i = 0; i < other.Count; i++)
        {
            var slot = other._ring.AsSpan(at * Fields, Fields);
            Add(new ProbabilityScore(0, slot[1], slot[2], slot[3]), slot[0] == 1);
            at = at + 1 == Window ? 0 : at + 1;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_ring);
        _at = 0;
        Count = 0;
        Recount();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(Count);
        writer.Write(_at);
        writer.Write(_ring.AsSpan(0, Count * Fields));
        writer.Write(_correct);
        writer.Write(_confidence);
        writer.Write(_logLoss);
        writer.Write(_brier);
        writer.Write(_uncertainty);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Count = reader.ReadInt32(0, Window);
        _at = reader.ReadInt32(0, Window - 1);
        if (Count < Window && _at != Count)
            throw new CorruptStateException($"rolling-score: {Count} answers cannot end at {_at}.");
        Array.Clear(_ring);
        reader.Read(_ring.AsSpan(0, Count * Fields));
        for (var i = 0; i < Count; i++)
        {
            var slot = _ring.AsSpan(i * Fields, Fields);
            if (!(slot[0] is 0 or 1 && slot[1] >= 0 && slot[1] <= 1 && slot[2] >= 0 && slot[2] <= 35 && slot[3] >= 0 && slot[3] <= 1 + 1e-6))
                throw new CorruptStateException($"rolling-score: an answer with {slot[0]}, {slot[1]}, {slot[2]}, {slot[3]} is impossible.");
        }
        Span<double> sums = stackalloc double[5];
        for (var i = 0; i < sums.Length; i++)
            sums[i] = reader.ReadFinite();
        Recount();
        if (Off(sums[0], _correct) || Off(sums[1], _confidence) || Off(sums[2], _logLoss) || Off(sums[3], _brier) || Off(sums[4], _uncertainty))
            throw new CorruptStateException("rolling-score: the sums are not those of the window.");
        (_correct, _confidence, _logLoss, _brier, _uncertainty) = (sums[0], sums[1], sums[2], sums[3], sums[4]);

        static bool Off(double saved, double counted) => Math.Abs(saved - counted) > 1e-6 * (1 + Math.Abs(counted));
    }

    private void Recount()
    {
        (_correct, _confidence, _logLoss, _brier, _uncertainty) = (0, 0, 0, 0, 0);
        for (var i = 0; i < Count; i++)
            Accumulate(_ring.AsSpan(i * Fields, Fields), 1);
    }

    private void Accumulate(ReadOnlySpan<double> slot, int sign)
    {
        _correct += sign * slot[0];
        _confidence += sign * slot[1];
        _logLoss += sign * slot[2];
        _brier += sign * slot[3];
        _uncertainty += sign * (slot[1] * (1 - slot[1]));
    }

    private double Mean(double sum) => Count > 0 ? sum / Count : 0;
}
