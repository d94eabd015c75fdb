using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>
/// A Hoeffding tree for numbers, as a part: a single classifier and the members of ensembles are made of it. Everything it will ever need is there from the start;
/// <see cref="Reset()"/> makes it empty again without giving anything back.
/// </summary>
/// <remarks>
/// <para>Domingos, Hulten, "Mining high-speed data streams", KDD 2000; Gaussian observers and adaptive naive Bayes leaves: Pfahringer, Holmes, Kirkby, "Handling numeric
/// attributes in Hoeffding trees", PAKDD 2008; Holmes, Kirkby, Pfahringer, "Stress-testing Hoeffding trees", PKDD 2005.</para>
/// <para>What is missing is left out of statistics and votes; at a split it goes to the branch that was heavier when the split was made.</para>
/// <para><see cref="Route"/> and <see cref="Vote"/> change nothing and may run on any number of threads at once as long as nobody learns.</para>
/// </remarks>
internal sealed class HoeffdingCore
{
    private readonly GrowthSettings _settings;
    private readonly LeafTable _leaves;
    private readonly Node[] _nodes;
    private readonly double _logInverseDelta;
    private readonly double[] _branches;
    private Rng _rng;
    private int _nodeCount;
    private long _refused;

    /// <summary>A tree of one leaf that has seen nothing.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="settings">How it grows.</param>
    /// <param name="seed">Seed of the features that leaves draw.</param>
    /// <param name="pool">The features that it looks at; all when it is empty.</param>
    public HoeffdingCore(int features, int classes, in GrowthSettings settings, ulong seed, ReadOnlySpan<int> pool = default)
    {
        (Features, Classes, _settings) = (features, classes, settings);
        _leaves = new(features, classes, settings, pool);
        _nodes = new Node[2 * _leaves.SlotsMax - 1];
        _branches = new double[2 * classes];
        _logInverseDelta = -Elementary.Log(settings.Delta);
        _rng = new(seed, "leaf features");
        Reset();
    }

    /// <summary>Length of the feature vector.</summary>
    public int Features { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Leaves that there are.</summary>
    public int Leaves => _leaves.Used;

    /// <summary>Splits that were not made because the tree has all the leaves it may have.</summary>
    public long Refused => _refused;

    /// <summary>Most leaves that there can be: the smaller of the two limits.</summary>
    public int LeavesMax => _leaves.SlotsMax;

    /// <summary>What <see cref="ILimited"/> says of it.</summary>
    public string? LimitReached => _refused == 0 ? null
        : $"A tree has all {LeavesMax} leaves it may have; {_refused} attempts to split were refused. Raise leaves_max or memory_max_mib.";

    /// <summary>Forgets everything but the position of the random numbers, so that a tree that starts again draws other features.</summary>
    public void Reset()
    {
        _leaves.Clear();
        Begin();
    }

    /// <summary>As <see cref="Reset()"/>, and looks at other features from now on, as many as before.</summary>
    public void Reset(ReadOnlySpan<int> pool)
    {
        _leaves.Clear(pool);
        Begin();
    }

    private void Begin()
    {
        _refused = 0;
        _nodeCount = 1;
        _nodes[0] = Node.Leaf(_leaves.Take(ref _rng));
    }

    /// <summary>The leaf that a row ends in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Route(ReadOnlySpan<double> x)
    {
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(_nodes);
        ref var node = ref nodes;
        while (node.Feature >= 0)
        {
            var value = x[node.Feature];
            var right = double.IsFinite(value) ? value > node.Threshold : node.MissingRight;
            node = ref Unsafe.Add(ref nodes, node.Child + Unsafe.BitCast<bool, byte>(right));
        }
        return node.Child;
    }

    /// <summary>Writes one probability per class as the leaf sees it; they sum to one, none is 0. Changes nothing.</summary>
    public void Vote(int leaf, ReadOnlySpan<double> x, Span<double> votes)
    {
        if (VotesByFrequency(leaf))
        {
            _leaves.Frequencies(leaf, votes);
            return;
        }
        using var working = new Scratch(stackalloc double[Scratch.StackMax], _leaves.RowLength + Classes);
        var z = working.Span[..^Classes];
        var scores = working.Span[^Classes..];
        _leaves.LogLikelihoods(leaf, z, _leaves.Gather(leaf, x, z), scores);
        _leaves.Bayes(leaf, scores, votes);
    }

    /// <summary>Learns an example in the leaf that <see cref="Route"/> named for it, and splits the leaf when it is time. Leaves named before are then void.</summary>
    public void Learn(int leaf, ReadOnlySpan<double> x, int label, double weight)
    {
        using var votes = new Scratch(stackalloc double[Scratch.StackMax], Classes);
        TestThenTrain(leaf, x, label, weight, votes.Span, wanted: false);
    }

    /// <summary><see cref="Route"/>, <see cref="Vote"/> and <see cref="Learn"/> in one, with the same bits. A weight of 0 only votes.</summary>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, double weight, Span<double> votes) => TestThenTrain(Route(x), x, label, weight, votes, wanted: true);

    private void TestThenTrain(int leaf, ReadOnlySpan<double> x, int label, double weight, Span<double> votes, bool wanted)
    {
        using var working = new Scratch(stackalloc double[Scratch.StackMax], _leaves.RowLength + Classes);
        var z = working.Span[..^Classes];
        var scores = working.Span[^Classes..];
        var missing = _leaves.Gather(leaf, x, z);
        if (_settings.LeafPrediction != LeafPrediction.MajorityClass)
            _leaves.LogLikelihoods(leaf, z, missing, scores);
        if (!VotesByFrequency(leaf))
        {
            _leaves.Bayes(leaf, scores, votes);
            if (weight > 0)
                _leaves.Sharpen(leaf, scores, votes, label, weight);
        }
        else if (wanted)
            _leaves.Frequencies(leaf, votes);
        if (weight > 0)
            Take(leaf, x, z, scores, label, weight);
    }

    private bool VotesByFrequency(int leaf) => _settings.LeafPrediction switch
    {
        LeafPrediction.MajorityClass => true,
        LeafPrediction.NaiveBayes => false,
        _ => _leaves.FrequenciesLead(leaf),
    };

    private void Take(int leaf, ReadOnlySpan<double> x, ReadOnlySpan<double> z, ReadOnlySpan<double> scores, int label, double weight)
    {
        weight = Math.Min(weight, LeafTable.WeightMax);
        if (_settings.LeafPrediction == LeafPrediction.NaiveBayesAdaptive)
            _leaves.Judge(leaf, scores, label, weight);
        if (_leaves.Learn(leaf, z, label, weight) >= _settings.GracePeriod)
            AttemptSplit(leaf, x);
    }

    private void AttemptSplit(int leaf, ReadOnlySpan<double> x)
    {
        _leaves.Attempt(leaf);
        var classes = _leaves.ClassesIn(leaf);
        if (classes < 2)
            return;
        if (_leaves.Used == _leaves.SlotsMax)
        {
            _refused++;
            return;
        }
        var cut = _leaves.BestCut(leaf);
        if (cut.Index < 0)
            return;
        var bound = Bound(classes, _leaves.WeightOf(leaf));
        if (cut.Gain - cut.SecondGain > bound || bound < _settings.TieThreshold)
            Split(NodeOf(x), leaf, cut);
    }

    private double Bound(int classes, double weight)
    {
        var range = Elementary.Log(classes) * InverseLn2;
        return Math.Sqrt(range * range * _logInverseDelta / (2 * weight));
    }

    private const double InverseLn2 = 1.4426950408889634;

    private void Split(int node, int leaf, in LeafTable.Cut cut)
    {
        var left = _branches.AsSpan(0, Classes);
        var right = _branches.AsSpan(Classes);
        _leaves.Branches(leaf, cut, left, right);
        var sharpness = _leaves.SharpnessOf(leaf);
        var feature = _leaves.FeaturesOf(leaf)[cut.Index];
        var child = _nodeCount;
        _nodeCount += 2;
        _nodes[node] = new() { Feature = feature, Threshold = cut.Threshold, Child = child, MissingRight = Tally.Sum(right) > Tally.Sum(left) };
        _leaves.Empty(leaf, ref _rng);
        _leaves.Start(leaf, left, sharpness);
        _nodes[child] = Node.Leaf(leaf);
        var other = _leaves.Take(ref _rng);
        _leaves.Start(other, right, sharpness);
        _nodes[child + 1] = Node.Leaf(other);
    }

    private int NodeOf(ReadOnlySpan<double> x)
    {
        var at = 0;
        while (_nodes[at].Feature >= 0)
            at = _nodes[at].Next(x);
        return at;
    }

    /// <summary>Writes the nodes and leaves that there are, each node before its children.</summary>
    public void Save(StateWriter writer)
    {
        writer.Section("hoeffding-core", 1);
        writer.Write(Classes);
        writer.Write(_leaves.Pool);
        _rng.Save(writer);
        writer.Write(_refused);
        writer.Write(_nodeCount);
        for (var i = 0; i < _nodeCount; i++)
        {
            ref var node = ref _nodes[i];
            writer.Write(node.Feature);
            if (node.Feature < 0)
            {
                _leaves.Save(node.Child, writer);
                continue;
            }
            writer.Write(node.Threshold);
            writer.Write(node.Child);
            writer.Write(node.MissingRight);
        }
    }

    /// <summary>Takes over a written tree of the same shape and settings.</summary>
    /// <exception cref="CorruptStateException">It is damaged or of another shape.</exception>
    public void Load(StateReader reader)
    {
        reader.Section("hoeffding-core", 1);
        reader.ReadInt32(Classes, Classes);
        LoadPool(reader);
        _rng = Rng.Load(reader);
        _refused = reader.ReadInt64();
        if (_refused < 0)
            throw new CorruptStateException($"A tree has refused {_refused} splits.");
        _nodeCount = reader.ReadInt32(1, _nodes.Length);
        // Nodes are made in pairs, each pair for an older node: the n-th split in this order points at any pair once.
        var pointedAt = new bool[_nodeCount];
        for (var i = 0; i < _nodeCount; i++)
        {
            var feature = reader.ReadInt32(-1, Features - 1);
            if (feature < 0)
            {
                _nodes[i] = Node.Leaf(_leaves.Load(reader));
                continue;
            }
            if (!_leaves.Pool.Contains(feature))
                throw new CorruptStateException($"A node splits by feature {feature}, at which the tree does not look.");
            _nodes[i] = new() { Feature = feature, Threshold = reader.ReadFinite(), Child = reader.ReadInt32(i + 1, _nodeCount - 2), MissingRight = reader.ReadBool() };
            var child = _nodes[i].Child;
            if (child % 2 == 0 || pointedAt[child])
                throw new CorruptStateException($"Node {child} has two parents.");
            pointedAt[child] = true;
        }
        if (_leaves.Used != (_nodeCount + 1) / 2)
            throw new CorruptStateException($"A tree of {_nodeCount} nodes has {_leaves.Used} leaves.");
    }

    private void LoadPool(StateReader reader)
    {
        var pool = new int[_leaves.Pool.Length];
        reader.Read(pool);
        var seen = new bool[Features];
        foreach (var feature in pool)
        {
            if ((uint)feature >= (uint)Features || seen[feature])
                throw new CorruptStateException($"A tree looks at feature {feature}, which it cannot.");
            seen[feature] = true;
        }
        _leaves.Clear(pool);
    }

    /// <summary>A node: a leaf, or a split of which the left child stands before the right one.</summary>
    private struct Node
    {
        /// <summary>Values up to this go left.</summary>
        public double Threshold;

        /// <summary>The feature of a split; −1 in a leaf.</summary>
        public int Feature;

        /// <summary>The left child of a split; the slot of a leaf.</summary>
        public int Child;

        /// <summary>Where a missing value goes.</summary>
        public bool MissingRight;

        public static Node Leaf(int slot) => new() { Feature = -1, Child = slot };

        public readonly int Next(ReadOnlySpan<double> x)
            => Child + ((double.IsFinite(x[Feature]) ? x[Feature] > Threshold : MissingRight) ? 1 : 0);
    }
}
