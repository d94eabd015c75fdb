using System.Diagnostics;
using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>The cost model of an asset class where a config names none: never zero.</summary>
public static class DefaultCosts
{
    /// <summary>The model of the context's asset class with its defaults.</summary>
    public static ICostModel For(CostContext context) => context.AssetClass switch
    {
        AssetClass.Crypto => new BasisPointCosts(new CryptoCostsOptions()),
        AssetClass.Fx => new PipCosts(context.Symbol, new FxCostsOptions()),
        AssetClass.Equity => new BasisPointCosts(new EquityCostsOptions()),
        var other => throw new UnreachableException($"The asset class {other} has no default costs."),
    };
}
