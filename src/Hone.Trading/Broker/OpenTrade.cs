namespace Hone.Trading.Broker;

/// <summary>The round trip that is still open.</summary>
/// <param name="Id">Running number in its book, from 1; its <see cref="Trade"/> will have the same.</param>
/// <param name="Side">+1 long, −1 short, 0 when there is none.</param>
/// <param name="OpenedAtUs">Close time of the bar of the first fill.</param>
/// <param name="Bars">Bar closes it was held through.</param>
/// <param name="Quantity">Largest size held, in units.</param>
/// <param name="EntryPrice">Average price in, spread and slippage included.</param>
/// <param name="NetPnl">What it would give at the last close, in money, after what has been charged so far (leaving will cost more).</param>
public readonly record struct OpenTrade(int Id, int Side, long OpenedAtUs, int Bars, double Quantity, double EntryPrice, double NetPnl);
