using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Trees;

/// <summary>Made rows that a tree can learn.</summary>
internal static class TreeStream
{
    /// <summary>Uniform features; the class is that of a box in the first two of them, with noise, and some values are missing.</summary>
    public static (double[] X, int Label)[] Boxes(int count, int features, int classes, ulong seed, double noise = 0.1, double missing = 0.02)
    {
        var rng = new Rng(seed, "boxes");
        var rows = new (double[], int)[count];
        for (var t = 0; t < count; t++)
        {
            var x = new double[features];
            for (var i = 0; i < features; i++)
                x[i] = rng.NextDouble();
            var label = x[0] < 0.4 ? 0 : x[1] < 0.5 ? 1 : classes - 1;
            if (rng.NextDouble() < noise)
                label = rng.NextInt32(classes);
            for (var i = 0; i < features; i++)
                if (rng.NextDouble() < missing)
                    x[i] = double.NaN;
            rows[t] = (x, label);
        }
        return rows;
    }

    /// <summary>Two uniform features; which of them tells the class changes every so many rows.</summary>
    public static (double[] X, int Label)[] Drifting(int count, int every, ulong seed)
    {
        var rng = new Rng(seed, "drifting");
        var rows = new (double[], int)[count];
        for (var t = 0; t < count; t++)
        {
            double[] x = [rng.NextDouble(), rng.NextDouble(), rng.NextDouble()];
            var concept = t / every % 4;
            rows[t] = (x, (x[concept % 2] > 0.5) ^ (concept >= 2) ? 1 : 0);
        }
        return rows;
    }

    /// <summary>Share of rows that a learner gets right, test then train, from a row on.</summary>
    public static double Accuracy(IClassifier learner, (double[] X, int Label)[] rows, int from = 0)
    {
        var p = new double[learner.Classes];
        var right = 0;
        for (var t = 0; t < rows.Length; t++)
        {
            learner.TestThenTrain(rows[t].X, rows[t].Label, p);
            right += t >= from && p.AsSpan().IndexOf(p.Max()) == rows[t].Label ? 1 : 0;
        }
        return (double)right / (rows.Length - from);
    }
}
