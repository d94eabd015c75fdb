using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Online;

/// <summary>The corrections are those of the paper.</summary>
public sealed class AlmaTests
{
    [Fact]
    public void Each_correction_is_the_one_of_the_paper()
    {
        const double Alpha = 0.9;
        var learner = new Alma(new(3, 2, 1), new());
        var rng = new Rng(4, "alma");
        double[] weights = new double[4];
        double corrections = 1;
        var kept = 0;
        for (var t = 0; t < 500; t++)
        {
            double[] x = [rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian()];
            var y = x[0] - x[1] + 0.5 * rng.NextGaussian() > 0 ? 1.0 : -1.0;
            var z = new double[4];
            Read(learner, out var scaler);
            scaler.Apply(x, z);
            z[3] = 1;
            var length = Math.Sqrt(z.Sum(v => v * v));
            z = [.. z.Select(v => v / length)];

            // γ_k = (1 − α)·B / √k with B = 1/α, η_k = √2 / √k, and back into the unit ball.
            if (y * z.Zip(weights, (a, b) => a * b).Sum() <= (1 - Alpha) / Alpha / Math.Sqrt(corrections))
            {
                weights = [.. weights.Zip(z, (w, v) => w + Math.Sqrt(2 / corrections) * y * v)];
                var norm = Math.Sqrt(weights.Sum(w => w * w));
                if (norm > 1)
                    weights = [.. weights.Select(w => w / norm)];
                corrections++;
            }
            else
            {
                kept++;
            }
            learner.Learn(x, y > 0 ? 1 : 0);
            var found = Read(learner, out _);
            for (var i = 0; i < 4; i++)
                Assert.Equal(weights[i], found[i], 1e-12);
        }
        Assert.InRange(kept, 50, 450);
    }

    private static double[] Read(Alma learner, out RunningScaler scaler)
    {
        var writer = new StateWriter();
        learner.Save(writer);
        var reader = new StateReader(writer.Written.ToArray());
        reader.Section("alma", 1);
        reader.ReadInt32();
        scaler = new(learner.Features, 5, 10_000);
        scaler.Load(reader);
        var weights = new double[Kernels.Padded(learner.Features + 1)];
        reader.Read(weights);
        return weights;
    }
}
