using System.ComponentModel.DataAnnotations;

namespace Hone.Trading.Agents;

/// <summary>A rule's signal and the panel's, and what came of them. Both are kept with the trade.</summary>
/// <param name="Rule">What the rule alone would do.</param>
/// <param name="Panel">What the panel alone would do.</param>
/// <param name="PanelActed">Whether the panel had a say.</param>
/// <param name="Final">What is done: the rule's signal, bit for bit, where the panel had no say.</param>
public readonly record struct JoinedSignal(Signal Rule, Signal Panel, bool PanelActed, Signal Final);

/// <summary>Options of <see cref="MlAware"/>.</summary>
public sealed record MlAwareOptions
{
    /// <summary>The panel's share of the direction; the rule has the rest.</summary>
    [Range(0.0, 1.0)]
    public double MlWeight { get; init; } = 0.4;

    /// <summary>The panel's share of the confidence; the rule has the rest.</summary>
    [Range(0.0, 1.0)]
    public double MlConfidenceWeight { get; init; } = 0.3;
}

/// <summary>Joins a rule and the panel: makes any agent aware of the models. The same function answers hybrid predictions over HTTP.</summary>
public sealed class MlAware(MlAwareOptions options)
{
    /// <summary>Direction (1 − ml_weight) · rule + ml_weight · panel, confidence likewise, when the panel acts; otherwise the rule alone.</summary>
    /// <exception cref="ArgumentException">The panel acts without a direction in −1…1 and a confidence in 0…1.</exception>
    public JoinedSignal Join(Signal rule, Signal panel, bool panelActs)
    {
        if (!panelActs)
            return new(rule, panel, false, rule);
        if (!(Math.Abs(panel.Direction) <= 1) || !(panel.Confidence is >= 0 and <= 1))
            throw new ArgumentException($"The panel acts with direction {panel.Direction} and confidence {panel.Confidence}.", nameof(panel));
        return new(rule, panel, true, new(
            (1 - options.MlWeight) * rule.Direction + options.MlWeight * panel.Direction,
            (1 - options.MlConfidenceWeight) * rule.Confidence + options.MlConfidenceWeight * panel.Confidence));
    }

    /// <summary>A panel's vote on the direction: P(up) − P(down), with the probability of the predicted class as confidence.</summary>
    /// <param name="probabilities">Two classes, 1 is up (the direction is 2·P(1) − 1), or three, 2 is up and 0 is down.</param>
    public static Signal DirectionVote(ReadOnlySpan<double> probabilities) => probabilities.Length switch
    {
        2 => Vote(2 * probabilities[1] - 1, Math.Max(probabilities[0], probabilities[1])),
        3 => Vote(probabilities[2] - probabilities[0], Math.Max(probabilities[0], Math.Max(probabilities[1], probabilities[2]))),
        _ => throw new ArgumentException($"A direction has two or three classes, not {probabilities.Length}.", nameof(probabilities)),
    };

    /// <summary>A panel's vote on whether the rule's trade would be profitable: the rule's sign · (2·P(1) − 1), with the probability of the predicted class as confidence.</summary>
    /// <param name="probabilities">Two classes, 1 is profitable.</param>
    /// <param name="rule">The rule's signal; without a direction there is nothing to vote on, and the vote's direction is 0.</param>
    public static Signal ProfitableVote(ReadOnlySpan<double> probabilities, Signal rule)
    {
        if (probabilities.Length != 2)
            throw new ArgumentException($"Profitable or not has two classes, not {probabilities.Length}.", nameof(probabilities));
        var side = rule.Direction > 0 ? 1 : rule.Direction < 0 ? -1 : 0;
        return Vote(side * (2 * probabilities[1] - 1), Math.Max(probabilities[0], probabilities[1]));
    }

    // A probability may be a rounding error above one.
    private static Signal Vote(double direction, double confidence) => new(Math.Clamp(direction, -1, 1), Math.Clamp(confidence, 0, 1));
}
