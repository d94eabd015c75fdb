using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>Options of <see cref="Exp3"/>.</summary>
public sealed record Exp3Options
{
    /// <summary>Share of choices that are random, γ. It bounds the weight of one reward by arms / γ.</summary>
    [Range(1e-4, 1.0)] public double Exploration { get; init; } = 0.05;

    /// <summary>Share of the weight that is given to all arms alike at every reward, α of EXP3.S: how fast the past is forgotten. 0 is the plain EXP3, which follows a change only as slowly as it has learned.</summary>
    [Range(0.0, 0.5)] public double Share { get; init; } = 0.0002;
}

/// <summary>Exponential weights on importance-weighted rewards: makes no assumption at all about where rewards come from, so that they may change or be chosen by an adversary.</summary>
/// <remarks>
/// Auer, Cesa-Bianchi, Freund, Schapire, "The nonstochastic multiarmed bandit problem", SIAM Journal on Computing 32, 2002: EXP3, and EXP3.S where the share is above 0. A reward that
/// comes late is weighted by the probability with which its arm was chosen then.
/// </remarks>
public sealed class Exp3 : IBandit
{
    private const string SectionName = "exp3";

    // No weight falls below this part of the largest: what is forgotten for good could never come back.
    private const double WeightMin = 1e-200;

    private readonly Exp3Options _options;
    private readonly double[] _weights;
    private Rng _random;

    /// <summary>A bandit that knows nothing.</summary>
    public Exp3(BanditShape shape, Exp3Options options)
    {
        BanditInput.Check(shape);
        _options = options;
        _weights = new double[shape.Arms];
        _weights.AsSpan().Fill(1.0 / shape.Arms);
        _random = new(shape.Seed, SectionName);
    }

    /// <inheritdoc/>
    public int Arms => _weights.Length;

    /// <summary>Probability that an arm is chosen next.</summary>
    public double Probability(int arm) => (1 - _options.Exploration) * _weights[arm] + _options.Exploration / Arms;

    /// <inheritdoc/>
    public BanditChoice Choose(ReadOnlySpan<double> context)
    {
        var left = _random.NextDouble();
        for (var a = 0; a < Arms - 1; a++)
        {
            var probability = Probability(a);
            if (left < probability)
                return new(a, Math.Min(1, probability));
            left -= probability;
        }
        return new(Arms - 1, Math.Min(1, Probability(Arms - 1)));
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> context, BanditChoice choice, double reward)
    {
        BanditInput.Check(choice, reward, Arms);

        // The exponent is at most 1 where the probability is one of ours, and is cut there where it is not.
        _weights[choice.Arm] *= Elementary.Exp(Math.Min(1, _options.Exploration / Arms * reward / choice.Probability));
        var sum = 0.0;
        foreach (var weight in _weights)
            sum += weight;
        var keep = (1 - _options.Share) / sum;
        var given = Math.Max(WeightMin, _options.Share / Arms);
        for (var a = 0; a < _weights.Length; a++)
            _weights[a] = _weights[a] * keep + given;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_weights);
        _random.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        reader.ReadWithin(_weights, 0, 1 + 1e-9);
        var sum = 0.0;
        foreach (var weight in _weights)
            sum += weight;
        if (!(Math.Abs(sum - 1) < 1e-6))
            throw new CorruptStateException($"exp3: the weights sum to {sum}.");
        _random = Rng.Load(reader);
    }
}
