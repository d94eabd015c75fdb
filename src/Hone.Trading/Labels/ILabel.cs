using Hone.Trading.Market;

namespace Hone.Trading.Labels;

/// <summary>A question that waits for its label.</summary>
/// <param name="Id">The question.</param>
/// <param name="AskedAtUs">Close time of the bar on which it was asked.</param>
/// <param name="Close">Close of that bar.</param>
/// <param name="Sigma">Volatility per bar as a fraction, known at that bar; NaN before it is ready.</param>
/// <param name="Side">+1 or −1 for a label about one side, 0 otherwise.</param>
public readonly record struct OpenQuestion(long Id, long AskedAtUs, double Close, double Sigma, int Side);

/// <summary>What came of a question.</summary>
/// <param name="Label">Class index.</param>
/// <param name="Weight">How much it counts in learning, above 0 and at most 1.</param>
/// <param name="Return">Move of the price from the question to the label as a fraction, whichever side was asked about.</param>
public readonly record struct LabelOutcome(int Label, double Weight, double Return);

/// <summary>
/// A definition of right and wrong. Stateless: the label store shows it each later bar of each open question, so it cannot
/// see a bar before its time.
/// </summary>
public interface ILabel
{
    /// <summary>Number of classes; 1 is up in a label of two classes, 2 is up and 0 is down in one of three.</summary>
    int Classes { get; }

    /// <summary>Bars after the question at which the label is known at the latest.</summary>
    int HorizonBars { get; }

    /// <summary>Bars after the question before which the label is never known, 1…<see cref="HorizonBars"/>: younger questions are not looked at.</summary>
    int EarliestBars => 1;

    /// <summary>Whether it asks about the side of a rule's signal ("would this trade be profitable?") rather than about the market.</summary>
    bool AsksAboutSide => false;

    /// <summary>Looks at the bar that is <paramref name="ageBars"/> (1…<see cref="HorizonBars"/>) after the question.</summary>
    /// <returns>Whether the label is now known; at the horizon it must be.</returns>
    bool TryResolve(in OpenQuestion question, in Bar bar, int ageBars, out LabelOutcome outcome);
}

/// <summary>What a label is built for.</summary>
/// <param name="RoundTripCost">Cost of getting in and out as a fraction of the price; smaller moves are learned with half weight.</param>
public sealed record LabelContext(double RoundTripCost);
