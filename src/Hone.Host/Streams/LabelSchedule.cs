using Hone.Adapters.Streams;

namespace Hone.Host.Streams;

/// <summary>
/// When labels are known: after which prediction each of them may be learned. Labels are learned in the order in which they become
/// known, those that become known together in the order of their rows.
/// </summary>
internal sealed class LabelSchedule
{
    private readonly int[]? _order;
    private readonly int[]? _until;
    private readonly int _rows;
    private readonly int _delay;

    private LabelSchedule(int rows, int delay, int[]? order, int[]? until) => (_rows, _delay, _order, _until) = (rows, delay, order, until);

    /// <summary>Whether every label is known at once, before the next row is predicted.</summary>
    public bool IsImmediate => _order is null && _delay == 0;

    /// <summary>Further rows that are predicted before a label is known; of delays that differ, 1 as soon as any is late.</summary>
    public int Delay => _order is null ? _delay : 1;

    /// <summary>Labels that become known within the stream.</summary>
    public int Known => _until is null ? Math.Max(0, _rows - _delay) : _until[^1];

    /// <summary>The same delay everywhere.</summary>
    /// <param name="rows">Rows of the stream.</param>
    /// <param name="delay">Further rows that are predicted before a label is known; 0: none.</param>
    public static LabelSchedule Fixed(int rows, int delay) => new(rows, delay, null, null);

    /// <summary>A delay per row, from a column of the file.</summary>
    public static LabelSchedule Of(StreamDelays delays)
        => delays.Rows is { } rows ? OfRows(rows) : OfTimes(delays.KnownAtUs!, delays.TimesUs!);

    /// <summary>How many labels are known when the row after <paramref name="row"/> is predicted.</summary>
    public int Until(int row) => _until is null ? Math.Max(0, row - _delay + 1) : _until[row];

    /// <summary>The row whose label is known as number <paramref name="index"/>, counted from 0.</summary>
    public int Row(int index) => _order is null ? index : _order[index];

    private static LabelSchedule OfRows(long[] delays)
    {
        var after = new int[delays.Length];
        for (var t = 0; t < after.Length; t++)
            after[t] = delays[t] < delays.Length - t ? t + (int)delays[t] : int.MaxValue;
        return OfPlaces(after);
    }

    /// <summary>A label is learned before the first later row whose time is not before the moment at which it is known.</summary>
    private static LabelSchedule OfTimes(long[] knownAtUs, long[] timesUs)
    {
        var n = timesUs.Length;
        var after = new int[n];
        for (var t = 0; t < n; t++)
        {
            int from = t + 1, to = n;
            while (from < to)
            {
                var middle = from + (to - from) / 2;
                if (timesUs[middle] >= knownAtUs[t])
                    to = middle;
                else
                    from = middle + 1;
            }
            // What is known only after the last row is never used, unless it is the last row's own and known at its time.
            after[t] = from < n ? from - 1 : knownAtUs[t] <= timesUs[^1] ? n - 1 : int.MaxValue;
        }
        return OfPlaces(after, knownAtUs);
    }

    /// <param name="after">The row after whose prediction each label is known; out of range for never.</param>
    /// <param name="knownAtUs">Order of those that come after the same prediction, if it is not that of the rows.</param>
    private static LabelSchedule OfPlaces(int[] after, long[]? knownAtUs = null)
    {
        var n = after.Length;
        var until = new int[n];
        foreach (var row in after)
            if (row < n)
                until[row]++;
        var next = new int[n];
        for (var t = 0; t < n; t++)
        {
            next[t] = t == 0 ? 0 : until[t - 1];
            until[t] += next[t];
        }
        var order = new int[until[^1]];
        for (var t = 0; t < n; t++)
            if (after[t] < n)
                order[next[after[t]]++] = t;
        if (knownAtUs is not null)
            for (var t = 0; t < n; t++)
            {
                var from = t == 0 ? 0 : until[t - 1];
                if (until[t] - from > 1)
                    order.AsSpan(from, until[t] - from).Sort((a, b) => knownAtUs[a] != knownAtUs[b] ? knownAtUs[a].CompareTo(knownAtUs[b]) : a.CompareTo(b));
            }
        return new(n, 0, order, until);
    }
}
