using System.Runtime.CompilerServices;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>
/// One Mondrian tree that grows with its stream, and the weights with which all its prunings answer together.
/// </summary>
/// <remarks>
/// <para>A node has the smallest box around the points it has seen. A point outside of it may get a split of its own, at a time that is
/// exponential in how far outside it is, anywhere on the path from the root: above the node, if that time comes before the node was split.
/// One exponential number per point is enough: what a node does not use up is, having no memory, the next one's.</para>
/// <para>Each node keeps the probability s that a pruning, drawn by how likely it made the past, ends here among those that come this far.
/// With f the likelihood of the new target at the node and F that of everything below, s becomes s·f / (s·f + (1 − s)·F) and the
/// denominator goes up: context-tree weighting, exactly the weighting of all prunings by ½ per split, without
/// a logarithm. Drawing s a little towards ½ with each example (fixed share) lets a depth that was wrong be heard again soon after it becomes right.</para>
/// <para>A leaf that has seen one class only is not split, and its box grows. Where another class turns up inside the box, no split outside of it can keep them
/// apart; then the leaf is cut as the process would have cut its box, and what it had seen is shared out by length. A leaf is held to have foretold its
/// first target, which favours depth; the fixed share balances it.</para>
/// <para>Memory is fixed. Children come in pairs; when no pair is left, the pairs of leaves that were not visited for longest are taken back: what they
/// had seen is in their parent too.</para>
/// <para>Lakshminarayanan, Roy, Teh, "Mondrian forests: efficient online random forests", NIPS 2014; Mourtada, Gaïffas, Scornet, "AMF:
/// aggregated Mondrian forests for online learning", JRSSB 83(3), 2021; Willems, Shtarkov, Tjalkens, "The context-tree weighting method",
/// IEEE Trans. Information Theory 41(3), 1995; Herbster, Warmuth, "Tracking the best expert", Machine Learning 32, 1998.</para>
/// </remarks>
internal sealed class MondrianTree : ISaved
{
    private const double TimeMax = 1e300, LikelihoodMin = 1e-280, ShareMin = 1e-12;

    private readonly int _features;
    private readonly int _length;
    private readonly int _width;
    private readonly int _nodesMax;
    private readonly double _switching;
    private readonly Node[] _nodes;
    private readonly float[] _boxes;
    private readonly double[] _statistics;

    // The first of the unused pairs; each leads to the next by Children. 0 is none: the root is no pair.
    private int _free;
    private int _used;
    private long _time;
    private Rng _rng;

    // Where the present example came along; not state.
    private readonly int[] _path;
    private readonly double[] _likelihoods;

    /// <summary>An empty tree.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="width">Numbers of a node's statistics.</param>
    /// <param name="nodesMax">Nodes there are memory for; odd.</param>
    /// <param name="switching">Share by which each pruning probability is drawn to ½ per example.</param>
    /// <param name="rng">Its random numbers.</param>
    public MondrianTree(int features, int width, int nodesMax, double switching, Rng rng)
    {
        (_features, _width, _nodesMax, _switching, _rng) = (features, width, nodesMax, switching, rng);
        _length = Kernels.Padded(features);
        _nodes = new Node[nodesMax];
        _boxes = new float[(long)nodesMax * 2 * _length];
        _statistics = new double[(long)nodesMax * width];
        _path = new int[nodesMax];
        _likelihoods = new double[nodesMax];
        Clear();
    }

    /// <summary>Nodes in use.</summary>
    public int Nodes => _used;

    /// <summary>How often pairs had to be taken back because there was no memory for another split.</summary>
    public long Collections { get; private set; }

    private struct Node
    {
        public double Time;
        public double Share;
        public float Threshold;
        public int Feature;
        public int Children;
        public long Visited;
    }

    /// <summary>Adds what the nodes on the way of a point answer: class frequencies, each node with its share of the prunings.</summary>
    /// <param name="x">The point.</param>
    /// <param name="smoothing">What is added to the weight of each class.</param>
    /// <param name="answer">Receives the sum, one number per class.</param>
    public void Classify(ReadOnlySpan<float> x, double smoothing, Span<double> answer)
    {
        var classes = _width - 1;
        if (_used == 0)
        {
            for (var c = 0; c < classes; c++)
                answer[c] += 1.0 / classes;
            return;
        }
        var rest = 1.0;
        var even = 0.0;
        var total = smoothing * classes;
        for (var at = 0; ; at = Next(at, x))
        {
            ref readonly var node = ref _nodes[at];
            var statistics = Statistics(at);
            var share = rest * node.Share;
            rest -= share;
            share /= statistics[classes] + total;
            even += share;
            for (var c = 0; c < classes; c++)
                answer[c] += share * statistics[c];
            if (node.Children == 0)
                break;
        }
        even *= smoothing;
        for (var c = 0; c < classes; c++)
            answer[c] += even;
    }

    /// <summary>The mean that the nodes on the way of a point answer; 0 for an empty tree.</summary>
    public double Regress(ReadOnlySpan<float> x)
    {
        if (_used == 0)
            return 0;
        double rest = 1, answer = 0;
        for (var at = 0; ; at = Next(at, x))
        {
            ref readonly var node = ref _nodes[at];
            var share = rest * node.Share;
            rest -= share;
            answer += share * _statistics[at * _width];
            if (node.Children == 0)
                return answer;
        }
    }

    /// <summary>Learns one example.</summary>
    /// <param name="x">The point.</param>
    /// <param name="scale">The unit of each feature.</param>
    /// <param name="growth">Probability with which the example may split a node.</param>
    /// <param name="target">What it says.</param>
    public void Learn<TTarget>(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, double growth, in TTarget target)
        where TTarget : struct, IMondrianTarget
    {
        _time++;
        if (_used == 0)
        {
            _used = 1;
            Plant(0, 0, x, target);
            return;
        }
        var patience = growth >= 1 || _rng.NextDouble() < growth ? -Elementary.Log(1 - _rng.NextDouble()) : double.PositiveInfinity;
        if (_free == 0)
            TakeBack();
        var depth = 0;
        double below = -1, grown = 1;
        for (var at = 0; ; )
        {
            ref var node = ref _nodes[at];
            var box = Box(at);
            var statistics = Statistics(at);
            node.Visited = _time;
            var likelihood = Math.Max(target.Likelihood(statistics), LikelihoodMin);
            var rate = (double)MondrianKernels.Outside(x, scale, box, out var inside);
            var born = -1.0;
            var within = node.Children == 0 && patience < double.PositiveInfinity && target.IsMinority(statistics) ? MondrianKernels.Extent(scale, box) : 0.0;
            if (rate + within > 0 && patience < double.PositiveInfinity && !target.IsAll(statistics))
            {
                var hazard = node.Children == 0 ? double.PositiveInfinity : rate * (_nodes[node.Children].Time - node.Time);
                if (patience < hazard)
                    born = Math.Min(node.Time + patience / (rate + within), TimeMax);
                else
                    patience -= hazard;
            }
            if (born >= 0)
            {
                // A node between adds prunings: the weight of all below the one above becomes ½ + s of what it was.
                if (node.Children != 0)
                    grown = 0.5 + node.Share;
                var side = within > 0 ? (rate + within) * _rng.NextDouble() - rate : 0;
                if (side > 0)
                    below = Cut(at, born, x, scale, side, target);
                else
                    Split(at, born, x, scale, rate, target);
            }
            target.AddTo(statistics);
            if (!inside)
                MondrianKernels.Extend(x, box);
            _path[depth] = at;
            _likelihoods[depth++] = likelihood;
            if (born >= 0)
            {
                // A leaf that is new is held to have foretold its first target.
                if (below < 0)
                    below = 1;
                break;
            }
            if (node.Children == 0)
                break;
            at = Next(at, x);
        }
        if (below < 0)
            below = _likelihoods[--depth];
        while (--depth >= 0)
        {
            ref var share = ref _nodes[_path[depth]].Share;
            var here = share * _likelihoods[depth];
            below = here + (1 - share) * below;
            share = here / below;
            share = Math.Min(Math.Max(share + _switching * (0.5 - share), ShareMin), 1 - ShareMin);
            (below, grown) = (below * grown, 1);
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("mondrian-tree", 1);
        _rng.Save(writer);
        writer.Write(_time);
        writer.Write(Collections);
        writer.Write(_used);
        if (_used == 0)
            return;

        // Parents before children, left before right: the places in memory do not matter.
        var open = 0;
        _path[open++] = 0;
        while (open > 0)
        {
            var at = _path[--open];
            ref readonly var node = ref _nodes[at];
            writer.Write(node.Children != 0);
            writer.Write(node.Time);
            writer.Write(node.Visited);
            var box = Box(at);
            for (var i = 0; i < _features; i++)
            {
                writer.Write(Bits(box[i]));
                writer.Write(Bits(box[_length + i]));
            }
            foreach (var number in Statistics(at))
                writer.Write(number);
            if (node.Children == 0)
                continue;
            writer.Write(node.Share);
            writer.Write(node.Feature);
            writer.Write(Bits(node.Threshold));
            _path[open++] = node.Children + 1;
            _path[open++] = node.Children;
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("mondrian-tree", 1);
        Clear();
        _rng = Rng.Load(reader);
        _time = reader.ReadInt64();
        Collections = reader.ReadInt64();
        if (_time < 0 || Collections < 0)
            throw new CorruptStateException($"A tree has learned {_time} examples and taken back memory {Collections} times.");
        var used = reader.ReadInt32(0, _nodesMax);
        if (used == 0)
            return;
        _used = 1;
        var open = 0;
        _path[open++] = 0;
        while (open > 0)
        {
            var at = _path[--open];
            ref var node = ref _nodes[at];
            var splits = reader.ReadBool();
            node.Time = reader.ReadWithin(node.Time, TimeMax);
            node.Visited = reader.ReadInt64();
            if (node.Visited < 0 || node.Visited > _time)
                throw new CorruptStateException($"A node was visited at {node.Visited}; it is {_time}.");
            node.Share = 1;
            var box = Box(at);
            box.Fill(float.NaN);
            for (var i = 0; i < _features; i++)
            {
                (box[i], box[_length + i]) = (ReadSingle(reader), ReadSingle(reader));
                if (!(box[i] <= box[_length + i]) && !(float.IsNaN(box[i]) && float.IsNaN(box[_length + i])))
                    throw new CorruptStateException($"A box goes from {box[i]} to {box[_length + i]}.");
            }
            var statistics = Statistics(at);
            for (var i = 0; i < _width; i++)
                statistics[i] = reader.ReadWithin(-Online.Tally.WeightMax, Online.Tally.WeightMax);
            if (!(statistics[^1] > 0))
                throw new CorruptStateException("A node has seen nothing.");
            if (!splits)
                continue;
            if (_used + 2 > used)
                throw new CorruptStateException($"A tree of {used} nodes has more.");
            node.Share = reader.ReadWithin(0, 1);
            node.Feature = reader.ReadInt32(0, _features - 1);
            node.Threshold = ReadSingle(reader);
            if (float.IsNaN(node.Threshold))
                throw new CorruptStateException("A split has no threshold.");
            node.Children = Take();
            _nodes[node.Children] = _nodes[node.Children + 1] = new() { Time = node.Time };
            _path[open++] = node.Children + 1;
            _path[open++] = node.Children;
        }
        if (_used != used)
            throw new CorruptStateException($"A tree of {used} nodes has {_used}.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Next(int at, ReadOnlySpan<float> x)
    {
        ref readonly var node = ref _nodes[at];
        var value = x[node.Feature];

        // Who has no value goes where most went.
        var right = float.IsNaN(value) ? _statistics[(node.Children + 2) * _width - 1] > _statistics[(node.Children + 1) * _width - 1] : value > node.Threshold;
        return node.Children + (right ? 1 : 0);
    }

    /// <summary>The node moves one step down and a new leaf of the present example comes beside it; in its place comes their parent.</summary>
    private void Split<TTarget>(int at, double time, ReadOnlySpan<float> x, ReadOnlySpan<float> scale, double rate, in TTarget target)
        where TTarget : struct, IMondrianTarget
    {
        var box = Box(at);
        var feature = Choose(x, scale, box, rate * _rng.NextDouble());
        var (value, low, high) = (x[feature], box[feature], box[_length + feature]);
        var right = value > high;

        // low…high and the value end up on different sides whatever the rounding: right is above the threshold.
        var (from, to) = right ? (high, value) : (value, low);
        var threshold = (float)(from + ((double)to - from) * _rng.NextDouble());
        if (!(threshold >= from && threshold < to))
            threshold = from;

        var pair = Take();
        var (old, leaf) = right ? (pair, pair + 1) : (pair + 1, pair);
        ref var node = ref _nodes[at];
        _nodes[old] = node;
        _nodes[old].Time = time;
        box.CopyTo(Box(old));
        Statistics(at).CopyTo(Statistics(old));
        Plant(leaf, time, x, target);

        // The parent is as likely as the node was, and so is the node below it: a node's own weight is twice its share, a leaf's the whole.
        var own = node.Children == 0 ? 1 : 2 * node.Share;
        node.Share = own / (own + 1);
        node.Feature = feature;
        node.Threshold = threshold;
        node.Children = pair;
    }

    /// <summary>A leaf is cut somewhere inside its box; what it had seen is shared out by length.</summary>
    private double Cut<TTarget>(int at, double time, ReadOnlySpan<float> x, ReadOnlySpan<float> scale, double patience, in TTarget target)
        where TTarget : struct, IMondrianTarget
    {
        var box = Box(at);
        var feature = -1;
        for (var i = 0; i < _features; i++)
        {
            var rate = (double)((box[_length + i] - box[i]) * scale[i]);
            if (!(rate > 0))
                continue;
            feature = i;
            if (patience < rate)
                break;
            patience -= rate;
        }
        var (low, high) = (box[feature], box[_length + feature]);
        var threshold = (float)(low + ((double)high - low) * _rng.NextDouble());
        if (!(threshold >= low && threshold < high))
            threshold = low;
        var share = Math.Clamp(((double)threshold - low) / ((double)high - low), 0.001, 0.999);
        var pair = Take();
        ref var node = ref _nodes[at];
        _nodes[pair] = _nodes[pair + 1] = new() { Time = time, Share = 1, Visited = _time };
        var statistics = Statistics(at);
        for (var side = 0; side < 2; side++)
        {
            box.CopyTo(Box(pair + side));
            Box(pair + side)[side == 0 ? _length + feature : feature] = threshold;
            target.Part(statistics, side == 0 ? share : 1 - share, Statistics(pair + side));
        }
        (node.Share, node.Feature, node.Threshold, node.Children) = (0.5, feature, threshold, pair);
        var leaf = Next(at, x);
        var likelihood = Math.Max(target.Likelihood(Statistics(leaf)), LikelihoodMin);
        target.AddTo(Statistics(leaf));
        MondrianKernels.Extend(x, Box(leaf));
        return likelihood;
    }

    private int Choose(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, ReadOnlySpan<float> box, double patience)
    {
        var chosen = 0;
        for (var i = 0; i < _features; i++)
        {
            var outside = x[i] > box[_length + i] ? x[i] - box[_length + i] : x[i] < box[i] ? box[i] - x[i] : 0;
            var rate = (double)(outside * scale[i]);
            if (!(rate > 0))
                continue;
            chosen = i;
            if (patience < rate)
                break;
            patience -= rate;
        }
        return chosen;
    }

    private void Plant<TTarget>(int at, double time, ReadOnlySpan<float> x, in TTarget target)
        where TTarget : struct, IMondrianTarget
    {
        _nodes[at] = new() { Time = time, Share = 1, Visited = _time };
        x.CopyTo(Box(at));
        x.CopyTo(Box(at)[_length..]);
        Statistics(at).Clear();
        target.AddTo(Statistics(at));
    }

    private int Take()
    {
        var pair = _free;
        _free = _nodes[pair].Children;
        _used += 2;
        return pair;
    }

    /// <summary>Gives back the pairs of leaves that were visited longest ago, about an eighth of all pairs.</summary>
    private void TakeBack()
    {
        Collections++;
        Span<int> ages = stackalloc int[256];
        ages.Clear();
        Walk(0, ages);
        int wanted = Math.Max(1, _nodesMax / 16), oldest = ages.Length - 1;
        for (var found = 0; oldest > 0 && (found += ages[oldest]) < wanted;)
            oldest--;
        Walk(oldest, default);
    }

    // Counts the pairs of leaves by age, or gives back those of an age.
    private void Walk(int oldest, Span<int> ages)
    {
        var open = 0;
        _path[open++] = 0;
        while (open > 0)
        {
            ref var node = ref _nodes[_path[--open]];
            if (node.Children == 0)
                continue;
            ref readonly var left = ref _nodes[node.Children];
            ref readonly var right = ref _nodes[node.Children + 1];
            if (left.Children == 0 && right.Children == 0)
            {
                var age = (int)(255.0 * (_time - Math.Max(left.Visited, right.Visited)) / _time);
                if (!ages.IsEmpty)
                {
                    ages[age]++;
                }
                else if (age >= oldest)
                {
                    _nodes[node.Children].Children = _free;
                    (_free, node.Children, node.Share) = (node.Children, 0, 1);
                    _used -= 2;
                }
                continue;
            }
            _path[open++] = node.Children + 1;
            _path[open++] = node.Children;
        }
    }

    private void Clear()
    {
        _used = 0;
        _free = 0;
        for (var pair = _nodesMax - 2; pair > 0; pair -= 2)
        {
            _nodes[pair] = new() { Children = _free };
            _free = pair;
        }
    }

    private Span<float> Box(int at) => _boxes.AsSpan(at * 2 * _length, 2 * _length);

    private Span<double> Statistics(int at) => _statistics.AsSpan(at * _width, _width);

    // NaN in its one canonical form.
    private static int Bits(float value) => float.IsNaN(value) ? 0x7FC00000 : BitConverter.SingleToInt32Bits(value);

    private static float ReadSingle(StateReader reader)
    {
        var value = BitConverter.Int32BitsToSingle(reader.ReadInt32());
        return float.IsInfinity(value) ? throw new CorruptStateException("A side of a box is infinite.") : value;
    }
}
