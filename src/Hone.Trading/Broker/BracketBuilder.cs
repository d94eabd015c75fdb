using System.ComponentModel.DataAnnotations;

namespace Hone.Trading.Broker;

/// <summary>How far stops and targets stand from the entry.</summary>
public sealed record BracketOptions
{
    /// <summary>Stop at this many σ√h from the entry; 0 for none.</summary>
    [Range(0.0, 100.0)] public double StopSigmas { get; init; } = 2;

    /// <summary>Target at this many σ√h from the entry; 0 for none.</summary>
    [Range(0.0, 100.0)] public double TargetSigmas { get; init; } = 3;
}

/// <summary>Builds a position's bracket from the volatility known when it is decided.</summary>
public static class BracketBuilder
{
    // A stop of a long at or below a price of zero would never be touched; this one still is a stop.
    private const double StopFractionMax = 0.95;

    /// <summary>Stop and target at multiples of σ√h; <see cref="Bracket.None"/> while σ is not ready.</summary>
    /// <param name="options">The multiples.</param>
    /// <param name="sigma">Volatility per bar as a fraction; NaN before it is ready.</param>
    /// <param name="horizonBars">Bars that the position is meant for, 1 or more.</param>
    public static Bracket Build(BracketOptions options, double sigma, int horizonBars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizonBars, 1);
        if (!(sigma > 0) || double.IsInfinity(sigma))
            return Bracket.None;
        var move = sigma * Math.Sqrt(horizonBars);
        return new(Math.Min(options.StopSigmas * move, StopFractionMax), Math.Min(options.TargetSigmas * move, 100));
    }
}
