using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>By which loss the experts of a mixture are weighted.</summary>
public enum ExpertLoss
{
    /// <summary>−ln of the probability of what happened; at the rate 1 the weights are those of Bayes.</summary>
    Log,

    /// <summary>Half of the Brier score, from 0 to 1: a single surprise costs an expert less.</summary>
    Brier,
}

/// <summary>Options of <see cref="ExpertWeighting"/>.</summary>
public sealed record ExpertWeightingOptions
{
    /// <summary>The experts: catalog names, or objects with a name and options.</summary>
    [Length(1, 64)]
    public IReadOnlyList<ExpertOptions> Learners { get; init; } = [.. WrapperDefaults.Classifiers.Select(name => new ExpertOptions { Name = name })];

    /// <summary>How weights follow from losses. Left out: learn-share, or fixed-share with a tenth where labels are known to come late, which flatters those who learn fast.</summary>
    public WeightingAlgorithm? Algorithm { get; init; }

    /// <summary>Multiple of the algorithm's own rate. Of learn-share, fixed-share and ewa that is 1 for log-loss and ½ for Brier, the largest for which
    /// the bound on the regret holds; of hedge √(8 ln N / examples) over the range of the loss; of ada-hedge ln N over the gap so far.</summary>
    [Range(1e-6, 1e6)]
    public double Rate { get; init; } = 1;

    /// <summary>Share of all weight that is dealt out evenly after each example, for fixed-share: an expert is expected to be the best for 1 / share examples.</summary>
    [Range(0.0, 0.5)]
    public double Share { get; init; } = 0.01;

    /// <summary>By which loss experts are weighted.</summary>
    public ExpertLoss Loss { get; init; } = ExpertLoss.Log;
}

/// <summary>
/// A mixture of experts: learners of the catalog learn side by side, and their probabilities are averaged by weights that follow from how well each
/// has predicted so far.
/// </summary>
/// <remarks>
/// <para>What is promised, with N experts: ewa on log-loss never loses more than ln N beyond the best expert, on the half Brier score 2 ln N (the average of
/// probabilities, not a vote, is what makes that hold); hedge and ada-hedge not more than about √(examples · ln N); fixed-share, against the best sequence of experts with s switches, not more
/// than about (s + 1) ln N + s ln(1 / share) + examples · share, at the rate 1, and learn-share at most ln 7 + 10⁻⁴ · examples beyond the best of its shares. Under hedge a log-loss counts at most ln 100.</para>
/// <para>An expert is judged by what it said before it learned the label; where neighbouring labels overlap it is given each label that much later.
/// An example of weight w counts min(w, 1) in the weights.</para>
/// <para>The sources of the algorithms stand with them: see <see cref="WeightingAlgorithm"/>.</para>
/// </remarks>
public sealed class ExpertWeighting : IBlockClassifier, IRateBoost, ILimited
{
    private const string Name = "expert-weighting";
    private const int BlockRows = 128;
    private const double ProbabilityMin = 1e-300, HedgeProbabilityMin = 0.01;

    private readonly IClassifier[] _experts;
    private readonly ExpertWeights _weights;
    private readonly ExpertLoss _loss;
    private readonly double _probabilityMin;
    private readonly double[] _losses;

    // What the experts said about a row, or a block of rows: expert by expert.
    private readonly double[] _said;
    private readonly double[] _blockSaid;
    private readonly Action<int> _runExpert;
    private ReadOnlyMemory<double> _rows;
    private ReadOnlyMemory<int> _labels;

    /// <summary>Experts that have seen nothing, of equal weight.</summary>
    /// <exception cref="InvalidOptionsException">There is no expert, or one is unknown or cannot be built.</exception>
    public ExpertWeighting(LearnerShape shape, ExpertWeightingOptions options, Catalog catalog)
    {
        Scores.Check(shape);
        (Features, Classes, _loss) = (shape.Features, shape.Classes, options.Loss);
        var count = options.Learners.Count;
        _experts = new IClassifier[count];
        for (var i = 0; i < count; i++)
            _experts[i] = Nested.Judged(catalog, Name, shape with { Seed = Nested.Seed(shape.Seed, i) }, options.Learners[i].Name, options.Learners[i].Options);
        var hedge = options.Algorithm == WeightingAlgorithm.Hedge;
        _probabilityMin = hedge ? HedgeProbabilityMin : ProbabilityMin;
        var range = _loss == ExpertLoss.Log ? -Elementary.Log(_probabilityMin) : 1;
        _weights = ExpertWeights.Of(options.Algorithm, shape.Delay, count, options.Rate, options.Share, _loss == ExpertLoss.Log ? 1 : 0.5, range);
        _losses = new double[count];
        _said = new double[count * Classes];
        _blockSaid = new double[count * Classes * BlockRows];
        _runExpert = RunExpert;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

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
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var said = new Scratch(stackalloc double[Scratch.StackMax], _said.Length);
        for (var i = 0; i < _experts.Length; i++)
            _experts[i].Predict(x, said.Span.Slice(i * Classes, Classes));
        Mix(said.Span, Classes, probabilities);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        for (var i = 0; i < _experts.Length; i++)
        {
            var said = _said.AsSpan(i * Classes, Classes);
            if (weight == 1)
            {
                _experts[i].TestThenTrain(x, label, said);
                continue;
            }
            _experts[i].Predict(x, said);
            _experts[i].Learn(x, label, weight);
        }
        Judge(_said, Classes, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        for (var i = 0; i < _experts.Length; i++)
            _experts[i].TestThenTrain(x, label, _said.AsSpan(i * Classes, Classes));
        Mix(_said, Classes, probabilities);
        Judge(_said, Classes, label, 1);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlyMemory<double> rows, ReadOnlyMemory<int> labels, Memory<double> probabilities, ILanes lanes)
    {
        foreach (var label in labels.Span)
            Scores.Check(label, Classes, 1);
        for (var from = 0; from < labels.Length; from += BlockRows)
        {
            // Experts know nothing of each other: each works through the block by itself, then the weights follow row by row.
            var count = Math.Min(BlockRows, labels.Length - from);
            _rows = rows.Slice(from * Features, count * Features);
            _labels = labels.Slice(from, count);
            lanes.For(_experts.Length, _runExpert);
            for (var t = 0; t < count; t++)
            {
                var said = _blockSaid.AsSpan(t * Classes);
                Mix(said, BlockRows * Classes, probabilities.Span.Slice((from + t) * Classes, Classes));
                Judge(said, BlockRows * Classes, _labels.Span[t], 1);
            }
        }
        (_rows, _labels) = (default, default);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write(Classes);
        _weights.Save(writer);
        foreach (var expert in _experts)
            expert.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        reader.ReadInt32(Classes, Classes);
        _weights.Load(reader);
        foreach (var expert in _experts)
            expert.Load(reader);
    }

    private void RunExpert(int expert)
    {
        var said = _blockSaid.AsMemory(expert * BlockRows * Classes, _labels.Length * Classes);
        if (_experts[expert] is IBlockClassifier block)
        {
            block.TestThenTrain(_rows, _labels, said, OneLane.Instance);
            return;
        }
        for (var t = 0; t < _labels.Length; t++)
            _experts[expert].TestThenTrain(_rows.Span.Slice(t * Features, Features), _labels.Span[t], said.Span.Slice(t * Classes, Classes));
    }

    private void Mix(ReadOnlySpan<double> said, int stride, Span<double> probabilities)
    {
        probabilities[..Classes].Clear();
        var weights = _weights.Weights;
        for (var i = 0; i < weights.Length; i++)
        {
            var weight = weights[i];
            var expert = said.Slice(i * stride, Classes);
            for (var k = 0; k < expert.Length; k++)
                probabilities[k] += weight * expert[k];
        }

        // The weights sum to one but for rounding; probabilities must not be above one even by that.
        var sum = 0.0;
        for (var k = 0; k < Classes; k++)
            sum += probabilities[k];
        for (var k = 0; k < Classes; k++)
            probabilities[k] /= sum;
    }

    private void Judge(ReadOnlySpan<double> said, int stride, int label, double weight)
    {
        for (var i = 0; i < _losses.Length; i++)
        {
            var expert = said.Slice(i * stride, Classes);
            _losses[i] = _loss == ExpertLoss.Log ? Math.Max(-Elementary.Log(Math.Max(expert[label], _probabilityMin)), 0) : Losses.Brier(expert, label);
        }
        _weights.Update(_losses, Math.Min(weight, 1));
    }
}
