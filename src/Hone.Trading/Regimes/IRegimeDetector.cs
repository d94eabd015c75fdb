using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Regimes;

/// <summary>Where prices are going.</summary>
public enum TrendRegime
{
    /// <summary>No clear direction.</summary>
    Sideways = 0,

    /// <summary>Rising.</summary>
    Bull = 1,

    /// <summary>Falling.</summary>
    Bear = 2,
}

/// <summary>How much prices move, against their own past.</summary>
public enum VolatilityRegime
{
    /// <summary>As usual.</summary>
    Normal = 0,

    /// <summary>More than usual.</summary>
    High = 1,

    /// <summary>Less than usual.</summary>
    Low = 2,
}

/// <summary>Trend and volatility together.</summary>
/// <param name="Trend">Where prices are going.</param>
/// <param name="Volatility">How much they move.</param>
public readonly record struct Regime(TrendRegime Trend, VolatilityRegime Volatility);

/// <summary>Says from past bars alone in which regime the market is, with hysteresis so that it does not flicker.</summary>
public interface IRegimeDetector : ISaved
{
    /// <summary>Takes the next bar.</summary>
    Regime Update(in Bar bar);
}
