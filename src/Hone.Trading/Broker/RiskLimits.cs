using System.ComponentModel.DataAnnotations;

namespace Hone.Trading.Broker;

/// <summary>Limits of one book. Losses are fractions of equity; bars and days are counted in event time.</summary>
public sealed record RiskLimits
{
    /// <summary>Largest position as a share of equity, long or short.</summary>
    [Range(0.0, 10.0)] public double MaxPosition { get; init; } = 0.25;

    /// <summary>Largest gross exposure as a share of equity: this position and those of the other symbols of the book.</summary>
    [Range(0.0, 100.0)] public double MaxExposure { get; init; } = 1.0;

    /// <summary>Loss since the end of the last UTC day at which the book is flat until the day ends.</summary>
    [Range(1e-6, 1.0)] public double DailyLoss { get; init; } = 0.03;

    /// <summary>Loss from the peak of equity at which the book is flat for <see cref="DrawdownResumeBars"/>.</summary>
    [Range(1e-6, 1.0)] public double DrawdownStop { get; init; } = 0.20;

    /// <summary>Bars after a drawdown stop at which trading resumes with the peak set to the equity of then; 0: only an operator resumes it.</summary>
    [Range(0, 100_000_000)] public int DrawdownResumeBars { get; init; } = 500;

    /// <summary>Bars without new exposure after a trade that lost money after costs.</summary>
    [Range(0, 100_000_000)] public int CooldownBars { get; init; } = 12;

    /// <summary>Losing trades in a row that pause the book; 0: never.</summary>
    [Range(0, 1_000_000)] public int LossStreak { get; init; } = 5;

    /// <summary>Bars without new exposure after a loss streak; the streak then starts anew.</summary>
    [Range(0, 100_000_000)] public int LossStreakPauseBars { get; init; } = 96;
}
