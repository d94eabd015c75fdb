using Hone.Learning.Numerics;
using Hone.Learning.Trees;

namespace Hone.Learning.Tests.Trees;

/// <summary>The best split of a histogram, against examples put into two heaps one by one.</summary>
public sealed class SplitSearchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_best_split_is_that_of_trying_all(ulong seed)
    {
        const int Candidates = 3, Rows = 300;
        var rng = new Rng(seed, "split-search");
        var codes = new byte[Rows][];
        var targets = new double[Rows];
        var histogram = new float[Candidates * 2 * QuantileBins.Bins];
        for (var t = 0; t < Rows; t++)
        {
            codes[t] = [(byte)(1 + rng.NextInt32(31)), (byte)rng.NextInt32(12), (byte)(3 * rng.NextInt32(4))];
            targets[t] = rng.NextInt32(8) - 4 + (codes[t][1] is 0 or > 7 ? 2 : 0);
            HistogramKernels.Add(codes[t], [0, 1, 2], QuantileBins.Bins, 1, (float)targets[t], histogram);
        }

        var bestGain = 0.0;
        var perCandidate = new double[Candidates];
        (int Candidate, int Code, bool MissingRight) best = default;
        for (var j = 0; j < Candidates; j++)
            foreach (var missingRight in (bool[])[false, true])
                for (var code = 0; code < 31; code++)
                {
                    var left = Enumerable.Range(0, Rows).Where(t => codes[t][j] == 0 ? !missingRight : codes[t][j] <= code).ToArray();
                    var right = Enumerable.Range(0, Rows).Except(left).ToArray();
                    if (left.Length < Rows / 100.0 || right.Length < Rows / 100.0)
                        continue;
                    var gain = Squares(Enumerable.Range(0, Rows)) - Squares(left) - Squares(right);
                    perCandidate[j] = Math.Max(perCandidate[j], gain);
                    if (gain > bestGain + 1e-9)
                        (bestGain, best) = (gain, (j, code, missingRight));
                }

        var found = new SplitSearch(Candidates, 1).Best(histogram);
        Assert.Equal(bestGain, found.Gain, 1e-6);
        Assert.Equal(best, (found.Candidate, found.Code, found.MissingRight));
        Array.Sort(perCandidate);
        Assert.Equal(perCandidate[^2], found.Second, 1e-6);

        double Squares(IEnumerable<int> rows)
        {
            var values = rows.Select(t => targets[t]).ToArray();
            var mean = values.Average();
            return values.Sum(v => (v - mean) * (v - mean));
        }
    }

    [Fact]
    public void A_histogram_of_one_bin_has_no_split()
    {
        var histogram = new float[2 * QuantileBins.Bins];
        HistogramKernels.Add([5], [0], QuantileBins.Bins, 3, 4, histogram);
        Assert.Equal(0, new SplitSearch(1, 1).Best(histogram).Gain);
    }

    [Fact]
    public void Adding_to_a_histogram_touches_one_bin_of_each_listed_feature()
    {
        var histogram = new float[2 * 2 * QuantileBins.Bins];
        HistogramKernels.Add([9, 31, 0], [0, 2], QuantileBins.Bins, 2, -0.5f, histogram);
        HistogramKernels.Add([9, 31, 7], [0, 2], QuantileBins.Bins, 1, 3, histogram);
        var expected = new float[histogram.Length];
        (expected[18], expected[19]) = (3, 2.5f);
        (expected[64], expected[65]) = (2, -0.5f);
        (expected[64 + 14], expected[64 + 15]) = (1, 3);
        Assert.Equal(expected, histogram);
    }
}
