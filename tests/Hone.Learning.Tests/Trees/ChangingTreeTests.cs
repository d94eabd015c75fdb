using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Tests.Trees;

/// <summary>Trees that take splits back: the adaptive one when its error rises, the extremely fast one when another feature leads.</summary>
public sealed class ChangingTreeTests
{
    [Fact]
    public void When_the_world_changes_the_adaptive_tree_follows_sooner_than_the_plain_one()
    {
        var rows = TreeStream.Drifting(24_000, 6000, 1);
        var adaptive = new HoeffdingAdaptiveTree(new(3, 2, 1), new());
        var plain = new HoeffdingTree(new(3, 2, 1), new());
        var (followed, stayed) = (TreeStream.Accuracy(adaptive, rows, 6000), TreeStream.Accuracy(plain, rows, 6000));
        Assert.InRange(followed, 0.97, 1);
        Assert.InRange(stayed, 0.3, followed - 0.03);
        Assert.True(adaptive.Replaced > 0);
    }

    [Fact]
    public void While_the_world_stays_the_adaptive_tree_replaces_next_to_nothing()
    {
        var tree = new HoeffdingAdaptiveTree(new(5, 3, 1), new());
        TreeStream.Accuracy(tree, TreeStream.Boxes(20_000, 5, 3, 2));
        Assert.InRange(tree.Replaced, 0, 3);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(60)]
    public void Memory_of_what_was_replaced_is_used_again(int leavesMax)
    {
        // Far more leaves come and go than there is room for.
        var tree = new HoeffdingAdaptiveTree(new(3, 2, 1), new() { LeavesMax = leavesMax, SwitchAfter = 50, GracePeriod = 20 });
        var rows = TreeStream.Drifting(60_000, 1500, 3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var p = new double[2];
        int right = 0, most = 0;
        for (var t = 0; t < rows.Length; t++)
        {
            tree.TestThenTrain(rows[t].X, rows[t].Label, p);
            right += t >= 50_000 && (p[1] > p[0] ? 1 : 0) == rows[t].Label ? 1 : 0;
            most = Math.Max(most, tree.Leaves);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.InRange(most, 4, leavesMax);
        Assert.True(tree.Replaced > 20, $"{tree.Replaced} replaced");
        Assert.InRange(right / 10_000.0, 0.7, 1);

        // A state holds what can be reached: were leaves lost, the copy would have fewer.
        var writer = new StateWriter();
        tree.Save(writer);
        var copy = new HoeffdingAdaptiveTree(new(3, 2, 1), new() { LeavesMax = leavesMax, SwitchAfter = 50, GracePeriod = 20 });
        copy.Load(new StateReader(writer.WrittenMemory));
        Assert.Equal(tree.Leaves, copy.Leaves);
    }

    [Fact]
    public void An_adaptive_tree_without_room_says_so()
    {
        var tree = new HoeffdingAdaptiveTree(new(4, 3, 1), new() { LeavesMax = 4 });
        Assert.Null(tree.LimitReached);
        TreeStream.Accuracy(tree, TreeStream.Boxes(5000, 4, 3, 7));
        Assert.Contains("4 leaves", tree.LimitReached, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_on_overlapping_labels_are_watched_once()
    {
        // The label is decided in blocks of ten rows: to who watches every row, luck that lasts looks like change.
        var rng = new Rng(4, "blocks");
        var rows = new (double[] X, int Label)[30_000];
        for (int t = 0, label = 0; t < rows.Length; t++)
        {
            label = t % 10 == 0 ? rng.NextInt32(2) : label;
            rows[t] = ([label + 3 * (t % 10 == 0 ? rng.NextGaussian() : rows[t - 1].X[0] / 3), rng.NextGaussian()], label);
        }
        long Replaced(int overlap)
        {
            var tree = new HoeffdingAdaptiveTree(new(2, 2, 1, overlap), new());
            TreeStream.Accuracy(tree, rows);
            return tree.Replaced;
        }
        Assert.True(Replaced(1) > 3 * Replaced(10) + 3, $"{Replaced(1)} and {Replaced(10)}");
    }

    [Fact]
    public void The_extremely_fast_tree_splits_before_the_plain_one()
    {
        // Two equal features: which is the better one never becomes clear, that one of them is good is clear at once.
        var rows = TreeStream.Boxes(300, 2, 2, 5, noise: 0, missing: 0).Select(r => (new[] { r.X[0], r.X[0] }, r.X[0] > 0.5 ? 1 : 0)).ToArray();
        var fast = new ExtremelyFastDecisionTree(new(2, 2, 1), new() { Delta = 1e-7 });
        var plain = new HoeffdingTree(new(2, 2, 1), new() { Delta = 1e-7 });
        TreeStream.Accuracy(fast, rows);
        TreeStream.Accuracy(plain, rows);
        Assert.True(fast.Leaves > plain.Leaves, $"{fast.Leaves} and {plain.Leaves} leaves");
    }

    [Fact]
    public void The_extremely_fast_tree_takes_a_split_back_when_another_feature_leads()
    {
        // First only feature 0 tells anything, then feature 1 tells everything.
        var rng = new Rng(6, "lead");
        var rows = new (double[] X, int Label)[8000];
        for (var t = 0; t < rows.Length; t++)
        {
            double[] x = [rng.NextDouble(), rng.NextDouble()];
            rows[t] = (x, t < 1000 ? (x[0] > 0.5 ? 1 : 0) : x[1] > 0.5 ? 1 : 0);
        }
        var tree = new ExtremelyFastDecisionTree(new(2, 2, 1), new() { LeafPrediction = LeafPrediction.MajorityClass });
        TreeStream.Accuracy(tree, rows[..1000]);
        Assert.True(tree.Leaves > 1);
        Assert.Equal(0, tree.Replaced);
        Assert.InRange(TreeStream.Accuracy(tree, rows[1000..], 5000), 0.97, 1);
        Assert.True(tree.Replaced > 0);
    }

    [Fact]
    public void Memory_of_splits_that_were_taken_back_is_used_again()
    {
        // Which of two features tells the class changes every 300 rows, and each time weighs more than all that was before.
        var tree = new ExtremelyFastDecisionTree(new(2, 2, 1), new() { LeavesMax = 3, GracePeriod = 20 });
        var rng = new Rng(8, "weights");
        for (int t = 0, phase = 0; phase < 10; phase = ++t / 300)
        {
            double[] x = [rng.NextDouble(), rng.NextDouble()];
            tree.Learn(x, x[phase % 2] > 0.5 ? 1 : 0, Math.ScaleB(1, 3 * phase));
        }
        Assert.InRange(tree.Replaced, 5, 100);
        Assert.InRange(tree.Leaves, 2, 3);
    }

    [Fact]
    public void An_extremely_fast_tree_without_room_says_so_and_keeps_its_limit()
    {
        var tree = new ExtremelyFastDecisionTree(new(4, 3, 1), new() { LeavesMax = 4, GracePeriod = 20 });
        Assert.Null(tree.LimitReached);
        TreeStream.Accuracy(tree, TreeStream.Boxes(5000, 4, 3, 7));
        Assert.Equal(4, tree.Leaves);
        Assert.Contains("4 leaves", tree.LimitReached, StringComparison.Ordinal);
    }
}
