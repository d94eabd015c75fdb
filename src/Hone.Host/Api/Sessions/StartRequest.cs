using System.Text.Json;
using Hone.Learning.Sessions;
using Hone.Trading.Live;
using Hone.Trading.Market;

namespace Hone.Host.Api.Sessions;

/// <summary>Body of <c>POST sessions/start</c>.</summary>
/// <param name="Symbol">Market; two resolutions of one market are two symbols (BTCUSDT@15m).</param>
public sealed record StartRequest(string Symbol)
{
    /// <summary><c>panel</c>, or the catalog name of the one learner.</summary>
    public string ModelType { get; init; } = "panel";

    /// <summary>Name within the symbol; one active session per symbol and name.</summary>
    public string Name { get; init; } = "default";

    /// <summary>What differs from the server's config.</summary>
    public SessionConfig Config { get; init; } = new();
}

/// <summary>What a session has that differs from the server's config. What is left out is as the server has it.</summary>
public sealed record SessionConfig
{
    /// <summary>Names of the features it is asked with, in order, or how many there are (then they are f0, f1…). For a trading session: which of Hone's own features it uses; all when left out.</summary>
    public JsonElement? Features { get; init; }

    /// <summary>Number of classes, 2 to 100; 2 when left out.</summary>
    public int? Classes { get; init; }

    /// <summary>Members of the panel: names of learners, or objects with learner, name, options, freeze_after and stale_after_hours.</summary>
    public IReadOnlyList<JsonElement>? Members { get; init; }

    /// <summary>Which members a prediction is made of.</summary>
    public ServingStrategy? Strategy { get; init; }

    /// <summary>What label 1 means: the price rose, or the trade made money.</summary>
    public LabelTarget? Target { get; init; }

    /// <summary>Whether the session trades bars that the client posts, with Hone's own features.</summary>
    public bool Trading { get; init; }

    /// <summary>Name of a state under HOME/states that <c>hone run --save-state</c> wrote; a trading session goes on from it.</summary>
    public string? State { get; init; }

    /// <summary>Id of a stopped session that goes on; nothing else may be given with it.</summary>
    public string? Resume { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How many consecutive answers overlap, for a session that is asked with features; 1 when they are independent.</summary>
    public int? Horizon { get; init; }

    /// <summary>Rules of learning, by their keys in the config's section learning.</summary>
    public JsonElement? Learning { get; init; }

    /// <summary>What a trading session predicts: a name, or a name and options.</summary>
    public JsonElement? Label { get; init; }

    /// <summary>What a fill costs: a name, or a name and options.</summary>
    public JsonElement? Costs { get; init; }

    /// <summary>What tells regimes apart: a name, or a name and options.</summary>
    public JsonElement? Regime { get; init; }

    /// <summary>Rules: names, or names and options.</summary>
    public IReadOnlyList<JsonElement>? Agents { get; init; }

    /// <summary>Limits that no signal passes, by their keys in the config's section risk.</summary>
    public JsonElement? Risk { get; init; }

    /// <summary>The paper broker, by its keys in the config's section broker.</summary>
    public JsonElement? Broker { get; init; }

    /// <summary>How signals become positions, by their keys in the config's section trading.</summary>
    public JsonElement? TradingOptions { get; init; }

    /// <summary>Distance of two bars of a trading session, such as 1m, 15m, 1h or 1d; when left out, the symbol's suffix (BTCUSDT@15m) or the first bars tell.</summary>
    public string? Step { get; init; }

    /// <summary>Kind of the market of a trading session; when left out, the first bars tell.</summary>
    public AssetClass? AssetClass { get; init; }
}
