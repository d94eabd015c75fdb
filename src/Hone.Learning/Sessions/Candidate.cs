using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// A fresh learner that learns in the background of a member after a warning, and the evidence that it has become the better one.
/// </summary>
/// <remarks>
/// <para>Both are judged by predictions that were stored when the question was asked. Judging the candidate when the answer arrives
/// would let it use the h − 1 labels that overlap with this one and were not known to the member.</para>
/// <para>Evidence comes in means of h consecutive differences. Neighbouring means of labels that overlap like a triangle still share a
/// sixth of an answer's variance: their long-run variance is 3h² / (2h² + 1) times the one seen, at most 1.5 times.
/// Measured on labels over 12 moves without any edge: three standard errors exceeded by 0.13 % of candidates after 50 blocks, as they should be; by 1.0 % without the factor.</para>
/// </remarks>
internal sealed class Candidate(IClassifier learner, ulong generation, int slot, long bornSeq, int horizon)
{
    private readonly double _inflation = 3.0 * horizon * horizon / (2.0 * horizon * horizon + 1);
    private Welford _advantage;
    private double _sum;
    private int _count;

    public IClassifier Learner => learner;

    /// <summary>Number of the learner among those of its member.</summary>
    public ulong Generation => generation;

    /// <summary>Answers it has learned.</summary>
    public long Learned { get; private set; }

    /// <summary>Which specialist it would replace.</summary>
    public int Slot => slot;

    /// <summary>Position of the session at which it started.</summary>
    public long BornSeq => bornSeq;

    /// <summary>Blocks of h answers that both were judged by.</summary>
    public double Blocks => _advantage.Weight;

    /// <summary>By how much its Brier score is lower than the member's.</summary>
    public double Advantage => _advantage.Mean;

    /// <summary>The advantage in standard errors.</summary>
    public double Significance => _advantage.Mean / Math.Max(Math.Sqrt(_advantage.Variance * _inflation / Math.Max(1, _advantage.Weight)), 1e-12);

    /// <summary>Takes one answer: the member's Brier score, and the candidate's stored prediction, which is all zero where it made none.</summary>
    public void Score(double presentBrier, ReadOnlySpan<double> probabilities, int label)
    {
        var sum = 0.0;
        foreach (var p in probabilities)
            sum += p;
        if (sum == 0)
            return;
        _sum += presentBrier - LearningSession.Brier(probabilities, label);
        if (++_count < horizon)
            return;
        _advantage.Add(_sum / _count);
        _sum = _count = 0;
    }

    /// <summary>Learns one answer; says what went wrong.</summary>
    public LearnerFault? Learn(ReadOnlySpan<double> x, int label, double weight)
    {
        Learned++;
        return LearnerFault.OfLearning(learner, x, label, weight);
    }

    public void Save(StateWriter writer)
    {
        writer.Write(generation);
        writer.Write(Learned);
        writer.Write(slot);
        writer.Write(bornSeq);
        writer.Write(_sum);
        writer.Write(_count);
        _advantage.Save(writer);
        learner.Save(writer);
    }

    /// <summary>Reads a candidate; <paramref name="build"/> makes an empty learner of a generation up to <paramref name="generationMax"/>.</summary>
    public static Candidate Load(StateReader reader, Func<ulong, IClassifier> build, ulong generationMax, int horizon)
    {
        var generation = reader.ReadUInt64();
        var learned = reader.ReadInt64();
        if (generation > generationMax || learned < 0)
            throw new CorruptStateException($"A background learner of generation {generation} of {generationMax} that has learned {learned} answers is impossible.");
        var slot = reader.ReadInt32(0, LearningSession.RegimesMax - 1);
        var bornSeq = reader.ReadInt64();
        var candidate = new Candidate(build(generation), generation, slot, bornSeq, horizon)
        {
            Learned = learned,
            _sum = reader.ReadWithin(-horizon, horizon),
            _count = reader.ReadInt32(0, horizon - 1),
            _advantage = Welford.Load(reader),
        };
        var advantage = candidate._advantage;
        if (bornSeq < 0 || !(advantage.Weight >= 0 && advantage.Weight <= 1L << 50 && Math.Abs(advantage.Mean) <= 1 + 1e-9 && advantage.Variance >= 0 && advantage.Variance <= 1 + 1e-9))
            throw new CorruptStateException($"A background learner's advantage of {advantage.Mean} over {advantage.Weight} blocks is impossible.");
        candidate.Learner.Load(reader);
        return candidate;
    }
}
