using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Anomaly;

/// <summary>Options of <see cref="HalfSpaceTrees"/>.</summary>
public sealed record HalfSpaceTreesOptions
{
    /// <summary>Trees.</summary>
    [Range(1, 1000)]
    public int Members { get; init; } = 25;

    /// <summary>
    /// Halvings from a tree's root to its leaves. A tree has memory for 2^(height + 1) nodes; a window of rows fills no more than the
    /// upper ones, so that more height finds nothing more.
    /// </summary>
    [Range(1, 20)]
    public int Height { get; init; } = 10;

    /// <summary>Rows of a window: what is normal is what the latest full window was like.</summary>
    [Range(2, 10_000_000)]
    public int WindowRows { get; init; } = 250;

    /// <summary>Share of a window's rows below which a node is not looked into any further.</summary>
    [Range(0.0, 1.0)]
    public double MassMin { get; init; } = 0.1;

    /// <summary>Standard deviations on each side of the mean that a feature's range is taken to have.</summary>
    [Range(1.0, 100.0)]
    public double Reach { get; init; } = 5;

    /// <summary>Rows after which the features' means and deviations are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}

/// <summary>Anomalies are where the latest window of rows was thin: trees that halve the space at random count the rows in each part.</summary>
/// <remarks>
/// <para>The trees are drawn at construction and never change; only counts do. A node at depth d that r of the window's W rows went through is 2^d·r/W times
/// as dense as if the rows were spread evenly. A row falls to the first node with few rows, or to a leaf; with m the mean of these
/// densities over the trees the score is 1 / (1 + m), which ranks as the paper's sum of r·2^d does: ½ is as dense as even. Before the first window is
/// full nothing is known and every score is 0.</para>
/// <para>Each feature is taken to the interval from 0 to 1 by its running mean and deviation instead of its smallest and largest value, which one bad row
/// would set for good. A missing value goes where most of the window went.</para>
/// <para>Tan, Ting, Liu, "Fast anomaly detection for streaming data", IJCAI 2011.</para>
/// </remarks>
public sealed class HalfSpaceTrees : IAnomalyDetector
{
    private readonly HalfSpaceTreesOptions _options;
    private readonly RunningScaler _scaler;

    // Nodes of a tree as a heap: the children of node n are 2n and 2n + 1, the root is 1.
    private readonly int _nodes;
    private readonly int[] _features;
    private readonly double[] _thresholds;

    // Rows of the last full window and of the present one that went through each node.
    private int[] _reference;
    private int[] _latest;
    private int _seen;
    private bool _ready;

    // Where the present row's standardised values are while it is learned; not state.
    private readonly double[] _z;

    /// <summary>A detector that has seen nothing.</summary>
    public HalfSpaceTrees(RegressorShape shape, HalfSpaceTreesOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        (Features, _options) = (shape.Features, options);
        _scaler = new(Features, options.Reach, options.ScalingMemory);
        _nodes = 2 << options.Height;
        _features = new int[options.Members * _nodes / 2];
        _thresholds = new double[options.Members * _nodes / 2];
        _reference = new int[options.Members * _nodes];
        _latest = new int[options.Members * _nodes];
        _z = new double[Features];
        var low = new double[Features];
        var high = new double[Features];
        var rng = new Rng(shape.Seed, "half-space-trees");
        for (var tree = 0; tree < options.Members; tree++)
        {
            // Each tree's space reaches beyond 0…1, differently for each feature, so that no two trees halve at the same places.
            for (var i = 0; i < Features; i++)
            {
                var center = rng.NextDouble();
                var reach = 2 * Math.Max(center, 1 - center);
                (low[i], high[i]) = (Standardised(center - reach), Standardised(center + reach));
            }
            Halve(ref rng, tree * _nodes / 2, 1, low, high);
        }
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public double Score(ReadOnlySpan<double> x)
    {
        if (!_ready)
            return 0;
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], Features);
        var z = scratch.Span;
        Standardise(x, z);
        var few = _options.MassMin * _options.WindowRows;
        long mass = 0;
        for (var tree = 0; tree < _options.Members; tree++)
        {
            var counts = _reference.AsSpan(tree * _nodes, _nodes);
            var node = 1;
            var depth = 0;
            for (; depth < _options.Height && counts[node] >= few; depth++)
                node = Next(tree, node, z, counts);
            mass += (long)counts[node] << depth;
        }
        return 1 / (1 + mass / ((double)_options.WindowRows * _options.Members));
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x)
    {
        _scaler.Learn(x);
        Standardise(x, _z);
        for (var tree = 0; tree < _options.Members; tree++)
        {
            var counts = _latest.AsSpan(tree * _nodes, _nodes);
            var reference = _reference.AsSpan(tree * _nodes, _nodes);
            var node = 1;
            counts[1]++;
            for (var depth = 0; depth < _options.Height; depth++)
            {
                node = Next(tree, node, _z, reference);
                counts[node]++;
            }
        }
        if (++_seen < _options.WindowRows)
            return;
        (_reference, _latest, _seen, _ready) = (_latest, _reference, 0, true);
        Array.Clear(_latest);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("half-space-trees", 1);
        writer.Write(_options.Members);
        writer.Write(_options.Height);
        _scaler.Save(writer);
        writer.Write(_seen);
        writer.Write(_ready);
        writer.Write(_features);
        writer.Write(_thresholds);
        writer.Write(_reference);
        writer.Write(_latest);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("half-space-trees", 1);
        reader.ReadInt32(_options.Members, _options.Members);
        reader.ReadInt32(_options.Height, _options.Height);
        _scaler.Load(reader);
        _seen = reader.ReadInt32(0, _options.WindowRows - 1);
        _ready = reader.ReadBool();
        reader.Read(_features);
        foreach (var feature in _features)
            if ((uint)feature >= (uint)Features)
                throw new CorruptStateException($"A tree halves feature {feature} of {Features}.");
        reader.ReadWithin(_thresholds, -1e6, 1e6);
        Read(reader, _reference, _ready ? _options.WindowRows : 0);
        Read(reader, _latest, _seen);
    }

    private void Read(StateReader reader, int[] counts, int rows)
    {
        reader.Read(counts);
        for (var tree = 0; tree < _options.Members; tree++)
        {
            var nodes = counts.AsSpan(tree * _nodes, _nodes);
            if (nodes[0] != 0 || nodes[1] != rows)
                throw new CorruptStateException($"A tree has counted {nodes[1]} of {rows} rows.");
            for (var node = 1; node < _nodes / 2; node++)
                if (nodes[2 * node] < 0 || nodes[2 * node + 1] < 0 || (long)nodes[2 * node] + nodes[2 * node + 1] != nodes[node])
                    throw new CorruptStateException($"A node has counted {nodes[node]} rows and its children {nodes[2 * node]} and {nodes[2 * node + 1]}.");
        }
    }

    private void Halve(ref Rng rng, int tree, int node, double[] low, double[] high)
    {
        if (node >= _nodes / 2)
            return;
        var feature = rng.NextInt32(Features);
        var middle = 0.5 * (low[feature] + high[feature]);
        (_features[tree + node], _thresholds[tree + node]) = (feature, middle);
        var end = high[feature];
        high[feature] = middle;
        Halve(ref rng, tree, 2 * node, low, high);
        high[feature] = end;
        var start = low[feature];
        low[feature] = middle;
        Halve(ref rng, tree, 2 * node + 1, low, high);
        low[feature] = start;
    }

    private int Next(int tree, int node, ReadOnlySpan<double> z, ReadOnlySpan<int> reference)
    {
        var at = tree * _nodes / 2 + node;
        var value = z[_features[at]];
        var right = double.IsNaN(value) ? reference[2 * node + 1] > reference[2 * node] : value >= _thresholds[at];
        return 2 * node + (right ? 1 : 0);
    }

    private void Standardise(ReadOnlySpan<double> x, Span<double> z)
    {
        _scaler.Apply(x, z);
        for (var i = 0; i < x.Length; i++)
            if (!double.IsFinite(x[i]))
                z[i] = double.NaN;
    }

    // From the interval 0…1 to deviations from the mean.
    private double Standardised(double unit) => (2 * unit - 1) * _options.Reach;
}
