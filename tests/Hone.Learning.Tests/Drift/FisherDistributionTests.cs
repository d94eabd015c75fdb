using Hone.Learning.Drift;

namespace Hone.Learning.Tests.Drift;

public sealed class FisherDistributionTests
{
    // Printed tables of F and of χ²/ν (a very large second number of degrees).
    [Theory]
    [InlineData(4.9646, 1, 10, 0.05)]
    [InlineData(3.3258, 5, 10, 0.05)]
    [InlineData(5.6363, 5, 10, 0.01)]
    [InlineData(16.9190 / 9, 9, 1e8, 0.05)]
    [InlineData(27.8772 / 9, 9, 1e8, 0.001)]
    [InlineData(1, 7, 7, 0.5)]
    public void It_agrees_with_printed_tables(double value, double degrees1, double degrees2, double probability)
    {
        Assert.Equal(probability, FisherDistribution.Survival(value, degrees1, degrees2), 2e-5 + 1e-4 * probability);
        Assert.Equal(value, FisherDistribution.Quantile(probability, degrees1, degrees2), 1e-3 * value);
    }

    [Theory]
    [InlineData(3.1, 14.7)]
    [InlineData(1, 3)]
    [InlineData(8.4, 137.2)]
    [InlineData(100, 1e9)]
    public void The_quantile_is_the_inverse_far_into_the_tail(double degrees1, double degrees2)
    {
        for (var probability = 0.5; probability > 1e-7; probability /= 3)
            Assert.Equal(1, FisherDistribution.Survival(FisherDistribution.Quantile(probability, degrees1, degrees2), degrees1, degrees2) / probability, 1e-4);
    }
}
