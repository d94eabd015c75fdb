using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Online;

/// <summary>The three update rules to the letter, and probabilities that mean something.</summary>
public sealed class PassiveAggressiveTests
{
    [Theory]
    [InlineData(PassiveAggressiveVariant.Pa)]
    [InlineData(PassiveAggressiveVariant.PaI)]
    [InlineData(PassiveAggressiveVariant.PaII)]
    public void Each_step_is_the_one_of_the_paper(PassiveAggressiveVariant variant)
    {
        var options = new PassiveAggressiveOptions { Variant = variant, C = 0.03 };
        var learner = new PassiveAggressive(new(3, 2, 1), options);
        var rng = new Rng(4, "pa");
        var capped = 0;
        for (var t = 0; t < 300; t++)
        {
            double[] x = [rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian()];
            var y = x[0] - x[1] + 0.5 * rng.NextGaussian() > 0 ? 1.0 : -1.0;
            var before = Read(learner, out var scaler);
            learner.Learn(x, y > 0 ? 1 : 0);
            var after = Read(learner, out _);
            var z = new double[4];
            scaler.Apply(x, z);
            z[3] = 1;
            double margin = 0, square = 0;
            for (var i = 0; i < 4; i++)
            {
                margin += z[i] * before[i];
                square += z[i] * z[i];
            }
            var loss = Math.Max(0, 1 - y * margin);
            var tau = variant switch
            {
                PassiveAggressiveVariant.Pa => loss / square,
                PassiveAggressiveVariant.PaI => Math.Min(0.03, loss / square),
                _ => loss / (square + 1 / (2 * 0.03)),
            };
            capped += variant == PassiveAggressiveVariant.PaI && tau < 0.03 && tau > 0 ? 1 : 0;
            for (var i = 0; i < 4; i++)
                Assert.Equal(before[i] + tau * y * z[i], after[i], 1e-12);
        }
        Assert.True(variant != PassiveAggressiveVariant.PaI || capped > 0, "Both sides of the minimum must have been seen.");
    }

    [Fact]
    public void A_heavier_example_moves_further()
    {
        double[] x = [1, 2];
        PassiveAggressive light = new(new(2, 2, 1), new()), heavy = new(new(2, 2, 1), new());
        light.Learn(x, 1);
        heavy.Learn(x, 1, 3);
        Assert.Equal(3 * Read(light, out _)[2], Read(heavy, out _)[2], 1e-15);
    }

    [Fact]
    public void Probabilities_hold_even_for_the_most_aggressive_setting()
    {
        // Labels are right three times of four. The raw margins of C = 10 would call every one of them certain.
        var learner = new PassiveAggressive(new(1, 2, 1), new() { C = 10 });
        var rng = new Rng(5, "pa");
        var p = new double[2];
        double logLoss = 0;
        for (var t = 0; t < 20_000; t++)
        {
            double[] x = [rng.NextGaussian()];
            var label = x[0] > 0 == rng.NextDouble() < 0.75 ? 1 : 0;
            learner.TestThenTrain(x, label, p);
            logLoss -= t < 10_000 ? 0 : Math.Log(p[label]) / 10_000;
        }
        Assert.InRange(logLoss, 0.55, 0.6931);
    }

    private static double[] Read(PassiveAggressive learner, out RunningScaler scaler)
    {
        var writer = new StateWriter();
        learner.Save(writer);
        var reader = new StateReader(writer.Written.ToArray());
        reader.Section("passive-aggressive", 1);
        reader.ReadInt32();
        scaler = new(learner.Features, 5, 10_000);
        scaler.Load(reader);
        var weights = new double[Kernels.Padded(learner.Features + 1)];
        reader.Read(weights);
        return weights;
    }
}
