using Hone.Learning;
using Hone.Learning.Numerics;
using Hone.Trading.Labels;

namespace Hone.Trading.Tests.Labels;

public sealed class PurgedSplitTests
{
    private const int Sets = 1000;

    [Fact]
    public void K_fold_keeps_exactly_the_rows_that_a_pairwise_search_keeps_on_1000_random_sets()
    {
        var rng = new Rng(1, "k-fold");
        var (purged, embargoed) = (0, 0);
        for (var set = 0; set < Sets; set++)
        {
            var intervals = RandomIntervals(ref rng);
            var options = new KFoldOptions { Folds = 2 + rng.NextInt32(4), EmbargoFraction = rng.NextInt32(2) * 0.2 * rng.NextDouble() };
            var embargoUs = (long)(options.EmbargoFraction * (intervals.Max(i => i.EndUs) - intervals.Min(i => i.StartUs)));
            var order = Enumerable.Range(0, intervals.Length).OrderBy(i => intervals[i].StartUs).ToArray();
            var folds = PurgedSplit.KFold(intervals, options);
            Assert.Equal(order, folds.SelectMany(fold => fold.Test));
            foreach (var fold in folds)
            {
                var tests = fold.Test.Select(i => intervals[i]).ToArray();
                var others = order.Except(fold.Test).ToArray();
                var apart = others.Where(i => !tests.Any(t => t.StartUs <= intervals[i].EndUs && t.EndUs >= intervals[i].StartUs)).ToArray();
                var train = apart.Where(i => !tests.Any(t => intervals[i].StartUs > t.EndUs && intervals[i].StartUs <= t.EndUs + embargoUs)).ToArray();
                Assert.Equal(train, fold.Train);
                Assert.Equal((others.Length - apart.Length, apart.Length - train.Length), (fold.Purged, fold.Embargoed));
                Assert.Equal(0, LeakCheck.Overlaps(fold.Train, fold.Test, intervals));
                (purged, embargoed) = (purged + fold.Purged, embargoed + fold.Embargoed);
            }
        }
        Assert.True(purged > Sets && embargoed > Sets, $"{purged} purged, {embargoed} embargoed");
    }

    [Fact]
    public void Walk_forward_keeps_exactly_the_earlier_rows_that_a_pairwise_search_keeps_on_1000_random_sets()
    {
        var rng = new Rng(2, "walk-forward");
        var (purged, embargoed) = (0, 0);
        for (var set = 0; set < Sets; set++)
        {
            var intervals = RandomIntervals(ref rng);
            var options = new WalkForwardOptions
            {
                Folds = 1 + rng.NextInt32(4), TrainFraction = 0.3 + 0.4 * rng.NextDouble(),
                TrainRowsMax = rng.NextInt32(2) * (1 + rng.NextInt32(20)), EmbargoFraction = rng.NextInt32(2) * 0.2 * rng.NextDouble(),
            };
            var embargoUs = (long)(options.EmbargoFraction * (intervals.Max(i => i.EndUs) - intervals.Min(i => i.StartUs)));
            var order = Enumerable.Range(0, intervals.Length).OrderBy(i => intervals[i].StartUs).ToList();
            var folds = PurgedSplit.WalkForward(intervals, options);
            Assert.Equal(order.Skip((int)(intervals.Length * options.TrainFraction)), folds.SelectMany(fold => fold.Test));
            foreach (var fold in folds)
            {
                var tests = fold.Test.Select(i => intervals[i]).ToArray();
                var before = order.Take(order.IndexOf(fold.Test[0])).ToArray();
                if (options.TrainRowsMax > 0)
                    before = before.TakeLast(options.TrainRowsMax).ToArray();
                var apart = before.Where(i => tests.All(t => intervals[i].EndUs < t.StartUs)).ToArray();
                var train = apart.Where(i => tests.All(t => intervals[i].EndUs + embargoUs < t.StartUs)).ToArray();
                Assert.Equal(train, fold.Train);
                Assert.Equal((before.Length - apart.Length, apart.Length - train.Length), (fold.Purged, fold.Embargoed));
                Assert.Equal(0, LeakCheck.Overlaps(fold.Train, fold.Test, intervals));
                (purged, embargoed) = (purged + fold.Purged, embargoed + fold.Embargoed);
            }
        }
        Assert.True(purged > Sets && embargoed > Sets / 2, $"{purged} purged, {embargoed} embargoed");
    }

    [Fact]
    public void Any_choice_of_test_rows_is_purged_by_the_union_of_their_intervals_not_by_their_hull()
    {
        // Tests at 0–10 and 100–110: a label at 40–50 lies between them and stays.
        LabelInterval[] intervals = [new(0, 10), new(5, 20), new(12, 20), new(40, 50), new(100, 110), new(111, 120), new(115, 125)];
        var fold = PurgedSplit.Purge(intervals, [1, 2, 3, 5, 6], [0, 4], embargoUs: 3);
        Assert.Equal([3, 6], fold.Train);
        Assert.Equal((1, 2), (fold.Purged, fold.Embargoed));
    }

    [Fact]
    public void A_splitter_that_does_not_purge_is_caught()
    {
        // One question a bar, labels over 12 bars, five contiguous folds without purging.
        var intervals = Enumerable.Range(0, 500).Select(i => new LabelInterval(i, i + 12)).ToArray();
        foreach (var fold in PurgedSplit.KFold(intervals, new()))
        {
            var all = Enumerable.Range(0, 500).Except(fold.Test).ToArray();
            Assert.InRange(LeakCheck.Overlaps(all, fold.Test, intervals), 12, 24);
            Assert.Equal(fold.Purged, LeakCheck.Overlaps(all, fold.Test, intervals));
            Assert.Equal(0, LeakCheck.Overlaps(fold.Train, fold.Test, intervals));
        }
    }

    [Fact]
    public void The_leak_check_counts_what_a_pairwise_search_counts()
    {
        var rng = new Rng(3, "leaks");
        for (var set = 0; set < Sets; set++)
        {
            var intervals = RandomIntervals(ref rng);
            var isTest = intervals.Select(_ => false).ToArray();
            for (var i = 0; i < isTest.Length; i++)
                isTest[i] = rng.NextInt32(4) == 0;
            var test = Enumerable.Range(0, intervals.Length).Where(i => isTest[i]).ToArray();
            var train = Enumerable.Range(0, intervals.Length).Where(i => !isTest[i]).ToArray();
            Assert.Equal(train.Count(i => test.Any(t => intervals[t].Intersects(intervals[i]))), LeakCheck.Overlaps(train, test, intervals));
        }
    }

    [Fact]
    public void Labels_that_do_not_overlap_are_all_kept_apart_from_shared_ends()
    {
        var apart = Enumerable.Range(0, 100).Select(i => new LabelInterval(10 * i, 10 * i + 9)).ToArray();
        Assert.All(PurgedSplit.KFold(apart, new() { EmbargoFraction = 0 }), fold => Assert.Equal(80, fold.Train.Length));
        var touching = Enumerable.Range(0, 100).Select(i => new LabelInterval(10 * i, 10 * i + 10)).ToArray();
        Assert.Equal([79, 78, 78, 78, 79], PurgedSplit.KFold(touching, new() { EmbargoFraction = 0 }).Select(fold => fold.Train.Length));
    }

    [Fact]
    public void Too_few_rows_and_options_out_of_range_are_refused()
    {
        var intervals = Enumerable.Range(0, 4).Select(i => new LabelInterval(i, i + 1)).ToArray();
        Assert.Throws<InvalidOptionsException>(() => PurgedSplit.KFold(intervals, new() { Folds = 5 }));
        Assert.Throws<InvalidOptionsException>(() => PurgedSplit.KFold(intervals, new() { Folds = 1 }));
        Assert.Throws<InvalidOptionsException>(() => PurgedSplit.WalkForward(intervals, new() { Folds = 3 }));
        Assert.Throws<InvalidOptionsException>(() => PurgedSplit.WalkForward(intervals, new() { Folds = 1, EmbargoFraction = 0.9 }));
        Assert.Throws<ArgumentException>(() => new LabelInterval(5, 5));
    }

    private static LabelInterval[] RandomIntervals(ref Rng rng)
    {
        var intervals = new LabelInterval[20 + rng.NextInt32(40)];
        var longest = 1 + rng.NextInt32(30);
        for (var i = 0; i < intervals.Length; i++)
        {
            var start = rng.NextInt32(200);
            intervals[i] = new(start, start + 1 + rng.NextInt32(longest));
        }
        return intervals;
    }
}
