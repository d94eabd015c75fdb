using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>Options of Thompson sampling with a beta posterior.</summary>
public sealed record ThompsonBetaOptions
{
    /// <summary>Imagined wins of every arm.</summary>
    [Range(0.1, 1e6)] public double PriorWins { get; init; } = 1;

    /// <summary>Imagined losses of every arm.</summary>
    [Range(0.1, 1e6)] public double PriorLosses { get; init; } = 1;
}

/// <summary>Options of Thompson sampling that forgets.</summary>
public sealed record ThompsonDiscountedOptions
{
    /// <summary>Rewards, of all arms together, after which a reward counts half.</summary>
    [Range(1.0, 1e9)] public double HalfLifeRewards { get; init; } = 500;

    /// <summary>Imagined wins of every arm; they are not forgotten.</summary>
    [Range(0.1, 1e6)] public double PriorWins { get; init; } = 1;

    /// <summary>Imagined losses of every arm; they are not forgotten.</summary>
    [Range(0.1, 1e6)] public double PriorLosses { get; init; } = 1;
}

/// <summary>
/// Each arm draws from what its mean reward may be, Beta(wins, losses), and the highest draw is chosen. A reward between 0 and 1 is that much of a win and the
/// rest of a loss.
/// </summary>
/// <remarks>
/// <para>Thompson, Biometrika 25, 1933; Agrawal, Goyal, "Analysis of Thompson sampling for the multi-armed bandit problem", COLT 2012. With forgetting: Raj, Kalyani,
/// "Taming non-stationary bandits: a Bayesian approach", 2017: an arm that is not chosen drifts back to its prior and is tried again.</para>
/// <para>The reported probability is that of choosing the arm given what the other arms drew. Weighting by its inverse is unbiased,
/// as with the unconditional one, which has no closed form.</para>
/// <para>Not a test: the means of arms that lose are biased down, and between .50 and .52 one run in twenty plays the worse arm more often in 20,000 rounds.</para>
/// </remarks>
public sealed class ThompsonBeta : IBandit
{
    private readonly string _sectionName;
    private readonly double _keep;
    private readonly double _priorWins;
    private readonly double _priorLosses;
    private readonly double[] _wins;
    private readonly double[] _losses;
    private Rng _random;

    /// <summary>A bandit that knows nothing and will forget nothing.</summary>
    public ThompsonBeta(BanditShape shape, ThompsonBetaOptions options)
        : this(shape, "thompson-beta", options.PriorWins, options.PriorLosses, 1)
    {
    }

    /// <summary>A bandit that knows nothing and will forget.</summary>
    public ThompsonBeta(BanditShape shape, ThompsonDiscountedOptions options)
        : this(shape, "thompson-discounted", options.PriorWins, options.PriorLosses, Elementary.Pow2(-1 / options.HalfLifeRewards))
    {
    }

    private ThompsonBeta(BanditShape shape, string sectionName, double priorWins, double priorLosses, double keep)
    {
        BanditInput.Check(shape);
        _sectionName = sectionName;
        (_priorWins, _priorLosses, _keep) = (priorWins, priorLosses, keep);
        _wins = new double[shape.Arms];
        _losses = new double[shape.Arms];
        _random = new(shape.Seed, sectionName);
    }

    /// <inheritdoc/>
    public int Arms => _wins.Length;

    /// <summary>The posterior of an arm.</summary>
    public (double Wins, double Losses) Posterior(int arm) => (_priorWins + _wins[arm], _priorLosses + _losses[arm]);

    /// <inheritdoc/>
    public BanditChoice Choose(ReadOnlySpan<double> context)
    {
        var arm = 0;
        double most = -1, second = -1;
        for (var a = 0; a < _wins.Length; a++)
        {
            var draw = _random.NextBeta(_priorWins + _wins[a], _priorLosses + _losses[a]);
            if (draw > most)
                (arm, second, most) = (a, most, draw);
            else
                second = Math.Max(second, draw);
        }
        var probability = BetaTail.Above(second, _priorWins + _wins[arm], _priorLosses + _losses[arm]);
        return new(arm, Math.Clamp(probability, BanditInput.ProbabilityMin, 1));
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> context, BanditChoice choice, double reward)
    {
        BanditInput.Check(choice, reward, Arms);
        if (_keep < 1)
        {
            Kernels.Scale(_keep, _wins);
            Kernels.Scale(_keep, _losses);
        }
        _wins[choice.Arm] += reward;
        _losses[choice.Arm] += 1 - reward;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(_sectionName, 1);
        writer.Write(_wins);
        writer.Write(_losses);
        _random.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(_sectionName, 1);
        reader.ReadWithin(_wins, 0, 1e15);
        reader.ReadWithin(_losses, 0, 1e15);
        _random = Rng.Load(reader);
    }
}
