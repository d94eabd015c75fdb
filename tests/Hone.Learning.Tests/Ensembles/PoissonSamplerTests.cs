using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Ensembles;

public sealed class PoissonSamplerTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(50)]
    public void Every_count_comes_as_often_as_its_probability(double mean)
    {
        const int Draws = 200_000;
        var sampler = new PoissonSampler(mean);
        var rng = new Rng(5, "poisson");
        var counts = new int[200];
        for (var i = 0; i < Draws; i++)
            counts[sampler.Next(ref rng)]++;

        var chance = Elementary.Exp(-mean);
        for (var k = 0; k < counts.Length; k++)
        {
            Assert.InRange(counts[k], Draws * chance - 5 * Math.Sqrt(Draws * chance) - 1, Draws * chance + 5 * Math.Sqrt(Draws * chance) + 1);
            chance *= mean / (k + 1);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(51)]
    [InlineData(double.NaN)]
    public void A_mean_that_it_cannot_draw_is_refused(double mean) => Assert.ThrowsAny<ArgumentException>(() => new PoissonSampler(mean));
}
