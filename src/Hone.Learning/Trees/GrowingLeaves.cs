using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>What all classification trees do at their leaves: answer, learn, and decide when to split.</summary>
internal sealed class GrowingLeaves
{
    private const double InverseLn2 = 1.4426950408889634;

    private readonly GrowthSettings _settings;
    private readonly int _classes;
    private readonly double _logInverseDelta;
    private readonly double[] _branches;
    private Rng _rng;

    /// <summary>No leaves yet.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="settings">How the tree grows.</param>
    /// <param name="seed">Seed of the features that leaves draw.</param>
    /// <param name="pool">The features that leaves look at or draw from; all when it is empty.</param>
    public GrowingLeaves(int features, int classes, in GrowthSettings settings, ulong seed, ReadOnlySpan<int> pool)
    {
        (_settings, _classes) = (settings, classes);
        Table = new(features, classes, settings, pool);
        _branches = new double[2 * classes];
        _logInverseDelta = -Elementary.Log(settings.Delta);
        _rng = new(seed, "leaf features");
    }

    /// <summary>The statistics.</summary>
    public LeafTable Table { get; }

    /// <summary>A leaf that has seen nothing.</summary>
    public int Take() => Table.Take(ref _rng);

    /// <summary>Writes one probability per class as the leaf sees it; they sum to one, none is 0. Changes nothing.</summary>
    public void Vote(int leaf, ReadOnlySpan<double> x, Span<double> votes)
    {
        if (VotesByFrequency(leaf))
        {
            Table.Frequencies(leaf, votes);
            return;
        }
        using var working = new Scratch(stackalloc double[Scratch.StackMax], Table.RowLength + _classes);
        var z = working.Span[..^_classes];
        var scores = working.Span[^_classes..];
        Table.LogLikelihoods(leaf, z, Table.Gather(leaf, x, z), scores);
        Table.Bayes(leaf, scores, votes);
    }

    /// <summary>Votes, then learns; the weight may be 0.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="x">The row.</param>
    /// <param name="label">Its class.</param>
    /// <param name="weight">How much it counts; 0 only votes.</param>
    /// <param name="votes">Receives what <see cref="Vote"/> writes; working space when it is not wanted.</param>
    /// <param name="wanted">Whether somebody reads the votes.</param>
    /// <returns>Whether it is time to think about a split.</returns>
    public bool VoteThenLearn(int leaf, ReadOnlySpan<double> x, int label, double weight, Span<double> votes, bool wanted)
    {
        using var working = new Scratch(stackalloc double[Scratch.StackMax], Table.RowLength + _classes);
        var z = working.Span[..^_classes];
        var scores = working.Span[^_classes..];
        var missing = Table.Gather(leaf, x, z);
        if (_settings.LeafPrediction != LeafPrediction.MajorityClass)
            Table.LogLikelihoods(leaf, z, missing, scores);
        if (!VotesByFrequency(leaf))
        {
            Table.Bayes(leaf, scores, votes);
            if (weight > 0)
                Table.Sharpen(leaf, scores, votes, label, weight);
        }
        else if (wanted)
        {
            Table.Frequencies(leaf, votes);
        }
        if (!(weight > 0))
            return false;
        weight = Math.Min(weight, LeafTable.WeightMax);
        if (_settings.LeafPrediction == LeafPrediction.NaiveBayesAdaptive)
            Table.Judge(leaf, scores, label, weight);
        return Table.Learn(leaf, z, label, weight) >= _settings.GracePeriod;
    }

    /// <summary>Takes a row into the statistics of a node that does not answer.</summary>
    /// <returns>The weight since the last <see cref="LeafTable.Attempt"/>.</returns>
    public double Observe(int slot, ReadOnlySpan<double> x, int label, double weight)
    {
        using var working = new Scratch(stackalloc double[Scratch.StackMax], Table.RowLength);
        Table.Gather(slot, x, working.Span);
        return Table.Learn(slot, working.Span, label, Math.Min(weight, LeafTable.WeightMax));
    }

    /// <summary>The cut by which a leaf should be split now, if any: the best one, once it is better than any of another feature.</summary>
    public bool ShouldSplit(int leaf, out LeafTable.Cut cut)
    {
        cut = default;
        Table.Attempt(leaf);
        if (Table.IsPure(leaf))
            return false;
        cut = Table.BestCut(leaf);
        if (cut.Index < 0)
            return false;
        var bound = BoundOf(leaf);
        return cut.Gain - cut.SecondGain > bound || bound < _settings.TieThreshold;
    }

    /// <summary>The cut by which a leaf should be split now, if any: the best one, as soon as it is better than none.</summary>
    public bool ShouldSplitEarly(int leaf, out LeafTable.Cut cut)
    {
        cut = default;
        Table.Attempt(leaf);
        if (Table.IsPure(leaf))
            return false;
        cut = Table.BestCut(leaf);
        if (cut.Index < 0)
            return false;
        var bound = BoundOf(leaf);
        return cut.Gain > bound || bound < _settings.TieThreshold;
    }

    /// <summary>The cut that should take the place of a split by another feature, if any.</summary>
    public bool ShouldReplace(int slot, int feature, out LeafTable.Cut cut)
    {
        Table.Attempt(slot);
        cut = Table.BestCut(slot);
        var present = Table.FeaturesOf(slot).IndexOf(feature);
        if (cut.Index < 0 || cut.Index == present)
            return false;
        var lead = cut.Gain - Table.BestCut(slot, present).Gain;
        var bound = BoundOf(slot);
        return lead > bound || (bound < _settings.TieThreshold && lead > 0.5 * _settings.TieThreshold);
    }

    /// <summary>The Hoeffding bound of a gain in a node, in bits: how far it may be from the one on all examples.</summary>
    private double BoundOf(int slot)
    {
        var range = Elementary.Log(Table.ClassesIn(slot)) * InverseLn2;
        return Math.Sqrt(range * range * _logInverseDelta / (2 * Table.WeightOf(slot)));
    }

    /// <summary>Splits a leaf: a node of the cut over two leaves, of which the left one takes the slot of the old leaf unless that is kept.</summary>
    public Node Split(int leaf, in LeafTable.Cut cut, TreeNodes nodes, bool keepSlot = false)
    {
        var left = _branches.AsSpan(0, _classes);
        var right = _branches.AsSpan(_classes);
        Table.Branches(leaf, cut, left, right);
        var sharpness = Table.SharpnessOf(leaf);
        var feature = Table.FeaturesOf(leaf)[cut.Index];
        var child = nodes.TakePair();
        if (keepSlot)
            leaf = Table.Take(ref _rng);
        else
            Table.Empty(leaf, ref _rng);
        Table.Start(leaf, left, sharpness);
        nodes[child] = Node.Leaf(leaf);
        var other = Table.Take(ref _rng);
        Table.Start(other, right, sharpness);
        nodes[child + 1] = Node.Leaf(other);
        return new() { Feature = feature, Threshold = cut.Threshold, Child = child, MissingRight = Tally.Sum(right) > Tally.Sum(left) };
    }

    private bool VotesByFrequency(int leaf) => _settings.LeafPrediction switch
    {
        LeafPrediction.MajorityClass => true,
        LeafPrediction.NaiveBayes => false,
        _ => Table.FrequenciesLead(leaf),
    };

    /// <summary>Writes what leaves have in common.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(_classes);
        writer.Write(Table.Pool);
        _rng.Save(writer);
    }

    /// <summary>Takes over what leaves have in common, and takes back every slot.</summary>
    public void Load(StateReader reader, int features)
    {
        reader.ReadInt32(_classes, _classes);
        var pool = new int[Table.Pool.Length];
        reader.Read(pool);
        var seen = new bool[features];
        foreach (var feature in pool)
        {
            if ((uint)feature >= (uint)features || seen[feature])
                throw new CorruptStateException($"A tree looks at feature {feature}, which it cannot.");
            seen[feature] = true;
        }
        Table.Clear(pool);
        _rng = Rng.Load(reader);
    }

    /// <summary>Writes a node without what it points at.</summary>
    public void SaveNode(in Node node, StateWriter writer)
    {
        writer.Write(node.Feature);
        if (node.IsLeaf)
        {
            Table.Save(node.Child, writer);
            return;
        }
        writer.Write(node.Threshold);
        writer.Write(node.MissingRight);
    }

    /// <summary>Reads a node; a split gets a pair for its children, which are read later.</summary>
    public Node LoadNode(TreeNodes nodes, StateReader reader)
    {
        var feature = reader.ReadInt32();
        if (feature == -1)
            return Node.Leaf(Table.Load(reader));
        if (!Table.Pool.Contains(feature))
            throw new CorruptStateException($"A node splits by feature {feature}, at which the tree does not look.");
        if (nodes.Pairs == nodes.PairsMax)
            throw new CorruptStateException($"A tree of at most {nodes.PairsMax} splits has more of them.");
        return new() { Feature = feature, Threshold = reader.ReadFinite(), MissingRight = reader.ReadBool(), Child = nodes.TakePair() };
    }
}
