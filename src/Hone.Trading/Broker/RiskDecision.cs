namespace Hone.Trading.Broker;

/// <summary>Why a wish was cut.</summary>
public enum RiskReason
{
    /// <summary>It was not.</summary>
    Allowed,

    /// <summary>Cut to the largest position.</summary>
    Position,

    /// <summary>Cut to what the exposure of the book leaves.</summary>
    Exposure,

    /// <summary>Flat until the UTC day ends.</summary>
    DailyLoss,

    /// <summary>Flat after a drawdown.</summary>
    Drawdown,

    /// <summary>No new exposure after a losing trade.</summary>
    Cooldown,

    /// <summary>No new exposure after several losing trades in a row.</summary>
    LossStreak,

    /// <summary>Flat: an operator stopped the book, or its equity is gone.</summary>
    Stopped,

    /// <summary>Cut to the portfolio's cap for this book.</summary>
    Portfolio,
}

/// <summary>What the gate lets through.</summary>
/// <param name="Fraction">Signed share of equity; never larger than the wish, never of the other sign.</param>
/// <param name="Reason">The limit that cut it most.</param>
public readonly record struct RiskDecision(double Fraction, RiskReason Reason);

/// <summary>What the gate must know of a book after a bar was marked.</summary>
/// <param name="Equity">Cash and positions, in money.</param>
/// <param name="PositionFraction">This symbol's position as a signed share of equity.</param>
/// <param name="OtherExposure">Gross exposure of the book's other symbols as a share of equity, 0 or more.</param>
public readonly record struct BookState(double Equity, double PositionFraction, double OtherExposure = 0)
{
    /// <summary>The state of a book with one symbol.</summary>
    public static BookState Of(PaperBroker broker) => new(broker.Equity, broker.PositionFraction);
}
