using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Tests.Numerics;

/// <summary>Four models side by side have the bits that each would have alone.</summary>
public sealed class QuadKernelsTests
{
    [Fact]
    public void Scores_have_the_bits_of_dot_over_padded_vectors()
    {
        var rng = new Rng(1, "quads");
        for (var n = 1; n < 70; n++)
        {
            double[] z = Numbers(ref rng, n), quads = Numbers(ref rng, 4 * n), scores = new double[4];
            QuadKernels.Scores(z, quads, scores);
            for (var m = 0; m < 4; m++)
                Assert.Equal(Kernels.Dot(Padded(z), Padded([.. Enumerable.Range(0, n).Select(i => quads[4 * i + m])])), scores[m]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public void Probabilities_have_the_bits_of_each_model_alone(int rows)
    {
        var rng = new Rng(2, "quads");
        for (var t = 0; t < 200; t++)
        {
            var scores = Array.ConvertAll(Numbers(ref rng, 4 * rows), s => 20 * s);
            var together = (double[])scores.Clone();
            QuadKernels.ToProbabilities(together, Scores.DistanceMax);
            var alone = new double[Math.Max(rows, 2)];
            for (var m = 0; m < 4; m++)
            {
                Scores.ToProbabilities([.. Enumerable.Range(0, rows).Select(k => scores[4 * k + m])], alone);
                for (var k = 0; k < rows; k++)
                    Assert.Equal(alone[rows == 1 ? 1 : k], together[4 * k + m]);
            }
        }
    }

    [Fact]
    public void A_step_has_the_bits_of_two_averaged_descents()
    {
        var rng = new Rng(3, "quads");
        double[] z = Numbers(ref rng, 13), quads = Numbers(ref rng, 52);
        double[] Model(int m) => [.. Enumerable.Range(0, 13).Select(i => quads[4 * i + m])];
        double[] slow = Model(0), slowMean = Model(1), fast = Model(2), fastMean = Model(3);
        Kernels.StepAndAverage(z, 0.99, 0.3, slow, 0.01, slowMean);
        Kernels.StepAndAverage(z, 1, -0.7, fast, 0.2, fastMean);
        QuadKernels.StepAndAverage(z, 0.99, 0.3, 0.01, -0.7, 0.2, quads);
        Assert.Equal(slow, Model(0));
        Assert.Equal(slowMean, Model(1));
        Assert.Equal(fast, Model(2));
        Assert.Equal(fastMean, Model(3));
    }

    private static double[] Numbers(ref Rng rng, int count)
    {
        var numbers = new double[count];
        foreach (ref var number in numbers.AsSpan())
            number = rng.NextGaussian();
        return numbers;
    }

    private static double[] Padded(double[] x) => [.. x, .. new double[Kernels.Padded(x.Length) - x.Length]];
}
