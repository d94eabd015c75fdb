using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Online;

/// <summary>
/// Made examples of every unpleasant kind: 19 features on scales from 10⁻³ to 10⁵, a constant one, one that is missing for the
/// first 500 rows, and three per cent missing everywhere. The label persists, is unbalanced, and can be told from the features.
/// </summary>
internal sealed class LearnerStream
{
    public const int Features = 19;

    public LearnerStream(int classes, int count, ulong seed = 1)
    {
        var rng = new Rng(seed, "stream");
        (X, Labels) = (new double[count][], new int[count]);
        var label = 0;
        for (var t = 0; t < count; t++)
        {
            if (rng.NextDouble() < 0.4)
                label = rng.NextDouble() < 0.6 ? 0 : rng.NextInt32(classes);
            var x = new double[Features];
            for (var i = 0; i < Features; i++)
            {
                var shift = i < 10 && i % classes == label ? 2.0 : 0;
                x[i] = (i == 3 ? 1e5 : 0) + (shift + rng.NextGaussian()) * (i == 4 ? 1e-3 : i == 5 ? 1e4 : 1);
                if (rng.NextDouble() < 0.03)
                    x[i] = double.NaN;
            }
            x[17] = 7;
            if (t < 500)
                x[18] = double.NaN;
            (X[t], Labels[t]) = (x, label);
        }
    }

    public double[][] X { get; }

    public int[] Labels { get; }

    /// <summary>What is to be learned from row t: the label, or for a regressor (0 classes) a number that persists a little, follows the label and one feature, and lies far from zero.</summary>
    public double Target(int t, int classes)
    {
        if (classes > 0)
            return Labels[t];
        var wave = double.IsNaN(X[t][12]) ? 0 : X[t][12];
        var before = t > 0 ? Labels[t - 1] : 0;
        return 50 + 10 * Labels[t] + 3 * wave + before;
    }
}
