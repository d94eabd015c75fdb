using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>Options of <see cref="ExtremelyFastDecisionTree"/>.</summary>
public sealed record ExtremelyFastDecisionTreeOptions : TreeGrowthOptions
{
    /// <summary>The defaults.</summary>
    public ExtremelyFastDecisionTreeOptions() => (GracePeriod, Delta, LeavesMax, MemoryMaxMib) = (100, 1e-3, 2048, 16);

    /// <summary>Weight that a split sees between two checks whether another feature would be better.</summary>
    [Range(1.0, 1e9)] public double MinSamplesReevaluate { get; init; } = 20;

    /// <summary>Probability of a wrong choice at one attempt to split or to replace a split; smaller means later.</summary>
    public override double Delta { get; init; }

    /// <summary>A leaf that still cannot tell a gain from chance when chance has become this small is split; a split is then replaced for half as much.</summary>
    public override double TieThreshold { get; init; } = 0.05;

    /// <summary>Places between the smallest and the largest value of a feature where a cut is tried.</summary>
    [Range(1, 1000)] public int SplitCandidates { get; init; } = 10;

    internal override GrowthSettings Growth => base.Growth with { SplitCandidates = SplitCandidates, LeavesMax = 2 * LeavesMax - 1 };
}

/// <summary>
/// A decision tree that splits as soon as a split is better than none, and takes it back when another feature turns out to be better.
/// </summary>
/// <remarks>
/// <para>Manapragada, Webb, Salehi, "Extremely fast decision tree", KDD 2018 (Hoeffding anytime tree). Splits keep learning the statistics of a leaf; when another feature has come to
/// lead, the subtree is replaced by that split with two new leaves.</para>
/// <para>What is missing is left out of statistics and votes; at a split it goes to the branch that was heavier when the split was made. When there is no room, leaves are not
/// split; splits can still be replaced.</para>
/// </remarks>
public sealed class ExtremelyFastDecisionTree : IClassifier, ILimited
{
    private const string SectionName = "extremely-fast-decision-tree";

    private readonly ExtremelyFastDecisionTreeOptions _options;
    private readonly GrowingLeaves _leaves;
    private readonly TreeNodes _nodes;

    // The slot of every node, splits included.
    private readonly int[] _slots;
    private readonly int[] _pruning;
    private long _refused;

    /// <summary>A tree of one leaf that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A choice does not exist, or one leaf is too large.</exception>
    public ExtremelyFastDecisionTree(LearnerShape shape, ExtremelyFastDecisionTreeOptions options)
    {
        Scores.Check(shape);
        if (!Enum.IsDefined(options.LeafPrediction))
            throw new InvalidOptionsException($"extremely-fast-decision-tree: leaf_prediction {options.LeafPrediction} does not exist.");
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _leaves = new(Features, Classes, options.Growth, shape.Seed, []);
        _nodes = new((_leaves.Table.SlotsMax - 1) / 2);
        _slots = new int[_nodes.Length];
        _pruning = new int[_nodes.Length];
        _slots[0] = _leaves.Take();
        _nodes[0] = Node.Leaf(_slots[0]);
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>Leaves of the tree.</summary>
    public int Leaves => _nodes.Pairs + 1;

    /// <summary>Splits that have been replaced by a split by another feature.</summary>
    public long Replaced { get; private set; }

    /// <inheritdoc/>
    public string? LimitReached => _refused == 0 ? null
        : $"The tree has all {_nodes.PairsMax + 1} leaves it may have; {_refused} attempts to split were refused. Raise leaves_max or memory_max_mib.";

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => _leaves.Vote(_nodes[_nodes.Route(0, x)].Child, x, probabilities);

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        using var votes = new Scratch(stackalloc double[Scratch.StackMax], Classes);
        LearnTree(x, label, weight, votes.Span, wanted: false);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        LearnTree(x, label, 1, probabilities, wanted: true);
    }

    private void LearnTree(ReadOnlySpan<double> x, int label, double weight, Span<double> votes, bool wanted)
    {
        // The answer is that of the tree before it changes.
        var leaf = _nodes.Route(0, x);
        var due = _leaves.VoteThenLearn(_slots[leaf], x, label, weight, votes, wanted);
        for (var at = 0; at != leaf; at = _nodes[at].Next(x))
        {
            if (_leaves.Observe(_slots[at], x, label, weight) < _options.MinSamplesReevaluate || !_leaves.ShouldReplace(_slots[at], _nodes[at].Feature, out var better))
                continue;
            Prune(at);
            Split(at, better);
            Replaced++;
            return;
        }
        if (!due)
            return;
        if (_nodes.Pairs == _nodes.PairsMax)
        {
            _refused++;
            _leaves.Table.Attempt(_slots[leaf]);
        }
        else if (_leaves.ShouldSplitEarly(_slots[leaf], out var cut))
        {
            Split(leaf, cut);
        }
    }

    private void Split(int at, in LeafTable.Cut cut)
    {
        _nodes[at] = _leaves.Split(_slots[at], cut, _nodes, keepSlot: true);
        var child = _nodes[at].Child;
        _slots[child] = _nodes[child].Child;
        _slots[child + 1] = _nodes[child + 1].Child;
    }

    /// <summary>Takes back everything under a split, but not its own statistics.</summary>
    private void Prune(int split)
    {
        var waiting = 0;
        _pruning[waiting++] = split;
        while (waiting > 0)
        {
            var at = _pruning[--waiting];
            if (at != split)
                _leaves.Table.GiveBack(_slots[at]);
            if (_nodes[at].IsLeaf)
                continue;
            var child = _nodes[at].Child;
            _nodes.GiveBackPair(child);
            _pruning[waiting++] = child + 1;
            _pruning[waiting++] = child;
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _leaves.Save(writer);
        writer.Write(_refused);
        writer.Write(Replaced);
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var at))
        {
            ref var node = ref _nodes[at];
            _leaves.SaveNode(node, writer);
            if (node.IsLeaf)
                continue;
            _leaves.Table.Save(_slots[at], writer);
            waiting.Push(node.Child + 1);
            waiting.Push(node.Child);
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _leaves.Load(reader, Features);
        (_refused, Replaced) = (reader.ReadInt64(), reader.ReadInt64());
        if (_refused < 0 || Replaced < 0)
            throw new CorruptStateException($"A tree has refused {_refused} splits and replaced {Replaced}.");
        _nodes.Clear();
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var at))
        {
            var node = _nodes[at] = _leaves.LoadNode(_nodes, reader);
            _slots[at] = node.IsLeaf ? node.Child : _leaves.Table.Load(reader);
            if (node.IsLeaf)
                continue;
            waiting.Push(node.Child + 1);
            waiting.Push(node.Child);
        }
    }
}
