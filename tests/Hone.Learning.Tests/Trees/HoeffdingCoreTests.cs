using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Trees;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Trees;

public sealed class HoeffdingCoreTests
{
    private static readonly GrowthSettings InAForest = new() { GracePeriod = 50, Delta = 0.01, FeaturesPerLeaf = 3, LeavesMax = 500 };

    [Fact]
    public void Route_vote_and_learn_have_the_bits_of_test_then_train_and_no_weight_teaches_nothing()
    {
        HoeffdingCore one = new(9, 3, InAForest, 4), two = new(9, 3, InAForest, 4);
        double[] p = new double[3], q = new double[3];
        var rng = new Rng(1, "weights");
        foreach (var (x, label) in TreeStream.Boxes(3000, 9, 3, 3))
        {
            var weight = (double)rng.NextInt32(7);
            one.TestThenTrain(x, label, weight, p);
            var leaf = two.Route(x);
            two.Vote(leaf, x, q);
            Assert.Equal(q, p);
            if (weight > 0)
                two.Learn(leaf, x, label, weight);
        }
        Assert.InRange(one.Leaves, 5, 500);
        Assert.Equal(StateOf(two), StateOf(one));
    }

    [Fact]
    public void Trees_of_different_seeds_look_at_different_features()
    {
        var votes = new List<double>();
        for (ulong seed = 0; seed < 6; seed++)
        {
            var tree = Grown(new(9, 3, InAForest, seed), 500);
            var p = new double[3];
            double[] x = [.1, .2, .3, .4, .5, .6, .7, .8, .9];
            tree.Vote(tree.Route(x), x, p);
            votes.Add(p[0]);
        }
        Assert.InRange(votes.Distinct().Count(), 2, 6);
    }

    [Fact]
    public void A_tree_of_some_features_does_not_look_at_the_others()
    {
        var tree = Grown(new(9, 3, InAForest with { FeaturesPerLeaf = 0 }, 1, [1, 4, 7]), 2000);
        double[] p = new double[3], q = new double[3];
        var rng = new Rng(1, "others");
        foreach (var (x, _) in TreeStream.Boxes(100, 9, 3, 8))
        {
            tree.Vote(tree.Route(x), x, p);
            foreach (var i in (int[])[0, 2, 3, 5, 6, 8])
                x[i] = rng.NextGaussian();
            tree.Vote(tree.Route(x), x, q);
            Assert.Equal(p, q);
        }
        tree.Reset([0, 2, 3]);
        Grown(tree, 2000);
        Assert.True(tree.Leaves > 1);
    }

    [Fact]
    public void Reset_makes_a_tree_as_good_as_new_in_the_memory_it_has()
    {
        var settings = InAForest with { FeaturesPerLeaf = 0 };
        var used = Grown(new(9, 3, settings, 1), 3000);
        Assert.Equal(0, Allocated.Bytes(used.Reset));
        Assert.Equal(1, used.Leaves);
        Assert.Equal(StateOf(Grown(new(9, 3, settings, 1), 2000)), StateOf(Grown(used, 2000)));
    }

    [Fact]
    public void A_state_holds_what_is_used_and_no_more()
    {
        var tree = new HoeffdingCore(9, 3, new() { LeavesMax = 5000 }, 1);
        Assert.InRange(StateOf(tree).Length, 100, 500);
        Assert.InRange(StateOf(Grown(tree, 500)).Length, 500, 2000);
    }

    private static HoeffdingCore Grown(HoeffdingCore tree, int count)
    {
        foreach (var (x, label) in TreeStream.Boxes(count, 9, 3, 3))
            tree.Learn(tree.Route(x), x, label, 1);
        return tree;
    }

    private static byte[] StateOf(HoeffdingCore tree)
    {
        var writer = new StateWriter();
        tree.Save(writer);
        return writer.Written.ToArray();
    }
}
