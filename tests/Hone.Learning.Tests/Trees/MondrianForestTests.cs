using Hone.Learning.Numerics;
using Hone.Learning.Trees;

namespace Hone.Learning.Tests.Trees;

public sealed class MondrianForestTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public void A_tree_answers_as_the_sum_over_all_its_prunings(int classes, ulong seed)
    {
        var tree = new MondrianTree(2, classes + 1, 2001, 0, new Rng(seed, "tree"));
        var reference = new MondrianReference(classes, 0.5, new Rng(seed, "tree"));
        var rng = new Rng(seed, "points");
        float[] point = new float[8], scale = new float[8];
        Array.Fill(point, float.NaN);
        (scale[0], scale[1]) = (1, 1);
        var answer = new double[classes];
        for (var t = 0; t < 300; t++)
        {
            float[] x = [(float)rng.NextDouble(), (float)rng.NextDouble()];
            x.CopyTo(point, 0);
            var label = rng.NextDouble() < 0.2 ? rng.NextInt32(classes) : x[0] + 0.3 * x[1] > 0.6 ? 1 : 0;
            Array.Clear(answer);
            tree.Classify(point, 0.5, answer);
            Assert.Equal(reference.Predict(x), answer, (a, b) => Math.Abs(a - b) < 1e-9);
            tree.Learn(point, scale, 1, new ClassTarget(label, 1, 0.5, 1, 1e50));
            reference.Learn(x, label);
            Assert.Equal(reference.Count, tree.Nodes);
        }
        Assert.True(tree.Nodes > 50);
    }

    [Fact]
    public void A_class_inside_the_box_of_another_is_told_apart()
    {
        // A disc in a square: the square's points come first and leave one large box without a split.
        var forest = new MondrianForest(new(2, 2, 1), new());
        var rng = new Rng(5, "disc");
        var p = new double[2];
        var right = 0;
        for (var t = 0; t < 4000; t++)
        {
            double[] x = [2 * rng.NextDouble() - 1, 2 * rng.NextDouble() - 1];
            var label = t >= 200 && x[0] * x[0] + x[1] * x[1] < 0.4 ? 1 : 0;
            forest.TestThenTrain(x, label, p);
            right += t >= 2000 && p[1] > 0.5 == (label == 1) ? 1 : 0;
        }
        Assert.InRange(right / 2000.0, 0.93, 1);
    }

    [Fact]
    public void The_unit_and_the_origin_of_a_feature_do_not_matter()
    {
        MondrianForest one = new(new(3, 2, 1), new() { Members = 3 }), other = new(new(3, 2, 1), new() { Members = 3 });
        var rng = new Rng(6, "units");
        double[] p = new double[2], q = new double[2];
        for (var t = 0; t < 800; t++)
        {
            // Multiples of 2⁻¹⁰, so that the other origin is exact.
            var x = Enumerable.Range(0, 3).Select(_ => Math.Round(1024 * rng.NextGaussian()) / 1024).ToArray();
            var label = x[0] > x[1] ? 1 : 0;
            one.TestThenTrain(x, label, p);
            other.TestThenTrain([x[0] + 1e6, 4096 * x[1], x[2] / 65536], label, q);
            Assert.Equal(p, q, (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    [Fact]
    public void A_full_forest_says_so_and_keeps_following_a_world_that_moves()
    {
        var forest = new MondrianForest(new(4, 2, 1), new() { NodesMax = 201 });
        var rng = new Rng(7, "moves");
        var p = new double[2];
        Assert.Null(forest.LimitReached);
        var right = 0;
        for (var t = 0; t < 9000; t++)
        {
            var x = Enumerable.Range(0, 4).Select(_ => rng.NextGaussian() + t / 3000).ToArray();
            var label = t / 3000 == 1 ? x[0] > x[1] ? 1 : 0 : x[0] > x[1] ? 0 : 1;
            forest.TestThenTrain(x, label, p);
            right += t % 3000 >= 2000 && p[1] > 0.5 == (label == 1) ? 1 : 0;
        }
        Assert.InRange(right / 3000.0, 0.8, 1);
        Assert.Contains("nodes_max", forest.LimitReached);
    }

    [Fact]
    public void Memory_decides_how_soon_a_node_believes_in_another_world()
    {
        double After(double memory)
        {
            var forest = new MondrianForest(new(2, 2, 1), new() { Memory = memory });
            var rng = new Rng(8, "turn");
            var p = new double[2];
            var right = 0;
            for (var t = 0; t < 6000; t++)
            {
                double[] x = [rng.NextGaussian(), rng.NextGaussian()];
                var label = t < 4000 == x[0] > 0 ? 1 : 0;
                forest.TestThenTrain(x, label, p);
                right += t >= 4500 && p[1] > 0.5 == (label == 1) ? 1 : 0;
            }
            return right / 1500.0;
        }
        var forgets = After(20);
        Assert.True(forgets > 0.9, $"{forgets}");
        Assert.True(forgets > After(0) + 0.1);
    }

    [Fact]
    public void Examples_of_a_small_weight_grow_a_tree_as_seldom_as_they_count()
    {
        int Nodes(double weight, int times)
        {
            var tree = new MondrianTree(1, 3, 20_001, 0.001, new Rng(9, "grows"));
            var rng = new Rng(10, "points");
            var point = new float[8];
            Array.Fill(point, float.NaN);
            float[] scale = [1, 0, 0, 0, 0, 0, 0, 0];
            for (var t = 0; t < 3000; t++)
            {
                (point[0], var label) = ((float)rng.NextDouble(), rng.NextInt32(2));
                for (var i = 0; i < times; i++)
                    tree.Learn(point, scale, weight, new ClassTarget(label, weight, 0.5, 1, 1e50));
            }
            return tree.Nodes;
        }
        Assert.InRange(Nodes(0.1, 1), 0.02 * Nodes(1, 1), 0.3 * Nodes(1, 1));
    }

    [Fact]
    public void The_regressor_follows_steps_and_its_answers_have_the_unit_of_the_target()
    {
        MondrianForestRegressor one = new(new(2, 1), new()), other = new(new(2, 1), new());
        var rng = new Rng(11, "steps");
        double error = 0, spread = 0;
        for (var t = 0; t < 3000; t++)
        {
            double[] x = [rng.NextDouble(), rng.NextDouble()];
            var target = (x[0] > 0.5 ? 8 : 0) + (x[1] > 0.3 ? 2 : -2) + 0.5 * rng.NextGaussian();
            var answer = one.TestThenTrain(x, target);
            Assert.Equal(1024 * answer, other.TestThenTrain(x, 1024 * target));
            error += t < 1000 ? 0 : Math.Abs(answer - target);
            spread += t < 1000 ? 0 : Math.Abs(4 - target);
        }
        Assert.True(error < 0.35 * spread, $"{error / spread}");
    }
}
