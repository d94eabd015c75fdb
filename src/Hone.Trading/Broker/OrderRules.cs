using System.Globalization;

namespace Hone.Trading.Broker;

/// <summary>What every order must satisfy, reduce-only ones included.</summary>
internal static class OrderRules
{
    /// <summary>Largest quantity and price; their product stays far from overflow.</summary>
    public const double NumberMax = 1e15;

    /// <summary>Why the order is refused; null when it is not.</summary>
    public static string? Refusal(in Order order, in Bracket bracket)
    {
        if (order.Kind is < OrderKind.Market or > OrderKind.TakeProfit)
            return $"The kind {(int)order.Kind} is none of Market, Limit, Stop, TakeProfit.";
        if (order.Quantity == 0 || !(Math.Abs(order.Quantity) <= NumberMax))
            return string.Create(CultureInfo.InvariantCulture, $"The quantity is {order.Quantity}; it must be finite, not 0 and at most {NumberMax} either way.");
        if (order.Kind != OrderKind.Market && !(order.Price is > 0 and <= NumberMax))
            return string.Create(CultureInfo.InvariantCulture, $"The price of a {order.Kind} order is {order.Price}; it must be above 0 and at most {NumberMax}.");
        if (!double.IsFinite(order.Price))
            return string.Create(CultureInfo.InvariantCulture, $"The price is {order.Price}; it must be finite, also where it is ignored.");
        if (!bracket.IsValid)
            return string.Create(CultureInfo.InvariantCulture,
                $"The bracket is {bracket.StopFraction} and {bracket.TargetFraction}; the stop must be from 0 to below 1, the target from 0 to 100.");
        if (bracket.IsSet && (order.ReduceOnly || order.Kind == OrderKind.TakeProfit))
            return "An order that only reduces opens nothing that a bracket could protect.";
        return null;
    }
}
