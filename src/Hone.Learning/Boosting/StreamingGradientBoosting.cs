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
    [Range(2, 1024)] public int LeavesMax { get; init; } = 64;

    /// <summary>Splits between the root of a tree and a leaf.</summary>
    [Range(1, 30)] public int DepthMax { get; init; } = 8;

    /// <summary>Examples between two attempts to split a leaf.</summary>
    [Range(1, 1_000_000)] public int GracePeriod { get; init; } = 25;

    /// <summary>Probability that the second best feature is the better one after all; 1 does not ask.</summary>
    [Range(1e-12, 1.0)] public double SplitConfidence { get; init; } = 1;

    /// <summary>Hoeffding bound under which two features are as good as each other.</summary>
    [Range(0.0, 1.0)] public double TieThreshold { get; init; } = 0.05;

    /// <summary>Probability that a split of pure noise passes for one.</summary>
    [Range(1e-12, 1.0)] public double NoiseProbability { get; init; } = 1;

    /// <summary>Examples after which a leaf's slow value forgets exponentially.</summary>
    [Range(10.0, 1e9)] public double Memory { get; init; } = 5000;

    /// <summary>Examples of no gradient that a leaf's slow value is shrunk by.</summary>
    [Range(0.0, 1e6)] public double Shrinkage { get; init; } = 20;

    /// <summary>Examples after which a leaf's fast value forgets exponentially; 0 leaves fast values out.</summary>
    [Range(0.0, 1e9)] public double FastMemory { get; init; } = 50;

    /// <summary>Examples of no gradient that a leaf's fast value is shrunk by.</summary>
    [Range(0.0, 1e6)] public double FastShrinkage { get; init; } = 5;

    /// <summary>How readily the mixture of slow and fast changes its mind, per example.</summary>
    [Range(0.0, 0.5)] public double MixtureShare { get; init; } = 1e-4;

    /// <summary>Examples that a tree lives while the fast values are the better ones, before it starts anew; 0 lets it live for ever.</summary>
    [Range(0, 1_000_000_000)] public int Lifetime { get; init; } = 10_000;

    // Rows between two renewals: one tree after the other, so that each lives its time.
    internal int RenewalRows => Math.Max(1, Lifetime / Members);

    internal RegressionTreesSettings ToSettings(int features, int trees, ulong seed, double fastMemory, double valueMax)
    {
        var candidates = Math.Max(1, (int)Math.Ceiling(FeatureShare * features));
        return new()
        {
            Features = features,
            Trees = trees,
            LeavesMax = LeavesMax,
            DepthMax = DepthMax,
            Candidates = candidates,
            CandidatesPerTree = true,
            HistogramsMax = Math.Max(trees, Math.Min(trees * LeavesMax, HistogramBytesMax / (candidates * QuantileBins.Bins * 8))),
            GracePeriod = GracePeriod,
            SplitConfidence = SplitConfidence,
            TieThreshold = TieThreshold,
            NoiseProbability = NoiseProbability,
            Memory = Memory,
            Shrinkage = Shrinkage,
            FastMemory = fastMemory,
            FastShrinkage = FastShrinkage,
            ValueMax = valueMax,
            Seed = seed,
        };
    }

    internal string? LimitReached(RegressionTrees trees) => trees.FullMemoryHits > 0
        ? $"The memory for splits is used up; {trees.FullMemoryHits} times a leaf had to wait for some. Lower members, leaves_max or feature_share."
        : null;

    private const int HistogramBytesMax = 32 << 20;
}

/// <summary>
/// Gradient-boosted trees that learn one example at a time: every tree is taught the gradient of the log-loss at the score of the trees before it.
/// Two classes have one tree per step, more classes one each.
/// </summary>
/// <remarks>
/// <para>Gunasekara, Pfahringer, Gomes, Bifet, "Gradient boosted trees for evolving data streams", Machine Learning 113, 2024: a step learns
/// gradient over curvature with the curvature as weight, from a random part of the features, and an example passes all steps in one go. A row is divided into bins once for all
/// trees, and is routed once per tree for prediction and learning.</para>
/// <para>Different from the paper: every leaf has two values, a slow and a fast forgetting mean, which make up two scores with gradients of their own. Their
/// probabilities are mixed by how likely each made the labels (fixed-share), so that nobody has to choose how fast to forget: on weak edges
/// the slow score speaks, in a world that moves the fast one. While the fast one does, one tree after the other starts anew, and each lives for <see cref="StreamingGradientBoostingOptions.Lifetime"/>
/// examples. Overlapping labels leave the fast values out, as they would flatter them.</para>
/// <para>With more than two classes a tree whose class was given a probability within 0.01 of right is not taught that row. Nothing allocates after construction.
/// A missing value goes the way that has explained most in learning.</para>
/// <para>Herbster, Warmuth, "Tracking the best expert", Machine Learning 32, 1998.</para>
/// </remarks>
public sealed class StreamingGradientBoosting : IClassifier, ILimited
{
    private const double CurvatureMin = 0.01, FastShareInitial = 0.5, ScoreMax = 6, GradientMin = 0.01;
    private readonly StreamingGradientBoostingOptions _options;
    private readonly RegressionTrees _trees;

    // Scores, and so trees per step.
    private readonly int _rows;

    // Working space of a call that learns; not state.
    private readonly double[] _row;
    private readonly int[] _leaves;
    private readonly double[] _scores;
    private readonly double[] _fastScores;
    private readonly double[] _p;
    private readonly double[] _q;
    private readonly double[] _mixed;
    private readonly bool _hasFast;
    private int _untilRenewal;
    private int _oldest;
    private double _fastShare;

    /// <summary>A learner that has seen nothing.</summary>
    public StreamingGradientBoosting(LearnerShape shape, StreamingGradientBoostingOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _rows = Scores.Count(Classes);
        var trees = options.Members * _rows;
        _hasFast = options.FastMemory > 0 && shape.Overlap <= 1;
        _trees = new(options.ToSettings(Features, trees, shape.Seed, _hasFast ? options.FastMemory : 0, ScoreMax));
        _row = new double[_trees.RowLength];
        _leaves = new int[trees];
        _scores = new double[_rows];
        _fastScores = new double[_rows];
        _p = new double[Classes];
        _q = new double[Classes];
        _mixed = new double[Classes];
        _untilRenewal = _options.RenewalRows;

        // Overlapping labels would flatter the fast values, which have just seen most of the next label.
        _fastShare = _hasFast ? FastShareInitial : 0;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public string? LimitReached => _options.LimitReached(_trees);

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        using var row = new Scratch(stackalloc double[Scratch.StackMax], _trees.RowLength);
        using var space = new Scratch(stackalloc double[Scratch.StackMax], 2 * _rows + Classes);
        RegressionTrees.Prepare(x, row.Span);
        space.Span.Clear();
        var slow = space.Span[.._rows];
        var fast = space.Span.Slice(_rows, _rows);
        var rate = _options.LearningRate;
        var tree = 0;
        for (var step = 0; step < _options.Members; step++)
            for (var k = 0; k < _rows; k++)
            {
                var leaf = _trees.Route(tree++, row.Span);
                slow[k] += rate * _trees.Value(leaf);
                if (_hasFast)
                    fast[k] += rate * _trees.FastValue(leaf);
            }
        Mix(slow, fast, probabilities, space.Span[(2 * _rows)..]);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Step(x, label, weight, _mixed);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Step(x, label, 1, probabilities);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("streaming-gradient-boosting", 1);
        writer.Write(Classes);
        writer.Write(_untilRenewal);
        writer.Write(_oldest);
        writer.Write(_fastShare);
        _trees.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("streaming-gradient-boosting", 1);
        reader.ReadInt32(Classes, Classes);
        _untilRenewal = reader.ReadInt32(0, _options.RenewalRows);
        _oldest = reader.ReadInt32(0, _options.Members - 1);
        _fastShare = reader.ReadWithin(0, 1);
        _trees.Load(reader);
    }

    private void Mix(ReadOnlySpan<double> slow, ReadOnlySpan<double> fast, Span<double> probabilities, Span<double> space)
    {
        Scores.ToProbabilities(slow, probabilities);
        if (!_hasFast)
            return;
        Scores.ToProbabilities(fast, space);
        for (var k = 0; k < Classes; k++)
            probabilities[k] += _fastShare * (space[k] - probabilities[k]);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        RegressionTrees.Prepare(x, _row);
        for (var tree = 0; tree < _leaves.Length; tree++)
            _leaves[tree] = _trees.Route(tree, _row);
        _trees.Observe(x);
        Array.Clear(_scores);
        Array.Clear(_fastScores);
        var rate = _options.LearningRate;
        var followFast = _fastShare > 0.5;
        var at = 0;
        for (var step = 0; step < _options.Members; step++)
        {
            Scores.ToProbabilities(_scores, _p);
            if (_hasFast)
                Scores.ToProbabilities(_fastScores, _q);
            for (var row = 0; row < _rows; row++, at++)
            {
                var k = _rows == 1 ? 1 : row;
                var target = label == k ? 1.0 : 0.0;
                var p = _p[k];
                var leaf = _leaves[at];
                _scores[row] += rate * _trees.Value(leaf);
                if (!_hasFast)
                {
                    if (Math.Abs(target - p) >= GradientMin || _rows == 1)
                        _trees.Learn(at, leaf, target - p, Curvature(p), weight);
                    continue;
                }
                var q = _q[k];
                _fastScores[row] += rate * _trees.FastValue(leaf);

                // Of many classes, most are out of the question in most rows: their trees have next to nothing to learn.
                if (Math.Abs(target - p) < GradientMin && Math.Abs(target - q) < GradientMin && _rows > 1)
                    continue;
                _trees.Learn(at, leaf, target - p, Curvature(p), target - q, Curvature(q), weight, followFast);
            }
        }
        Mix(_scores, _fastScores, probabilities, _q);
        if (!_hasFast)
            return;
        Scores.ToProbabilities(_scores, _p);
        Share(_p[label], _q[label], Math.Min(weight, 1));
        if (_options.Lifetime == 0 || !followFast || --_untilRenewal > 0)
            return;
        _untilRenewal = _options.RenewalRows;
        for (var row = 0; row < _rows; row++)
            _trees.Reset(_oldest * _rows + row);
        _oldest = (_oldest + 1) % _options.Members;
    }

    private static double Curvature(double p) => Math.Max(p * (1 - p), CurvatureMin);

    private void Share(double slowLikelihood, double fastLikelihood, double weight)
    {
        var fast = _fastShare * fastLikelihood;
        var posterior = fast / (fast + (1 - _fastShare) * slowLikelihood);
        posterior += _options.MixtureShare * (1 - 2 * posterior);
        _fastShare = Math.Min(Math.Max(_fastShare + weight * (posterior - _fastShare), 0), 1);
    }
}
