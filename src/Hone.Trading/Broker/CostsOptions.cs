using System.ComponentModel.DataAnnotations;

namespace Hone.Trading.Broker;

/// <summary>Options of the <c>crypto</c> costs: the standard tier of a large spot venue, without discounts or rebates.</summary>
public sealed record CryptoCostsOptions
{
    /// <summary>Taker's fee in basis points; used where <see cref="Schedule"/> is not given.</summary>
    [Range(0.0, 1000.0)] public double TakerBp { get; init; } = 10;

    /// <summary>Maker's fee in basis points; used where <see cref="Schedule"/> is not given.</summary>
    [Range(0.0, 1000.0)] public double MakerBp { get; init; } = 10;

    /// <summary>Dated fees; overrides the two above.</summary>
    public IReadOnlyList<FeeStep>? Schedule { get; init; }

    /// <summary>Half of the usual spread in basis points of the price.</summary>
    [Range(0.0, 1000.0)] public double HalfSpreadBp { get; init; } = 1;

    /// <summary>Slippage of a market order as a share of the bar's high − low.</summary>
    [Range(0.0, 1.0)] public double SlippageRangeShare { get; init; } = 0.01;

    /// <summary>Most slippage in basis points of the price.</summary>
    [Range(0.0, 1000.0)] public double SlippageCapBp { get; init; } = 5;

    /// <summary>Slippage that the round-trip estimate counts per side, in basis points; the estimate sees no bar.</summary>
    [Range(0.0, 1000.0)] public double TypicalSlippageBp { get; init; } = 0.5;

    /// <summary>Funding of a perpetual in basis points per day: above 0 longs pay and shorts receive. 0: not charged, and warned about.</summary>
    [Range(-1000.0, 1000.0)] public double FundingBpPerDay { get; init; }

    /// <summary>Borrow fee of a short in basis points per day. 0: not charged, and warned about.</summary>
    [Range(0.0, 1000.0)] public double BorrowBpPerDay { get; init; }
}

/// <summary>Options of the <c>equity</c> costs: a discount broker and a liquid share.</summary>
public sealed record EquityCostsOptions
{
    /// <summary>Commission in basis points, maker and taker alike; used where <see cref="Schedule"/> is not given.</summary>
    [Range(0.0, 1000.0)] public double CommissionBp { get; init; } = 1;

    /// <summary>Dated fees; overrides the commission.</summary>
    public IReadOnlyList<FeeStep>? Schedule { get; init; }

    /// <summary>Half of the usual spread in basis points of the price.</summary>
    [Range(0.0, 1000.0)] public double HalfSpreadBp { get; init; } = 1;

    /// <summary>Slippage of a market order as a share of the bar's high − low.</summary>
    [Range(0.0, 1.0)] public double SlippageRangeShare { get; init; }

    /// <summary>Most slippage in basis points of the price.</summary>
    [Range(0.0, 1000.0)] public double SlippageCapBp { get; init; } = 5;

    /// <summary>Borrow fee of a short in basis points per day. 0: not charged, and warned about.</summary>
    [Range(0.0, 1000.0)] public double BorrowBpPerDay { get; init; }
}

/// <summary>Options of the <c>fx</c> costs: a spread account, no commission.</summary>
public sealed record FxCostsOptions
{
    /// <summary>Half of the usual spread in pips.</summary>
    [Range(0.0, 1000.0)] public double HalfSpreadPips { get; init; } = 0.5;

    /// <summary>Size of a pip in price; 0 takes it from the symbol (0.01 for a quote in yen, 0.1 for gold, 0.0001 otherwise) and, for other high prices, from the price.</summary>
    [Range(0.0, 1000.0)] public double Pip { get; init; }

    /// <summary>Commission per side in basis points; used where <see cref="Schedule"/> is not given.</summary>
    [Range(0.0, 1000.0)] public double CommissionBp { get; init; }

    /// <summary>Dated fees; overrides the commission.</summary>
    public IReadOnlyList<FeeStep>? Schedule { get; init; }

    /// <summary>Financing of a position held over time, long or short, in basis points per day. 0: not charged, and warned about.</summary>
    [Range(0.0, 1000.0)] public double FinancingBpPerDay { get; init; }
}

/// <summary>Options of the <c>custom</c> costs: every number is the user's.</summary>
public sealed record CustomCostsOptions
{
    /// <summary>Taker's fee in basis points; used where <see cref="Schedule"/> is not given.</summary>
    [Range(0.0, 1000.0)] public double TakerBp { get; init; } = 10;

    /// <summary>Maker's fee in basis points; used where <see cref="Schedule"/> is not given.</summary>
    [Range(0.0, 1000.0)] public double MakerBp { get; init; } = 10;

    /// <summary>Dated fees; overrides the two above.</summary>
    public IReadOnlyList<FeeStep>? Schedule { get; init; }

    /// <summary>Half of the usual spread in basis points of the price.</summary>
    [Range(0.0, 1000.0)] public double HalfSpreadBp { get; init; } = 1;

    /// <summary>Slippage of a market order as a share of the bar's high − low.</summary>
    [Range(0.0, 1.0)] public double SlippageRangeShare { get; init; }

    /// <summary>Most slippage in basis points of the price.</summary>
    [Range(0.0, 1000.0)] public double SlippageCapBp { get; init; } = 5;

    /// <summary>Slippage that the round-trip estimate counts per side, in basis points; the estimate sees no bar.</summary>
    [Range(0.0, 1000.0)] public double TypicalSlippageBp { get; init; }

    /// <summary>Funding of a perpetual in basis points per day: above 0 longs pay and shorts receive.</summary>
    [Range(-1000.0, 1000.0)] public double FundingBpPerDay { get; init; }

    /// <summary>Borrow fee of a short in basis points per day.</summary>
    [Range(0.0, 1000.0)] public double BorrowBpPerDay { get; init; }
}

/// <summary>Options of the <c>default</c> costs: none, the asset class decides.</summary>
public sealed record DefaultCostsOptions;

/// <summary>Options of the <c>none</c> costs: none.</summary>
public sealed record NoCostsOptions;
