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
            CatalogEntry<LabelContext, ILabel>.Of<DirectionOptions>(
                "direction", "Whether the close is higher after a fixed number of bars.", (context, options) => new Direction(context, options)),
            CatalogEntry<LabelContext, ILabel>.Of<TripleBarrierOptions>(
                "triple-barrier", "Which is reached first: a price above, a price below, or the end of the horizon.",
                (context, options) => new TripleBarrier(context, options), "López de Prado, Advances in Financial Machine Learning, 2018, ch. 3"),
            CatalogEntry<LabelContext, ILabel>.Of<TradeProfitableOptions>(
                "trade-profitable", "Whether a trade on the question's side earns more than it costs.",
                (context, options) => new TradeProfitable(context, options), "López de Prado, Advances in Financial Machine Learning, 2018, ch. 3.6"),
        },
        Regimes =
        {
            CatalogEntry<long, IRegimeDetector>.Of<TrendVolatilityOptions>(
                "trend-volatility", "Trend by a self-normalised t-statistic, volatility against its own median.", (_, options) => new TrendVolatility(options)),
        },
        Agents =
        {
            Rules.RsiReversion.Entry,
            Rules.Trend.Entry,
            Rules.Momentum.Entry,
            Rules.Breakout.Entry,
            Rules.BollingerReversion.Entry,
            CatalogEntry<AgentContext, IAgent>.Of<CommitteeOptions>(
                "committee", "All rules together: the confidence-weighted mean of their directions.", (context, options) => new Committee(context, options)),
        },
        Costs =
        {
            CatalogEntry<CostContext, ICostModel>.Of<DefaultCostsOptions>(
                "default", "The costs of the asset class: crypto, fx or equity.", (context, _) => DefaultCosts.For(context)),
            CatalogEntry<CostContext, ICostModel>.Of<CryptoCostsOptions>(
                "crypto", "10 bp maker and taker, 1 bp half-spread, slippage of 1 % of the bar's range up to 5 bp.", (_, options) => new BasisPointCosts(options),
                source: "Standard tier of large spot venues (0.10 % both sides), without discounts; one step since ever, dated steps by the option schedule"),
            CatalogEntry<CostContext, ICostModel>.Of<FxCostsOptions>(
                "fx", "Half-spread of 0.5 pip, no commission.", (context, options) => new PipCosts(context.Symbol, options),
                source: "Spread accounts on major pairs (about 1 pip); one step since ever, dated steps by the option schedule"),
            CatalogEntry<CostContext, ICostModel>.Of<EquityCostsOptions>(
                "equity", "1 bp commission and 1 bp half-spread.", (_, options) => new BasisPointCosts(options),
                source: "Discount brokers on liquid shares; one step since ever, dated steps by the option schedule"),
            CatalogEntry<CostContext, ICostModel>.Of<CustomCostsOptions>(
                "custom", "Every number by options: dated fees, half-spread, slippage by range, funding and borrow.", (_, options) => new BasisPointCosts(options)),
            CatalogEntry<CostContext, ICostModel>.Of<NoCostsOptions>(
                "none", "Charges nothing; every output says \"no costs\".", (_, _) => new NoCosts()),
        },
    };

    private static CatalogEntry<FeatureContext, IFeatureBlock> Block(string name, string summary, Func<FeatureContext, IFeatureBlock> build)
        => CatalogEntry<FeatureContext, IFeatureBlock>.Of<FeatureBlockOptions>(name, summary, (context, _) => build(context));
}
