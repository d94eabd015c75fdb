using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>Options of <see cref="MondrianForestRegressor"/>.</summary>
public sealed record MondrianForestRegressorOptions : MondrianOptions
{
    /// <summary>How fast the weights of the prunings follow their losses; 1 is Bayes' rule for Gaussian errors of the forest's own size.</summary>
    [Range(1e-6, 100.0)]
    public double Step { get; init; } = 1;
}

/// <summary>The mean of trees that split at random and of all their prunings together, weighted by how well each foretold the past.</summary>
/// <remarks>
/// As <see cref="MondrianForest"/>, with a mean in each node. A pruning's likelihood is that of Gaussian errors as large as the forest's own have
/// lately been, so that the unit of the target does not matter.
/// </remarks>
public sealed class MondrianForestRegressor : IRegressor, ILimited
{
    private const double ErrorGain = 0.01, ErrorMax = 1e202, ErrorMin = 1e-250;

    private readonly MondrianForestRegressorOptions _options;
    private readonly MondrianRows _rows;
    private readonly MondrianTree[] _trees;
    private readonly int _nodesMax;
    private readonly float[] _point;
    private readonly float[] _scale;

    // Running mean of the forest's squared errors, and how many it has seen, up to its memory.
    private double _squaredError;
    private double _errors;

    /// <summary>A forest that has seen nothing and predicts 0.</summary>
    public MondrianForestRegressor(RegressorShape shape, MondrianForestRegressorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        (Features, _options) = (shape.Features, options);
        _rows = new(Features, options.ScalingMemory);
        _nodesMax = MondrianSize.Nodes(Features, 2, options.NodesMax);
        _trees = new MondrianTree[options.Members];
        for (var i = 0; i < _trees.Length; i++)
            _trees[i] = new(Features, 2, _nodesMax, options.Switching, new(shape.Seed, $"mondrian-forest/{i}"));
        _point = new float[_rows.Length];
        _scale = new float[_rows.Length];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public string? LimitReached => MondrianSize.LimitReached(_trees, _nodesMax);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _rows.Length);
        var point = MemoryMarshal.Cast<double, float>(scratch.Span)[.._rows.Length];
        _rows.Write(x, point);
        return Mean(point);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0) => Step(x, target, weight);

    /// <inheritdoc/>
    public double TestThenTrain(ReadOnlySpan<double> x, double target) => Step(x, target, 1);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("mondrian-forest-regressor", 1);
        writer.Write(Features);
        writer.Write(_trees.Length);
        writer.Write(_nodesMax);
        writer.Write(_squaredError);
        writer.Write(_errors);
        _rows.Save(writer);
        foreach (var tree in _trees)
            tree.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("mondrian-forest-regressor", 1);
        reader.ReadInt32(Features, Features);
        reader.ReadInt32(_trees.Length, _trees.Length);
        reader.ReadInt32(_nodesMax, _nodesMax);
        _squaredError = reader.ReadWithin(0, ErrorMax);
        _errors = reader.ReadWithin(0, 1 / ErrorGain);
        _rows.Load(reader);
        foreach (var tree in _trees)
            tree.Load(reader);
    }

    private double Step(ReadOnlySpan<double> x, double target, double weight)
    {
        RegressionTargets.Check(target, weight);
        _rows.Learn(x, _point, _scale);
        var prediction = Mean(_point);
        var first = _trees[0].Nodes == 0;
        var precision = _squaredError > ErrorMin ? 1 / Math.Sqrt(_squaredError) : 0;
        var example = new NumberTarget(target, Math.Min(weight, MondrianSize.WeightMax), precision, _options.Step, MondrianSize.Memory(_options.Memory));
        foreach (var tree in _trees)
            tree.Learn(_point, _scale, weight, example);
        if (first)
            return prediction;
        var error = target - prediction;
        var counts = Math.Min(weight, 1);
        _errors = Math.Min(_errors + counts, 1 / ErrorGain);
        _squaredError += counts / Math.Max(_errors, counts) * (error * error - _squaredError);
        return prediction;
    }

    private double Mean(ReadOnlySpan<float> point)
    {
        var sum = 0.0;
        foreach (var tree in _trees)
            sum += tree.Regress(point);
        return sum / _trees.Length;
    }
}
