using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Live;

/// <summary>What a trading session made of a bar, beside its prediction.</summary>
public sealed record BarTaken
{
    /// <summary>The bar.</summary>
    public required Bar Bar { get; init; }

    /// <summary>Running number of the bar in the session, from 0.</summary>
    public required long Number { get; init; }

    /// <summary>The panel's features; NaN where missing.</summary>
    public required double[] Features { get; init; }

    /// <summary>Whether the panel was asked; before that features are warming up.</summary>
    public required bool Asked { get; init; }

    /// <summary>Regime by trend, 0 sideways, 1 bull, 2 bear.</summary>
    public required int Trend { get; init; }

    /// <summary>Regime by volatility.</summary>
    public required int Volatility { get; init; }

    /// <summary>The rule's direction, −1…1, and the joined one.</summary>
    public required double RuleDirection { get; init; }

    /// <summary>Direction of rule and panel together, −1…1.</summary>
    public required double FinalDirection { get; init; }

    /// <summary>Confidence of rule and panel together, 0…1.</summary>
    public required double FinalConfidence { get; init; }

    /// <summary>Fills of the paper book in this bar.</summary>
    public required Fill[] Fills { get; init; }

    /// <summary>Signed units of the market order that waits for the next bar's open; 0 for none.</summary>
    public required double OrderQuantity { get; init; }

    /// <summary>Signed units held after the bar.</summary>
    public required double Position { get; init; }

    /// <summary>Equity of the paper book after the bar, in money.</summary>
    public required double Equity { get; init; }

    /// <summary>Equity of the rules-only book after the bar, in money.</summary>
    public required double RulesOnlyEquity { get; init; }

    /// <summary>The bar as bytes of an emission.</summary>
    public byte[] ToPayload() => Inputs.Bytes(writer =>
    {
        Inputs.Write(writer, Bar);
        writer.Write(Number);
        writer.Write((ReadOnlySpan<double>)Features);
        writer.Write(Asked);
        writer.Write(Trend);
        writer.Write(Volatility);
        writer.Write(RuleDirection);
        writer.Write(FinalDirection);
        writer.Write(FinalConfidence);
        writer.Write(OrderQuantity);
        writer.Write(Position);
        writer.Write(Equity);
        writer.Write(RulesOnlyEquity);
        writer.Write(Fills.Length);
        foreach (var fill in Fills)
        {
            writer.Write(fill.TimeUs);
            writer.Write((int)fill.Kind);
            writer.Write(fill.Quantity);
            writer.Write(fill.Price);
            writer.Write(fill.Fee);
            writer.Write(fill.CostOfSpread);
        }
    });

    /// <summary>Reads a bar from an emission.</summary>
    public static BarTaken FromPayload(ReadOnlyMemory<byte> payload)
    {
        var reader = new StateReader(payload);
        return new BarTaken
        {
            // Read in the order in which they were written.
            Bar = Inputs.ReadBar(reader),
            Number = reader.ReadInt64(),
            Features = Inputs.ReadNumbers(reader),
            Asked = reader.ReadBool(),
            Trend = reader.ReadInt32(),
            Volatility = reader.ReadInt32(),
            RuleDirection = reader.ReadDouble(),
            FinalDirection = reader.ReadDouble(),
            FinalConfidence = reader.ReadDouble(),
            OrderQuantity = reader.ReadDouble(),
            Position = reader.ReadDouble(),
            Equity = reader.ReadDouble(),
            RulesOnlyEquity = reader.ReadDouble(),
            Fills = ReadFills(reader),
        };
    }

    private static Fill[] ReadFills(StateReader reader)
    {
        var fills = new Fill[reader.ReadInt32(0, 1000)];
        for (var i = 0; i < fills.Length; i++)
            fills[i] = new Fill(reader.ReadInt64(), (OrderKind)reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        return fills;
    }
}
