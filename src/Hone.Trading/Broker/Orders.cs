namespace Hone.Trading.Broker;

/// <summary>How an order may fill.</summary>
public enum OrderKind
{
    /// <summary>At the next open.</summary>
    Market,

    /// <summary>At the limit or better, only when the price trades through it.</summary>
    Limit,

    /// <summary>At the stop or worse once it is touched; a gap fills at the open.</summary>
    Stop,

    /// <summary>Takes profit: as a limit, reducing only.</summary>
    TakeProfit,
}

/// <summary>An order decided on a bar's close; it can fill on the next bar at the earliest.</summary>
/// <param name="Kind">How it may fill.</param>
/// <param name="Quantity">Signed units: above 0 buys, below 0 sells.</param>
/// <param name="Price">Limit, stop or target; ignored for a market order.</param>
/// <param name="ReduceOnly">Never opens or turns a position.</param>
public readonly record struct Order(OrderKind Kind, double Quantity, double Price = 0, bool ReduceOnly = false);

/// <summary>A fill.</summary>
/// <param name="TimeUs">Close time of the bar in which it happened.</param>
/// <param name="Kind">Kind of the order.</param>
/// <param name="Quantity">Signed units.</param>
/// <param name="Price">Price paid, spread and slippage included.</param>
/// <param name="Fee">Fee in money, 0 or more.</param>
/// <param name="CostOfSpread">What spread and slippage cost in money, 0 or more.</param>
public readonly record struct Fill(long TimeUs, OrderKind Kind, double Quantity, double Price, double Fee, double CostOfSpread);

/// <summary>A finished round trip: flat to flat, or to the turn of the position.</summary>
/// <param name="Id">Running number in its book, from 1.</param>
/// <param name="Side">+1 long, −1 short.</param>
/// <param name="OpenedAtUs">Close time of the bar of the first fill.</param>
/// <param name="ClosedAtUs">Close time of the bar of the last fill.</param>
/// <param name="Bars">Bar closes it was held through; 0 when it was opened and closed inside one bar.</param>
/// <param name="Quantity">Largest size held, in units, above 0.</param>
/// <param name="EntryPrice">Average price in.</param>
/// <param name="ExitPrice">Average price out.</param>
/// <param name="GrossPnl">Before all costs, in money: what mid prices would have given.</param>
/// <param name="Costs">Fees, spread, slippage and funding, in money.</param>
/// <param name="NetPnl">After costs, in money.</param>
/// <param name="Return">Net over the entry value, as a fraction.</param>
/// <param name="ExitKind">Kind of the order that closed it.</param>
public readonly record struct Trade(
    int Id, int Side, long OpenedAtUs, long ClosedAtUs, int Bars, double Quantity, double EntryPrice, double ExitPrice,
    double GrossPnl, double Costs, double NetPnl, double Return, OrderKind ExitKind);
