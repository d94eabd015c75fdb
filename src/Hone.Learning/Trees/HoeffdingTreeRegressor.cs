using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>Options of <see cref="HoeffdingTreeRegressor"/>.</summary>
public record HoeffdingTreeRegressorOptions
{
    /// <summary>Leaves at most; all memory is taken at construction.</summary>
    [Range(2, 100_000)] public int LeavesMax { get; init; } = 512;

    /// <summary>Splits between the root and a leaf at most.</summary>
    [Range(1, 30)] public int DepthMax { get; init; } = 16;

    /// <summary>Examples between two attempts to split a leaf.</summary>
    [Range(1, 1_000_000)] public int GracePeriod { get; init; } = 50;

    /// <summary>Probability that the second best feature is the better one after all; 1 does not ask.</summary>
    [Range(1e-12, 1.0)] public double SplitConfidence { get; init; } = 0.2;

    /// <summary>Hoeffding bound under which two features are as good as each other.</summary>
    [Range(0.0, 1.0)] public double TieThreshold { get; init; } = 0.1;

    /// <summary>Probability that a split of pure noise passes for one.</summary>
    [Range(1e-12, 1.0)] public double NoiseProbability { get; init; } = 0.01;

    /// <summary>What a leaf answers with.</summary>
    public RegressionLeaf Leaf { get; init; } = RegressionLeaf.Adaptive;
}

/// <summary>Options of <see cref="HoeffdingTreeRegressor"/> when it takes branches back that the world has left behind.</summary>
public sealed record HoeffdingAdaptiveTreeRegressorOptions : HoeffdingTreeRegressorOptions
{
    /// <summary>Examples after which means and errors forget exponentially.</summary>
    [Range(10.0, 1e9)] public double Memory { get; init; } = 2000;

    /// <summary>Standard errors by which a branch has to err more than the mean of its own recent targets to be taken back.</summary>
    [Range(1.0, 100.0)] public double PruneSigmas { get; init; } = 3;
}

/// <summary>
/// A regression tree that learns example by example: it splits on the feature that reduces the variance most once the Hoeffding bound says
/// so, and answers with the mean or a linear model of the leaf.
/// </summary>
/// <remarks>
/// <para>Ikonomovska, Gama, Džeroski, "Learning model trees from evolving data streams", Data Mining and Knowledge Discovery 23, 2011.</para>
/// <para>The adaptive tree forgets exponentially in its leaves, and watches every branch: an inner node keeps the mean of its own recent targets, and when the branch under it
/// has erred significantly more than that mean would have, the branch is taken back and the node grows anew. The paper's Page–Hinkley test
/// asks whether errors have risen; this asks whether the branch is still worth having, so that mere noise takes nothing away.</para>
/// <para>A missing value goes the way that has explained most in learning. Nothing allocates after construction.</para>
/// </remarks>
public sealed class HoeffdingTreeRegressor : IRegressor, ILimited
{
    private const double WatchMemory = 200, WatchFrom = 50, SquareMax = 1e150;
    private readonly HoeffdingTreeRegressorOptions _options;
    private readonly ModelTrees _trees;
    private readonly double[] _row;
    private readonly double _pruneSigmas;
    private readonly Watch[] _watches;

    /// <summary>A tree of one leaf.</summary>
    public HoeffdingTreeRegressor(RegressorShape shape, HoeffdingTreeRegressorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        if (!Enum.IsDefined(options.Leaf))
            throw new InvalidOptionsException($"hoeffding-tree: leaf {options.Leaf} does not exist.");
        (Features, _options) = (shape.Features, options);
        var adaptive = options as HoeffdingAdaptiveTreeRegressorOptions;
        _trees = new(
            new()
            {
                Features = Features,
                Trees = 1,
                LeavesMax = options.LeavesMax,
                DepthMax = options.DepthMax,
                Candidates = Features,
                CandidatesPerTree = true,
                HistogramsMax = Math.Max(1, Math.Min(options.LeavesMax, HistogramBytesMax / (Features * QuantileBins.Bins * 8))),
                GracePeriod = options.GracePeriod,
                SplitConfidence = options.SplitConfidence,
                TieThreshold = options.TieThreshold,
                NoiseProbability = options.NoiseProbability,
                Memory = adaptive?.Memory ?? 1e12,
                Shrinkage = 0,
                Seed = shape.Seed,
            },
            options.Leaf);
        _row = new double[_trees.RowLength];
        _pruneSigmas = adaptive?.PruneSigmas ?? 0;
        _watches = new Watch[adaptive is null ? 0 : _trees.Trees.Nodes];
    }

    private const int HistogramBytesMax = 8 << 20;

    /// <inheritdoc/>
    public int Features { get; }

    /// <summary>Leaves there are.</summary>
    public int Leaves => _trees.Trees.LeafCount(0);

    /// <inheritdoc/>
    public string? LimitReached
        => _trees.Trees.FullTreeHits > 0 ? $"The tree has its {_options.LeavesMax} leaves; {_trees.Trees.FullTreeHits} examples could not make it grow. Raise leaves_max."
            : _trees.Trees.FullMemoryHits > 0 ? $"The memory for splits is used up; {_trees.Trees.FullMemoryHits} examples could not make the tree grow. Lower leaves_max or the number of features."
            : null;

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        using var row = new Scratch(stackalloc double[Scratch.StackMax], _trees.RowLength);
        _trees.Prepare(x, row.Span);
        return _trees.Predict(_trees.Trees.Route(0, row.Span), row.Span);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0) => Step(x, target, weight);

    /// <inheritdoc/>
    public double TestThenTrain(ReadOnlySpan<double> x, double target) => Step(x, target, 1);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("hoeffding-tree-regressor", 1);
        _trees.Save(writer);
        if (_watches.Length > 0)
            SaveWatch(writer, 0);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("hoeffding-tree-regressor", 1);
        _trees.Load(reader);
        if (_watches.Length > 0)
            LoadWatch(reader, 0);
    }

    private double Step(ReadOnlySpan<double> x, double target, double weight)
    {
        Targets.Check(target, weight);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        _trees.Prepare(x, _row);
        var leaf = _trees.Trees.Route(0, _row);
        var prediction = _trees.Predict(leaf, _row);
        if (_watches.Length > 0 && WatchPath(target, prediction, Math.Min(weight, 1)) is >= 0 and var node)
        {
            ref var watch = ref _watches[node];
            _trees.Prune(0, node, watch.Mean, watch.Square, watch.Weight);
            leaf = node;
        }
        _trees.Observe(x, target);
        if (_watches.Length > 0 && !_trees.Trees.IsInner(leaf))
            LearnOwnMean(ref _watches[leaf], target, Math.Min(weight, 1));
        var before = leaf;
        _trees.Learn(0, leaf, _row, target, weight);
        if (_watches.Length > 0 && _trees.Trees.IsInner(before))
        {
            // A new branch has to prove itself from here on.
            _watches[before].Excess = _watches[before].ExcessSquare = _watches[before].Judged = 0;
            _watches[_trees.Trees.Left(before)] = default;
            _watches[_trees.Trees.Left(before) + 1] = default;
        }
        return prediction;
    }

    /// <summary>Judges every branch on the way of the row.</summary>
    /// <returns>The first node from the root whose branch is to be taken back, or −1.</returns>
    private int WatchPath(double target, double prediction, double weight)
    {
        var worst = -1;
        var error = Square(target - prediction);
        for (var node = 0; _trees.Trees.IsInner(node); node = _trees.Trees.Next(node, _row))
        {
            ref var watch = ref _watches[node];
            var own = Square(target - watch.Mean);
            watch.Judged = Math.Min(watch.Judged + weight, WatchMemory);
            var gain = Math.Min(weight / watch.Judged, 1);
            var excess = error - own;
            watch.Excess += gain * (excess - watch.Excess);
            watch.ExcessSquare += gain * (excess * excess - watch.ExcessSquare);
            LearnOwnMean(ref watch, target, weight);
            var variance = watch.ExcessSquare - watch.Excess * watch.Excess;
            if (worst < 0 && watch.Judged >= WatchFrom && watch.Excess > 0 && watch.Excess * watch.Excess * watch.Judged > _pruneSigmas * _pruneSigmas * variance)
                worst = node;
        }
        return worst;
    }

    // Held where its own square is still finite.
    private static double Square(double error) => Math.Min(error * error, SquareMax);

    private static void LearnOwnMean(ref Watch watch, double target, double weight)
    {
        watch.Weight = Math.Min(watch.Weight + weight, WatchFrom);
        var gain = Math.Min(weight / watch.Weight, 1);
        var difference = target - watch.Mean;
        watch.Mean += gain * difference;
        watch.Square += gain * ((1 - gain) * difference * difference - watch.Square);
    }

    private void SaveWatch(StateWriter writer, int node)
    {
        ref var watch = ref _watches[node];
        writer.Write(watch.Weight);
        writer.Write(watch.Mean);
        writer.Write(watch.Square);
        writer.Write(watch.Judged);
        writer.Write(watch.Excess);
        writer.Write(watch.ExcessSquare);
        if (!_trees.Trees.IsInner(node))
            return;
        SaveWatch(writer, _trees.Trees.Left(node));
        SaveWatch(writer, _trees.Trees.Left(node) + 1);
    }

    private void LoadWatch(StateReader reader, int node)
    {
        _watches[node] = new()
        {
            Weight = reader.ReadWithin(0, WatchFrom),
            Mean = reader.ReadWithin(-1e101, 1e101),
            Square = reader.ReadWithin(0, 1e230),
            Judged = reader.ReadWithin(0, WatchMemory),
            Excess = reader.ReadWithin(-SquareMax, SquareMax),
            ExcessSquare = reader.ReadWithin(0, SquareMax * SquareMax),
        };
        if (!_trees.Trees.IsInner(node))
            return;
        LoadWatch(reader, _trees.Trees.Left(node));
        LoadWatch(reader, _trees.Trees.Left(node) + 1);
    }

    private struct Watch
    {
        public double Weight;
        public double Mean;
        public double Square;
        public double Judged;
        public double Excess;
        public double ExcessSquare;
    }
}
