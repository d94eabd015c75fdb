using System.Runtime.CompilerServices;
using Hone.Learning.Numerics;
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
    private readonly GrowingLeaves _leaves;
    private readonly TreeNodes _nodes;
    private long _refused;

    /// <summary>A tree of one leaf that has seen nothing.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="settings">How it grows.</param>
    /// <param name="seed">Seed of the features that leaves draw.</param>
    /// <param name="pool">The features that it looks at; all when it is empty.</param>
    public HoeffdingCore(int features, int classes, in GrowthSettings settings, ulong seed, ReadOnlySpan<int> pool = default)
    {
        (Features, Classes) = (features, classes);
        _leaves = new(features, classes, settings, seed, pool);
        _nodes = new(LeavesMax - 1);
        Reset();
    }

    /// <summary>Length of the feature vector.</summary>
    public int Features { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Leaves that there are.</summary>
    public int Leaves => _leaves.Table.Used;

    /// <summary>Splits that were not made because the tree has all the leaves it may have.</summary>
    public long Refused => _refused;

    /// <summary>Most leaves that there can be: the smaller of the two limits.</summary>
    public int LeavesMax => _leaves.Table.SlotsMax;

    /// <summary>What <see cref="ILimited"/> says of it.</summary>
    public string? LimitReached => _refused == 0 ? null
        : $"A tree has all {LeavesMax} leaves it may have; {_refused} attempts to split were refused. Raise leaves_max or memory_max_mib.";

    /// <summary>Forgets everything but the position of the random numbers, so that a tree that starts again draws other features.</summary>
    public void Reset()
    {
        _leaves.Table.Clear();
        Begin();
    }

    /// <summary>As <see cref="Reset()"/>, and looks at other features from now on, as many as before.</summary>
    public void Reset(ReadOnlySpan<int> pool)
    {
        _leaves.Table.Clear(pool);
        Begin();
    }

    private void Begin()
    {
        _refused = 0;
        _nodes.Clear();
        _nodes[0] = Node.Leaf(_leaves.Take());
    }

    /// <summary>The leaf that a row ends in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Route(ReadOnlySpan<double> x) => _nodes.Route(0, x);

    /// <summary>Writes one probability per class as the leaf sees it; they sum to one, none is 0. Changes nothing.</summary>
    public void Vote(int leaf, ReadOnlySpan<double> x, Span<double> votes) => _leaves.Vote(_nodes[leaf].Child, x, votes);

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
        var slot = _nodes[leaf].Child;
        if (!_leaves.VoteThenLearn(slot, x, label, weight, votes, wanted))
            return;
        if (_nodes.Pairs == _nodes.PairsMax)
        {
            _refused++;
            _leaves.Table.Attempt(slot);
        }
        else if (_leaves.ShouldSplit(slot, out var cut))
        {
            _nodes[leaf] = _leaves.Split(slot, cut, _nodes);
        }
    }

    /// <summary>Writes the nodes and leaves that there are, each node before its children.</summary>
    public void Save(StateWriter writer)
    {
        writer.Section("hoeffding-core", 1);
        _leaves.Save(writer);
        writer.Write(_refused);
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var at))
        {
            ref var node = ref _nodes[at];
            _leaves.SaveNode(node, writer);
            if (node.IsLeaf)
                continue;
            waiting.Push(node.Child + 1);
            waiting.Push(node.Child);
        }
    }

    /// <summary>Takes over a written tree of the same shape and settings.</summary>
    /// <exception cref="CorruptStateException">It is damaged or of another shape.</exception>
    public void Load(StateReader reader)
    {
        reader.Section("hoeffding-core", 1);
        _leaves.Load(reader, Features);
        _refused = reader.ReadInt64();
        if (_refused < 0)
            throw new CorruptStateException($"A tree has refused {_refused} splits.");
        _nodes.Clear();
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var at))
        {
            var node = _nodes[at] = _leaves.LoadNode(_nodes, reader);
            if (node.IsLeaf)
                continue;
            waiting.Push(node.Child + 1);
            waiting.Push(node.Child);
        }
    }
}
