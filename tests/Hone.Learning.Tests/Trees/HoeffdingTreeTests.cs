using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Tests.Trees;

public sealed class HoeffdingTreeTests
{
    [Theory]
    [InlineData(2, 4, 1.0)]
    [InlineData(3, 7, 1.0)]
    [InlineData(3, 5, 0.5)]
    public void It_is_the_tree_that_one_would_write_down(int classes, int features, double smallWeight)
    {
        var tree = new HoeffdingTree(new(features, classes, 1), new() { GracePeriod = 50, Delta = 0.01 });
        var plain = new PlainHoeffdingTree(classes, 50, 0.01, 0.05);
        var p = new double[classes];
        var t = 0;
        foreach (var (x, label) in TreeStream.Boxes(4000, features, classes, 3))
        {
            var weight = t++ % 3 == 0 ? smallWeight : 1;
            tree.Predict(x, p);
            var expected = plain.Predict(x);
            for (var k = 0; k < classes; k++)
                Assert.Equal(expected[k], p[k], 1e-5);
            tree.Learn(x, label, weight);
            plain.Learn(x, label, weight);
        }
        Assert.Equal(plain.Leaves, tree.Leaves);
        Assert.InRange(tree.Leaves, 3, 200);
    }

    [Fact]
    public void A_threshold_that_separates_is_found()
    {
        var rows = TreeStream.Boxes(4000, 3, 2, 5, noise: 0, missing: 0).Select(r => (r.X, r.X[2] > 0.6 ? 1 : 0)).ToArray();
        var tree = new HoeffdingTree(new(3, 2, 1), new() { LeafPrediction = LeafPrediction.MajorityClass });
        Assert.InRange(TreeStream.Accuracy(tree, rows, 2000), 0.97, 1);
        Assert.InRange(tree.Leaves, 2, 12);
    }

    [Fact]
    public void Features_that_say_nothing_are_not_split_before_chance_is_ruled_out()
    {
        var rng = new Rng(1, "nothing");
        var rows = TreeStream.Boxes(1000, 4, 2, 5).Select(r => (r.X, rng.NextInt32(2))).ToArray();
        var tree = new HoeffdingTree(new(4, 2, 1), new());
        TreeStream.Accuracy(tree, rows);
        Assert.Equal(1, tree.Leaves);
    }

    [Fact]
    public void At_its_limit_it_says_so_and_learns_on_in_the_leaves_it_has()
    {
        var rows = TreeStream.Boxes(6000, 4, 3, 7);
        var tree = new HoeffdingTree(new(4, 3, 1), new() { LeavesMax = 3, GracePeriod = 50 });
        TreeStream.Accuracy(tree, rows[..300]);
        Assert.Null(tree.LimitReached);
        Assert.InRange(TreeStream.Accuracy(tree, rows[300..], 3000), 0.7, 1);
        Assert.Equal(3, tree.Leaves);
        Assert.Contains("3 leaves", tree.LimitReached, StringComparison.Ordinal);
        Assert.Contains("leaves_max", tree.LimitReached, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_what_the_option_says_with_many_classes_and_features()
    {
        new HoeffdingTree(new(21, 40, 1), new());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var tree = new HoeffdingTree(new(21, 40, 1), new() { MemoryMaxMib = 0.125, Delta = 0.1 });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1 << 16, 1 << 18);
        var rng = new Rng(1, "classes");
        var x = new double[21];
        for (var t = 0; t < 12_000; t++)
        {
            var label = rng.NextInt32(40);
            for (var i = 0; i < x.Length; i++)
                x[i] = (label >> (i % 6) & 1) + (i < 6 ? 0.15 * (i + 1) : 3) * rng.NextGaussian();
            tree.Learn(x, label);
        }
        Assert.NotNull(tree.LimitReached);
    }

    [Fact]
    public void A_leaf_too_large_for_any_array_is_refused()
        => Assert.Throws<InvalidOptionsException>(() => new HoeffdingTree(new(40_000, 100_000, 1), new()));

    [Fact]
    public void A_missing_value_goes_where_most_rows_went()
    {
        // Below 0.8 class 0, above class 1: the left branch is the heavier one.
        var rows = TreeStream.Boxes(3000, 2, 2, 9, noise: 0, missing: 0).Select(r => (r.X[..1], r.X[0] > 0.8 ? 1 : 0)).ToArray();
        var tree = new HoeffdingTree(new(1, 2, 1), new() { LeafPrediction = LeafPrediction.MajorityClass });
        TreeStream.Accuracy(tree, rows);
        Assert.True(tree.Leaves > 1);
        double[] present = new double[2], missing = new double[2];
        tree.Predict([0.1], present);
        tree.Predict([double.NaN], missing);
        Assert.True(missing[0] > 0.9);
        tree.Predict([double.PositiveInfinity], present);
        Assert.Equal(missing, present);
    }

    [Theory]
    [InlineData(LeafPrediction.MajorityClass)]
    [InlineData(LeafPrediction.NaiveBayes)]
    [InlineData(LeafPrediction.NaiveBayesAdaptive)]
    public void Adaptive_leaves_are_no_worse_than_either_kind(LeafPrediction prediction)
    {
        var rows = TreeStream.Boxes(5000, 6, 3, 11);
        double Of(LeafPrediction p) => TreeStream.Accuracy(new HoeffdingTree(new(6, 3, 1), new() { LeafPrediction = p }), rows);
        Assert.InRange(Of(LeafPrediction.NaiveBayesAdaptive), Of(prediction) - 0.01, 1);
    }

    [Fact]
    public void Evidence_that_comes_several_times_is_not_believed_several_times()
    {
        // Ten copies of one weak feature: plain naive Bayes would be certain and wrong in a third of the rows.
        var rng = new Rng(2, "copies");
        var tree = new HoeffdingTree(new(10, 2, 1), new() { LeavesMax = 1 });
        var x = new double[10];
        var p = new double[2];
        var loss = 0.0;
        for (var t = 0; t < 6000; t++)
        {
            var label = rng.NextInt32(2);
            Array.Fill(x, label + 1.2 * rng.NextGaussian());
            tree.TestThenTrain(x, label, p);
            loss -= t < 2000 ? 0 : Math.Log(p[label]) / 4000;
        }
        // The best possible is 0.61; counted ten times it would be above 1.
        Assert.InRange(loss, 0.5, 0.65);
    }

    [Fact]
    public void A_state_written_by_a_larger_tree_is_refused()
    {
        var large = new HoeffdingTree(new(4, 3, 1), new() { GracePeriod = 50 });
        TreeStream.Accuracy(large, TreeStream.Boxes(4000, 4, 3, 7));
        var writer = new StateWriter();
        large.Save(writer);
        var small = new HoeffdingTree(new(4, 3, 1), new() { GracePeriod = 50, LeavesMax = 3 });
        Assert.Throws<CorruptStateException>(() => small.Load(new StateReader(writer.WrittenMemory)));
    }
}
