using System.ComponentModel.DataAnnotations;
using Hone.Learning;

namespace Hone.Trading.Labels;

/// <summary>One division of rows into a part to train on and a part to test on.</summary>
/// <param name="Train">Rows to train on, by start of their labels.</param>
/// <param name="Test">Rows to test on, by start of their labels.</param>
/// <param name="Purged">Rows left out because their label overlaps a test label.</param>
/// <param name="Embargoed">Rows left out because they come too soon after (in a walk forward: before) a test label.</param>
public sealed record PurgedFold(int[] Train, int[] Test, int Purged, int Embargoed);

/// <summary>How <see cref="PurgedSplit.WalkForward"/> divides.</summary>
public sealed record WalkForwardOptions
{
    /// <summary>Number of test parts, one after the other.</summary>
    [Range(1, 10_000)]
    public int Folds { get; init; } = 5;

    /// <summary>Share of the rows before the first test part.</summary>
    [Range(0.01, 0.99)]
    public double TrainFraction { get; init; } = 0.5;

    /// <summary>Rows to train on at most, the latest ones; 0: all that came before.</summary>
    [Range(0, int.MaxValue)]
    public int TrainRowsMax { get; init; }

    /// <summary>Additional distance between the last training label and the first test question, as a share of the whole time.</summary>
    [Range(0.0, 0.5)]
    public double EmbargoFraction { get; init; }
}

/// <summary>How <see cref="PurgedSplit.KFold"/> divides.</summary>
public sealed record KFoldOptions
{
    /// <summary>Number of parts; each is the test part once.</summary>
    [Range(2, 10_000)]
    public int Folds { get; init; } = 5;

    /// <summary>For how long after a test part no row is trained on, as a share of the whole time.</summary>
    [Range(0.0, 0.5)]
    public double EmbargoFraction { get; init; } = 0.01;
}

/// <summary>
/// Divides labelled rows into training and test parts so that no training label shares time with a test label. It takes the labels' intervals: purging is not
/// something that a caller can forget.
/// </summary>
/// <remarks>
/// López de Prado, "Advances in Financial Machine Learning", 2018, chapter 7. Rows may come in any order; parts are contiguous in the order of the labels'
/// starts, rows of equal start in their given order. The test part is the exact union of its labels' intervals, not the span from the first to the last.
/// </remarks>
public static class PurgedSplit
{
    /// <summary>Trains on the past, tests on what follows, moves on.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range, or there are too few rows.</exception>
    public static IReadOnlyList<PurgedFold> WalkForward(ReadOnlySpan<LabelInterval> intervals, WalkForwardOptions options)
    {
        Options.Validated("walk-forward", options);
        var order = InOrderOfStart(intervals);
        var first = (int)(intervals.Length * options.TrainFraction);
        if (first < 1 || intervals.Length - first < options.Folds)
            throw TooFew("walk-forward", intervals.Length, options.Folds);
        var embargoUs = Share(intervals, options.EmbargoFraction);
        var folds = new PurgedFold[options.Folds];
        for (var fold = 0; fold < folds.Length; fold++)
        {
            var from = first + Part(intervals.Length - first, fold, folds.Length);
            var to = first + Part(intervals.Length - first, fold + 1, folds.Length);
            var test = order.AsSpan(from, to - from);
            var oldest = options.TrainRowsMax > 0 ? Math.Max(0, from - options.TrainRowsMax) : 0;
            folds[fold] = Before(intervals, order.AsSpan(oldest, from - oldest), test, embargoUs);
        }
        return folds;
    }

    /// <summary>Tests on each part once and trains on all the others, later ones included.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range, or there are too few rows.</exception>
    public static IReadOnlyList<PurgedFold> KFold(ReadOnlySpan<LabelInterval> intervals, KFoldOptions options)
    {
        Options.Validated("k-fold", options);
        if (intervals.Length < options.Folds)
            throw TooFew("k-fold", intervals.Length, options.Folds);
        var order = InOrderOfStart(intervals);
        var embargoUs = Share(intervals, options.EmbargoFraction);
        var folds = new PurgedFold[options.Folds];
        var others = new List<int>(intervals.Length);
        for (var fold = 0; fold < folds.Length; fold++)
        {
            var from = Part(intervals.Length, fold, folds.Length);
            var to = Part(intervals.Length, fold + 1, folds.Length);
            others.Clear();
            others.AddRange(order.AsSpan(0, from));
            others.AddRange(order.AsSpan(to));
            folds[fold] = Purge(intervals, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(others), order.AsSpan(from, to - from), embargoUs);
        }
        return folds;
    }

    /// <summary>Purges and embargoes any choice of rows, such as the combinations of several parts.</summary>
    /// <param name="intervals">The labels of all rows.</param>
    /// <param name="candidates">Rows that might be trained on.</param>
    /// <param name="test">Rows to test on.</param>
    /// <param name="embargoUs">For how long after the end of a test label no row may start.</param>
    public static PurgedFold Purge(ReadOnlySpan<LabelInterval> intervals, ReadOnlySpan<int> candidates, ReadOnlySpan<int> test, long embargoUs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(embargoUs);
        var spans = new LabelSpans(intervals, test);
        var train = new List<int>(candidates.Length);
        var (purged, embargoed) = (0, 0);
        foreach (var row in candidates)
            if (spans.Intersects(intervals[row]))
                purged++;
            else if (spans.Embargoes(intervals[row].StartUs, embargoUs))
                embargoed++;
            else
                train.Add(row);
        return new([.. train], test.ToArray(), purged, embargoed);
    }

    private static PurgedFold Before(ReadOnlySpan<LabelInterval> intervals, ReadOnlySpan<int> candidates, ReadOnlySpan<int> test, long embargoUs)
    {
        // Test rows are in order of start, so the first one has the earliest question.
        var testStartUs = intervals[test[0]].StartUs;
        var train = new List<int>(candidates.Length);
        var (purged, embargoed) = (0, 0);
        foreach (var row in candidates)
            if (intervals[row].EndUs >= testStartUs)
                purged++;
            else if (testStartUs - intervals[row].EndUs <= embargoUs)
                embargoed++;
            else
                train.Add(row);
        return new([.. train], test.ToArray(), purged, embargoed);
    }

    private static int[] InOrderOfStart(ReadOnlySpan<LabelInterval> intervals)
    {
        var keys = new (long StartUs, int Row)[intervals.Length];
        for (var row = 0; row < keys.Length; row++)
            keys[row] = (intervals[row].StartUs, row);
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => key.Row);
    }

    private static long Share(ReadOnlySpan<LabelInterval> intervals, double fraction)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var interval in intervals)
            (first, last) = (Math.Min(first, interval.StartUs), Math.Max(last, interval.EndUs));
        return (long)(fraction * (last - first));
    }

    private static int Part(int rows, int part, int parts) => (int)((long)rows * part / parts);

    private static InvalidOptionsException TooFew(string owner, int rows, int folds)
        => new($"{owner}: {rows} rows cannot be divided into {folds} folds and a part to train on.");
}
