namespace Hone.Trading.Labels;

/// <summary>A label that has become known.</summary>
/// <param name="Id">The question.</param>
/// <param name="Outcome">Class, weight and move.</param>
/// <param name="AskedAtUs">When the question was asked.</param>
/// <param name="AvailableAtUs">Close time of the bar that made the label known.</param>
/// <param name="AgeBars">Bars from the question to the label, 1 or more.</param>
public readonly record struct ReleasedLabel(long Id, LabelOutcome Outcome, long AskedAtUs, long AvailableAtUs, int AgeBars)
{
    /// <summary>The time in which the label was alive, for splitters and for the effective sample size.</summary>
    public LabelInterval Interval => new(AskedAtUs, AvailableAtUs);
}
