namespace Hone.Trading.Labels;

/// <summary>How much of a label is its own when labels overlap.</summary>
/// <remarks>
/// López de Prado, "Advances in Financial Machine Learning", 2018, chapter 4, in continuous time: a label alive together with c − 1 others has 1/c of that moment.
/// Labels that only touch at an end do not overlap here. With equal distances between bars this is the mean over bars.
/// </remarks>
public static class LabelUniqueness
{
    /// <summary>Writes the uniqueness of each label, above 0 and at most 1: the mean over its life of one over the number of labels alive.</summary>
    /// <exception cref="ArgumentException">An interval is empty (its default value), or the lengths differ.</exception>
    public static void Compute(ReadOnlySpan<LabelInterval> intervals, Span<double> uniqueness)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(uniqueness.Length, intervals.Length);
        var starts = new long[intervals.Length];
        var ends = new long[intervals.Length];
        for (var i = 0; i < intervals.Length; i++)
        {
            if (intervals[i].EndUs <= intervals[i].StartUs)
                throw new ArgumentException($"Label {i} has no duration.", nameof(intervals));
            (starts[i], ends[i]) = (intervals[i].StartUs, intervals[i].EndUs);
        }
        Array.Sort(starts);
        Array.Sort(ends);

        // Between two boundaries the number alive is constant; shares[k] is the integral of one over it up to times[k].
        var times = new long[2 * intervals.Length];
        var shares = new double[2 * intervals.Length];
        var (started, ended, count) = (0, 0, 0);
        while (ended < ends.Length)
        {
            var now = started < starts.Length ? Math.Min(starts[started], ends[ended]) : ends[ended];
            var alive = started - ended;
            shares[count] = count == 0 ? 0 : shares[count - 1] + (alive > 0 ? (double)(now - times[count - 1]) / alive : 0);
            times[count++] = now;
            while (started < starts.Length && starts[started] == now)
                started++;
            while (ended < ends.Length && ends[ended] == now)
                ended++;
        }
        for (var i = 0; i < intervals.Length; i++)
        {
            var from = Array.BinarySearch(times, 0, count, intervals[i].StartUs);
            var to = Array.BinarySearch(times, 0, count, intervals[i].EndUs);
            uniqueness[i] = Math.Min(1, (shares[to] - shares[from]) / (intervals[i].EndUs - intervals[i].StartUs));
        }
    }

    /// <summary>The number of independent labels that these are worth: the sum of their uniqueness. Use it, not the count, in every test.</summary>
    public static double EffectiveSampleSize(ReadOnlySpan<LabelInterval> intervals)
    {
        var uniqueness = new double[intervals.Length];
        Compute(intervals, uniqueness);
        double sum = 0;
        foreach (var share in uniqueness)
            sum += share;
        return sum;
    }
}
