using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning.Sessions;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Sessions;

/// <summary>A catalog entry and its options, as a config names it.</summary>
public sealed record Choice
{
    /// <summary>Catalog name.</summary>
    [Required] public required string Name { get; init; }

    /// <summary>Its options; the defaults unless given.</summary>
    public JsonElement? Options { get; init; }
}

/// <summary>How signals become positions.</summary>
public sealed record TradingOptions
{
    /// <summary>Strength (|direction|) from which a rule's signal opens a position.</summary>
    [Range(0.0, 1.0)] public double EntrySignal { get; init; } = 0.4;

    /// <summary>Longest time in a position, in multiples of the label's horizon.</summary>
    [Range(1, 10_000)] public int HoldingHorizonsMax { get; init; } = 4;

    /// <summary>Positions smaller than this share of equity are not opened.</summary>
    [Range(0.0, 1.0)] public double PositionFractionMin { get; init; } = 0.005;

    /// <summary>Whether the learner of "would this rule signal be profitable?" may veto a rule.</summary>
    public bool OutcomeVeto { get; init; } = true;

    /// <summary>Rules-only trades after which that learner votes.</summary>
    [Range(1, 1_000_000)] public int OutcomeVotesAfter { get; init; } = 50;

    /// <summary>Learner of "would this rule signal be profitable?", by catalog name.</summary>
    public string OutcomeLearner { get; init; } = "logistic-regression";

    /// <summary>How large positions are before the risk limits.</summary>
    public SizingOptions Sizing { get; init; } = new();

    /// <summary>Protective stop and target.</summary>
    public BracketOptions Bracket { get; init; } = new();
}

/// <summary>What a market is, as far as a session must know.</summary>
/// <param name="Symbol">Its name.</param>
/// <param name="AssetClass">Its kind.</param>
/// <param name="StepUs">Usual distance of two bars in microseconds.</param>
/// <param name="ExtraColumns">Names of extra columns.</param>
/// <param name="VolumeKnown">Whether the source has volume at all.</param>
/// <param name="ReferencePrice">A price of its usual size, above 0, where a cost in pips must be a fraction.</param>
/// <param name="ReferenceTimeUs">When that price was; the step of a dated fee schedule that labels are built with.</param>
public sealed record MarketInfo(
    string Symbol, AssetClass AssetClass, long StepUs, IReadOnlyList<string> ExtraColumns, bool VolumeKnown, double ReferencePrice, long ReferenceTimeUs = 0);

/// <summary>Everything a trading session is made of, by name.</summary>
public sealed record SessionSetup
{
    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Features the panel learns from, by name; empty for all.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>What is predicted.</summary>
    public Choice Label { get; init; } = new() { Name = "direction" };

    /// <summary>What a fill costs.</summary>
    public Choice Costs { get; init; } = new() { Name = "default" };

    /// <summary>What tells regimes apart.</summary>
    public Choice Regime { get; init; } = new() { Name = "trend-volatility" };

    /// <summary>Rules; their confidence-weighted mean is the rule signal.</summary>
    public IReadOnlyList<Choice> Agents { get; init; } = [new() { Name = "committee" }];

    /// <summary>Rules of the learning session.</summary>
    public SessionOptions Learning { get; init; } = new();

    /// <summary>How signals become positions.</summary>
    public TradingOptions Trading { get; init; } = new();

    /// <summary>Limits that no signal passes.</summary>
    public RiskLimits Risk { get; init; } = new();

    /// <summary>The paper broker.</summary>
    public BrokerOptions Broker { get; init; } = new();
}
