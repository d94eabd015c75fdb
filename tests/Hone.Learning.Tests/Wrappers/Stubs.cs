using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Wrappers;

/// <summary>Options of the learners made for these tests.</summary>
public sealed record StubOptions
{
    /// <summary>Which feature, or how much, as the learner says.</summary>
    public double Value { get; init; }

    /// <summary>Whether the step begins at 1 and falls with every example.</summary>
    public bool Falls { get; init; }
}

/// <summary>Says class 1 with the probability that stands in a feature, and keeps what it was shown.</summary>
internal sealed class Says(LearnerShape shape, StubOptions options) : IClassifier
{
    public int Features => shape.Features;

    public int Classes => shape.Classes;

    public List<double[]> Learned { get; } = [];

    public List<int> Labels { get; } = [];

    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        probabilities.Fill((1 - x[(int)options.Value]) / (Classes - 1));
        probabilities[1] = x[(int)options.Value];
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Learned.Add(x.ToArray());
        Labels.Add(label);
    }

    public void Save(StateWriter writer)
    {
    }

    public void Load(StateReader reader)
    {
        Learned.Clear();
        Labels.Clear();
    }
}

/// <summary>Guesses: a probability that depends on the row and the seed, and on nothing else.</summary>
internal sealed class Guesses(LearnerShape shape) : IClassifier
{
    public int Features => shape.Features;

    public int Classes => 2;

    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        probabilities[1] = new Rng(shape.Seed ^ BitConverter.DoubleToUInt64Bits(x[0]), "guess").NextDouble();
        probabilities[0] = 1 - probabilities[1];
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
    }

    public void Save(StateWriter writer)
    {
    }

    public void Load(StateReader reader)
    {
    }
}

/// <summary>The perceptron as published in 1958, which takes features as they are. Its probabilities are next to 0 and 1.</summary>
internal sealed class Perceptron(LearnerShape shape) : IClassifier
{
    private readonly double[] _w = new double[shape.Features + 1];

    public int Features => shape.Features;

    public int Classes => 2;

    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        probabilities[1] = Score(x) > 0 ? 0.99 : 0.01;
        probabilities[0] = 1 - probabilities[1];
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        if ((Score(x) > 0) == (label == 1))
            return;
        var step = label == 1 ? 0.1 : -0.1;
        for (var i = 0; i < x.Length; i++)
            _w[i] += double.IsFinite(x[i]) ? step * x[i] : 0;
        _w[^1] += step;
    }

    public void Save(StateWriter writer) => writer.Write(_w);

    public void Load(StateReader reader) => reader.Read(_w);

    private double Score(ReadOnlySpan<double> x)
    {
        var sum = _w[^1];
        for (var i = 0; i < x.Length; i++)
            sum += double.IsFinite(x[i]) ? _w[i] * x[i] : 0;
        return sum;
    }
}

/// <summary>Normalised least mean squares; what is missing counts 0.</summary>
internal sealed class Lms(RegressorShape shape, StubOptions options) : IRegressor
{
    private readonly double[] _w = new double[shape.Features + 2];

    public int Features => shape.Features;

    public double Predict(ReadOnlySpan<double> x)
    {
        var sum = _w[^2];
        for (var i = 0; i < x.Length; i++)
            sum += double.IsFinite(x[i]) ? _w[i] * x[i] : 0;
        return sum;
    }

    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        var norm = 1.0;
        foreach (var v in x)
            norm += double.IsFinite(v) ? v * v : 0;
        var rate = Math.Max(options.Value > 0 ? options.Value : 0.1, options.Falls ? 1 / (1 + _w[^1] / 10) : 0);
        var step = rate * (target - Predict(x)) / norm;
        for (var i = 0; i < x.Length; i++)
            _w[i] += double.IsFinite(x[i]) ? step * x[i] : 0;
        _w[^2] += step;
        _w[^1]++;
    }

    public void Save(StateWriter writer) => writer.Write(_w);

    public void Load(StateReader reader) => reader.Read(_w);
}

/// <summary>Says "warning" at every value.</summary>
internal sealed class AlwaysWarns : Learning.Drift.IDriftDetector
{
    public double Statistic => 1;

    public double Threshold => 2;

    public Learning.Drift.DriftLevel Update(double value) => Learning.Drift.DriftLevel.Warning;

    public void Reset()
    {
    }

    public void Save(StateWriter writer)
    {
    }

    public void Load(StateReader reader)
    {
    }
}

internal static class WithStubs
{
    /// <summary>The built-in catalog with the learners of these tests added, as a user would.</summary>
    public static Catalog Catalog()
    {
        var catalog = Learning.Catalog.BuiltIn();
        void Add(string name, Func<LearnerShape, StubOptions, IClassifier> build) => catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of(name, name, build));
        Add("says", (shape, options) => new Says(shape, options));
        Add("guesses", (shape, _) => new Guesses(shape));
        Add("perceptron", (shape, _) => new Perceptron(shape));
        catalog.Regressors.Add(CatalogEntry<RegressorShape, IRegressor>.Of<StubOptions>("lms", "lms", (shape, options) => new Lms(shape, options)));
        catalog.Detectors.Add(CatalogEntry<ulong, Learning.Drift.IDriftDetector>.Of<StubOptions>("always-warns", "always-warns", (_, _) => new AlwaysWarns()));
        return catalog;
    }

    public static System.Text.Json.JsonElement Json(string json) => System.Text.Json.JsonDocument.Parse(json).RootElement;

    public static byte[] State(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return writer.Written.ToArray();
    }
}
