namespace Hone.Trading.Sessions;

/// <summary>What was done to the history.</summary>
public enum LeakProbeKind
{
    /// <summary>Bars after the cut do not exist.</summary>
    Truncated,

    /// <summary>Bars after the cut are NaN.</summary>
    Poisoned,

    /// <summary>Bars after the cut are in another order.</summary>
    Shuffled,

    /// <summary>High, low and close of one bar are changed: no market fill at its open may move.</summary>
    OpenFill,
}

/// <summary>A leak that was found.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="CutBar">Last bar that was left as it is, or the bar that was changed.</param>
/// <param name="Bar">First bar whose emissions differ.</param>
/// <param name="What">What differs first: a feature by name, a label, a member's prediction, a fill.</param>
public sealed record LeakFinding(LeakProbeKind Kind, int CutBar, int Bar, string What);

/// <summary>Result of all probes.</summary>
/// <param name="Bars">Bars of the history.</param>
/// <param name="Cuts">Cuts that were tried.</param>
/// <param name="Probes">Replays that were compared.</param>
/// <param name="Findings">Leaks, the first of each kind; empty when none was found.</param>
public sealed record LeakReport(int Bars, int Cuts, int Probes, IReadOnlyList<LeakFinding> Findings)
{
    /// <summary>Whether nothing leaks.</summary>
    public bool Holds => Findings.Count == 0;
}
