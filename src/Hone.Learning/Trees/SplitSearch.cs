using Hone.Learning.Numerics;

namespace Hone.Learning.Trees;

/// <summary>The best split of a leaf. Weights and sums are those of its histogram, over the examples in which the feature's bin is known.</summary>
/// <param name="Candidate">Which entry of the leaf's list of features.</param>
/// <param name="Code">The last bin of the left side.</param>
/// <param name="MissingRight">Whether missing values go right.</param>
/// <param name="Gain">How much the sum of squares falls.</param>
/// <param name="Second">The same for the best split on another feature.</param>
/// <param name="Weight">Weight of both sides.</param>
/// <param name="Sum">Sum of both sides.</param>
/// <param name="LeftWeight">Weight of the left side.</param>
/// <param name="LeftSum">Sum of the left side.</param>
internal readonly record struct SplitChoice(
    int Candidate, int Code, bool MissingRight, double Gain, double Second, double Weight, double Sum, double LeftWeight, double LeftSum);

/// <summary>Finds the split of a histogram that reduces the sum of squares most.</summary>
internal sealed class SplitSearch
{
    // Either side has at least this share of the weight.
    private const double ShareMin = 0.01;
    private readonly int _candidates;

    /// <summary>A search over histograms of so many features.</summary>
    public SplitSearch(int candidates, double noiseProbability)
    {
        _candidates = candidates;

        // The reduction by a split of noise, in residual variances, is chi-squared of one degree of freedom: 2 ln(tries/p) bounds the best of all.
        NoiseQuantile = 2 * Elementary.Log(candidates * (QuantileBins.Bins - 2) / noiseProbability);
    }

    /// <summary>What the best of all splits of pure noise stays under, in variances of one example.</summary>
    public double NoiseQuantile { get; }

    /// <summary>The best split; its gain is 0 where there is none.</summary>
    /// <param name="histogram">Weight and sum of each bin of each candidate.</param>
    public SplitChoice Best(ReadOnlySpan<float> histogram)
    {
        var best = default(SplitChoice);
        var second = 0.0;
        for (var candidate = 0; candidate < _candidates; candidate++)
        {
            var found = BestOf(candidate, histogram.Slice(candidate * 2 * QuantileBins.Bins, 2 * QuantileBins.Bins));
            if (found.Gain > best.Gain)
                (second, best) = (best.Gain, found);
            else
                second = Math.Max(second, found.Gain);
        }
        return best with { Second = second };
    }

    private static SplitChoice BestOf(int candidate, ReadOnlySpan<float> column)
    {
        double weight = 0, sum = 0;
        for (var i = 0; i < 2 * QuantileBins.Bins; i += 2)
        {
            weight += column[i];
            sum += column[i + 1];
        }
        var best = default(SplitChoice);
        if (!(weight > 0))
            return best;
        var whole = sum * sum / weight;
        var least = ShareMin * weight;
        for (var missingRight = 0; missingRight < (column[0] > 0 ? 2 : 1); missingRight++)
        {
            double leftWeight = 0, leftSum = 0;
            for (var code = missingRight; code < QuantileBins.Bins - 1; code++)
            {
                leftWeight += column[2 * code];
                leftSum += column[2 * code + 1];
                var rightWeight = weight - leftWeight;
                if (leftWeight < least || column[2 * code] == 0)
                    continue;
                if (rightWeight < least)
                    break;
                var rightSum = sum - leftSum;
                var gain = leftSum * leftSum / leftWeight + rightSum * rightSum / rightWeight - whole;
                if (gain > best.Gain)
                    best = new(candidate, code, missingRight == 1, gain, 0, weight, sum, leftWeight, leftSum);
            }
        }
        return best;
    }
}
