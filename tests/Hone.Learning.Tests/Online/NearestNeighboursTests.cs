using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Tests.Online;

public sealed class NearestNeighboursTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(33, 10)]
    public void The_nearest_are_those_of_a_search_through_everything(int features, int sought)
    {
        const int Capacity = 150;
        var window = new NeighbourWindow(features, Capacity, 1000);
        var scales = new RunningScales(features, 1000, 1e100);
        var rng = new Rng(1, "rows");
        var rows = new List<double[]>();
        var slots = new List<int>();
        int[] found = new int[sought];
        var distances = new double[sought];
        for (var t = 0; t < 500; t++)
        {
            // Whole numbers: many are equally far.
            var x = Enumerable.Range(0, features).Select(i => (double)rng.NextInt32(4) * (i + 1)).ToArray();
            var scale = scales.Scale.ToArray();
            var expected = rows.Select((row, age) => (Distance: Enumerable.Range(0, features).Aggregate(0.0, (sum, i) => sum + (x[i] - row[i]) * scale[i] * ((x[i] - row[i]) * scale[i])), Age: -age, Slot: slots[age]))
                .TakeLast(Capacity).OrderBy(n => n.Distance).ThenBy(n => n.Age).Take(sought).ToArray();
            var count = window.Nearest(x, found, distances);
            Assert.Equal(expected.Select(n => n.Slot), found[..count]);
            Assert.Equal(expected.Select(n => n.Distance), distances[..count]);
            slots.Add(window.Add(x));
            scales.Learn(x);
            rows.Add(x);
        }
    }

    [Fact]
    public void A_plain_vote_is_the_share_of_neighbours_and_a_little_of_everything()
    {
        var learner = new NearestNeighbours(new(1, 3, 1), new() { Neighbours = 4, Vote = NeighbourVote.Uniform, Smoothing = 1 });
        foreach (var (x, label) in (ReadOnlySpan<(double, int)>)[(0, 0), (1, 0), (2, 1), (3, 0), (100, 2)])
            learner.Learn([x], label);
        var p = new double[3];
        learner.Predict([1.4], p);
        Assert.Equal([0.8 * 0.75 + 0.2 / 3, 0.8 * 0.25 + 0.2 / 3, 0.2 / 3], p, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void A_nearer_neighbour_counts_more()
    {
        double Of(NeighbourVote vote)
        {
            var learner = new NearestNeighbours(new(1, 2, 1), new() { Neighbours = 2, Vote = vote });
            learner.Learn([0], 0);
            learner.Learn([1], 1);
            learner.Learn([50], 0);
            var p = new double[2];
            learner.Predict([0.9], p);
            return p[1];
        }
        Assert.Equal(0.5, Of(NeighbourVote.Uniform), 1e-12);
        Assert.InRange(Of(NeighbourVote.Distance), 0.75, 1);
    }

    [Fact]
    public void What_left_the_window_is_gone()
    {
        var learner = new NearestNeighbours(new(1, 2, 1), new() { WindowRows = 20 });
        for (var t = 0; t < 100; t++)
            learner.Learn([t % 7], 0);
        for (var t = 0; t < 20; t++)
            learner.Learn([t % 7], 1);
        var p = new double[2];
        learner.Predict([3], p);
        Assert.InRange(p[1], 0.95, 1);
    }

    [Fact]
    public void A_missing_feature_of_the_question_is_left_out_of_the_distances()
    {
        var learner = new NearestNeighbours(new(2, 2, 1), new() { Neighbours = 1 });
        learner.Learn([0, 50], 0);
        learner.Learn([10, 0], 1);
        learner.Learn([20, -50], 1);
        var p = new double[2];
        learner.Predict([1, double.NaN], p);
        Assert.True(p[0] > 0.5);
        learner.Predict([double.NaN, -40], p);
        Assert.True(p[1] > 0.5);
    }

    [Fact]
    public void The_regressor_answers_the_weighted_mean_of_its_neighbours()
    {
        var learner = new NearestNeighboursRegressor(new(1, 1), new() { Neighbours = 3, Vote = NeighbourVote.Uniform });
        Assert.Equal(0, learner.Predict([1]));
        learner.Learn([0], 10);
        learner.Learn([1], 20, 3);
        learner.Learn([2], 60, 1);
        learner.Learn([90], 1000);
        Assert.Equal((10 + 3 * 20 + 60) / 5.0, learner.Predict([1]), 1e-12);
    }
}
