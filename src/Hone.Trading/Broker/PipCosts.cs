using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>Costs of currencies and metals: half a spread in pips, usually no commission, financing over time.</summary>
/// <remarks>Stateless; one instance may serve many books.</remarks>
public sealed class PipCosts : ICostModel, IWarnsAboutCosts
{
    // A wrong asset class (a coin at 0.00002 called a currency) must not quote a price below zero.
    private const double HalfSpreadMaxShare = 0.01;

    private readonly double _halfSpreadPips, _pip, _financingPerDay;
    private readonly FeeSchedule _fees;

    /// <summary>The <c>fx</c> costs of a symbol.</summary>
    public PipCosts(string symbol, FxCostsOptions options)
    {
        _halfSpreadPips = options.HalfSpreadPips;
        _pip = options.Pip > 0 ? options.Pip : PipOf(symbol);
        _financingPerDay = options.FinancingBpPerDay * 1e-4;
        _fees = options.Schedule is null ? FeeSchedule.Constant(Name, options.CommissionBp, options.CommissionBp) : new FeeSchedule(Name, options.Schedule);
        IsFree = _halfSpreadPips == 0 && _financingPerDay == 0 && _fees.IsFree;
    }

    /// <inheritdoc/>
    public string Name => "fx";

    /// <inheritdoc/>
    public bool IsFree { get; }

    /// <summary>Size of a pip at that price.</summary>
    public double Pip(double price) => _pip > 0 ? _pip : PipOf(price);

    /// <inheritdoc/>
    public double MarketPrice(double price, int side, in Bar bar) => price + side * HalfSpread(price);

    /// <inheritdoc/>
    public double Fee(double quantity, double price, bool maker, long timeUs)
        => quantity * price * (maker ? _fees.Maker(timeUs) : _fees.Taker(timeUs));

    /// <inheritdoc/>
    public double Carry(double position, double price, long fromUs, long toUs)
        => Math.Abs(position) * price * ((double)(toUs - fromUs) / EventTime.DayUs) * _financingPerDay;

    /// <inheritdoc/>
    public double RoundTrip(double price, long timeUs) => 2 * (HalfSpread(price) / price + _fees.Taker(timeUs));

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings(bool shorts, AssetClass assetClass)
        => _financingPerDay == 0 ? ["Overnight financing is not charged (financing_bp_per_day)."] : [];

    private double HalfSpread(double price) => Math.Min(_halfSpreadPips * Pip(price), price * HalfSpreadMaxShare);

    // 0: the symbol does not say, the price will.
    private static double PipOf(string symbol)
    {
        Span<char> letters = stackalloc char[6];
        var count = 0;
        foreach (var c in symbol)
        {
            if (char.IsAsciiLetter(c))
                letters[count++] = char.ToUpperInvariant(c);
            if (count == letters.Length)
                break;
        }
        if (count < letters.Length)
            return 0;
        return letters[..3] switch
        {
            "XAU" or "XPT" or "XPD" => 0.1,
            "XAG" => 0.01,
            _ => letters[3..] is "JPY" ? 0.01 : 0,
        };
    }

    // Quotes in forint, won or rupiah have no fixed rule; the steps keep half a pip near 0.1 to 1 bp of the price.
    private static double PipOf(double price) => price switch
    {
        < 50 => 0.0001,
        < 500 => 0.01,
        < 5000 => 0.1,
        _ => 1,
    };
}
