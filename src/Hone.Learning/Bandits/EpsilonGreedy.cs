using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>Options of <see cref="EpsilonGreedy"/>.</summary>
public sealed record EpsilonGreedyOptions
{
    /// <summary>Share of choices that are random, at the beginning.</summary>
    [Range(0.0, 1.0)] public double Epsilon { get; init; } = 0.1;

    /// <summary>Rewards after which the share is halved: after n rewards it is epsilon / (1 + n / decay_rewards); 0 keeps it as it is.</summary>
    [Range(0.0, 1e12)] public double DecayRewards { get; init; }

    /// <summary>The share never decays below this (or below epsilon, where that is less).</summary>
    [Range(0.0, 1.0)] public double EpsilonMin { get; init; }
}

/// <summary>Mostly the arm with the best mean reward, sometimes any arm. Arms that were never rewarded come first.</summary>
/// <remarks>Sutton, Barto, "Reinforcement learning", section 2.2; the decay as 1/n: Auer, Cesa-Bianchi, Fischer, Machine Learning 47, 2002.</remarks>
public sealed class EpsilonGreedy : IBandit
{
    private const string SectionName = "epsilon-greedy";

    private readonly EpsilonGreedyOptions _options;
    private readonly ArmRewards _rewards;
    private readonly double[] _index;
    private Rng _random;

    /// <summary>A bandit that knows nothing.</summary>
    public EpsilonGreedy(BanditShape shape, EpsilonGreedyOptions options)
    {
        BanditInput.Check(shape);
        _options = options;
        _rewards = new(shape.Arms);
        _index = new double[shape.Arms];
        _random = new(shape.Seed, SectionName);
    }

    /// <inheritdoc/>
    public int Arms => _index.Length;

    /// <summary>Share of choices that are random now.</summary>
    public double Epsilon => _options.DecayRewards > 0
        ? Math.Max(_options.Epsilon / (1 + _rewards.Total / _options.DecayRewards), Math.Min(_options.Epsilon, _options.EpsilonMin))
        : _options.Epsilon;

    /// <inheritdoc/>
    public BanditChoice Choose(ReadOnlySpan<double> context)
    {
        for (var a = 0; a < _index.Length; a++)
            _index[a] = _rewards.Count(a) > 0 ? _rewards.Mean(a) : double.PositiveInfinity;
        var uniform = _random.NextDouble();
        var epsilon = Epsilon;
        var greedy = BanditInput.Best(_index, uniform < epsilon ? 0 : (uniform - epsilon) / (1 - epsilon));
        var arm = uniform < epsilon ? Math.Min((int)(uniform / epsilon * Arms), Arms - 1) : greedy.Arm;
        var best = _index[arm] == _index[greedy.Arm];
        return new(arm, epsilon / Arms + (best ? (1 - epsilon) * greedy.Probability : 0));
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> context, BanditChoice choice, double reward)
    {
        BanditInput.Check(choice, reward, Arms);
        _rewards.Add(choice.Arm, reward);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _rewards.Save(writer);
        _random.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _rewards.Load(reader);
        _random = Rng.Load(reader);
    }
}
