using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>What a bandit is built for.</summary>
/// <param name="Arms">Number of arms, 2 or more.</param>
/// <param name="ContextLength">Length of the context; 0 where there is none.</param>
/// <param name="Seed">Seed of its draws.</param>
public readonly record struct BanditShape(int Arms, int ContextLength, ulong Seed);

/// <summary>What a bandit has chosen.</summary>
/// <param name="Arm">The arm, from 0.</param>
/// <param name="Probability">The probability with which it was chosen, above 0; 1 where the choice was not random.</param>
public readonly record struct BanditChoice(int Arm, double Probability);

/// <summary>Chooses one of several arms again and again, sees the reward of the chosen one only, and learns to choose well.</summary>
public interface IBandit : ISaved
{
    /// <summary>Number of arms.</summary>
    int Arms { get; }

    /// <summary>Chooses an arm. Takes the next random draw and changes nothing else: a choice without a reward teaches nothing.</summary>
    /// <param name="context">What is known before the choice; ignored by a bandit without context.</param>
    BanditChoice Choose(ReadOnlySpan<double> context);

    /// <summary>Learns the reward of a choice; rewards may come late and in any order.</summary>
    /// <param name="context">The context of that choice.</param>
    /// <param name="choice">What was chosen.</param>
    /// <param name="reward">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The reward is NaN or outside 0…1, or there is no such arm.</exception>
    void Learn(ReadOnlySpan<double> context, BanditChoice choice, double reward);
}
