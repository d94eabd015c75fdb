using Hone.Learning.State;

namespace Hone.Trading.Broker;

/// <summary>An order that waits.</summary>
internal struct PendingOrder
{
    /// <summary>As it was submitted.</summary>
    public Order Order;

    /// <summary>Stop and target of the position that it opens.</summary>
    public Bracket Bracket;

    /// <summary>Signed units still to fill; 0 marks it for removal.</summary>
    public double Remaining;

    /// <summary>Bars that it has seen.</summary>
    public int AgeBars;

    /// <summary>A stop that was touched and not filled in full: the rest goes at the next open.</summary>
    public bool Triggered;

    public readonly int Side => Math.Sign(Order.Quantity);

    public readonly bool FillsAtOpen => Order.Kind == OrderKind.Market || Triggered;

    public readonly bool WaitsAsStop => Order.Kind == OrderKind.Stop && !Triggered;

    public readonly bool WaitsAsLimit => Order.Kind is OrderKind.Limit or OrderKind.TakeProfit;

    // Protection must not vanish because time went by.
    public readonly bool Expires => !(Order.ReduceOnly && Order.Kind is OrderKind.Stop or OrderKind.TakeProfit);

    public readonly void Save(StateWriter writer)
    {
        writer.Write((int)Order.Kind);
        writer.Write(Order.Quantity);
        writer.Write(Order.Price);
        writer.Write(Order.ReduceOnly);
        writer.Write(Bracket.StopFraction);
        writer.Write(Bracket.TargetFraction);
        writer.Write(Remaining);
        writer.Write(AgeBars);
        writer.Write(Triggered);
    }

    public static PendingOrder Load(StateReader reader, int orderBarsMax)
    {
        var order = new Order((OrderKind)reader.ReadInt32(0, (int)OrderKind.TakeProfit), reader.ReadFinite(), reader.ReadFinite(), reader.ReadBool());
        var bracket = new Bracket(reader.ReadFinite(), reader.ReadFinite());
        if (OrderRules.Refusal(order, bracket) is { } refusal)
            throw new CorruptStateException($"A saved order is not valid: {refusal}");
        var pending = new PendingOrder { Order = order, Bracket = bracket, Remaining = reader.ReadFinite() };
        if (Math.Sign(pending.Remaining) != pending.Side || Math.Abs(pending.Remaining) > Math.Abs(order.Quantity))
            throw new CorruptStateException($"An order of {order.Quantity} units cannot have {pending.Remaining} left.");
        pending.AgeBars = reader.ReadInt32(0, pending.Expires ? orderBarsMax : int.MaxValue);
        pending.Triggered = reader.ReadBool();
        if (pending.Triggered && order.Kind != OrderKind.Stop)
            throw new CorruptStateException($"An order of the kind {order.Kind} cannot have been triggered.");
        return pending;
    }
}
