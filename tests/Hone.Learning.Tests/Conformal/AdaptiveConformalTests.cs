using Hone.Learning.Conformal;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Conformal;

public sealed class AdaptiveConformalTests
{
    // Known from elsewhere: γ = 0 covers .882 and .588 of the worst 250, γ = .005 .902 and .791, γ = .05 .900 and .866.
    [Theory]
    [InlineData(0.0, 0.880, 0.588, 0.03)]
    [InlineData(0.005, 0.900, 0.791, 0.0181)]
    [InlineData(0.05, 0.900, 0.866, 0.0019)]
    public void Where_the_spread_trebles_every_thousand_rounds_it_covers_what_is_known_from_elsewhere(double gamma, double coverage, double worst, double bound)
    {
        double covered = 0, least = 0;
        const int runs = 8;
        for (ulong seed = 1; seed <= runs; seed++)
        {
            var (all, window) = Changing(new AdaptiveConformal(0.9, new() { Gamma = gamma, Window = 500 }), seed);
            Assert.Equal(0.9, all, bound);
            covered += all / runs;
            least += window / runs;
        }
        Assert.Equal(coverage, covered, 0.006);
        Assert.Equal(worst, least, 0.03);
    }

    [Fact]
    public void Without_being_told_gamma_it_does_as_well_as_a_good_one()
    {
        double covered = 0, least = 0;
        const int runs = 8;
        for (ulong seed = 1; seed <= runs; seed++)
        {
            var (all, window) = Changing(ConformalChecks.New("dynamically-tuned-conformal"), seed);
            covered += all / runs;
            least += window / runs;
        }
        Assert.Equal(0.9, covered, 0.005);
        Assert.True(least > 0.82, $"{least}");
    }

    [Theory]
    [InlineData(0.005)]
    [InlineData(0.05)]
    public void Against_an_adversary_the_miss_rate_is_within_the_bound_of_the_theorem(double gamma)
    {
        // Misses by a little whenever the bound is finite for the first half, then never.
        var method = new AdaptiveConformal(0.9, new() { Gamma = gamma });
        var missed = 0;
        const int rounds = 4_000;
        for (var i = 1; i <= rounds; i++)
        {
            var bound = method.Bound;
            var score = double.IsFinite(bound) ? (i < rounds / 2 ? Math.Max(0, bound) * 1.01 + 0.01 : 0) : i % 3;
            missed += score > bound ? 1 : 0;
            method.Learn(score);
            Assert.True(Math.Abs((double)missed / i - 0.1) <= (0.9 + gamma) / (gamma * i) + 1e-12);
        }
    }

    [Fact]
    public void The_wanted_rate_and_not_the_current_one_is_in_the_correction()
    {
        var method = new AdaptiveConformal(0.9, new() { Gamma = 0.05, Window = 50 });
        var expected = 0.1;
        var random = new Rng(1, "correction");
        for (var i = 0; i < 500; i++)
        {
            var score = random.NextDouble();
            expected += 0.05 * (0.1 - (score > method.Bound ? 1 : 0));
            method.Learn(score);
            Assert.Equal(expected, method.MissRate, 1e-12);
        }
    }

    [Fact]
    public void The_bound_is_the_ceiling_of_n_plus_one_times_coverage_th_smallest_score_of_the_window()
    {
        var method = new AdaptiveConformal(0.8, new() { Gamma = 0, Window = 20 });
        var random = new Rng(2, "window");
        var scores = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            var sorted = scores.TakeLast(20).Order().ToArray();
            var rank = (int)Math.Ceiling((sorted.Length + 1) * 0.8 - 1e-9);
            Assert.Equal(rank > sorted.Length ? double.PositiveInfinity : sorted[rank - 1], method.Bound);
            scores.Add(random.NextInt32(12));
            method.Learn(scores[^1]);
        }
    }

    [Fact]
    public void The_bound_is_infinite_both_ways_where_the_rate_has_run_out_of_its_range()
    {
        var method = new AdaptiveConformal(0.5, new() { Gamma = 1, Window = 10 });
        for (var i = 0; i < 10; i++)
            method.Learn(1);
        for (var i = 0; i < 10 && !double.IsPositiveInfinity(method.Bound); i++)
            method.Learn(1e9);
        Assert.Equal(double.PositiveInfinity, method.Bound);
        for (var i = 0; i < 10 && !double.IsNegativeInfinity(method.Bound); i++)
            method.Learn(0);
        Assert.Equal(double.NegativeInfinity, method.Bound);
        Assert.True(new PredictionInterval(3, method.Bound).IsEmpty);
        Assert.Equal(0, new PredictionSet([0.5, 0.5], method.Bound).Count);
    }

    [Fact]
    public void An_interval_holds_the_targets_whose_score_is_within_the_bound()
    {
        var interval = new PredictionInterval(10, 2.5);
        Assert.Equal((7.5, 12.5, 5), (interval.Low, interval.High, interval.Width));
        Assert.True(interval.Contains(7.5) && interval.Contains(12.5) && !interval.Contains(12.6));
        Assert.Equal(2.5, PredictionInterval.Score(10, 12.5));
        Assert.True(new PredictionInterval(10, double.PositiveInfinity).Contains(-1e300));
        Assert.Equal(0, new PredictionInterval(10, double.NegativeInfinity).Width);
        Assert.False(new PredictionInterval(10, double.NegativeInfinity).Contains(10));
    }

    [Fact]
    public void A_set_holds_the_classes_that_are_probable_enough()
    {
        double[] probabilities = [0.5, 0.125, 0.25, 0.125];
        var set = new PredictionSet(probabilities, 0.75);
        Span<int> labels = stackalloc int[4];
        Assert.Equal(2, set.CopyTo(labels));
        Assert.Equal((0, 2), (labels[0], labels[1]));
        Assert.True(set.Contains(2) && !set.Contains(1));
        Assert.Equal(0.75, PredictionSet.Score(probabilities, 2));
        Assert.Equal(4, new PredictionSet(probabilities, double.PositiveInfinity).Count);
        Assert.Equal(0, new PredictionSet(probabilities, 0.4).Count);
        Assert.Throws<ArgumentException>(() => new PredictionSet([0.5, 0.5], 1).CopyTo(new int[1]));
    }

    private static (double Covered, double Worst) Changing(IConformal method, ulong seed)
    {
        const int rounds = 10_000, window = 250;
        var random = new Rng(seed, "changing");
        var hits = new int[rounds];
        int covered = 0, recent = 0, least = window;
        for (var i = 0; i < rounds; i++)
        {
            var score = Math.Abs((i / 1_000 % 2 == 0 ? 1 : 3) * random.NextGaussian());
            hits[i] = score <= method.Bound ? 1 : 0;
            covered += hits[i];
            recent += hits[i] - (i >= window ? hits[i - window] : 0);
            if (i >= 2 * window)
                least = Math.Min(least, recent);
            method.Learn(score);
        }
        return ((double)covered / rounds, (double)least / window);
    }
}
