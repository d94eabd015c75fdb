using Hone.Learning.State;

namespace Hone.Trading.Broker;

/// <summary>The armed bracket of the position: prices are NaN where there is none. Its size is always the whole position.</summary>
internal struct Protection
{
    public double StopPrice;
    public double TargetPrice;

    /// <summary>The stop was touched and not filled in full: the rest goes at the next open.</summary>
    public bool Triggered;

    /// <summary>Armed by an entry inside the bar that is being filled, not at its open.</summary>
    public bool ArmedInside;

    public static Protection None => new() { StopPrice = double.NaN, TargetPrice = double.NaN };

    public readonly bool HasStop => StopPrice > 0 && !Triggered;

    public readonly bool HasTarget => TargetPrice > 0;

    public readonly bool IsSet => StopPrice > 0 || TargetPrice > 0;

    public readonly void Save(StateWriter writer)
    {
        writer.Write(StopPrice);
        writer.Write(TargetPrice);
        writer.Write(Triggered);
    }

    public static Protection Load(StateReader reader, double position)
    {
        var protection = new Protection { StopPrice = Price(reader), TargetPrice = Price(reader), Triggered = reader.ReadBool() };
        if (protection.IsSet && position == 0)
            throw new CorruptStateException("There is a bracket without a position.");
        if (protection.Triggered && !(protection.StopPrice > 0))
            throw new CorruptStateException("A stop that does not exist was triggered.");
        return protection;
    }

    private static double Price(StateReader reader)
    {
        var price = reader.ReadDouble();
        return double.IsNaN(price) || (price > 0 && double.IsFinite(price))
            ? price
            : throw new CorruptStateException($"A stop or target of {price} is not a price.");
    }
}
