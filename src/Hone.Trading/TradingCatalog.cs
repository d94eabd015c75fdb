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
            Block("returns", "Returns over 1 to 24 bars, plain and in units of volatility.", _ => new ReturnFeatures()),
            Block("trend", "Distances to averages, regression line, Supertrend, ADX, Aroon.", _ => new TrendFeatures()),
            Block("momentum", "RSI, MACD, stochastic, CCI, rate of change, TRIX, TSI, CMO.", _ => new MomentumFeatures()),
            Block("volatility", "ATR, Bollinger, Keltner, range estimators, EWMA, volatility of volatility.", _ => new VolatilityFeatures()),
            Block("volume", "Volume against its past, money flows, VWAP distance, illiquidity; NaN in a market without volume.", _ => new VolumeFeatures()),
            Block("price-action", "Candle, gap, streak, Donchian positions, fractals.", _ => new PriceActionFeatures()),
            Block("calendar", "Hour, weekday, distance to the end of the month (UTC).", _ => new CalendarFeatures()),
            Block("higher-timeframe", "Return, RSI and trend of complete bars of 4 and 24 steps.", context => new HigherTimeframeFeatures(context)),
            Block("structure", "Autocorrelation, variance ratio, skewness, kurtosis, efficiency, entropy, Hurst.", _ => new StructureFeatures()),
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

    private static CatalogEntry<FeatureContext, IFeatureBlock> Block(string name, string summary, Func<FeatureContext, IFeatureBlock> build)
        => CatalogEntry<FeatureContext, IFeatureBlock>.Of<FeatureBlockOptions>(name, summary, (context, _) => build(context));
}
