namespace Hone.Learning.Bandits;

/// <summary>What bandits refuse, and how they choose among equals.</summary>
internal static class BanditInput
{
    public const int ArmsMax = 10_000;

    /// <summary>No choice is reported as less probable than this: weights of one over it stay finite.</summary>
    public const double ProbabilityMin = 1e-12;

    public static void Check(BanditShape shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Arms, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.Arms, ArmsMax);
        ArgumentOutOfRangeException.ThrowIfNegative(shape.ContextLength);
    }

    public static void Check(BanditChoice choice, double reward, int arms)
    {
        if ((uint)choice.Arm >= (uint)arms)
            throw new ArgumentOutOfRangeException(nameof(choice), choice.Arm, $"An arm is from 0 to {arms - 1}.");
        if (!(choice.Probability > 0 && choice.Probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(choice), choice.Probability, "A choice was made with a probability above 0 and up to 1.");
        if (!(reward >= 0 && reward <= 1))
            throw new ArgumentOutOfRangeException(nameof(reward), reward, "A reward is from 0 to 1.");
    }

    /// <summary>The arm with the highest index; among equals the one that <paramref name="uniform"/>, from [0, 1), picks.</summary>
    public static BanditChoice Best(ReadOnlySpan<double> index, double uniform)
    {
        var equals = 1;
        var best = index[0];
        for (var a = 1; a < index.Length; a++)
        {
            if (index[a] > best)
                (best, equals) = (index[a], 1);
            else if (index[a] == best)
                equals++;
        }
        var skip = (int)(uniform * equals);
        for (var a = 0; a < index.Length; a++)
            if (index[a] == best && skip-- == 0)
                return new(a, 1.0 / equals);
        return new(0, 1);
    }
}
