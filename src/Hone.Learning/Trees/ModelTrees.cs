using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>What a leaf of a model tree answers with.</summary>
public enum RegressionLeaf
{
    /// <summary>The mean or the linear model, whichever has erred less of late.</summary>
    Adaptive = 0,

    /// <summary>The mean of the targets.</summary>
    Mean = 1,

    /// <summary>A linear model of the standardised features.</summary>
    Linear = 2,
}

/// <summary>
/// <see cref="RegressionTrees"/> with a linear model in every leaf. Children begin with the model of their parent, and the features are standardised
/// once for all trees.
/// </summary>
/// <remarks>The linear models learn by normalised least mean squares: w += μ·e·z / (1 + ‖z‖²), with a step that falls with the examples of the leaf down to a floor.</remarks>
internal sealed class ModelTrees : ISaved
{
    private const double Clip = 4, ScalingMemory = 10_000, ErrorMemory = 200, StepInitial = 0.5, StepDecay = 0.01, StepFloor = 0.1;
    private const double TargetMax = 1e110, SquareMax = 1e230;

    private readonly RunningScaler _scaler;
    private readonly RegressionLeaf _leaf;
    private readonly int _features;
    private readonly int _treesCount;
    private readonly int _length;
    private readonly double[] _weights;
    private readonly Errors[] _errors;
    private double _low = double.PositiveInfinity;
    private double _high = double.NegativeInfinity;

    public ModelTrees(RegressionTreesSettings settings, RegressionLeaf leaf)
    {
        Trees = new(settings);
        _leaf = leaf;
        _features = settings.Features;
        _treesCount = settings.Trees;
        _scaler = new(_features, Clip, ScalingMemory);
        _length = Kernels.Padded(_features + 1);
        _weights = new double[leaf == RegressionLeaf.Mean ? 0 : Trees.Nodes * _length];
        _errors = new Errors[Trees.Nodes];
    }

    /// <summary>The trees.</summary>
    public RegressionTrees Trees { get; }

    /// <summary>Numbers that a prepared row has.</summary>
    public int RowLength => Trees.RowLength + _length;

    /// <summary>Writes what routing and the linear models need of a row.</summary>
    public void Prepare(ReadOnlySpan<double> x, Span<double> row)
    {
        RegressionTrees.Prepare(x, row);
        var z = row[Trees.RowLength..];
        z[_features..].Clear();
        _scaler.Apply(x, z);
        z[_features] = 1;
    }

    /// <summary>What a leaf says of a prepared row.</summary>
    public double Predict(int leaf, ReadOnlySpan<double> row)
    {
        var mean = Trees.Value(leaf);
        ref readonly var errors = ref _errors[leaf];
        if (_leaf == RegressionLeaf.Mean || _leaf == RegressionLeaf.Adaptive && errors.Linear >= errors.Mean)
            return mean;
        return Linear(leaf, row[Trees.RowLength..]);
    }

    /// <summary>Takes a row into the bins and the scaling; <see cref="Learn"/> teaches it with the row as it was prepared before.</summary>
    public void Observe(ReadOnlySpan<double> x, double target)
    {
        Trees.Observe(x);
        _scaler.Learn(x);
        _low = Math.Min(_low, target);
        _high = Math.Max(_high, target);
    }

    /// <summary>Teaches a leaf the row last observed.</summary>
    public void Learn(int tree, int leaf, ReadOnlySpan<double> row, double target, double weight)
    {
        if (_leaf != RegressionLeaf.Mean)
            LearnLinear(leaf, row[Trees.RowLength..], target, weight);
        if (!Trees.Learn(tree, leaf, target, 1, weight))
            return;
        var left = Trees.Left(leaf);
        for (var child = left; child <= left + 1; child++)
            Inherit(leaf, child);
    }

    /// <summary>Makes a tree forget everything.</summary>
    public void Reset(int tree)
    {
        Trees.Reset(tree);
        Forget(Trees.Root(tree));
    }

    /// <summary>Takes the subtree under an inner node back; the node is a leaf of the given mean.</summary>
    public void Prune(int tree, int node, double mean, double square, double weight)
    {
        Trees.Prune(tree, node, mean, square, weight);
        Forget(node);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("model-trees", 1);
        Trees.Save(writer);
        _scaler.Save(writer);
        writer.Write(_low);
        writer.Write(_high);
        for (var tree = 0; tree < _treesCount; tree++)
            SaveNode(writer, Trees.Root(tree));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("model-trees", 1);
        Trees.Load(reader);
        _scaler.Load(reader);
        _low = reader.ReadDouble();
        _high = reader.ReadDouble();
        var unseen = double.IsPositiveInfinity(_low) && double.IsNegativeInfinity(_high);
        if (!unseen && !(_low <= _high && Math.Abs(_low) <= TargetMax && Math.Abs(_high) <= TargetMax))
            throw new CorruptStateException($"The targets are said to lie from {_low} to {_high}.");
        for (var tree = 0; tree < _treesCount; tree++)
            LoadNode(reader, Trees.Root(tree));
    }

    private Span<double> Weights(int node) => _weights.AsSpan(node * _length, _length);

    /// <summary>The linear answer, at most a tenth of the range outside of the targets so far.</summary>
    private double Linear(int leaf, ReadOnlySpan<double> z)
    {
        var answer = Kernels.Dot(z, Weights(leaf));
        if (!(_low <= _high))
            return answer;
        var slack = 0.1 * (_high - _low);
        return Math.Min(Math.Max(answer, _low - slack), _high + slack);
    }

    private void LearnLinear(int leaf, ReadOnlySpan<double> z, double target, double weight)
    {
        ref var errors = ref _errors[leaf];
        var w = Weights(leaf);
        var counted = Math.Min(weight, 1);
        if (!errors.Begun)
        {
            // The first example of a tree sets the intercept; there is no better guess.
            w[_features] = target;
            errors.Begun = true;
        }
        var answer = Kernels.Dot(z, w);
        var meanError = target - Trees.Value(leaf);
        var linearError = target - Linear(leaf, z);
        errors.Weight = Math.Min(errors.Weight + counted, ErrorMemory);
        var gain = Math.Min(counted / errors.Weight, 1);
        errors.Mean += gain * (meanError * meanError - errors.Mean);
        errors.Linear += gain * (linearError * linearError - errors.Linear);
        errors.Age = Math.Min(errors.Age + counted, 1e12);

        // Never more than the step that would make this example right, whatever its weight.
        var step = Math.Max(StepInitial / (1 + StepDecay * errors.Age), StepFloor);
        step = 1 - 1 / (1 + step * Math.Min(weight, 1e6));
        Kernels.AddScaled(z, step * (target - answer) / Kernels.Dot(z, z), w);
    }

    private void Inherit(int parent, int child)
    {
        _errors[child] = _errors[parent];
        if (_weights.Length > 0)
            Weights(parent).CopyTo(Weights(child));
    }

    private void Forget(int node)
    {
        _errors[node] = default;
        if (_weights.Length > 0)
            Weights(node).Clear();
    }

    private void SaveNode(StateWriter writer, int node)
    {
        if (Trees.IsInner(node))
        {
            SaveNode(writer, Trees.Left(node));
            SaveNode(writer, Trees.Left(node) + 1);
            return;
        }
        ref var errors = ref _errors[node];
        writer.Write(errors.Begun);
        writer.Write(errors.Age);
        writer.Write(errors.Weight);
        writer.Write(errors.Mean);
        writer.Write(errors.Linear);
        if (_weights.Length > 0)
            writer.Write(Weights(node));
    }

    private void LoadNode(StateReader reader, int node)
    {
        if (Trees.IsInner(node))
        {
            LoadNode(reader, Trees.Left(node));
            LoadNode(reader, Trees.Left(node) + 1);
            return;
        }
        _errors[node] = new()
        {
            Begun = reader.ReadBool(),
            Age = reader.ReadWithin(0, 1e12),
            Weight = reader.ReadWithin(0, ErrorMemory),
            Mean = reader.ReadWithin(0, SquareMax),
            Linear = reader.ReadWithin(0, SquareMax),
        };
        if (_weights.Length > 0)
            reader.ReadWithin(Weights(node), -TargetMax, TargetMax);
    }

    private struct Errors
    {
        public bool Begun;
        public double Age;
        public double Weight;
        public double Mean;
        public double Linear;
    }
}
