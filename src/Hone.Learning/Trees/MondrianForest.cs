using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>Options of <see cref="MondrianForest"/>.</summary>
public sealed record MondrianForestOptions : MondrianOptions
{
    /// <summary>How fast the weights of the prunings follow their losses; 1 is Bayes' rule.</summary>
    [Range(1e-6, 100.0)]
    public double Step { get; init; } = 1;

    /// <summary>Examples' worth of each class that a node is credited with: Dirichlet's parameter.</summary>
    [Range(1e-6, 1e6)]
    public double Dirichlet { get; init; } = 0.5;
}

/// <summary>Class probabilities from trees that split at random and by all their prunings together, weighted by how well each foretold the past.</summary>
/// <remarks>
/// <para>See <see cref="MondrianTree"/> for the algorithm. Splits do not look at labels; which of them matter the weights find out, without a
/// test that has to be passed or a parameter to be set. Against the published algorithm: lengths along features are in units of their running deviations,
/// so that the unit a feature comes in does not matter; an example of a weight below 1 splits a node with that probability, so that h overlapping ones of
/// weight 1/h grow a tree as one does; a node forgets what is long past, and so do the weights (by option, neither does); and memory is bounded.</para>
/// <para>Mourtada, Gaïffas, Scornet, "AMF: aggregated Mondrian forests for online learning", JRSSB 83(3), 2021.</para>
/// </remarks>
public sealed class MondrianForest : IBlockClassifier, ILimited
{
    // Rows that trees work through one tree after the other: their node tops stay in the cache.
    private const int BlockRows = 64;

    private readonly MondrianForestOptions _options;
    private readonly MondrianRows _rows;
    private readonly MondrianTree[] _trees;
    private readonly int _nodesMax;
    private readonly double _memory;

    // The rows of a block, their units, their labels, and what each tree answers.
    private readonly float[] _points;
    private readonly float[] _scales;
    private readonly int[] _labels;
    private readonly double[] _answers;
    private readonly Action<int> _work;
    private int _count;

    /// <summary>A forest that has seen nothing: every class is equally likely.</summary>
    public MondrianForest(LearnerShape shape, MondrianForestOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _rows = new(Features, options.ScalingMemory);
        _nodesMax = MondrianSize.Nodes(Features, Classes + 1, options.NodesMax);
        _memory = MondrianSize.Memory(options.Memory);
        _trees = new MondrianTree[options.Members];
        for (var i = 0; i < _trees.Length; i++)
            _trees[i] = new(Features, Classes + 1, _nodesMax, options.Switching, new(shape.Seed, $"mondrian-forest/{i}"));
        _points = new float[BlockRows * _rows.Length];
        _scales = new float[BlockRows * _rows.Length];
        _labels = new int[BlockRows];
        _answers = new double[_trees.Length * BlockRows * Classes];
        _work = Work;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public string? LimitReached => MondrianSize.LimitReached(_trees, _nodesMax);

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _rows.Length);
        var point = MemoryMarshal.Cast<double, float>(scratch.Span)[.._rows.Length];
        using var answer = new Scratch(stackalloc double[Scratch.StackMax], Classes);
        _rows.Write(x, point);
        var sum = probabilities[..Classes];
        sum.Clear();
        foreach (var tree in _trees)
        {
            answer.Span.Clear();
            tree.Classify(point, _options.Dirichlet, answer.Span);
            for (var c = 0; c < sum.Length; c++)
                sum[c] += answer.Span[c];
        }
        Normalise(sum);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Span<float> point = _points.AsSpan(0, _rows.Length), scale = _scales.AsSpan(0, _rows.Length);
        _rows.Learn(x, point, scale);
        var target = new ClassTarget(label, Math.Min(weight, MondrianSize.WeightMax), _options.Dirichlet, _options.Step, _memory);
        foreach (var tree in _trees)
            tree.Learn(point, scale, weight, target);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        _rows.Learn(x, _points.AsSpan(0, _rows.Length), _scales.AsSpan(0, _rows.Length));
        _labels[0] = label;
        _count = 1;
        for (var i = 0; i < _trees.Length; i++)
            Work(i);
        Answer(0, probabilities[..Classes]);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlyMemory<double> rows, ReadOnlyMemory<int> labels, Memory<double> probabilities, ILanes lanes)
    {
        foreach (var label in labels.Span)
            Scores.Check(label, Classes, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, labels.Length * Features);
        ArgumentOutOfRangeException.ThrowIfLessThan(probabilities.Length, labels.Length * Classes);
        for (var from = 0; from < labels.Length; from += BlockRows)
        {
            _count = Math.Min(BlockRows, labels.Length - from);
            for (var r = 0; r < _count; r++)
                _rows.Learn(rows.Span.Slice((from + r) * Features, Features), _points.AsSpan(r * _rows.Length, _rows.Length), _scales.AsSpan(r * _rows.Length, _rows.Length));
            labels.Span.Slice(from, _count).CopyTo(_labels);
            lanes.For(_trees.Length, _work);
            for (var r = 0; r < _count; r++)
                Answer(r, probabilities.Span.Slice((from + r) * Classes, Classes));
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("mondrian-forest", 1);
        writer.Write(Classes);
        writer.Write(Features);
        writer.Write(_trees.Length);
        writer.Write(_nodesMax);
        _rows.Save(writer);
        foreach (var tree in _trees)
            tree.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("mondrian-forest", 1);
        reader.ReadInt32(Classes, Classes);
        reader.ReadInt32(Features, Features);
        reader.ReadInt32(_trees.Length, _trees.Length);
        reader.ReadInt32(_nodesMax, _nodesMax);
        _rows.Load(reader);
        foreach (var tree in _trees)
            tree.Load(reader);
    }

    // A tree's part of a block: it touches nothing but the tree and its own answers.
    private void Work(int tree)
    {
        var length = _rows.Length;
        for (var r = 0; r < _count; r++)
        {
            var point = _points.AsSpan(r * length, length);
            var answer = _answers.AsSpan((tree * BlockRows + r) * Classes, Classes);
            answer.Clear();
            _trees[tree].Classify(point, _options.Dirichlet, answer);
            _trees[tree].Learn(point, _scales.AsSpan(r * length, length), 1, new ClassTarget(_labels[r], 1, _options.Dirichlet, _options.Step, _memory));
        }
    }

    private void Answer(int row, Span<double> probabilities)
    {
        probabilities.Clear();
        for (var tree = 0; tree < _trees.Length; tree++)
            for (var c = 0; c < probabilities.Length; c++)
                probabilities[c] += _answers[(tree * BlockRows + row) * Classes + c];
        Normalise(probabilities);
    }

    private static void Normalise(Span<double> sums)
    {
        var sum = Tally.Sum(sums);
        for (var c = 0; c < sums.Length; c++)
            sums[c] /= sum;
    }
}

/// <summary>What a tree's memory comes to.</summary>
internal static class MondrianSize
{
    /// <summary>No example weighs more, and no node remembers more of them: sums stay finite.</summary>
    public const double WeightMax = 1e50;

    private const int BytesPerTree = 4 << 20, NodesMin = 1023, NodesMax = 32767;

    /// <summary>A node's memory; 0 is none that ends.</summary>
    public static double Memory(double memory) => memory > 0 ? memory : WeightMax;

    /// <summary>Nodes of a tree: those asked for, or what fits. Odd: a root and pairs.</summary>
    public static int Nodes(int features, int width, int nodesMax)
    {
        if (nodesMax > 0)
            return Math.Max(3, nodesMax - 1 + nodesMax % 2);
        var bytes = 52 + 8L * Kernels.Padded(features) + 8L * width;
        return (int)Math.Clamp(BytesPerTree / bytes, NodesMin, NodesMax) / 2 * 2 + 1;
    }

    /// <summary>What <see cref="ILimited.LimitReached"/> says of a forest.</summary>
    public static string? LimitReached(ReadOnlySpan<MondrianTree> trees, int nodesMax)
    {
        long often = 0;
        foreach (var tree in trees)
            often += tree.Collections;
        return often == 0 ? null : $"Trees have used up their {nodesMax} nodes {often} times and gave up the leaves that were not visited for longest; nodes_max raises the limit.";
    }
}
