using System.ComponentModel.DataAnnotations;
using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>Options of <see cref="HoeffdingAdaptiveTree"/>.</summary>
public sealed record HoeffdingAdaptiveTreeOptions : TreeGrowthOptions
{
    /// <summary>The defaults.</summary>
    public HoeffdingAdaptiveTreeOptions() => (GracePeriod, Delta, LeavesMax, MemoryMaxMib) = (50, 0.01, 1024, 8);

    /// <summary>Places between the smallest and the largest value of a feature where a cut is tried.</summary>
    [Range(1, 1000)] public int SplitCandidates { get; init; } = 10;

    /// <summary>Probability that a node takes chance for a rise of its error, per check of its ADWIN.</summary>
    [Range(1e-12, 0.5)] public double DriftDelta { get; init; } = 0.002;

    /// <summary>Answers that both trees must have been watched for before an alternate tree can replace a subtree or be given up.</summary>
    [Range(1, 1 << 20)] public int SwitchAfter { get; init; } = 300;

    /// <summary>Probability that the replacement of a subtree, or the end of an alternate tree, rests on chance.</summary>
    [Range(1e-12, 1.0)] public double SwitchDelta { get; init; } = 0.05;

    /// <summary>Learn each example as often as a bootstrap sample would contain it (Poisson with mean 1, at least once).</summary>
    public bool Bootstrap { get; init; } = false;

    /// <summary>Most leaves, those of alternate trees included.</summary>
    [Range(1, 1 << 20)] public override int LeavesMax { get; init; }

    internal override GrowthSettings Growth => base.Growth with { SplitCandidates = SplitCandidates };
}

/// <summary>
/// A Hoeffding tree that replaces what has become wrong: every node watches its error, and where it has risen a new subtree grows beside the old one until
/// one of the two is better beyond doubt.
/// </summary>
/// <remarks>
/// <para>Bifet, Gavaldà, "Adaptive learning from evolving data streams", IDA 2009 (HAT-ADWIN). An ADWIN at each node watches whether the leaf below it was right. Alternate trees
/// have no alternates of their own: the work per row is bounded by the depth of the tree times that of its alternates.</para>
/// <para>What is missing is left out of statistics and votes; at a split it goes to the branch that was heavier when the split was made. Nodes and leaves of what was replaced are
/// used again. When there is no room, leaves are not split and alternates not started.</para>
/// <para>With overlapping labels (<see cref="LearnerShape.Overlap"/> above 1) only every so many-th example is watched, because errors on neighbours say the same thing twice.</para>
/// </remarks>
public sealed class HoeffdingAdaptiveTree : IClassifier, ILimited
{
    private const string SectionName = "hoeffding-adaptive-tree";

    // Windows of up to 20 million answers.
    private const int AdwinRows = 22;

    private readonly HoeffdingAdaptiveTreeOptions _options;
    private readonly GrowingLeaves _leaves;
    private readonly TreeNodes _nodes;
    private readonly Adwin[] _errors;
    private readonly double _switchLog;
    private readonly int _overlap;

    // The root of the alternate tree beside a split of the main tree: the left node of a pair whose right node is not used. 0 for none.
    private readonly int[] _alternates;
    private readonly int[] _pruning;
    private Rng _rng;
    private int _unwatched;
    private long _refused;

    /// <summary>A tree of one leaf that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A choice does not exist, or one leaf is too large.</exception>
    public HoeffdingAdaptiveTree(LearnerShape shape, HoeffdingAdaptiveTreeOptions options)
    {
        Scores.Check(shape);
        if (!Enum.IsDefined(options.LeafPrediction))
            throw new InvalidOptionsException($"hoeffding-adaptive-tree: leaf_prediction {options.LeafPrediction} does not exist.");
        (Features, Classes, _options, _overlap) = (shape.Features, shape.Classes, options, Math.Max(1, shape.Overlap));
        _leaves = new(Features, Classes, options.Growth, shape.Seed, []);

        // An alternate tree's root takes a pair of its own.
        _nodes = new(2 * _leaves.Table.SlotsMax);
        _errors = new Adwin[_nodes.Length];
        var adwin = new AdwinOptions { Delta = options.DriftDelta, WarningDelta = options.DriftDelta, AfterDrift = AdwinAfterDrift.Shrink };
        for (var i = 0; i < _errors.Length; i++)
            _errors[i] = new(adwin, AdwinRows);
        _alternates = new int[_nodes.Length];
        _pruning = new int[_nodes.Length];
        _switchLog = Elementary.Log(2 / options.SwitchDelta);
        _rng = new(shape.Seed, SectionName);
        Begin(0);
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>Leaves, those of alternate trees included.</summary>
    public int Leaves => _leaves.Table.Used;

    /// <summary>Subtrees that an alternate tree has replaced so far.</summary>
    public long Replaced { get; private set; }

    /// <inheritdoc/>
    public string? LimitReached => _refused == 0 ? null
        : $"The tree has all {_leaves.Table.SlotsMax} leaves it may have; {_refused} splits and alternate trees were refused. Raise leaves_max or memory_max_mib.";

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => _leaves.Vote(_nodes[_nodes.Route(0, x)].Child, x, probabilities);

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        using var votes = new Scratch(stackalloc double[Scratch.StackMax], Classes);
        LearnAll(x, label, weight, votes.Span);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        LearnAll(x, label, 1, probabilities);
    }

    private void LearnAll(ReadOnlySpan<double> x, int label, double weight, Span<double> votes)
    {
        if (_options.Bootstrap)
            weight = Math.Min(weight * Math.Max(1, Poisson()), double.MaxValue);
        var watched = ++_unwatched >= _overlap;
        if (watched)
            _unwatched = 0;
        LearnTree(0, x, label, weight, watched, votes);
    }

    private void LearnTree(int root, ReadOnlySpan<double> x, int label, double weight, bool watched)
    {
        using var votes = new Scratch(stackalloc double[Scratch.StackMax], Classes);
        LearnTree(root, x, label, weight, watched, votes.Span);
    }

    private void LearnTree(int root, ReadOnlySpan<double> x, int label, double weight, bool watched, Span<double> votes)
    {
        var leaf = _nodes.Route(root, x);
        var slot = _nodes[leaf].Child;
        var due = _leaves.VoteThenLearn(slot, x, label, weight, votes, wanted: true);
        if (!Watch(root, x, label, weight, watched, Tally.Most(votes) == label ? 0 : 1) || !due)
            return;
        if (_leaves.Table.Used == _leaves.Table.SlotsMax || _nodes.Pairs == _nodes.PairsMax)
        {
            _refused++;
            _leaves.Table.Attempt(slot);
            return;
        }
        if (!_leaves.ShouldSplit(slot, out var cut))
            return;
        _nodes[leaf] = _leaves.Split(slot, cut, _nodes);
        Watchless(_nodes[leaf].Child);
        Watchless(_nodes[leaf].Child + 1);
    }

    /// <summary>Shows the error to every node on the way to the leaf, and the example to the alternate trees there.</summary>
    /// <returns>False when a subtree on the way, and with it the leaf, has been replaced.</returns>
    private bool Watch(int root, ReadOnlySpan<double> x, int label, double weight, bool watched, double error)
    {
        for (var at = root; ; at = _nodes[at].Next(x))
        {
            var risen = watched && _errors[at].Update(error) == DriftLevel.Drift;
            if (_nodes[at].IsLeaf)
                return true;
            // A main tree's nodes are recognised by its root: alternate trees have no alternates.
            if (root != 0)
                continue;
            if (risen)
                StartAlternate(at);
            var alternate = _alternates[at];
            if (alternate == 0)
                continue;
            LearnTree(alternate, x, label, weight, watched);
            if (watched && !risen && Decided(at, alternate) is var better && better != 0)
            {
                if (better < 0)
                {
                    GiveUp(at);
                    continue;
                }
                Replace(at, alternate);
                return false;
            }
        }
    }

    /// <summary>1 when the alternate tree is better than the subtree beyond doubt, −1 when it is worse, else 0.</summary>
    private int Decided(int at, int alternate)
    {
        var (old, other) = (_errors[at], _errors[alternate]);
        if (old.Width <= _options.SwitchAfter || other.Width <= _options.SwitchAfter)
            return 0;
        var bound = Math.Sqrt(2 * old.Mean * (1 - old.Mean) * _switchLog * (1.0 / old.Width + 1.0 / other.Width));
        return old.Mean - other.Mean > bound ? 1 : other.Mean - old.Mean > bound ? -1 : 0;
    }

    private void StartAlternate(int at)
    {
        GiveUp(at);
        if (_leaves.Table.Used == _leaves.Table.SlotsMax || _nodes.Pairs == _nodes.PairsMax)
        {
            _refused++;
            return;
        }
        var root = _nodes.TakePair();
        Begin(root);
        _alternates[at] = root;
    }

    private void GiveUp(int at)
    {
        if (_alternates[at] == 0)
            return;
        Prune(_alternates[at]);
        _nodes.GiveBackPair(_alternates[at]);
        _alternates[at] = 0;
    }

    private void Replace(int at, int alternate)
    {
        _alternates[at] = 0;
        Prune(at);
        _nodes[at] = _nodes[alternate];
        (_errors[at], _errors[alternate]) = (_errors[alternate], _errors[at]);
        _nodes.GiveBackPair(alternate);
        Replaced++;
    }

    /// <summary>Takes back everything under a node and the statistics of its leaves, alternate trees included.</summary>
    private void Prune(int root)
    {
        var waiting = 0;
        _pruning[waiting++] = root;
        while (waiting > 0)
        {
            var at = _pruning[--waiting];
            if (_alternates[at] is var alternate && alternate != 0)
            {
                // Its tree is in line first, its pair goes back at once: nobody takes pairs while pruning.
                _pruning[waiting++] = alternate;
                _nodes.GiveBackPair(alternate);
                _alternates[at] = 0;
            }
            ref var node = ref _nodes[at];
            if (node.IsLeaf)
            {
                _leaves.Table.GiveBack(node.Child);
                continue;
            }
            _pruning[waiting++] = node.Child + 1;
            _pruning[waiting++] = node.Child;
            _nodes.GiveBackPair(node.Child);
        }
    }

    private void Begin(int root)
    {
        _nodes[root] = Node.Leaf(_leaves.Take());
        Watchless(root);
    }

    private void Watchless(int node)
    {
        _errors[node].Reset();
        _alternates[node] = 0;
    }

    /// <summary>How often a bootstrap sample of the stream contains an example.</summary>
    /// <remarks>Knuth, "The art of computer programming", volume 2: as many factors as keep a product of uniform numbers above 1/e.</remarks>
    private int Poisson()
    {
        var count = 0;
        for (var product = _rng.NextDouble(); product > 0.36787944117144233; product *= _rng.NextDouble())
            count++;
        return count;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _leaves.Save(writer);
        _rng.Save(writer);
        writer.Write(_unwatched);
        writer.Write(_refused);
        writer.Write(Replaced);
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var at))
        {
            ref var node = ref _nodes[at];
            _leaves.SaveNode(node, writer);
            _errors[at].Save(writer);
            if (node.IsLeaf)
                continue;
            writer.Write(_alternates[at] != 0);
            waiting.Push(node.Child + 1);
            waiting.Push(node.Child);
            if (_alternates[at] != 0)
                waiting.Push(_alternates[at]);
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _leaves.Load(reader, Features);
        _rng = Rng.Load(reader);
        _unwatched = reader.ReadInt32(0, _overlap - 1);
        (_refused, Replaced) = (reader.ReadInt64(), reader.ReadInt64());
        if (_refused < 0 || Replaced < 0)
            throw new CorruptStateException($"A tree has refused {_refused} splits and replaced {Replaced} subtrees.");
        _nodes.Clear();
        var waiting = new Stack<(int Node, bool IsAlternate)>([(0, false)]);
        while (waiting.TryPop(out var next))
        {
            var (at, isAlternate) = next;
            var node = _nodes[at] = _leaves.LoadNode(_nodes, reader);
            _errors[at].Load(reader);
            _alternates[at] = 0;
            if (node.IsLeaf)
                continue;
            var hasAlternate = reader.ReadBool();
            waiting.Push((node.Child + 1, isAlternate));
            waiting.Push((node.Child, isAlternate));
            if (!hasAlternate)
                continue;
            if (isAlternate || _nodes.Pairs == _nodes.PairsMax)
                throw new CorruptStateException("A tree has alternate trees where none can be.");
            _alternates[at] = _nodes.TakePair();
            waiting.Push((_alternates[at], true));
        }
    }
}
