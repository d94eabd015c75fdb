namespace Hone.Trading.Market;

/// <summary>What is traded; decides default costs and how many bars make a year.</summary>
public enum AssetClass
{
    /// <summary>Crypto spot or perpetual: 24 hours, 7 days.</summary>
    Crypto,

    /// <summary>Currencies and metals: Sunday evening to Friday evening.</summary>
    Fx,

    /// <summary>Shares, funds, indices: exchange sessions.</summary>
    Equity,
}
