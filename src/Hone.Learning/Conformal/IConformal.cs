using Hone.Learning.State;

namespace Hone.Learning.Conformal;

/// <summary>
/// Follows the score within which a stated share of predictions falls, while the world changes: the half-width of an interval around a
/// regression, or the bound of one minus the probability that puts a class into a prediction set.
/// </summary>
public interface IConformal : ISaved
{
    /// <summary>The share of outcomes that shall be covered, in (0, 1).</summary>
    double Coverage { get; }

    /// <summary>The bound for the next score: an outcome whose score is at most this is covered. Positive infinity while nothing is known or all shall be covered. Changes nothing.</summary>
    double Bound { get; }

    /// <summary>Takes the score of an outcome (0 or more): how badly the prediction fitted it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The score is negative, NaN or infinite.</exception>
    void Learn(double score);

    /// <summary>Forgets everything.</summary>
    void Reset();
}
