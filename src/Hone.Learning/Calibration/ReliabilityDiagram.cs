using Hone.Learning.State;

namespace Hone.Learning.Calibration;

/// <summary>
/// Predicted probabilities against what came true, over the whole stream in fixed memory. A thousand fine bins are
/// kept; what is shown are bins of equal mass, because a weak predictor's probabilities all lie between 0.45 and 0.55.
/// </summary>
/// <remarks>
/// <para>The calibration error of a perfect model is not 0 (with 15 bins and 1,000 outcomes it is 0.038), so each figure comes with its null: given
/// the predictions, a bin's share has the variance Σp(1−p)/n², times the overlap h when labels overlap h-fold (n/h independent
/// outcomes). The absolute error of a bin then has the mean √(2/π)·s and the variance (1 − 2/π)·s².</para>
/// <para>Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017; Bröcker, Smith, "Increasing the reliability of reliability diagrams",
/// Weather and Forecasting 22, 2007 (the intervals).</para>
/// </remarks>
public sealed class ReliabilityDiagram : ISaved
{
    /// <summary>Bins that can be asked for at most.</summary>
    public const int BinsMax = 20;

    private const string SectionName = "reliability";
    private const int Fine = 1_000;
    private const double TwoOverPi = 0.6366197723675814;

    private readonly long[] _counts = new long[Fine];
    private readonly long[] _hits = new long[Fine];
    private readonly double[] _sums = new double[Fine];
    private readonly double[] _variances = new double[Fine];

    /// <summary>Predictions seen.</summary>
    public long Count { get; private set; }

    /// <summary>Takes one prediction and whether it came true.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1.</exception>
    public void Add(double probability, bool happened)
    {
        CalibrationInput.RequireProbability(probability);
        var bin = Math.Min((int)(probability * Fine), Fine - 1);
        Count++;
        _counts[bin]++;
        _hits[bin] += happened ? 1 : 0;
        _sums[bin] += probability;
        _variances[bin] += probability * (1 - probability);
    }

    /// <summary>Adds what another diagram has seen.</summary>
    public void Merge(ReliabilityDiagram other)
    {
        Count += other.Count;
        for (var i = 0; i < Fine; i++)
        {
            _counts[i] += other._counts[i];
            _hits[i] += other._hits[i];
            _sums[i] += other._sums[i];
            _variances[i] += other._variances[i];
        }
    }

    /// <summary>Writes bins of about equal mass, by rising probability.</summary>
    /// <param name="bins">As many bins as are wanted, at most <see cref="BinsMax"/>.</param>
    /// <param name="overlap">How many labels overlap, 1 or more.</param>
    /// <returns>How many were written; fewer where predictions repeat.</returns>
    public int Bins(Span<ReliabilityBin> bins, double overlap = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins.Length, BinsMax);
        Span<Mass> masses = stackalloc Mass[BinsMax];
        var written = Masses(masses[..bins.Length]);
        for (var i = 0; i < written; i++)
        {
            var mass = masses[i];
            var half = 1.959963984540054 * Deviation(mass, overlap);
            bins[i] = new(mass.Count, mass.Sum / mass.Count, (double)mass.Hits / mass.Count,
                Math.Max(0, mass.Sum / mass.Count - half), Math.Min(1, mass.Sum / mass.Count + half));
        }
        return written;
    }

    /// <summary>The expected calibration error and its null.</summary>
    /// <param name="bins">Bins of equal mass, 1 to <see cref="BinsMax"/>.</param>
    /// <param name="overlap">How many labels overlap, 1 or more.</param>
    public CalibrationError Error(int bins = 10, double overlap = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, BinsMax);
        Span<Mass> masses = stackalloc Mass[BinsMax];
        var written = Masses(masses[..bins]);
        double value = 0, mean = 0, variance = 0;
        for (var i = 0; i < written; i++)
        {
            var mass = masses[i];
            var share = (double)mass.Count / Count;
            var deviation = Deviation(mass, overlap);
            value += share * Math.Abs(mass.Hits - mass.Sum) / mass.Count;
            mean += share * deviation * Math.Sqrt(TwoOverPi);
            variance += share * share * deviation * deviation * (1 - TwoOverPi);
        }
        return new(value, mean, mean + 1.6448536269514722 * Math.Sqrt(variance));
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Count = 0;
        Array.Clear(_counts);
        Array.Clear(_hits);
        Array.Clear(_sums);
        Array.Clear(_variances);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        var (from, length) = Used();
        writer.Write(from);
        writer.Write(length);
        writer.Write(_counts.AsSpan(from, length));
        writer.Write(_hits.AsSpan(from, length));
        writer.Write(_sums.AsSpan(from, length));
        writer.Write(_variances.AsSpan(from, length));
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
        reader.Read(_variances.AsSpan(from, length));
        for (var i = from; i < from + length; i++)
        {
            double count = _counts[i];
            var slack = 1e-6 * (1 + count);
            if (!(_counts[i] is >= 0 and <= 1L << 50 && _hits[i] >= 0 && _hits[i] <= _counts[i]
                && _sums[i] >= count * i / Fine - slack && _sums[i] <= count * (i + 1) / Fine + slack
                && _variances[i] >= 0 && _variances[i] <= 0.25 * count + slack))
                throw new CorruptStateException($"reliability: {_hits[i]} of {_counts[i]} in the fine bin {i} with the sum {_sums[i]} are impossible.");
            Count += _counts[i];
        }
    }

    private (int From, int Length) Used()
    {
        var from = 0;
        while (from < Fine && _counts[from] == 0)
            from++;
        var to = Fine;
        while (to > from && _counts[to - 1] == 0)
            to--;
        return (from, to - from);
    }

    private static double Deviation(in Mass mass, double overlap) => Math.Sqrt(Math.Max(1, overlap) * mass.Variance) / mass.Count;

    /// <summary>Joins fine bins until each holds its share. What a full one leaves over is shared out again among the rest.</summary>
    private int Masses(Span<Mass> masses)
    {
        var left = Count;
        int at = 0, written = 0;
        while (left > 0 && written < masses.Length)
        {
            var share = (double)left / (masses.Length - written);
            var mass = default(Mass);
            while (at < Fine)
            {
                // A fine bin goes where more of it belongs.
                if (mass.Count > 0 && mass.Count + 0.5 * _counts[at] > share && written < masses.Length - 1)
                    break;
                mass = new(mass.Count + _counts[at], mass.Hits + _hits[at], mass.Sum + _sums[at], mass.Variance + _variances[at]);
                at++;
            }
            left -= mass.Count;
            masses[written++] = mass;
        }
        return written;
    }

    private readonly record struct Mass(long Count, long Hits, double Sum, double Variance);
}
