using Hone.Learning;

namespace Hone.Trading.Agents;

/// <summary>What kind of market a rule lives on.</summary>
public enum RuleStyle
{
    /// <summary>Moves that go on.</summary>
    Trend,

    /// <summary>Moves that come back.</summary>
    Reversion,
}

/// <summary>A rule that can sit in a <see cref="Committee"/>.</summary>
/// <param name="Style">What kind of market it lives on.</param>
/// <param name="Entry">Its catalog entry.</param>
public sealed record Rule(RuleStyle Style, CatalogEntry<AgentContext, IAgent> Entry);

/// <summary>The rules that come with Hone.</summary>
public static class Rules
{
    /// <summary>Buys oversold, sells overbought.</summary>
    public static Rule RsiReversion { get; } = new(RuleStyle.Reversion, CatalogEntry<AgentContext, IAgent>.Of<RsiReversionOptions>(
        "rsi-reversion", "Buys oversold and sells overbought, by the relative strength index.",
        (context, options) => new RsiReversion(context, options), "Wilder, New Concepts in Technical Trading Systems, 1978"));

    /// <summary>Follows two moving averages.</summary>
    public static Rule Trend { get; } = new(RuleStyle.Trend, CatalogEntry<AgentContext, IAgent>.Of<TrendOptions>(
        "trend", "Follows a fast over a slow moving average while their distance grows.",
        (context, options) => new Trend(context, options), "Appel, Technical Analysis: Power Tools for Active Investors, 2005"));

    /// <summary>Follows large moves.</summary>
    public static Rule Momentum { get; } = new(RuleStyle.Trend, CatalogEntry<AgentContext, IAgent>.Of<MomentumOptions>(
        "momentum", "Follows the move of the last 12 bars when it is large for the volatility.",
        (context, options) => new Momentum(context, options), "Moskowitz, Ooi, Pedersen, Time series momentum, JFE 104(2), 2012"));

    /// <summary>Follows closes beyond the range.</summary>
    public static Rule Breakout { get; } = new(RuleStyle.Trend, CatalogEntry<AgentContext, IAgent>.Of<BreakoutOptions>(
        "breakout", "Follows a close beyond the highs or lows of the 20 bars before.",
        (context, options) => new Breakout(context, options), "Donchian, High finance in copper, FAJ 16(6), 1960"));

    /// <summary>Buys below, sells above the bands.</summary>
    public static Rule BollingerReversion { get; } = new(RuleStyle.Reversion, CatalogEntry<AgentContext, IAgent>.Of<BollingerReversionOptions>(
        "bollinger-reversion", "Buys below the lower and sells above the upper Bollinger band.",
        (context, options) => new BollingerReversion(context, options), "Bollinger, Bollinger on Bollinger Bands, 2001"));

    /// <summary>All of them, in the order in which a committee asks them.</summary>
    public static IReadOnlyList<Rule> BuiltIn { get; } = [RsiReversion, Trend, Momentum, Breakout, BollingerReversion];
}
