using Hone.Learning.Numerics;

namespace Hone.Learning.Bandits;

/// <summary>A generated world for bandits, in which the expected reward of every arm is known in every round.</summary>
/// <param name="name">Its name, in kebab-case.</param>
/// <param name="summary">One sentence.</param>
/// <param name="arms">Number of arms.</param>
/// <param name="contextLength">Length of the context; 0 where there is none.</param>
/// <param name="expected">Writes the expected reward of each arm, from 0 to 1: round, rounds in all, context, rewards.</param>
public sealed class BanditWorld(string name, string summary, int arms, int contextLength, BanditWorld.Expected expected)
{
    /// <summary>Writes the expected reward of every arm in a round.</summary>
    public delegate void Expected(long round, long rounds, ReadOnlySpan<double> context, Span<double> rewards);

    /// <summary>Its name, in kebab-case.</summary>
    public string Name => name;

    /// <summary>One sentence.</summary>
    public string Summary => summary;

    /// <summary>Number of arms.</summary>
    public int Arms => arms;

    /// <summary>Length of the context; 0 where there is none.</summary>
    public int ContextLength => contextLength;

    /// <summary>The worlds that bandits are compared in.</summary>
    public static IReadOnlyList<BanditWorld> All { get; } =
    [
        new("close-arms", "Two arms of 0/1 rewards that are hard to tell apart, .50 and .52.", 2, 0, static (_, _, _, rewards) => (rewards[0], rewards[1]) = (0.50, 0.52)),
        new("far-arms", "Two arms of 0/1 rewards far apart, .2 and .8.", 2, 0, static (_, _, _, rewards) => (rewards[0], rewards[1]) = (0.2, 0.8)),
        new("abrupt-change", "Three arms, .8, .5 and .2; at half time the best and the worst change places.", 3, 0, static (round, rounds, _, rewards) =>
        {
            rewards[1] = 0.5;
            (rewards[0], rewards[2]) = round < rounds / 2 ? (0.8, 0.2) : (0.2, 0.8);
        }),
        new("adversarial-switching", "Two arms of which one always pays and the other never; they change places after 1, 2, 4, 8… rounds, as soon as an average has settled.", 2, 0,
            static (round, _, _, rewards) =>
            {
                var odd = long.Log2(round + 1) & 1;
                (rewards[0], rewards[1]) = (odd, 1 - odd);
            }),
        new("linear-context", "Three arms whose rewards are linear in a context of four numbers; no arm is better than another on average.", 3, 4, static (_, _, context, rewards) =>
        {
            rewards[0] = Math.Clamp(0.5 + 0.2 * context[0] + 0.1 * context[1], 0, 1);
            rewards[1] = Math.Clamp(0.5 - 0.2 * context[0] + 0.1 * context[2], 0, 1);
            rewards[2] = Math.Clamp(0.5 + 0.2 * context[3] - 0.1 * context[1], 0, 1);
        }),
    ];

    /// <summary>Plays a bandit through the world: each round a context, a choice, a 0/1 reward of the expected mean, and a lesson.</summary>
    /// <param name="bandit">A bandit for this world's arms and context.</param>
    /// <param name="rounds">Rounds.</param>
    /// <param name="seed">Seed of contexts and rewards; they do not depend on the choices.</param>
    /// <param name="delayRounds">Rounds that pass between a choice and its lesson.</param>
    /// <exception cref="ArgumentException">The bandit has other arms.</exception>
    public BanditOutcome Play(IBandit bandit, long rounds, ulong seed, int delayRounds = 0)
    {
        if (bandit.Arms != arms)
            throw new ArgumentException($"{name} has {arms} arms, the bandit {bandit.Arms}.", nameof(bandit));
        ArgumentOutOfRangeException.ThrowIfNegative(delayRounds);
        var random = new Rng(seed, name);
        var open = delayRounds + 1;
        var contexts = new double[open * contextLength];
        var choices = new BanditChoice[open];
        var rewards = new double[open];
        var means = new double[arms];
        var fixedArms = new double[arms];
        double earned = 0, best = 0, uniform = 0;
        for (long t = 0; t < rounds; t++)
        {
            var at = (int)(t % open);
            var context = contexts.AsSpan(at * contextLength, contextLength);
            for (var i = 0; i < context.Length; i++)
                context[i] = random.NextGaussian();
            expected(t, rounds, context, means);
            choices[at] = bandit.Choose(context);
            rewards[at] = random.NextDouble() < means[choices[at].Arm] ? 1 : 0;
            var most = 0.0;
            for (var a = 0; a < arms; a++)
            {
                most = Math.Max(most, means[a]);
                uniform += means[a] / arms;
                fixedArms[a] += means[a];
            }
            best += most;
            earned += means[choices[at].Arm];
            if (t < delayRounds)
                continue;
            var due = (int)((t - delayRounds) % open);
            bandit.Learn(contexts.AsSpan(due * contextLength, contextLength), choices[due], rewards[due]);
        }
        var bestFixed = 0.0;
        foreach (var sum in fixedArms)
            bestFixed = Math.Max(bestFixed, sum);
        return new(best - earned, best - uniform, best - bestFixed);
    }
}

/// <summary>What a bandit gave away in a world, in expected rewards against the best arm of every round.</summary>
/// <param name="Regret">What it gave away.</param>
/// <param name="UniformRegret">What choosing at random would have given away.</param>
/// <param name="FixedRegret">What the best single arm would have given away; a bandit that follows changes or the context can do better.</param>
public readonly record struct BanditOutcome(double Regret, double UniformRegret, double FixedRegret);
