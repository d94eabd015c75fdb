namespace Hone.Trading.Labels;

/// <summary>The union of some label intervals as disjoint spans in order of time.</summary>
internal sealed class LabelSpans
{
    private readonly long[] _starts;
    private readonly long[] _ends;
    private readonly int _count;

    public LabelSpans(ReadOnlySpan<LabelInterval> intervals, ReadOnlySpan<int> rows)
    {
        _starts = new long[rows.Length];
        _ends = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            (_starts[i], _ends[i]) = (intervals[rows[i]].StartUs, intervals[rows[i]].EndUs);
        Array.Sort(_starts, _ends);
        for (var i = 0; i < rows.Length; i++)
            if (_count > 0 && _starts[i] <= _ends[_count - 1])
                _ends[_count - 1] = Math.Max(_ends[_count - 1], _ends[i]);
            else
                (_starts[_count], _ends[_count++]) = (_starts[i], _ends[i]);
    }

    /// <summary>Whether the interval has a moment in common with any span.</summary>
    public bool Intersects(LabelInterval interval)
    {
        var last = LastStartingUpTo(interval.EndUs);
        return last >= 0 && _ends[last] >= interval.StartUs;
    }

    /// <summary>Whether the time is after the end of a span, by no more than the embargo.</summary>
    public bool Embargoes(long timeUs, long embargoUs)
    {
        var last = LastStartingUpTo(timeUs);
        return last >= 0 && timeUs > _ends[last] && timeUs - _ends[last] <= embargoUs;
    }

    private int LastStartingUpTo(long timeUs)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_starts[middle] <= timeUs)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }
}
