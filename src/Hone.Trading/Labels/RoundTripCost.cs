using Hone.Learning;

namespace Hone.Trading.Labels;

/// <summary>The cost that a label is built with.</summary>
internal static class RoundTripCost
{
    /// <summary>The cost as a fraction of the price, 0 to 1.</summary>
    /// <exception cref="InvalidOptionsException">It is not.</exception>
    public static double Checked(LabelContext context)
        => context.RoundTripCost is >= 0 and < 1
            ? context.RoundTripCost
            : throw new InvalidOptionsException($"The round-trip cost of a label is {context.RoundTripCost}; it must be a fraction of the price from 0 to 1.");
}
