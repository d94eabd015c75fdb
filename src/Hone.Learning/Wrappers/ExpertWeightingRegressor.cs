using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Options of <see cref="ExpertWeightingRegressor"/>.</summary>
public sealed record ExpertWeightingRegressorOptions
{
    /// <summary>The experts: catalog names, or objects with a name and options.</summary>
    [Length(1, 64)]
    public IReadOnlyList<ExpertOptions> Learners { get; init; } = [.. WrapperDefaults.Regressors.Select(name => new ExpertOptions { Name = name })];

    /// <summary>How weights follow from losses. Left out: learn-share, or fixed-share with a tenth where labels are known to come late, which flatters those who learn fast.</summary>
    public WeightingAlgorithm? Algorithm { get; init; }

    /// <summary>Multiple of the algorithm's own rate. Of learn-share, fixed-share and ewa that is 1, the weights of Bayes for normal errors; of hedge
    /// √(8 ln N / examples) over the range of the loss; of ada-hedge ln N over the gap so far.</summary>
    [Range(1e-6, 1e6)]
    public double Rate { get; init; } = 1;

    /// <summary>Share of all weight that is dealt out evenly after each example, for fixed-share: an expert is expected to be the best for 1 / share examples.</summary>
    [Range(0.0, 0.5)]
    public double Share { get; init; } = 0.01;

    /// <summary>Examples over which the size of a usual error is measured.</summary>
    [Range(10.0, 1e9)]
    public double Memory { get; init; } = 1_000;
}

/// <summary>
/// A mixture of learners of a number, averaged by weights that follow from how well each has predicted so far.
/// </summary>
/// <remarks>
/// <para>The loss of an expert is its squared error over twice the mean squared error of the mixture, measured over the recent examples before this one: the log-loss of a normal
/// distribution of that width. It counts at most 8, four standard deviations, so that one outlier decides nothing. The bounds of <see cref="ExpertWeighting"/>
/// hold for these losses; for plain squared errors they hold as far as the width stays.</para>
/// </remarks>
public sealed class ExpertWeightingRegressor : IRegressor, IRateBoost, ILimited
{
    private const string Name = "expert-weighting";
    private const double LossMax = 8, ErrorMax = 1e100, WidthAge = 0.05;

    private readonly IRegressor[] _experts;
    private readonly ExpertWeights _weights;
    private readonly double _memory;
    private readonly double[] _losses;
    private readonly double[] _said;
    private double _square;
    private double _age;

    /// <summary>Experts that have seen nothing, of equal weight.</summary>
    /// <exception cref="InvalidOptionsException">There is no expert, or one is unknown or cannot be built.</exception>
    public ExpertWeightingRegressor(RegressorShape shape, ExpertWeightingRegressorOptions options, Catalog catalog)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        (Features, _memory) = (shape.Features, options.Memory);
        var count = options.Learners.Count;
        _experts = new IRegressor[count];
        for (var i = 0; i < count; i++)
            _experts[i] = Nested.Regressor(catalog, Name, shape with { Seed = Nested.Seed(shape.Seed, i) }, options.Learners[i].Name, options.Learners[i].Options);
        _weights = ExpertWeights.Of(options.Algorithm, shape.Delay, count, options.Rate, options.Share, 1, LossMax);
        _losses = new double[count];
        _said = new double[count];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <summary>Weight of each expert, in the order of the options; they sum to one.</summary>
    public ReadOnlySpan<double> Weights => _weights.Weights;

    /// <inheritdoc/>
    public bool CanBoost => Array.Exists(_experts, e => e is IRateBoost { CanBoost: true });

    /// <inheritdoc/>
    public string? LimitReached => Nested.LimitReached(_experts);

    /// <inheritdoc/>
    public void BoostRate(double factor)
    {
        foreach (var expert in _experts)
            (expert as IRateBoost)?.BoostRate(factor);
    }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        var mean = 0.0;
        for (var i = 0; i < _experts.Length; i++)
            mean += _weights.Weights[i] * _experts[i].Predict(x);
        return mean;
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        RegressorWrapper.Check(target, weight);
        for (var i = 0; i < _experts.Length; i++)
        {
            if (weight == 1)
            {
                _said[i] = _experts[i].TestThenTrain(x, target);
                continue;
            }
            _said[i] = _experts[i].Predict(x);
            _experts[i].Learn(x, target, weight);
        }
        Judge(Mean(), target, weight);
    }

    /// <inheritdoc/>
    public double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        RegressorWrapper.Check(target, 1);
        for (var i = 0; i < _experts.Length; i++)
            _said[i] = _experts[i].TestThenTrain(x, target);
        var mean = Mean();
        Judge(mean, target, 1);
        return mean;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write(Features);
        writer.Write(_square);
        writer.Write(_age);
        _weights.Save(writer);
        foreach (var expert in _experts)
            expert.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        reader.ReadInt32(Features, Features);
        _square = reader.ReadWithin(0, 4 * ErrorMax * ErrorMax);
        _age = reader.ReadWithin(0, 1e18);
        _weights.Load(reader);
        foreach (var expert in _experts)
            expert.Load(reader);
    }

    private double Mean()
    {
        var mean = 0.0;
        for (var i = 0; i < _said.Length; i++)
            mean += _weights.Weights[i] * _said[i];
        return mean;
    }

    private void Judge(double mean, double target, double weight)
    {
        var bounded = Math.Min(weight, 1);
        if (_square > 0)
        {
            for (var i = 0; i < _losses.Length; i++)
                _losses[i] = Math.Min(Square(_said[i], target) / (2 * _square), LossMax);
            _weights.Update(_losses, bounded);
        }
        var gain = Math.Max(1 / (1 + WidthAge * _age), 1 / _memory);
        _square += (Square(mean, target) - _square) * gain * (_square > 0 ? bounded : 1);
        _age = Math.Min(_age + bounded, 1e18);
    }

    private static double Square(double prediction, double target)
    {
        var error = Math.Min(Math.Abs(prediction - target), ErrorMax);
        return error * error;
    }
}
