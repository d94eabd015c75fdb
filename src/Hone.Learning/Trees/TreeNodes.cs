using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hone.Learning.Trees;

/// <summary>The nodes of binary trees in one array. Nodes come and go in pairs, the two children of a split side by side; node 0 is the root of the first tree.</summary>
internal sealed class TreeNodes
{
    private readonly Node[] _nodes;
    private readonly int[] _free;
    private int _freeCount;
    private int _handedOut;

    /// <summary>Room for so many pairs besides the root.</summary>
    public TreeNodes(int pairsMax)
    {
        _nodes = new Node[2 * pairsMax + 1];
        _free = new int[pairsMax];
    }

    /// <summary>Pairs that there can be.</summary>
    public int PairsMax => _free.Length;

    /// <summary>Pairs in use.</summary>
    public int Pairs => _handedOut - _freeCount;

    /// <summary>All nodes that there can be.</summary>
    public int Length => _nodes.Length;

    /// <summary>A node.</summary>
    public ref Node this[int node] => ref _nodes[node];

    /// <summary>Takes back every pair.</summary>
    public void Clear() => _freeCount = _handedOut = 0;

    /// <summary>The left node of a new pair.</summary>
    public int TakePair() => _freeCount > 0 ? _free[--_freeCount] : 2 * _handedOut++ + 1;

    /// <summary>Takes back a pair, named by its left node.</summary>
    public void GiveBackPair(int left) => _free[_freeCount++] = left;

    /// <summary>The leaf under a node that a row ends in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Route(int from, ReadOnlySpan<double> x)
    {
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(_nodes);
        ref var node = ref Unsafe.Add(ref nodes, from);
        while (node.Feature >= 0)
        {
            var value = x[node.Feature];

            // Chosen without a branch: which way a row goes is what nobody can predict.
            var right = double.IsFinite(value) ? value > node.Threshold : node.MissingRight;
            from = node.Child + Unsafe.BitCast<bool, byte>(right);
            node = ref Unsafe.Add(ref nodes, from);
        }
        return from;
    }
}

/// <summary>A leaf, or a split of which the left child stands before the right one.</summary>
internal struct Node
{
    /// <summary>Values up to this go left.</summary>
    public double Threshold;

    /// <summary>The feature of a split; −1 in a leaf.</summary>
    public int Feature;

    /// <summary>The left child of a split; the slot of a leaf.</summary>
    public int Child;

    /// <summary>Where a missing value goes.</summary>
    public bool MissingRight;

    /// <summary>A leaf.</summary>
    public static Node Leaf(int slot) => new() { Feature = -1, Child = slot };

    /// <summary>Whether it is a leaf.</summary>
    public readonly bool IsLeaf => Feature < 0;

    /// <summary>The child of a split that a row goes to.</summary>
    public readonly int Next(ReadOnlySpan<double> x) => Child + ((double.IsFinite(x[Feature]) ? x[Feature] > Threshold : MissingRight) ? 1 : 0);
}
