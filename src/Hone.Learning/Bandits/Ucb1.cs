using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>Options of <see cref="Ucb1"/>.</summary>
public sealed record Ucb1Options
{
    /// <summary>c in the bound mean + √(c·ln n / n of the arm). 2 is what the proof needs; less explores less and mostly earns more.</summary>
    [Range(0.0, 100.0)] public double Exploration { get; init; } = 2;
}

/// <summary>The arm whose mean reward could be the highest: mean + √(2·ln n / n of the arm).</summary>
/// <remarks>Auer, Cesa-Bianchi, Fischer, "Finite-time analysis of the multiarmed bandit problem", Machine Learning 47, 2002. Arms that were never rewarded come first.</remarks>
public sealed class Ucb1 : IBandit
{
    private const string SectionName = "ucb1";

    private readonly Ucb1Options _options;
    private readonly ArmRewards _rewards;
    private readonly double[] _index;
    private Rng _random;

    /// <summary>A bandit that knows nothing.</summary>
    public Ucb1(BanditShape shape, Ucb1Options options)
    {
        BanditInput.Check(shape);
        _options = options;
        _rewards = new(shape.Arms);
        _index = new double[shape.Arms];
        _random = new(shape.Seed, SectionName);
    }

    /// <inheritdoc/>
    public int Arms => _index.Length;

    /// <inheritdoc/>
    public BanditChoice Choose(ReadOnlySpan<double> context)
    {
        var scaled = _options.Exploration * Elementary.Log(Math.Max(1, _rewards.Total));
        for (var a = 0; a < _index.Length; a++)
            _index[a] = _rewards.Count(a) > 0 ? _rewards.Mean(a) + Math.Sqrt(scaled / _rewards.Count(a)) : double.PositiveInfinity;
        return BanditInput.Best(_index, _random.NextDouble());
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
