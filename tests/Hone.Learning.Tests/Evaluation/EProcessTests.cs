using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class EProcessTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.1)]
    public void Without_an_advantage_a_wealth_of_20_is_reached_in_at_most_one_of_twenty_streams(double mean)
    {
        var reached = 0;
        for (ulong seed = 1; seed <= 600; seed++)
        {
            var evidence = new EProcess(new());
            var random = new Rng(seed, "null");
            for (var i = 0; i < 2_000; i++)
                evidence.Add(random.NextDouble() < 0.5 + mean / 2 ? 1 : -1);
            reached += evidence.Reached(20) ? 1 : 0;
        }
        Assert.InRange(reached, 0, 38);
        Assert.True(mean < 0 || reached > 3);
    }

    // 2·ln(100)/edge² is 230 and 921; learning the bet costs the rest.
    [Theory]
    [InlineData(0.2, 230, 500)]
    [InlineData(0.1, 921, 1_900)]
    public void An_advantage_reaches_a_wealth_of_100(double mean, int medianMin, int medianMax)
    {
        var times = new List<int>();
        for (ulong seed = 1; seed <= 101; seed++)
        {
            var evidence = new EProcess(new());
            var random = new Rng(seed, "edge");
            while (!evidence.Reached(100) && evidence.Count < 10_000)
                evidence.Add(random.NextDouble() < 0.5 + mean / 2 ? 1 : -1);
            times.Add((int)evidence.Count);
        }
        times.Sort();
        Assert.InRange(times[50], medianMin, medianMax);
        Assert.True(times[^1] < 10_000);
    }

    [Fact]
    public void The_wealth_is_the_product_of_the_bets()
    {
        var evidence = new EProcess(new() { Bound = 0.5 });
        double wealth = 1, max = 1, sum = 0, squares = 1, n = 1;
        var random = new Rng(1, "product");
        for (var i = 0; i < 300; i++)
        {
            var difference = 1.2 * random.NextDouble() - 0.4;
            var d = Math.Clamp(difference / 0.5, -1, 1);
            var mean = sum / n;
            var variance = squares / n - mean * mean;
            wealth *= 1 + Math.Clamp(mean / (variance + mean * mean), 0, 0.5) * d;
            max = Math.Max(max, wealth);
            (sum, squares, n) = (sum + d, squares + d * d, n + 1);
            evidence.Add(difference);
            Assert.Equal(1, Elementary.Exp(evidence.LogWealth) / wealth, 1e-9);
            Assert.Equal(1, Elementary.Exp(evidence.LogWealthMax) / max, 1e-9);
        }
        Assert.True(wealth > 1_000);
    }

    [Fact]
    public void A_wealth_that_was_reached_stays_reached()
    {
        var evidence = new EProcess(new());
        for (var i = 0; i < 100; i++)
            evidence.Add(1);
        Assert.True(evidence.Reached(100));
        for (var i = 0; i < 1_000; i++)
            evidence.Add(-1);
        Assert.True(evidence.Reached(100) && evidence.LogWealth < 0);
        evidence.Reset();
        Assert.False(evidence.Reached(100));
        Assert.True(evidence.Reached(1));
    }

    [Fact]
    public void Small_differences_need_the_right_bound()
    {
        Assert.True(Evidence(0.08) > 4 * Evidence(1));

        static double Evidence(double bound)
        {
            var evidence = new EProcess(new() { Bound = bound });
            var random = new Rng(2, "small");
            for (var i = 0; i < 600; i++)
                evidence.Add(0.02 * random.NextGaussian() + 0.005);
            return evidence.LogWealth;
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1.0001)]
    [InlineData(-1.0001)]
    public void A_difference_outside_minus_1_to_1_is_refused(double difference)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EProcess(new()).Add(difference));
    }
}
