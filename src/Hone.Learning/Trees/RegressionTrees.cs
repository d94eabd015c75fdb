using System.Runtime.CompilerServices;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>
/// Incremental regression trees in one arena: they share the bins of the features, and a row is divided into bins once for all of
/// them. A leaf keeps fading averages of gradient and curvature, whose ratio is its value; squared loss is the case of curvature 1, where the gradient is
/// the target and the value its mean.
/// </summary>
/// <remarks>
/// <para>Ikonomovska, Gama, Džeroski, "Learning model trees from evolving data streams", Data Mining and Knowledge Discovery 23, 2011
/// (FIMT-DD): a leaf splits on the feature that reduces the variance most, when the ratio of the second best reduction to the best is under
/// 1 − ε by the Hoeffding bound ε = √(ln(1/δ)/2n), or when ε is under the tie threshold. Here a split also has to explain more than
/// the best of so many splits of pure noise would; without that, every leaf on noise splits once its ε reaches the tie threshold.</para>
/// <para>Histograms hold deviations from the leaf's value in units of its standard deviation, at most <see cref="DeviationMax"/> of them, in single precision.</para>
/// </remarks>
internal sealed class RegressionTrees : ISaved
{
    /// <summary>Deviations further out than this, in standard deviations of the leaf, count as this far.</summary>
    private const double DeviationMax = 32, OutlierMax = 16, OutgrownMax = 16, InheritedMax = 0.05;

    private const double WeightMax = 1e6, SeenMax = 1e12, TargetMax = 1e110, SquareMax = 1e230;

    // A leaf collects for a split once so many examples have told what its value and spread are.
    private const double CollectFrom = 8, OutlierFrom = 30;
    private const int None = -1, Never = -2;

    private readonly RegressionTreesSettings _settings;
    private readonly QuantileBins _bins;
    private readonly SplitSearch _search;
    private readonly int _nodesMax;
    private readonly double _logInverseConfidence;

    // What routing reads, and what a leaf is.
    private readonly Node[] _nodes;
    private readonly double[] _values;
    private readonly double[] _fastValues;
    private readonly Leaf[] _leaves;
    private readonly int[] _depths;
    private readonly ushort[] _treeFeatures;
    private readonly int[] _freePairs;
    private readonly int[] _freePairCounts;

    // One histogram per leaf that may still split.
    private readonly int _stride;
    private readonly float[] _histograms;
    private readonly ushort[] _histogramFeatures;
    private readonly Scale[] _scales;
    private readonly bool[] _histogramUsed;
    private readonly int[] _freeHistograms;
    private int _freeHistogramCount;
    private Rng _rng;

    // Working space of a call that changes the trees.
    private readonly byte[] _codes;
    private readonly byte[] _map = new byte[QuantileBins.Bins];
    private readonly ushort[] _shuffle;
    private readonly int[] _stack;

    public RegressionTrees(RegressionTreesSettings settings)
    {
        _settings = settings;
        _bins = new(settings.Features, settings.Seed);
        _search = new(settings.Candidates, settings.NoiseProbability);
        _nodesMax = 2 * settings.LeavesMax - 1;
        _logInverseConfidence = -Elementary.Log(settings.SplitConfidence);
        _nodes = new Node[settings.Trees * _nodesMax];
        _values = new double[_nodes.Length];
        _fastValues = new double[settings.FastMemory > 0 ? _nodes.Length : 0];
        _leaves = new Leaf[_nodes.Length];
        _depths = new int[settings.Trees];
        _treeFeatures = new ushort[settings.CandidatesPerTree ? settings.Trees * settings.Candidates : 0];
        _freePairs = new int[settings.Trees * (settings.LeavesMax - 1)];
        _freePairCounts = new int[settings.Trees];
        _stride = 2 * QuantileBins.Bins * settings.Candidates;
        _histograms = new float[settings.HistogramsMax * _stride];
        _histogramFeatures = new ushort[settings.HistogramsMax * settings.Candidates];
        _scales = new Scale[settings.HistogramsMax];
        _histogramUsed = new bool[settings.HistogramsMax];
        _freeHistograms = new int[settings.HistogramsMax];
        _rng = new(settings.Seed, "regression-trees");
        _codes = new byte[settings.Features];
        _shuffle = new ushort[settings.Features];
        _stack = new int[settings.DepthMax + 2];
        Clear();
        for (var tree = 0; tree < settings.Trees; tree++)
            Begin(tree);
    }

    /// <summary>Numbers that a prepared row has.</summary>
    public int RowLength => 2 * _settings.Features;

    /// <summary>Nodes of all trees, used or not.</summary>
    public int Nodes => _nodes.Length;

    /// <summary>Examples that found a tree with all its leaves.</summary>
    public long FullTreeHits { get; private set; }

    /// <summary>Examples that found no memory for the histogram of their leaf.</summary>
    public long FullMemoryHits { get; private set; }

    /// <summary>The features twice: with missing values below everything, then above everything. A node asks one or the other, so that a missing value goes where it went in learning.</summary>
    public static void Prepare(ReadOnlySpan<double> x, Span<double> row)
    {
        var features = x.Length;
        for (var f = 0; f < features; f++)
        {
            var value = x[f];
            var finite = double.IsFinite(value);
            row[f] = finite ? value : double.NegativeInfinity;
            row[features + f] = finite ? value : double.PositiveInfinity;
        }
    }

    /// <summary>The leaf of a prepared row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Route(int tree, ReadOnlySpan<double> row)
    {
        var at = tree * _nodesMax;

        // Always the depth of the tree: a leaf leads to itself, and the loop ends when it is expected to.
        for (var level = _depths[tree]; level > 0; level--)
        {
            ref var node = ref _nodes[at];
            at = node.Left + (row[node.Feature] > node.Threshold ? 1 : 0);
        }
        return at;
    }

    /// <summary>The value of a leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Value(int leaf) => _values[leaf];

    /// <summary>The value of a leaf over its last few examples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double FastValue(int leaf) => _fastValues[leaf];

    /// <summary>Leaves of a tree.</summary>
    public int LeafCount(int tree) => _settings.LeavesMax - _freePairCounts[tree];

    /// <summary>Takes a row into the bins and remembers its codes for learning.</summary>
    public void Observe(ReadOnlySpan<double> x)
    {
        _bins.Observe(x, out var first, out var end);
        for (var f = first; f < end; f++)
            if (_bins.Renew(f, _map))
                Remap(f);
        _bins.Encode(x, _codes);
    }

    /// <summary>Teaches a leaf the row last observed.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="leaf">What <see cref="Route"/> says of the row.</param>
    /// <param name="gradient">Descent direction of the loss; the target where the loss is squared.</param>
    /// <param name="curvature">Second derivative of the loss, above zero; 1 where it is squared.</param>
    /// <param name="weight">Weight of the example.</param>
    /// <returns>Whether the leaf has become an inner node.</returns>
    public bool Learn(int tree, int leaf, double gradient, double curvature, double weight)
    {
        ref var l = ref _leaves[leaf];
        Average(leaf, ref l, ref gradient, curvature, weight);
        return Collect(tree, leaf, ref l, gradient, curvature, Math.Min(weight, WeightMax));
    }

    /// <summary>Teaches a leaf both of its values the row last observed.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="leaf">What <see cref="Route"/> says of the row.</param>
    /// <param name="slow">Descent direction of the loss of the slow score.</param>
    /// <param name="slowCurvature">Its second derivative.</param>
    /// <param name="fast">Descent direction of the loss of the fast score.</param>
    /// <param name="fastCurvature">Its second derivative.</param>
    /// <param name="weight">Weight of the example.</param>
    /// <param name="splitsFollowFast">Which of the two the splits are to explain.</param>
    public bool Learn(int tree, int leaf, double slow, double slowCurvature, double fast, double fastCurvature, double weight, bool splitsFollowFast)
    {
        ref var l = ref _leaves[leaf];
        Average(leaf, ref l, ref slow, slowCurvature, weight);
        weight = Math.Min(weight, WeightMax);
        LearnFast(leaf, ref l, fast, fastCurvature, weight);
        return splitsFollowFast
            ? Collect(tree, leaf, ref l, fast, fastCurvature, weight)
            : Collect(tree, leaf, ref l, slow, slowCurvature, weight);
    }

    private void Average(int leaf, ref Leaf l, ref double gradient, double curvature, double weight)
    {
        weight = Math.Min(weight, WeightMax);
        var value = l.Curvature > 0 ? l.Gradient / l.Curvature : 0;
        var residual = gradient - value * curvature;
        var square = residual * residual / curvature;
        if (square > OutlierMax * OutlierMax * l.Square && l.Weight >= OutlierFrom && l.Square > 0)
        {
            square = OutlierMax * OutlierMax * l.Square;
            residual = Math.CopySign(Math.Sqrt(square * curvature), residual);
            gradient = residual + value * curvature;
        }
        l.Weight = Math.Min(l.Weight + weight, _settings.Memory);
        var gain = Math.Min(weight / l.Weight, 1);
        l.Gradient += gain * (gradient - l.Gradient);
        l.Curvature += gain * (curvature - l.Curvature);
        l.Square += gain * ((1 - gain) * square - l.Square);
        SetValue(leaf, ref l);
    }

    private void LearnFast(int leaf, ref Leaf l, double gradient, double curvature, double weight)
    {
        l.FastWeight = Math.Min(l.FastWeight + weight, _settings.FastMemory);
        var gain = Math.Min(weight / l.FastWeight, 1);
        l.FastGradient += gain * (gradient - l.FastGradient);
        l.FastCurvature += gain * (curvature - l.FastCurvature);
        SetFastValue(leaf, ref l);
    }

    /// <summary>Adds an example to the histogram of its leaf, and splits the leaf if it is time to.</summary>
    private bool Collect(int tree, int leaf, ref Leaf l, double gradient, double curvature, double weight)
    {
        if (l.Histogram < 0 && !MayCollect(tree, ref l))
            return false;
        ref var scale = ref _scales[l.Histogram];
        var deviation = (gradient - scale.Center * curvature) * scale.InverseUnit;
        if (Math.Abs(deviation) > DeviationMax)
        {
            // One outlier is cut off. When the spread itself has left the unit behind, what was collected is of another world.
            if (scale.Squares > OutgrownMax * l.Seen && l.Seen >= OutlierFrom)
            {
                Restart(ref l);
                deviation = (gradient - scale.Center * curvature) * scale.InverseUnit;
            }
            deviation = Math.Min(Math.Max(deviation, -DeviationMax), DeviationMax);
        }
        HistogramKernels.Add(
            _codes, _histogramFeatures.AsSpan(l.Histogram * _settings.Candidates, _settings.Candidates), QuantileBins.Bins,
            (float)(weight * curvature), (float)(weight * deviation), _histograms.AsSpan(l.Histogram * _stride, _stride));
        scale.Rows++;
        scale.Squares += weight * deviation * deviation / curvature;
        l.Seen += weight;
        return l.Seen >= l.NextTry && TrySplit(tree, leaf);
    }

    /// <summary>Makes a tree forget everything; new candidates are drawn.</summary>
    public void Reset(int tree)
    {
        var root = tree * _nodesMax;
        if (IsInner(root))
            Prune(tree, root);
        Release(ref _leaves[root]);
        Begin(tree);
    }

    private void Begin(int tree)
    {
        Empty(tree);
        if (_settings.CandidatesPerTree)
            Draw(_treeFeatures.AsSpan(tree * _settings.Candidates, _settings.Candidates));
    }

    /// <summary>Takes the subtree under an inner node back: the node is a leaf again and its memory is free.</summary>
    public void Prune(int tree, int node)
    {
        var left = _nodes[node].Left;
        for (var child = left; child <= left + 1; child++)
        {
            if (_nodes[child].Left != child)
                Prune(tree, child);
            Release(ref _leaves[child]);
        }
        _freePairs[tree * (_settings.LeavesMax - 1) + _freePairCounts[tree]++] = left;
        MakeLeaf(node, _leaves[node].Depth);
        _depths[tree] = DepthOf(tree * _nodesMax);
    }

    /// <summary>Takes the subtree under an inner node back and makes the node a leaf that has seen targets of this mean and spread.</summary>
    public void Prune(int tree, int node, double mean, double square, double weight)
    {
        Prune(tree, node);
        ref var l = ref _leaves[node];
        (l.Gradient, l.Curvature, l.Square, l.Weight) = (mean, 1, square, Math.Min(weight, _settings.Memory));
        SetValue(node, ref l);
    }

    /// <summary>The root of a tree.</summary>
    public int Root(int tree) => tree * _nodesMax;

    /// <summary>The left child of an inner node; the right one is the next number.</summary>
    public int Left(int node) => _nodes[node].Left;

    /// <summary>The child of an inner node that a prepared row goes to.</summary>
    public int Next(int node, ReadOnlySpan<double> row) => _nodes[node].Left + (row[_nodes[node].Feature] > _nodes[node].Threshold ? 1 : 0);

    /// <summary>Whether a node is an inner one.</summary>
    public bool IsInner(int node) => _nodes[node].Left != node;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("regression-trees", 1);
        writer.Write(_settings.Trees);
        writer.Write(FullTreeHits);
        writer.Write(FullMemoryHits);
        _rng.Save(writer);
        _bins.Save(writer);
        foreach (var feature in _treeFeatures)
            writer.Write((int)feature);
        for (var tree = 0; tree < _settings.Trees; tree++)
            SaveNode(writer, tree * _nodesMax);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("regression-trees", 1);
        reader.ReadInt32(_settings.Trees, _settings.Trees);
        FullTreeHits = reader.ReadInt64();
        FullMemoryHits = reader.ReadInt64();
        _rng = Rng.Load(reader);
        _bins.Load(reader);
        for (var i = 0; i < _treeFeatures.Length; i++)
            _treeFeatures[i] = (ushort)reader.ReadInt32(0, _settings.Features - 1);
        Clear();
        for (var tree = 0; tree < _settings.Trees; tree++)
        {
            Empty(tree);
            LoadNode(reader, tree, tree * _nodesMax, 0);
        }
    }

    private void Clear()
    {
        Array.Clear(_histogramUsed);
        _freeHistogramCount = _freeHistograms.Length;
        for (var i = 0; i < _freeHistogramCount; i++)
            _freeHistograms[i] = _freeHistogramCount - 1 - i;
    }

    private void Empty(int tree)
    {
        var root = tree * _nodesMax;
        _depths[tree] = 0;
        MakeLeaf(root, 0);
        _leaves[root] = new() { Histogram = _settings.DepthMax > 0 ? None : Never, NextTry = _settings.GracePeriod };
        _values[root] = 0;
        if (_fastValues.Length > 0)
            _fastValues[root] = 0;
        var pairs = _settings.LeavesMax - 1;
        _freePairCounts[tree] = pairs;
        for (var i = 0; i < pairs; i++)
            _freePairs[tree * pairs + i] = root + 1 + 2 * (pairs - 1 - i);
    }

    private void MakeLeaf(int node, int depth)
    {
        _nodes[node] = new() { Threshold = double.PositiveInfinity, Feature = 0, Left = node };
        _leaves[node].Depth = depth;
        _leaves[node].Histogram = depth < _settings.DepthMax ? None : Never;
        _leaves[node].Seen = 0;
        _leaves[node].NextTry = _settings.GracePeriod;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetValue(int node, ref Leaf l)
    {
        var value = l.Gradient / l.Curvature * (l.Weight / (l.Weight + _settings.Shrinkage));
        _values[node] = Math.Min(Math.Max(value, -_settings.ValueMax), _settings.ValueMax);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetFastValue(int node, ref Leaf l)
    {
        var value = l.FastGradient / l.FastCurvature * (l.FastWeight / (l.FastWeight + _settings.FastShrinkage));
        _fastValues[node] = Math.Min(Math.Max(value, -_settings.ValueMax), _settings.ValueMax);
    }

    /// <summary>Gives a leaf a histogram if it may have one by now.</summary>
    private bool MayCollect(int tree, ref Leaf l)
    {
        if (l.Histogram == Never || l.Weight < CollectFrom || !(l.Square > 0))
            return false;
        if (_freePairCounts[tree] == 0)
        {
            FullTreeHits++;
            return false;
        }
        if (_freeHistogramCount == 0)
        {
            FullMemoryHits++;
            return false;
        }
        var slot = _freeHistograms[--_freeHistogramCount];
        _histogramUsed[slot] = true;
        var features = _histogramFeatures.AsSpan(slot * _settings.Candidates, _settings.Candidates);
        if (_settings.CandidatesPerTree)
            _treeFeatures.AsSpan(tree * _settings.Candidates, _settings.Candidates).CopyTo(features);
        else
            Draw(features);
        l.Histogram = slot;
        Restart(ref l);
        return true;
    }

    /// <summary>Empties the histogram of a leaf and measures from the leaf's present value, in its present spread.</summary>
    private void Restart(ref Leaf l)
    {
        _histograms.AsSpan(l.Histogram * _stride, _stride).Clear();
        _scales[l.Histogram] = new() { Center = l.Gradient / l.Curvature, InverseUnit = Math.Min(1 / Math.Sqrt(l.Square), 1e200) };
        l.Seen = 0;
        l.NextTry = _settings.GracePeriod;
    }

    private void Release(ref Leaf l)
    {
        if (l.Histogram < 0)
            return;
        _histogramUsed[l.Histogram] = false;
        _freeHistograms[_freeHistogramCount++] = l.Histogram;
        l.Histogram = None;
    }

    /// <summary>Draws candidates without replacement, in rising order.</summary>
    private void Draw(Span<ushort> features)
    {
        for (var f = 0; f < _shuffle.Length; f++)
            _shuffle[f] = (ushort)f;
        if (features.Length < _shuffle.Length)
        {
            for (var i = 0; i < features.Length; i++)
            {
                var j = i + _rng.NextInt32(_shuffle.Length - i);
                (_shuffle[i], _shuffle[j]) = (_shuffle[j], _shuffle[i]);
            }
        }
        _shuffle.AsSpan(0, features.Length).CopyTo(features);
        features.Sort();
    }

    private bool TrySplit(int tree, int leaf)
    {
        ref var l = ref _leaves[leaf];
        ref var scale = ref _scales[l.Histogram];
        var histogram = _histograms.AsSpan(l.Histogram * _stride, _stride);

        var split = _search.Best(histogram);
        if (Passes(split, l, scale))
        {
            if (_freePairCounts[tree] > 0)
            {
                Split(tree, leaf, split);
                return true;
            }
            FullTreeHits++;
        }

        // A leaf that forgets must not decide by what it has forgotten.
        if (l.Seen > 0.5 * _settings.Memory)
        {
            foreach (ref var entry in histogram)
                entry *= 0.5f;
            l.Seen *= 0.5;
            scale.Rows *= 0.5;
            scale.Squares *= 0.5;
        }

        // The next attempt after a quarter more: attempts cost, and a leaf that has waited long is in no hurry.
        l.NextTry = Math.Min(l.Seen + Math.Max(_settings.GracePeriod, 0.25 * l.Seen), SeenMax);
        return false;
    }

    private bool Passes(in SplitChoice split, in Leaf l, in Scale scale)
    {
        if (!(split.Gain > 0))
            return false;
        var repeated = Math.Max(1, l.Seen / scale.Rows);
        var noise = scale.Squares / l.Seen * repeated;
        if (split.Gain <= noise * _search.NoiseQuantile)
            return false;
        var bound = Math.Sqrt(_logInverseConfidence / (2 * l.Seen));
        return split.Second < split.Gain * (1 - bound) || bound < _settings.TieThreshold || _logInverseConfidence == 0;
    }

    private void Split(int tree, int leaf, in SplitChoice split)
    {
        ref var l = ref _leaves[leaf];
        var slot = l.Histogram;
        ref var scale = ref _scales[slot];
        var feature = _histogramFeatures[slot * _settings.Candidates + split.Candidate];
        var left = _freePairs[tree * (_settings.LeavesMax - 1) + --_freePairCounts[tree]];
        for (var side = 0; side < 2; side++)
        {
            ref var child = ref _leaves[left + side];
            var weight = side == 0 ? split.LeftWeight : split.Weight - split.LeftWeight;
            var sum = side == 0 ? split.LeftSum : split.Sum - split.LeftSum;
            MakeLeaf(left + side, l.Depth + 1);
            var share = weight / split.Weight;

            // The child begins with its part of what the parent has collected; the spread is the parent's until it knows its own.
            child.Weight = Math.Min(Math.Min(l.Weight, l.Seen) * share, InheritedMax * _settings.Memory);
            child.Curvature = l.Curvature;
            var shift = (sum / weight - split.Sum / split.Weight) / scale.InverseUnit;
            child.Gradient = l.Gradient + shift * l.Curvature;
            child.Square = Math.Max(l.Square - split.Gain / (scale.InverseUnit * scale.InverseUnit * l.Seen), 0.1 * l.Square);
            SetValue(left + side, ref child);
            if (_fastValues.Length == 0)
                continue;
            child.FastWeight = l.FastWeight * share;
            child.FastCurvature = l.FastCurvature;
            child.FastGradient = l.FastGradient + shift * l.FastCurvature;
            SetFastValue(left + side, ref child);
        }
        Release(ref l);
        _nodes[leaf] = new()
        {
            Threshold = _bins.EdgeOf(feature, split.Code),
            Feature = split.MissingRight ? feature + _settings.Features : feature,
            Left = left,
        };
        _depths[tree] = Math.Max(_depths[tree], l.Depth + 1);
        if (_freePairCounts[tree] == 0)
            ReleaseAll(tree * _nodesMax);
    }

    private void ReleaseAll(int node)
    {
        if (!IsInner(node))
        {
            Release(ref _leaves[node]);
            return;
        }
        ReleaseAll(_nodes[node].Left);
        ReleaseAll(_nodes[node].Left + 1);
    }

    private int DepthOf(int node) => IsInner(node) ? 1 + Math.Max(DepthOf(_nodes[node].Left), DepthOf(_nodes[node].Left + 1)) : 0;

    /// <summary>Moves what the histograms hold of a feature to its new bins.</summary>
    private void Remap(int feature)
    {
        Span<float> moved = stackalloc float[2 * QuantileBins.Bins];
        for (var slot = 0; slot < _histogramUsed.Length; slot++)
        {
            if (!_histogramUsed[slot])
                continue;
            var candidate = _histogramFeatures.AsSpan(slot * _settings.Candidates, _settings.Candidates).IndexOf((ushort)feature);
            if (candidate < 0)
                continue;
            var column = _histograms.AsSpan(slot * _stride + candidate * moved.Length, moved.Length);
            moved.Clear();
            for (var code = 0; code < QuantileBins.Bins; code++)
            {
                var to = _map[code];
                if (to == QuantileBins.Dropped)
                    continue;
                moved[2 * to] += column[2 * code];
                moved[2 * to + 1] += column[2 * code + 1];
            }
            moved.CopyTo(column);
        }
    }

    private void SaveNode(StateWriter writer, int node)
    {
        ref var l = ref _leaves[node];
        var inner = IsInner(node);
        writer.Write(inner);
        writer.Write(l.Weight);
        writer.Write(l.Gradient);
        writer.Write(l.Curvature);
        writer.Write(l.Square);
        if (_fastValues.Length > 0)
        {
            writer.Write(l.FastWeight);
            writer.Write(l.FastGradient);
            writer.Write(l.FastCurvature);
            writer.Write(_fastValues[node]);
        }
        if (inner)
        {
            writer.Write(_nodes[node].Feature);
            writer.Write(_nodes[node].Threshold);
            SaveNode(writer, _nodes[node].Left);
            SaveNode(writer, _nodes[node].Left + 1);
            return;
        }
        writer.Write(l.Seen);
        writer.Write(l.NextTry);
        writer.Write(_values[node]);
        writer.Write(l.Histogram >= 0);
        if (l.Histogram < 0)
            return;
        ref var scale = ref _scales[l.Histogram];
        writer.Write(scale.Center);
        writer.Write(scale.InverseUnit);
        writer.Write(scale.Rows);
        writer.Write(scale.Squares);
        foreach (var feature in _histogramFeatures.AsSpan(l.Histogram * _settings.Candidates, _settings.Candidates))
            writer.Write((int)feature);
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(_histograms.AsSpan(l.Histogram * _stride, _stride)));
    }

    private void LoadNode(StateReader reader, int tree, int node, int depth)
    {
        var inner = reader.ReadBool();
        MakeLeaf(node, depth);
        ref var l = ref _leaves[node];
        l.Weight = reader.ReadWithin(0, _settings.Memory);
        l.Gradient = reader.ReadWithin(-TargetMax, TargetMax);
        l.Curvature = reader.ReadWithin(0, TargetMax);
        l.Square = reader.ReadWithin(0, SquareMax);
        if (_fastValues.Length > 0)
        {
            l.FastWeight = reader.ReadWithin(0, _settings.FastMemory);
            l.FastGradient = reader.ReadWithin(-TargetMax, TargetMax);
            l.FastCurvature = reader.ReadWithin(0, TargetMax);
            _fastValues[node] = reader.ReadWithin(-Math.Min(_settings.ValueMax, TargetMax), Math.Min(_settings.ValueMax, TargetMax));
        }
        if (inner)
        {
            if (depth >= _settings.DepthMax || _freePairCounts[tree] == 0)
                throw new CorruptStateException($"Tree {tree} is deeper than {_settings.DepthMax} or has more than {_settings.LeavesMax} leaves.");
            var feature = reader.ReadInt32(0, 2 * _settings.Features - 1);
            var threshold = reader.ReadDouble();
            if (double.IsNaN(threshold) || double.IsPositiveInfinity(threshold))
                throw new CorruptStateException($"Tree {tree} splits at {threshold}.");
            var left = _freePairs[tree * (_settings.LeavesMax - 1) + --_freePairCounts[tree]];
            _nodes[node] = new() { Feature = feature, Threshold = threshold, Left = left };
            _depths[tree] = Math.Max(_depths[tree], depth + 1);
            LoadNode(reader, tree, left, depth + 1);
            LoadNode(reader, tree, left + 1, depth + 1);
            return;
        }
        l.Seen = reader.ReadWithin(0, 2 * SeenMax);
        l.NextTry = reader.ReadWithin(0, 2 * SeenMax);
        _values[node] = reader.ReadWithin(-Math.Min(_settings.ValueMax, TargetMax), Math.Min(_settings.ValueMax, TargetMax));
        if (!reader.ReadBool())
            return;
        if (l.Histogram == Never || _freeHistogramCount == 0)
            throw new CorruptStateException($"Tree {tree} has more histograms than there can be.");
        var slot = l.Histogram = _freeHistograms[--_freeHistogramCount];
        _histogramUsed[slot] = true;
        _scales[slot] = new() { Center = reader.ReadWithin(-1e140, 1e140), InverseUnit = reader.ReadWithin(0, 1e200), Rows = reader.ReadWithin(0, SeenMax), Squares = reader.ReadWithin(0, SquareMax) };
        foreach (ref var feature in _histogramFeatures.AsSpan(slot * _settings.Candidates, _settings.Candidates))
            feature = (ushort)reader.ReadInt32(0, _settings.Features - 1);
        var histogram = _histograms.AsSpan(slot * _stride, _stride);
        reader.Read(System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(histogram));
        for (var i = 0; i < histogram.Length; i++)
            if (!float.IsFinite(histogram[i]) || (i & 1) == 0 && histogram[i] < 0)
                throw new CorruptStateException($"A histogram of tree {tree} has the entry {histogram[i]}.");
    }

    private struct Node
    {
        public double Threshold;
        public int Feature;
        public int Left;
    }

    private struct Leaf
    {
        public double Weight;
        public double Gradient;
        public double Curvature;
        public double Square;
        public double FastWeight;
        public double FastGradient;
        public double FastCurvature;
        public double Seen;
        public double NextTry;
        public int Histogram;
        public int Depth;
    }

    private struct Scale
    {
        public double Center;
        public double InverseUnit;
        public double Rows;
        public double Squares;
    }

}
