namespace Hone.Trading.Broker;

/// <summary>A protective stop and a target, as distances from the average entry price; they arm when the entry fills and always cover the whole position.</summary>
/// <param name="StopFraction">Distance of the stop as a fraction of the entry price, 0 (no stop) to below 1.</param>
/// <param name="TargetFraction">Distance of the target as a fraction of the entry price, 0 (no target) to 100; a short's target at 1 or beyond is never reached.</param>
public readonly record struct Bracket(double StopFraction, double TargetFraction)
{
    /// <summary>Neither stop nor target.</summary>
    public static Bracket None => default;

    /// <summary>Whether there is a stop or a target.</summary>
    public bool IsSet => StopFraction > 0 || TargetFraction > 0;

    /// <summary>Whether both distances are in range.</summary>
    public bool IsValid => StopFraction is >= 0 and < 1 && TargetFraction is >= 0 and <= 100;

    /// <summary>Price of the stop, NaN for none.</summary>
    /// <param name="entryPrice">Average price of the position.</param>
    /// <param name="side">+1 long, −1 short.</param>
    public double StopPrice(double entryPrice, int side) => StopFraction > 0 ? entryPrice * (1 - side * StopFraction) : double.NaN;

    /// <summary>Price of the target, NaN for none.</summary>
    /// <param name="entryPrice">Average price of the position.</param>
    /// <param name="side">+1 long, −1 short.</param>
    public double TargetPrice(double entryPrice, int side)
    {
        if (!(TargetFraction > 0))
            return double.NaN;
        var price = entryPrice * (1 + side * TargetFraction);
        return price > 0 ? price : double.NaN;
    }

    /// <summary>The stop as an order.</summary>
    /// <param name="entryPrice">Average price of the position.</param>
    /// <param name="position">Signed units, not 0.</param>
    public Order StopOrder(double entryPrice, double position) => new(OrderKind.Stop, -position, StopPrice(entryPrice, Math.Sign(position)), ReduceOnly: true);

    /// <summary>The target as an order.</summary>
    /// <param name="entryPrice">Average price of the position.</param>
    /// <param name="position">Signed units, not 0.</param>
    public Order TargetOrder(double entryPrice, double position) => new(OrderKind.TakeProfit, -position, TargetPrice(entryPrice, Math.Sign(position)), ReduceOnly: true);
}
