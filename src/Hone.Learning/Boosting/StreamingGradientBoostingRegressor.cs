using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Boosting;

/// <summary>Gradient-boosted trees for a number: every tree learns what the trees before it leave over of the target.</summary>
/// <remarks>
/// <para>Gunasekara, Pfahringer, Gomes, Bifet, "Gradient boosted trees for evolving data streams", Machine Learning 113, 2024, with squared loss.</para>
/// <para>Like <see cref="StreamingGradientBoosting"/> it has a slow and a fast answer, here mixed by their squared errors. Nothing allocates after construction.</para>
/// </remarks>
public sealed class StreamingGradientBoostingRegressor : IRegressor, ILimited
{
    private const double FastShareInitial = 0.5, LogRatioMax = 5, LevelMemory = 10_000, ErrorMemory = 1000, TargetMax = 1e110, SquareMax = 1e230;
    private readonly StreamingGradientBoostingOptions _options;
    private readonly RegressionTrees _trees;
    private readonly double[] _row;
    private readonly int[] _leaves;
    private readonly bool _hasFast;
    private double _levelWeight;
    private double _level;
    private double _errorWeight;
    private double _error;
    private double _fastShare;
    private int _untilRenewal;
    private int _oldest;

    /// <summary>A learner that has seen nothing; it answers 0.</summary>
    public StreamingGradientBoostingRegressor(RegressorShape shape, StreamingGradientBoostingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        (Features, _options) = (shape.Features, options);
        _trees = new(options.ToSettings(Features, options.Members, shape.Seed, options.FastMemory, double.MaxValue));
        _row = new double[_trees.RowLength];
        _leaves = new int[options.Members];
        _hasFast = options.FastMemory > 0;
        _fastShare = _hasFast ? FastShareInitial : 0;
        _untilRenewal = options.RenewalRows;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public string? LimitReached => _options.LimitReached(_trees);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        using var row = new Scratch(stackalloc double[Scratch.StackMax], _trees.RowLength);
        RegressionTrees.Prepare(x, row.Span);
        double slow = 0, fast = 0;
        for (var tree = 0; tree < _leaves.Length; tree++)
        {
            var leaf = _trees.Route(tree, row.Span);
            slow += _options.LearningRate * _trees.Value(leaf);
            if (_hasFast)
                fast += _options.LearningRate * _trees.FastValue(leaf);
        }
        return Mixed(slow, fast);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0) => Step(x, target, weight);

    /// <inheritdoc/>
    public double TestThenTrain(ReadOnlySpan<double> x, double target) => Step(x, target, 1);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("streaming-gradient-boosting-regressor", 1);
        writer.Write(_levelWeight);
        writer.Write(_level);
        writer.Write(_errorWeight);
        writer.Write(_error);
        writer.Write(_fastShare);
        writer.Write(_untilRenewal);
        writer.Write(_oldest);
        _trees.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("streaming-gradient-boosting-regressor", 1);
        _levelWeight = reader.ReadWithin(0, LevelMemory);
        _level = reader.ReadWithin(-TargetMax, TargetMax);
        _errorWeight = reader.ReadWithin(0, ErrorMemory);
        _error = reader.ReadWithin(0, SquareMax);
        _fastShare = reader.ReadWithin(0, 1);
        _untilRenewal = reader.ReadInt32(0, _options.RenewalRows);
        _oldest = reader.ReadInt32(0, _options.Members - 1);
        _trees.Load(reader);
    }

    private double Mixed(double slow, double fast) => _level + slow + _fastShare * (fast - slow);

    private double Step(ReadOnlySpan<double> x, double target, double weight)
    {
        Targets.Check(target, weight);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        RegressionTrees.Prepare(x, _row);
        for (var tree = 0; tree < _leaves.Length; tree++)
            _leaves[tree] = _trees.Route(tree, _row);
        _trees.Observe(x);
        var followFast = _fastShare > 0.5;
        var rate = _options.LearningRate;
        var rest = target - _level;
        double slow = 0, fast = 0;
        for (var tree = 0; tree < _leaves.Length; tree++)
        {
            var leaf = _leaves[tree];
            double slowGradient = rest - slow, fastGradient = rest - fast;
            slow += rate * _trees.Value(leaf);
            if (!_hasFast)
            {
                _trees.Learn(tree, leaf, slowGradient, 1, weight);
                continue;
            }
            fast += rate * _trees.FastValue(leaf);
            _trees.Learn(tree, leaf, slowGradient, 1, fastGradient, 1, weight, followFast);
        }
        var prediction = Mixed(slow, fast);
        LearnLevel(rest, Math.Min(weight, 1));
        Share((rest - slow) * (rest - slow), (rest - fast) * (rest - fast), (target - prediction) * (target - prediction), Math.Min(weight, 1));
        if (followFast && _options.Lifetime > 0 && --_untilRenewal <= 0)
        {
            _untilRenewal = _options.RenewalRows;
            _trees.Reset(_oldest);
            _oldest = (_oldest + 1) % _leaves.Length;
        }
        return prediction;
    }

    private void LearnLevel(double rest, double weight)
    {
        _levelWeight = Math.Min(_levelWeight + weight, LevelMemory);
        _level += Math.Min(weight / _levelWeight, 1) * rest;
    }

    private void Share(double slow, double fast, double mixed, double weight)
    {
        _errorWeight = Math.Min(_errorWeight + weight, ErrorMemory);
        _error += Math.Min(weight / _errorWeight, 1) * (mixed - _error);
        if (!_hasFast || !(_error > 0))
            return;
        var logRatio = Math.Min(Math.Max((slow - fast) / (2 * _error), -LogRatioMax), LogRatioMax);
        var ratio = Elementary.Exp(logRatio);
        var posterior = _fastShare * ratio / (_fastShare * ratio + 1 - _fastShare);
        posterior += _options.MixtureShare * (1 - 2 * posterior);
        _fastShare = Math.Min(Math.Max(_fastShare + weight * (posterior - _fastShare), 0), 1);
    }
}
