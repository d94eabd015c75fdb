using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>Costs as fractions of the price: dated fees, half a spread, slippage by the bar's range, funding and borrow.</summary>
/// <remarks>Stateless; one instance may serve many books.</remarks>
public sealed class BasisPointCosts : ICostModel, IWarnsAboutCosts
{
    private const double Bp = 1e-4;
    private readonly FeeSchedule _fees;
    private readonly double _halfSpread, _rangeShare, _slippageCap, _typicalSlippage, _fundingPerDay, _borrowPerDay;

    /// <summary>The <c>crypto</c> costs.</summary>
    public BasisPointCosts(CryptoCostsOptions options)
        : this("crypto", Fees("crypto", options.Schedule, options.MakerBp, options.TakerBp), options.HalfSpreadBp, options.SlippageRangeShare,
            options.SlippageCapBp, options.TypicalSlippageBp, options.FundingBpPerDay, options.BorrowBpPerDay)
    {
    }

    /// <summary>The <c>equity</c> costs.</summary>
    public BasisPointCosts(EquityCostsOptions options)
        : this("equity", Fees("equity", options.Schedule, options.CommissionBp, options.CommissionBp), options.HalfSpreadBp, options.SlippageRangeShare,
            options.SlippageCapBp, 0, 0, options.BorrowBpPerDay)
    {
    }

    /// <summary>The <c>custom</c> costs.</summary>
    public BasisPointCosts(CustomCostsOptions options)
        : this("custom", Fees("custom", options.Schedule, options.MakerBp, options.TakerBp), options.HalfSpreadBp, options.SlippageRangeShare,
            options.SlippageCapBp, options.TypicalSlippageBp, options.FundingBpPerDay, options.BorrowBpPerDay)
    {
    }

    private BasisPointCosts(
        string name, FeeSchedule fees, double halfSpreadBp, double rangeShare, double slippageCapBp, double typicalSlippageBp, double fundingBpPerDay, double borrowBpPerDay)
    {
        Name = name;
        _fees = fees;
        _halfSpread = halfSpreadBp * Bp;
        _rangeShare = rangeShare;
        _slippageCap = slippageCapBp * Bp;
        _typicalSlippage = typicalSlippageBp * Bp;
        _fundingPerDay = fundingBpPerDay * Bp;
        _borrowPerDay = borrowBpPerDay * Bp;

        // A custom model of nothing but zeros is free whatever it is called, and is shown as such.
        IsFree = fees.IsFree && _halfSpread == 0 && (_rangeShare == 0 || _slippageCap == 0) && _fundingPerDay == 0 && _borrowPerDay == 0;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsFree { get; }

    /// <inheritdoc/>
    public double MarketPrice(double price, int side, in Bar bar)
        => price + side * (price * _halfSpread + Math.Min(_rangeShare * (bar.High - bar.Low), price * _slippageCap));

    /// <inheritdoc/>
    public double Fee(double quantity, double price, bool maker, long timeUs)
        => quantity * price * (maker ? _fees.Maker(timeUs) : _fees.Taker(timeUs));

    /// <inheritdoc/>
    public double Carry(double position, double price, long fromUs, long toUs)
    {
        var value = position * price * ((double)(toUs - fromUs) / EventTime.DayUs);
        return value >= 0 ? value * _fundingPerDay : value * (_fundingPerDay - _borrowPerDay);
    }

    /// <inheritdoc/>
    public double RoundTrip(double price, long timeUs) => 2 * (_fees.Taker(timeUs) + _halfSpread + _typicalSlippage);

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings(bool shorts, AssetClass assetClass)
    {
        var warnings = new List<string>();
        if (assetClass == AssetClass.Crypto && _fundingPerDay == 0)
            warnings.Add("Funding is not charged: right for spot, not for perpetuals (funding_bp_per_day).");
        if (shorts && _borrowPerDay == 0 && _fundingPerDay == 0)
            warnings.Add("Borrowing for shorts is not charged (borrow_bp_per_day).");
        if (_rangeShare > 0 && _slippageCap > 0 && _typicalSlippage == 0)
            warnings.Add("The round-trip estimate leaves slippage out.");
        return warnings;
    }

    private static FeeSchedule Fees(string owner, IReadOnlyList<FeeStep>? schedule, double makerBp, double takerBp)
        => schedule is null ? FeeSchedule.Constant(owner, makerBp, takerBp) : new FeeSchedule(owner, schedule);
}
