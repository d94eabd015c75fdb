using Hone.Learning.Conformal;

namespace Hone.Host.Streams;

/// <summary>How often a conformal method beside a learner covered what came true, and how much it had to allow for that.</summary>
internal sealed class CoverageScore(IConformal method)
{
    private long _count;
    private long _covered;
    private long _sized;
    private double _size;

    /// <summary>Share of the rows that were covered.</summary>
    public double Coverage => _count > 0 ? (double)_covered / _count : double.NaN;

    /// <summary>Mean number of classes in the set, or width of the interval; rows for which everything was allowed do not count for the width.</summary>
    public double Size => _sized > 0 ? _size / _sized : double.NaN;

    /// <summary>The score of classes: one minus the probability of the one that came true.</summary>
    public double AddClasses(ReadOnlySpan<double> probabilities, int label)
    {
        var bound = method.Bound;
        var score = Math.Max(0, 1 - probabilities[label]);
        foreach (var p in probabilities)
            _size += 1 - p <= bound ? 1 : 0;
        _sized++;
        Count(score, bound);
        return score;
    }

    /// <summary>The score of a number: its distance from the prediction.</summary>
    public double AddNumber(double prediction, double target)
    {
        var bound = method.Bound;
        var score = Math.Abs(target - prediction);
        if (double.IsFinite(bound))
        {
            _size += 2 * bound;
            _sized++;
        }
        Count(score, bound);
        return score;
    }

    /// <summary>The score of a row whose label is known now.</summary>
    public void Know(double score) => method.Learn(score);

    private void Count(double score, double bound)
    {
        _count++;
        _covered += score <= bound ? 1 : 0;
    }
}
