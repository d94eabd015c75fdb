using Hone.Learning.Bandits;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Bandits;

public sealed class BanditTests
{
    [Fact]
    public void Thompson_gives_away_a_third_of_a_random_choice_between_50_and_52_percent()
    {
        // Known from elsewhere: 62 of 200 in 20,000 rounds; one run's standard deviation is about 60.
        var total = 0.0;
        const int runs = 60;
        for (ulong seed = 1; seed <= runs; seed++)
            total += BanditChecks.World("close-arms").Play(BanditChecks.New("thompson-beta", "{}", seed, BanditChecks.World("close-arms")), 20_000, seed).Regret;
        Assert.InRange(total / runs, 40, 80);
    }

    [Theory]
    [InlineData("thompson-discounted", 0.1)]
    [InlineData("exp3", 0.25)]
    public void Bandits_that_forget_follow_a_change_of_the_best_arm(string name, double share)
    {
        Assert.InRange(AfterChange(name), 0, share);
    }

    [Theory]
    [InlineData("epsilon-greedy", "{}")]
    [InlineData("thompson-beta", "{}")]
    [InlineData("thompson-gaussian", "{}")]
    [InlineData("exp3", """{"share":0}""")]
    public void Bandits_that_remember_everything_lag_behind(string name, string options)
    {
        Assert.True(AfterChange(name, options) > 0.25);
    }

    [Fact]
    public void A_changing_world_costs_exp3_less_than_its_best_single_arm()
    {
        var world = BanditChecks.World("adversarial-switching");
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var outcome = world.Play(BanditChecks.New("exp3", "{}", seed, world), 20_000, seed);
            Assert.True(outcome.Regret < 0.4 * outcome.FixedRegret, $"{outcome}");
        }
    }

    [Fact]
    public void Lin_ucb_uses_the_context_where_no_single_arm_is_any_good()
    {
        var world = BanditChecks.World("linear-context");
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var outcome = world.Play(BanditChecks.New("lin-ucb", "{}", seed, world), 5_000, seed);
            Assert.True(outcome.Regret < 0.1 * outcome.FixedRegret, $"{outcome}");
            Assert.True(world.Play(BanditChecks.New("ucb1", "{}", seed, world), 5_000, seed).Regret > 0.9 * outcome.FixedRegret);
        }
    }

    [Fact]
    public void Lin_ucb_is_ridge_regression_of_each_arm()
    {
        const int length = 3, rows = 500;
        const double ridge = 2;
        var bandit = new LinUcb(new(2, length, 1), new() { Ridge = ridge });
        var random = new Rng(1, "ridge");
        var matrix = new double[length + 1, length + 2];
        for (var i = 0; i <= length; i++)
            matrix[i, i] = ridge;
        for (var t = 0; t < rows; t++)
        {
            double[] x = [random.NextGaussian(), 3 * random.NextGaussian(), random.NextDouble(), 1];
            var reward = Math.Clamp(0.4 + 0.1 * x[0] - 0.05 * x[1] + 0.2 * random.NextGaussian(), 0, 1);
            bandit.Learn(x.AsSpan(0, length), new(1, 1), reward);
            bandit.Learn(x.AsSpan(0, length), new(0, 1), 1 - reward);
            for (var i = 0; i <= length; i++)
            {
                for (var j = 0; j <= length; j++)
                    matrix[i, j] += x[i] * x[j];
                matrix[i, length + 1] += x[i] * reward;
            }
        }
        var coefficients = Solved(matrix);
        double[] context = [0.3, -1.2, 0.7];
        var expected = coefficients[length];
        for (var i = 0; i < length; i++)
            expected += coefficients[i] * context[i];
        Assert.Equal(expected, bandit.Expected(context, 1), 1e-10);
    }

    [Fact]
    public void Lin_ucb_refuses_a_context_of_another_length_and_memory_beyond_its_limit()
    {
        var bandit = new LinUcb(new(2, 3, 1), new());
        Assert.Throws<ArgumentOutOfRangeException>(() => bandit.Choose([1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => bandit.Learn([1, 2], new(0, 1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinUcb(new(2, 10_000, 1), new()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinUcb(new(2, int.MaxValue, 1), new()));
    }

    [Fact]
    public void Ucb1_and_kl_ucb_take_the_arm_with_the_highest_bound()
    {
        var random = new Rng(3, "bounds");
        int ucbAgainstMean = 0, klAgainstUcb = 0;
        for (var round = 0; round < 400; round++)
        {
            const int arms = 5;
            Ucb1 ucb = new(new(arms, 0, 1), new()), narrow = new(new(arms, 0, 1), new() { Exploration = 0.5 });
            var kl = new KlUcb(new(arms, 0, 1), new());
            double[] sums = new double[arms], counts = new double[arms];
            for (var i = 0; i < 60; i++)
            {
                var arm = i < arms ? i : (int)(arms * random.NextDouble() * random.NextDouble());
                var reward = random.NextDouble() < 0.2 + 0.15 * arm ? 0.9 : random.NextDouble() / 2;
                ucb.Learn([], new(arm, 1), reward);
                narrow.Learn([], new(arm, 1), reward);
                kl.Learn([], new(arm, 1), reward);
                sums[arm] += reward;
                counts[arm]++;
            }
            var log = Elementary.Log(60);
            double Ucb(int a, double c) => sums[a] / counts[a] + Math.Sqrt(c * log / counts[a]);
            double Kl(int a) => KlUcb.UpperBound(sums[a] / counts[a], log / counts[a]);

            // Two arms may have the same bound.
            Assert.Equal(Enumerable.Range(0, arms).Max(a => Ucb(a, 2)), Ucb(ucb.Choose([]).Arm, 2));
            Assert.Equal(Enumerable.Range(0, arms).Max(a => Ucb(a, 0.5)), Ucb(narrow.Choose([]).Arm, 0.5));
            Assert.Equal(Enumerable.Range(0, arms).Max(Kl), Kl(kl.Choose([]).Arm));
            ucbAgainstMean += ucb.Choose([]).Arm == Enumerable.Range(0, arms).MaxBy(a => Ucb(a, 0)) ? 0 : 1;
            klAgainstUcb += kl.Choose([]).Arm == ucb.Choose([]).Arm ? 0 : 1;
        }
        Assert.True(ucbAgainstMean > 20 && klAgainstUcb > 20);
    }

    [Theory]
    [InlineData(0.0, 0.3)]
    [InlineData(0.1, 0.02)]
    [InlineData(0.5, 1e-6)]
    [InlineData(0.5, 0.2)]
    [InlineData(0.9, 3)]
    [InlineData(0.999, 10)]
    [InlineData(0.3, 40)]
    public void The_bound_of_kl_ucb_is_where_the_divergence_is_spent(double p, double distance)
    {
        double low = p, high = 1;
        for (var i = 0; i < 200; i++)
        {
            var middle = 0.5 * (low + high);
            if (KlUcb.Divergence(p, middle) <= distance)
                low = middle;
            else
                high = middle;
        }
        Assert.Equal(low, KlUcb.UpperBound(p, distance), 1e-11);
        Assert.Equal(p, KlUcb.UpperBound(p, 0));
        Assert.Equal(1, KlUcb.UpperBound(1, distance));
    }

    [Fact]
    public void The_divergence_is_that_of_two_coins()
    {
        Assert.Equal(0.5 * Elementary.Log(0.5 / 0.75) + 0.5 * Elementary.Log(0.5 / 0.25), KlUcb.Divergence(0.5, 0.75), 1e-15);
        Assert.Equal(-Elementary.Log(0.7), KlUcb.Divergence(0, 0.3), 1e-15);
        Assert.Equal(double.PositiveInfinity, KlUcb.Divergence(0.5, 1));
        Assert.Equal(0, KlUcb.Divergence(1, 1));
    }

    [Fact]
    public void Epsilon_decays_to_its_floor()
    {
        var bandit = new EpsilonGreedy(new(2, 0, 1), new() { Epsilon = 0.4, DecayRewards = 100, EpsilonMin = 0.05 });
        Assert.Equal(0.4, bandit.Epsilon);
        for (var i = 0; i < 100; i++)
            bandit.Learn([], new(0, 1), 0.5);
        Assert.Equal(0.2, bandit.Epsilon, 1e-15);
        for (var i = 0; i < 10_000; i++)
            bandit.Learn([], new(0, 1), 0.5);
        Assert.Equal(0.05, bandit.Epsilon);

        // Arm 1 has never been rewarded and comes first; random choices still happen.
        var choices = Enumerable.Range(0, 4_000).Select(_ => bandit.Choose([])).ToArray();
        Assert.All(choices, c => Assert.Equal(c.Arm == 1 ? 0.975 : 0.025, c.Probability, 1e-15));
        Assert.Equal(0.025, choices.Average(c => c.Arm == 0 ? 1 : 0), 0.01);
    }

    [Fact]
    public void Thompson_counts_wins_and_losses_and_forgets_at_the_stated_rate()
    {
        var beta = Rewarded(new ThompsonBeta(new(2, 0, 1), new ThompsonBetaOptions { PriorWins = 2 }), (0, 8, 2), (1, 1, 1));
        Assert.Equal((10, 3), beta.Posterior(0));
        beta.Learn([], new(1, 1), 0.25);
        Assert.Equal((3.25, 2.75), beta.Posterior(1));

        var discounted = Rewarded(new ThompsonBeta(new(2, 0, 1), new ThompsonDiscountedOptions { HalfLifeRewards = 10 }), (0, 1, 0));
        Rewarded(discounted, (1, 0, 10));
        Assert.Equal(1.5, discounted.Posterior(0).Wins, 1e-12);
        Assert.Equal(1, discounted.Posterior(0).Losses);
    }

    [Fact]
    public void The_gaussian_posterior_is_the_mean_with_its_standard_error()
    {
        var bandit = new ThompsonGaussian(new(2, 0, 1), new() { PriorWeight = 2 });
        Assert.Equal((0.5, Math.Sqrt(0.25 / 2)), bandit.Posterior(0));
        double[] rewards = [0.2, 0.4, 0.9];
        foreach (var reward in rewards)
            bandit.Learn([], new(0, 1), reward);
        var mean = (1 + rewards.Sum()) / 5;
        var squares = 2 * (0.5 - mean) * (0.5 - mean) + rewards.Sum(r => (r - mean) * (r - mean));
        Assert.Equal(mean, bandit.Posterior(0).Mean, 1e-15);
        Assert.Equal(Math.Sqrt((2 * 0.25 + squares) / 5 / 5), bandit.Posterior(0).Deviation, 1e-15);
        Assert.Equal(Math.Sqrt(0.04 / 3), new ThompsonGaussian(new(2, 0, 1), new() { PriorWeight = 3, Variance = 0.04 }).Posterior(1).Deviation, 1e-15);
    }

    [Fact]
    public void Exp3_multiplies_the_weight_of_the_rewarded_arm()
    {
        var bandit = new Exp3(new(2, 0, 1), new() { Exploration = 0.2, Share = 0 });
        Assert.Equal(0.5, bandit.Probability(0), 1e-15);
        bandit.Learn([], new(0, 0.5), 0.8);
        var weight = Elementary.Exp(0.2 / 2 * 0.8 / 0.5);
        Assert.Equal(0.8 * weight / (weight + 1) + 0.1, bandit.Probability(0), 1e-14);
        Assert.Equal(1, bandit.Probability(0) + bandit.Probability(1), 1e-14);

        // The share gives a tenth back.
        var sharing = new Exp3(new(2, 0, 1), new() { Exploration = 0.2, Share = 0.1 });
        sharing.Learn([], new(0, 0.5), 0.8);
        Assert.Equal(0.8 * (0.9 * weight / (weight + 1) + 0.05) + 0.1, sharing.Probability(0), 1e-14);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(0.5, 2)]
    [InlineData(999, 1_500)]
    [InlineData(1_001, 1_500)]
    [InlineData(20_000, 5_000)]
    public void The_tail_of_the_beta_distribution_is_the_integral_of_its_density(double alpha, double beta)
    {
        var mean = alpha / (alpha + beta);
        var deviation = Math.Sqrt(mean * (1 - mean) / (alpha + beta + 1));
        foreach (var distance in (double[])[-3, -1, 0, 0.5, 2, 4])
        {
            var x = mean + distance * deviation;
            if (x <= 0 || x >= 1)
                continue;
            double Density(double at) => Elementary.Exp((alpha - 1) * Elementary.Log(at / mean) + (beta - 1) * Elementary.Log((1 - at) / (1 - mean)));
            double Integral(double from, double to)
            {
                // A substitution that takes the corners out: at = from + (to − from)·(3u² − 2u³).
                const int steps = 40_000;
                var sum = 0.0;
                for (var i = 0; i < steps; i++)
                {
                    var u = (i + 0.5) / steps;
                    sum += Density(from + (to - from) * u * u * (3 - 2 * u)) * 6 * u * (1 - u);
                }
                return sum * (to - from) / steps;
            }
            double low = Math.Max(0, mean - 12 * deviation), high = Math.Min(1, mean + 12 * deviation);
            var above = Integral(x, high);
            Assert.Equal(1, BetaTail.Above(x, alpha, beta) * (above + Integral(low, x)) / above, alpha > 1_000 ? 0.002 : 1e-4);
        }
        Assert.Equal((1, 0), (BetaTail.Above(0, alpha, beta), BetaTail.Above(1, alpha, beta)));
    }

    private static T Rewarded<T>(T bandit, params (int Arm, int Wins, int Losses)[] rewards)
        where T : IBandit
    {
        foreach (var (arm, wins, losses) in rewards)
            for (var i = 0; i < wins + losses; i++)
                bandit.Learn([], new(arm, 1), i < wins ? 1 : 0);
        return bandit;
    }

    // The share of a random choice's regret that a bandit still has in the second half of a world whose arms change at half time.
    private static double AfterChange(string name, string options = "{}")
    {
        double late = 0, uniform = 0;
        for (ulong seed = 1; seed <= 6; seed++)
        {
            var bandit = BanditChecks.New(name, options, seed, BanditChecks.World("abrupt-change"));
            var outcome = BanditChecks.World("abrupt-change").Play(bandit, 8_000, seed);
            late += outcome.Regret;
            uniform += outcome.UniformRegret;
        }
        return late / uniform;
    }

    private static double[] Solved(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        for (var pivot = 0; pivot < n; pivot++)
            for (var row = 0; row < n; row++)
            {
                if (row == pivot)
                    continue;
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column <= n; column++)
                    matrix[row, column] -= factor * matrix[pivot, column];
            }
        return [.. Enumerable.Range(0, n).Select(i => matrix[i, n] / matrix[i, i])];
    }
}
