using System.ComponentModel.DataAnnotations;
using Hone.Learning.Sessions;
using Hone.Adapters.Feeds;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Configuration;

/// <summary>Everything that can be configured. <c>hone init</c> writes it with every default; a file needs to say only what differs.</summary>
public sealed record HoneConfig
{
    /// <summary>Seed of everything random; the same seed and data give the same bits.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Threads for several markets; 0 for all cores. Results do not depend on it.</summary>
    [Range(0, 1024)] public int Threads { get; init; }

    /// <summary>How files of bars are read. What is not said is recognised from the file, and what was recognised is told.</summary>
    public CsvFeedOptions Data { get; init; } = new();

    /// <summary>The built-in market, used when no data is given.</summary>
    public SimulatorOptions Simulator { get; init; } = new();

    /// <summary>Features the panel learns from, by name; empty for all. `hone catalog features` lists them.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>What is predicted: a name and its options. `hone catalog labels` lists them.</summary>
    public Choice Label { get; init; } = new() { Name = "direction" };

    /// <summary>What a fill costs: a name and its options; "none" marks every output with "no costs". `hone catalog costs` lists them.</summary>
    public Choice Costs { get; init; } = new() { Name = "default" };

    /// <summary>What tells regimes apart: a name and its options. `hone catalog regimes` lists them.</summary>
    public Choice Regime { get; init; } = new() { Name = "trend-volatility" };

    /// <summary>Rules; the confidence-weighted mean of their signals is the rule signal. `hone catalog agents` lists them.</summary>
    public IReadOnlyList<Choice> Agents { get; init; } = [new() { Name = "committee" }];

    /// <summary>Rules of learning: members, thresholds, weights, drift, adaptation.</summary>
    public SessionOptions Learning { get; init; } = new();

    /// <summary>How signals become positions.</summary>
    public TradingOptions Trading { get; init; } = new();

    /// <summary>Limits that no signal passes.</summary>
    public RiskLimits Risk { get; init; } = new();

    /// <summary>The paper broker.</summary>
    public BrokerOptions Broker { get; init; } = new();

    /// <summary>Limits over several markets, used with --portfolio-limits.</summary>
    public PortfolioConfig Portfolio { get; init; } = new();

    /// <summary>The server of `hone serve`.</summary>
    public ServeOptions Serve { get; init; } = new();

    /// <summary>The session this config describes.</summary>
    public SessionSetup Setup() => new()
    {
        Seed = Seed,
        Features = Features,
        Label = Label,
        Costs = Costs,
        Regime = Regime,
        Agents = Agents,
        Learning = Learning,
        Trading = Trading,
        Risk = Risk,
        Broker = Broker,
    };
}

/// <summary>Limits over several markets.</summary>
public sealed record PortfolioConfig
{
    /// <summary>Largest sum of the absolute positions of all markets as a share of the sum of their equities.</summary>
    [Range(0.001, 100.0)] public double ExposureMax { get; init; } = 0.5;

    /// <summary>Drawdown of the summed equity at which no market may hold a position until the end of the next UTC day.</summary>
    [Range(0.001, 1.0)] public double DrawdownStop { get; init; } = 0.20;
}
