using System.Text.Json;
using Hone.Learning;
using Hone.Learning.Sessions;
using Hone.Trading;
using Hone.Trading.Features;

namespace Hone.Host.Configuration;

/// <summary>Everything of one kind that a config can name.</summary>
/// <param name="Kind">learners, regressors, detectors, data-drift, calibrators, conformal, bandits, anomaly, features, labels, regimes, agents, costs or strategies.</param>
/// <param name="Meaning">What it is, and where a config names it.</param>
/// <param name="Entries">The entries in the catalog's order.</param>
public sealed record CatalogKindView(string Kind, string Meaning, IReadOnlyList<CatalogEntryView> Entries);

/// <summary>One entry of the catalog.</summary>
/// <param name="Name">What a config says.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Source">Paper or reference; empty for our own.</param>
/// <param name="Behaviour">Raised whenever the same inputs give other outputs than in an earlier release.</param>
/// <param name="StateFormat">Raised whenever the saved state changes shape.</param>
/// <param name="Options">Its options.</param>
/// <param name="Features">What a block of features writes; null for every other kind.</param>
public sealed record CatalogEntryView(
    string Name, string Summary, string Source, int Behaviour, int StateFormat, IReadOnlyList<OptionView> Options, IReadOnlyList<FeatureInfo>? Features = null);

/// <summary>The whole catalog as it is shown: by the command line, and by everything else that lists what there is.</summary>
public static class CatalogView
{
    // Features of higher time-frames depend on the length of a bar only in their warm-up; the listing is that of hourly bars.
    private static readonly FeatureContext ListedContext = new(3_600_000_000, []);

    /// <summary>Every kind, in the order in which the loop meets them.</summary>
    public static IReadOnlyList<CatalogKindView> Of(TradingCatalog catalog) =>
    [
        Kind("learners", "They predict class probabilities. In a config under learning.members, on the command line --members.", catalog.Learning.Learners),
        Kind("regressors", "They predict a number. On the command line evaluate --learner.", catalog.Learning.Regressors),
        Kind("detectors", "They notice drift in the losses of a member. In a config under learning.detectors.", catalog.Learning.Detectors),
        Kind("data-drift", "They test whether a feature is still distributed as it was. Scored by evaluate --drift.", catalog.Learning.DataDrift),
        Kind("calibrators", "They correct the panel's probability. In a config under learning.calibrator.", catalog.Learning.Calibrators),
        Kind("conformal", "They follow the bound that covers a stated share of outcomes. Shown by evaluate.", catalog.Learning.Conformal),
        Kind("bandits", "They choose among arms and learn from the reward of the chosen one. Scored by evaluate --bandits.", catalog.Learning.Bandits),
        Kind("anomaly", "They score how unlike everything before a row is. On the command line evaluate --learner.", catalog.Learning.Anomaly),
        new("features", "Computed from bars, one bar at a time. A block shares work; a config names single features under features. Warm-up in bars of an hour.", [.. catalog.Features.Select(Block)]),
        Kind("labels", "What is predicted. In a config under label, on the command line --label NAME:key=value,…", catalog.Labels),
        Kind("regimes", "They tell market regimes apart. In a config under regime.", catalog.Regimes),
        Kind("agents", "Rules: after each bar a direction and a confidence. In a config under agents.", catalog.Agents),
        Kind("costs", "What fills cost. In a config under costs, on the command line --costs NAME:key=value,…", catalog.Costs),
        new("strategies", "How the members of a panel are combined. In a config under learning.strategy, on the command line --strategy.", [.. Enum.GetValues<ServingStrategy>().Select(Strategy)]),
    ];

    private static CatalogKindView Kind<TContext, TService>(string kind, string meaning, CatalogList<TContext, TService> entries)
        => new(kind, meaning, [.. entries.Select(e => Entry(e))]);

    private static CatalogEntryView Entry(ICatalogEntry entry)
        => new(entry.Name, entry.Summary, entry.Source, entry.Behaviour, entry.StateFormat, [.. ConfigWriter.Describe(entry.OptionsType)]);

    private static CatalogEntryView Block(CatalogEntry<FeatureContext, IFeatureBlock> entry)
    {
        try
        {
            return Entry(entry) with { Features = entry.Create(ListedContext).Features };
        }
        catch (Exception e) when (e is InvalidOptionsException or ArgumentException)
        {
            // A user's own block may need an extra column of the data to say what it writes.
            return Entry(entry) with { Features = [] };
        }
    }

    private static CatalogEntryView Strategy(ServingStrategy strategy)
        => new(JsonNamingPolicy.KebabCaseLower.ConvertName(strategy.ToString()), XmlDocs.Of(strategy), "", 1, 1, []);
}
