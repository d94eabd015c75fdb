using Hone.Learning;
using Hone.Trading.Agents;
using Hone.Trading.Broker;
using Hone.Trading.Features;
using Hone.Trading.Labels;
using Hone.Trading.Regimes;

namespace Hone.Trading;

/// <summary>Everything of the market side that a config can name, beside the learning side. A user's program adds its own entries.</summary>
public sealed class TradingCatalog
{
    /// <summary>Learners, detectors, calibrators.</summary>
    public Catalog Learning { get; init; } = Catalog.BuiltIn();

    /// <summary>Blocks of features.</summary>
    public CatalogList<FeatureContext, IFeatureBlock> Features { get; } = new("feature block");

    /// <summary>Definitions of right and wrong.</summary>
    public CatalogList<LabelContext, ILabel> Labels { get; } = new("label");

    /// <summary>Regime detectors; the context is the usual distance of two bars in microseconds.</summary>
    public CatalogList<long, IRegimeDetector> Regimes { get; } = new("regime detector");

    /// <summary>Rules.</summary>
    public CatalogList<AgentContext, IAgent> Agents { get; } = new("agent");

    /// <summary>Cost models.</summary>
    public CatalogList<CostContext, ICostModel> Costs { get; } = new("cost model");

    /// <summary>Everything that comes with Hone.</summary>
    public static TradingCatalog BuiltIn() => new()
    {
        Features =
        {
        },
        Labels =
        {
        },
        Regimes =
        {
        },
        Agents =
        {
        },
        Costs =
        {
        },
    };
}
