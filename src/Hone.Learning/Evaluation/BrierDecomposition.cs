using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>The parts of a Brier loss: <c>Brier = Reliability − Resolution + Uncertainty + WithinBins</c>.</summary>
/// <param name="Brier">Mean (p − y)².</param>
/// <param name="Reliability">Mean squared distance of what was predicted from what came true, bin by bin: the part that calibration can take away. 0 is perfect.</param>
/// <param name="Resolution">Mean squared distance of what came true in a bin from what came true overall: how well the model tells cases apart. More is better.</param>
/// <param name="Uncertainty">The loss of always predicting the overall share.</param>
/// <param name="WithinBins">What joining different predictions in one bin hides: spread of the predictions less twice their covariance with the outcomes.</param>
public readonly record struct BrierParts(double Brier, double Reliability, double Resolution, double Uncertainty, double WithinBins);

/// <summary>Murphy's decomposition of the Brier loss of a binary stream, in fixed memory, over bins of equal mass.</summary>
/// <remarks>
/// <para>Murphy, "A new vector partition of the probability score", Journal of Applied Meteorology 12, 1973; the part within bins: Stephenson, Coelho, Jolliffe, Weather and
/// Forecasting 23, 2008. A thousand fine bins are kept and joined to as many of equal mass as are asked for, as in the reliability diagram.</para>
/// <para>Reliability and resolution are both too large in a finite sample, by the noise of the bins' shares: a perfect model with 10 bins and 1,000 outcomes has a reliability of 0.0025. The corrected
/// parts are those of Ferro, Fricker, "A bias-corrected decomposition of the Brier score", QJRMS 138, 2012, and may be slightly below 0.</para>
/// </remarks>
public sealed class BrierDecomposition : ISaved
{
    /// <summary>Bins that can be asked for at most.</summary>
    public const int BinsMax = 100;

    private const string SectionName = "brier-decomposition";
    private const int Fine = 1_000;

    private readonly long[] _counts = new long[Fine];
    private readonly long[] _hits = new long[Fine];
    private readonly double[] _sums = new double[Fine];
    private readonly double[] _squares = new double[Fine];
    private readonly double[] _hitSums = new double[Fine];

    /// <summary>Answers seen.</summary>
    public long Count { get; private set; }

    /// <summary>Takes one answer: the probability of class 1, and 0 or 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1, or the label is another.</exception>
    public void Add(double probability, int label)
    {
        ProbabilityScore.RequireProbability(probability);
        ProbabilityScore.RequireLabel(label, 2);
        var bin = Math.Min((int)(probability * Fine), Fine - 1);
        Count++;
        _counts[bin]++;
        _hits[bin] += label;
        _sums[bin] += probability;
        _squares[bin] += probability * probability;
        _hitSums[bin] += probability * label;
    }

    /// <summary>Adds what another has seen: the decomposition of both streams together.</summary>
    public void Merge(BrierDecomposition other)
    {
        Count += other.Count;
        for (var i = 0; i < Fine; i++)
        {
            _counts[i] += other._counts[i];
            _hits[i] += other._hits[i];
            _sums[i] += other._sums[i];
            _squares[i] += other._squares[i];
            _hitSums[i] += other._hitSums[i];
        }
    }

    /// <summary>The parts as they are in the sample; they add up exactly.</summary>
    /// <param name="bins">Bins of equal mass, 1 to <see cref="BinsMax"/>.</param>
    public BrierParts Parts(int bins = 10) => Of(bins, overlap: 1, corrected: false);

    /// <summary>The parts without the bias of a finite sample; they add up as well.</summary>
    /// <param name="bins">Bins of equal mass, 1 to <see cref="BinsMax"/>.</param>
    /// <param name="overlap">How many labels overlap, 1 or more: so many fewer are independent.</param>
    public BrierParts PartsCorrected(int bins = 10, double overlap = 1) => Of(bins, Math.Max(1, overlap), corrected: true);

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Count = 0;
        Array.Clear(_counts);
        Array.Clear(_hits);
        Array.Clear(_sums);
        Array.Clear(_squares);
        Array.Clear(_hitSums);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        var from = 0;
        while (from < Fine && _counts[from] == 0)
            from++;
        var to = Fine;
        while (to > from && _counts[to - 1] == 0)
            to--;
        writer.Write(from);
        writer.Write(to - from);
        writer.Write(_counts.AsSpan(from, to - from));
        writer.Write(_hits.AsSpan(from, to - from));
        writer.Write(_sums.AsSpan(from, to - from));
        writer.Write(_squares.AsSpan(from, to - from));
        writer.Write(_hitSums.AsSpan(from, to - from));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Reset();
        var from = reader.ReadInt32(0, Fine);
        var length = reader.ReadInt32(0, Fine - from);
        reader.Read(_counts.AsSpan(from, length));
        reader.Read(_hits.AsSpan(from, length));
        reader.Read(_sums.AsSpan(from, length));
        reader.Read(_squares.AsSpan(from, length));
        reader.Read(_hitSums.AsSpan(from, length));
        for (var i = from; i < from + length; i++)
        {
            double count = _counts[i];
            var slack = 1e-6 * (1 + count);
            if (!(_counts[i] is >= 0 and <= 1L << 50 && _hits[i] >= 0 && _hits[i] <= _counts[i]
                && _sums[i] >= count * i / Fine - slack && _sums[i] <= count * (i + 1) / Fine + slack
                && _squares[i] >= 0 && _squares[i] <= _sums[i] + slack && _hitSums[i] >= 0 && _hitSums[i] <= _sums[i] + slack))
                throw new CorruptStateException($"brier-decomposition: {_hits[i]} of {_counts[i]} in the fine bin {i} with the sum {_sums[i]} are impossible.");
            Count += _counts[i];
        }
    }

    private BrierParts Of(int bins, double overlap, bool corrected)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, BinsMax);
        if (Count == 0)
            return default;
        long allHits = 0;
        foreach (var hits in _hits)
            allHits += hits;
        double total = Count, share = allHits / total;
        double squaredError = 0, reliability = 0, resolution = 0, within = 0, noise = 0;
        var left = Count;
        int at = 0, written = 0;
        while (left > 0)
        {
            // Fine bins are joined until the bin holds its share of what is left; a fine bin goes where more of it belongs.
            var wanted = (double)left / (bins - written);
            long count = 0, hits = 0;
            double sum = 0, squares = 0, hitSum = 0;
            for (; at < Fine; at++)
            {
                if (count > 0 && count + 0.5 * _counts[at] > wanted && written < bins - 1)
                    break;
                count += _counts[at];
                hits += _hits[at];
                sum += _sums[at];
                squares += _squares[at];
                hitSum += _hitSums[at];
            }
            left -= count;
            written++;
            double predicted = sum / count, frequency = (double)hits / count;
            squaredError += squares - 2 * hitSum + hits;
            reliability += count * (predicted - frequency) * (predicted - frequency);
            resolution += count * (frequency - share) * (frequency - share);
            within += squares - sum * predicted - 2 * (hitSum - sum * frequency);
            noise += Noise(count, frequency, overlap) * count;
        }
        var uncertainty = share * (1 - share);
        var brier = squaredError / total;
        if (!corrected)
            return new(brier, reliability / total, resolution / total, uncertainty, within / total);
        var overall = Noise(Count, share, overlap);
        return new(brier, (reliability - noise) / total, (resolution - noise) / total + overall, uncertainty + overall, within / total);
    }

    /// <summary>Estimated variance of a share of so many outcomes, of which one in <paramref name="overlap"/> is independent.</summary>
    private static double Noise(long count, double share, double overlap)
    {
        var independent = count / overlap;
        return independent > 1 ? share * (1 - share) / (independent - 1) : 0;
    }
}
