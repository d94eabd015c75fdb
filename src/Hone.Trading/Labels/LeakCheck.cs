namespace Hone.Trading.Labels;

/// <summary>Finds training labels that share time with test labels, whoever made the split.</summary>
/// <remarks>Written without anything that <see cref="PurgedSplit"/> uses, so that one mistake cannot hide the other.</remarks>
public static class LeakCheck
{
    /// <summary>Number of training rows whose label shares a moment with the label of any test row; 0 in a sound split.</summary>
    /// <param name="train">Rows trained on.</param>
    /// <param name="test">Rows tested on.</param>
    /// <param name="intervals">The labels of all rows.</param>
    public static int Overlaps(ReadOnlySpan<int> train, ReadOnlySpan<int> test, ReadOnlySpan<LabelInterval> intervals)
    {
        // By start, with the latest end so far beside it: some test label that starts by the end of a training label ends
        // after its start exactly when the latest of their ends does.
        var tested = new LabelInterval[test.Length];
        for (var i = 0; i < test.Length; i++)
            tested[i] = intervals[test[i]];
        Array.Sort(tested, static (a, b) => a.StartUs.CompareTo(b.StartUs));
        var latestEnds = new long[tested.Length];
        for (var i = 0; i < tested.Length; i++)
            latestEnds[i] = i == 0 ? tested[i].EndUs : Math.Max(latestEnds[i - 1], tested[i].EndUs);

        var overlaps = 0;
        foreach (var row in train)
        {
            var (low, high) = (0, tested.Length);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (tested[middle].StartUs <= intervals[row].EndUs)
                    low = middle + 1;
                else
                    high = middle;
            }
            if (low > 0 && latestEnds[low - 1] >= intervals[row].StartUs)
                overlaps++;
        }
        return overlaps;
    }
}
