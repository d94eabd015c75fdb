using Hone.Learning;
using Hone.Learning.Numerics;
using Hone.Trading.Agents;
using Hone.Trading.Features;
using Hone.Trading.Market;
using Hone.Trading.Regimes;

namespace Hone.Trading.Tests.Agents;

/// <summary>The features that rules read, as a hand-made schema, and vectors of them.</summary>
internal static class TinyFeatures
{
    private static readonly Bar Bar = new(0, 100, 101, 99, 100, 1);

    // The rules' features are not the first ones: a rule that takes a position for granted reads nonsense.
    public static FeatureSchema Schema { get; } = new(
    [
        .. new[] { "other_1", "rsi_14", "macd_hist", "other_2", "ema_cross", "return_12", "donchian_position_20", "bollinger_z_20", "atr_14", "ewma_volatility", "adx_14" }
            .Select(name => new FeatureInfo(name, "test", 0, 1, "")),
    ]);

    public static AgentContext Context { get; } = new(Schema, []);

    /// <summary>A vector with these features set and all others missing.</summary>
    public static double[] Of(params ReadOnlySpan<(string Name, double Value)> values)
    {
        var x = new double[Schema.Features.Count];
        Array.Fill(x, double.NaN);
        foreach (var (name, value) in values)
            x[Schema.IndexOf(name)] = value;
        return x;
    }

    /// <summary>Plausible features of a market that swings; every 50th vector misses one.</summary>
    public static double[][] Generated(int count, ulong seed)
    {
        var rng = new Rng(seed, "tiny-features");
        var vectors = new double[count][];
        double swing = 0;
        for (var i = 0; i < count; i++)
        {
            swing = 0.9 * swing + 0.6 * rng.NextGaussian();
            double Noisy() => swing + 0.3 * rng.NextGaussian();
            vectors[i] = Of(
                ("other_1", 1e9), ("other_2", -1e9), ("rsi_14", Math.Clamp(50 + 14 * Noisy(), 0, 100)), ("macd_hist", 0.003 * Noisy()), ("ema_cross", 0.8 * Noisy()),
                ("return_12", 0.04 * Noisy()), ("donchian_position_20", 0.5 + 0.4 * Noisy()), ("bollinger_z_20", 1.3 * Noisy()), ("atr_14", 0.02),
                ("ewma_volatility", 0.01 * (0.5 + rng.NextDouble())), ("adx_14", 100 * rng.NextDouble()));
            if (i % 50 == 49)
                vectors[i][rng.NextInt32(vectors[i].Length)] = double.NaN;
        }
        return vectors;
    }

    public static Signal Decide(this IAgent agent, double[] features, TrendRegime trend = TrendRegime.Sideways)
        => agent.Decide(new AgentView(in Bar, [], features, new(trend, VolatilityRegime.Normal)));

    public static IAgent New(string name) => TradingCatalog.BuiltIn().Agents[name].Create(Context);

    public static IAgent New(string name, object options) => TradingCatalog.BuiltIn().Agents[name].Create(Context, options);

    public static CatalogList<AgentContext, IAgent> All => TradingCatalog.BuiltIn().Agents;
}
