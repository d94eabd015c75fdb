using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>Options of <see cref="KlUcb"/>.</summary>
public sealed record KlUcbOptions
{
    /// <summary>c in the exploration ln n + c·ln ln n: 3 in the proof, 0 in practice.</summary>
    [Range(0.0, 10.0)] public double LogLogFactor { get; init; }
}

/// <summary>
/// The arm whose mean reward could be the highest by the relative entropy of 0/1 rewards: the largest q with n of the arm·KL(mean, q) ≤ ln n. Explores
/// less than <see cref="Ucb1"/> without giving up its guarantee.
/// </summary>
/// <remarks>
/// <para>Garivier, Cappé, "The KL-UCB algorithm for bounded stochastic bandits and beyond", COLT 2011. Arms that were never rewarded come first.</para>
/// <para>An arm's bound is searched for only when one evaluation shows that it is above the best so far.</para>
/// </remarks>
public sealed class KlUcb : IBandit
{
    private const string SectionName = "kl-ucb";
    private const int StepsMax = 40;

    private readonly KlUcbOptions _options;
    private readonly ArmRewards _rewards;
    private readonly double[] _index;
    private Rng _random;

    /// <summary>A bandit that knows nothing.</summary>
    public KlUcb(BanditShape shape, KlUcbOptions options)
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
        var log = Elementary.Log(Math.Max(1, _rewards.Total));
        var budget = log + (_options.LogLogFactor > 0 ? _options.LogLogFactor * Elementary.Log(Math.Max(1, log)) : 0);
        var best = double.NegativeInfinity;
        for (var a = 0; a < _index.Length; a++)
        {
            // What is surely below the best need not be known exactly.
            _index[a] = _rewards.Count(a) == 0 ? double.PositiveInfinity
                : best <= 1 && Below(a, best, budget) ? double.NegativeInfinity
                : UpperBound(_rewards.Mean(a), budget / _rewards.Count(a));
            best = Math.Max(best, _index[a]);
        }
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

    /// <summary>The largest q from p to 1 with KL(p, q) ≤ <paramref name="distance"/>.</summary>
    internal static double UpperBound(double p, double distance)
    {
        p = Math.Min(p, 1);
        if (p >= 1 || distance <= 0)
            return p;

        // Two values that q cannot exceed: KL ≥ 2·(q − p)² (Pinsker), and KL ≥ (1 − p)·ln((1 − p)/(1 − q)) + p·ln p.
        var entropy = p > 0 ? p * Elementary.Log(p) : 0;
        var q = Math.Min(p + Math.Sqrt(0.5 * distance), 1 - (1 - p) * Elementary.Exp((entropy - distance) / (1 - p)));

        // The divergence is convex in q: from above Newton's steps come down to the root and never pass it.
        for (var i = 0; i < StepsMax && q < 1; i++)
        {
            var step = (Divergence(p, q) - distance) * q * (1 - q) / (q - p);
            if (!(step > 1e-13))
                break;
            q -= step;
        }
        return q;
    }

    /// <summary>Relative entropy of a 0/1 reward of mean <paramref name="p"/> to one of mean <paramref name="q"/>.</summary>
    internal static double Divergence(double p, double q)
    {
        if (q >= 1)
            return p >= 1 ? 0 : double.PositiveInfinity;
        var won = p > 0 ? p * Elementary.Log(p / q) : 0;
        return p < 1 ? won + (1 - p) * Elementary.Log((1 - p) / (1 - q)) : won;
    }

    private bool Below(int arm, double best, double budget)
    {
        var mean = _rewards.Mean(arm);
        return mean < best && best > 0 && _rewards.Count(arm) * Divergence(mean, best) > budget;
    }
}
