using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Boosting;

/// <summary>Options of <see cref="StreamingGradientBoosting"/>.</summary>
public sealed record StreamingGradientBoostingOptions
{
    /// <summary>Boosting steps.</summary>
    [Range(1, 1000)] public int Members { get; init; } = 64;

    /// <summary>Share of a tree's answer that is added to the score.</summary>
    [Range(0.001, 1.0)] public double LearningRate { get; init; } = 0.1;

    /// <summary>Share of the features that a tree may split on.</summary>
    [Range(0.01, 1.0)] public double FeatureShare { get; init; } = 0.75;

    /// <summary>Leaves of a tree.</summary>
    [Range(2, 1024)] public int LeavesMax { get; init; } = 16;

    /// <summary>Splits between the root of a tree and a leaf.</summary>
    [Range(1, 30)] public int DepthMax { get; init; } = 6;

    /// <summary>Examples between two attempts to split a leaf.</summary>
    [Range(1, 1_000_000)] public int GracePeriod { get; init; } = 50;

    /// <summary>Probability that the second best feature is the better one after all; 1 does not ask.</summary>
    [Range(1e-12, 1.0)] public double SplitConfidence { get; init; } = 1;

    /// <summary>Hoeffding bound under which two features are as good as each other.</summary>
    [Range(0.0, 1.0)] public double TieThreshold { get; init; } = 0.05;

    /// <summary>Probability that a split of pure noise passes for one.</summary>
    [Range(1e-12, 1.0)] public double NoiseProbability { get; init; } = 0.05;

    /// <summary>Examples after which a leaf forgets exponentially.</summary>
    [Range(10.0, 1e9)] public double Memory { get; init; } = 1000;

    /// <summary>Examples of no gradient that a leaf's value is shrunk by.</summary>
    [Range(0.0, 1e6)] public double Shrinkage { get; init; } = 5;

    /// <summary>Examples that a tree lives before it starts anew; 0 lets it live for ever.</summary>
    [Range(0, 1_000_000_000)] public int Lifetime { get; init; }
}

/// <summary>Gradient-boosted trees that learn one example at a time.</summary>
public sealed class StreamingGradientBoosting : IClassifier
{
    private const double CurvatureMin = 0.01;
    private readonly StreamingGradientBoostingOptions _options;
    private readonly RegressionTrees _trees;
    private readonly int _rows;
    private readonly double[] _row;
    private readonly int[] _leaves;
    private readonly double[] _scores;
    private readonly double[] _p;
    private long _learned;
    private int _oldest;

    /// <summary>A learner that has seen nothing.</summary>
    public StreamingGradientBoosting(LearnerShape shape, StreamingGradientBoostingOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _rows = Scores.Count(Classes);
        var trees = options.Members * _rows;
        var candidates = Math.Max(1, (int)Math.Ceiling(options.FeatureShare * Features));
        var slotBytes = candidates * QuantileBins.Bins * 8;
        _trees = new(new()
        {
            Features = Features,
            Trees = trees,
            LeavesMax = options.LeavesMax,
            DepthMax = options.DepthMax,
            Candidates = candidates,
            CandidatesPerTree = true,
            HistogramsMax = Math.Max(trees, Math.Min(trees * options.LeavesMax, (32 << 20) / slotBytes)),
            GracePeriod = options.GracePeriod,
            SplitConfidence = options.SplitConfidence,
            TieThreshold = options.TieThreshold,
            NoiseProbability = options.NoiseProbability,
            Memory = options.Memory,
            Shrinkage = options.Shrinkage,
            ValueMax = 6,
            Seed = shape.Seed,
        });
        _row = new double[_trees.RowLength];
        _leaves = new int[trees];
        _scores = new double[_rows];
        _p = new double[Classes];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        using var row = new Scratch(stackalloc double[Scratch.StackMax], _trees.RowLength);
        using var scores = new Scratch(stackalloc double[Scratch.StackMax], _rows);
        RegressionTrees.Prepare(x, row.Span);
        scores.Span.Clear();
        var tree = 0;
        for (var step = 0; step < _options.Members; step++)
            for (var k = 0; k < _rows; k++)
                scores.Span[k] += _options.LearningRate * _trees.Value(_trees.Route(tree++, row.Span));
        Scores.ToProbabilities(scores.Span, probabilities);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Step(x, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Step(x, label, 1);
        Scores.ToProbabilities(_scores, probabilities);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("streaming-gradient-boosting", 1);
        writer.Write(Classes);
        writer.Write(_learned);
        writer.Write(_oldest);
        _trees.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("streaming-gradient-boosting", 1);
        reader.ReadInt32(Classes, Classes);
        _learned = reader.ReadInt64();
        _oldest = reader.ReadInt32(0, _options.Members - 1);
        _trees.Load(reader);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        RegressionTrees.Prepare(x, _row);
        for (var tree = 0; tree < _leaves.Length; tree++)
            _leaves[tree] = _trees.Route(tree, _row);
        _trees.Observe(x);
        Array.Clear(_scores);
        var at = 0;
        for (var step = 0; step < _options.Members; step++)
        {
            Scores.ToProbabilities(_scores, _p);
            for (var row = 0; row < _rows; row++, at++)
            {
                var k = _rows == 1 ? 1 : row;
                var p = _p[k];
                _scores[row] += _options.LearningRate * _trees.Value(_leaves[at]);
                _trees.Learn(at, _leaves[at], (label == k ? 1 : 0) - p, Math.Max(p * (1 - p), CurvatureMin), weight);
            }
        }
        _learned++;
        if (_options.Lifetime > 0 && _learned % Math.Max(1, _options.Lifetime / _options.Members) == 0)
        {
            for (var row = 0; row < _rows; row++)
                _trees.Reset(_oldest * _rows + row);
            _oldest = (_oldest + 1) % _options.Members;
        }
    }
}
