using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading.Broker;

namespace Hone.Trading.Live;

/// <summary>A round trip of the paper book as an emission.</summary>
public static class TradeClosed
{
    /// <summary>The trade as bytes.</summary>
    public static byte[] ToPayload(Trade trade) => Inputs.Bytes(writer =>
    {
        writer.Write(trade.Id);
        writer.Write(trade.Side);
        writer.Write(trade.OpenedAtUs);
        writer.Write(trade.ClosedAtUs);
        writer.Write(trade.Bars);
        writer.Write(trade.Quantity);
        writer.Write(trade.EntryPrice);
        writer.Write(trade.ExitPrice);
        writer.Write(trade.GrossPnl);
        writer.Write(trade.Costs);
        writer.Write(trade.NetPnl);
        writer.Write(trade.Return);
        writer.Write((int)trade.ExitKind);
    });

    /// <summary>Reads a trade.</summary>
    public static Trade FromPayload(ReadOnlyMemory<byte> payload)
    {
        var reader = new StateReader(payload);
        return new Trade(
            reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(),
            reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), (OrderKind)reader.ReadInt32());
    }
}

/// <summary>A detector's alarm as an emission.</summary>
public static class DriftSeen
{
    /// <summary>The alarm as bytes.</summary>
    public static byte[] ToPayload(DriftEvent drift) => Inputs.Bytes(writer =>
    {
        writer.Write(drift.Seq);
        writer.Write(drift.AtUs);
        writer.Write(drift.Member);
        writer.Write(drift.Detector);
        writer.Write(drift.Channel);
        writer.Write((int)drift.Level);
        writer.Write(drift.Statistic);
        writer.Write(drift.Threshold);
    });

    /// <summary>Reads an alarm.</summary>
    public static DriftEvent FromPayload(ReadOnlyMemory<byte> payload)
    {
        var reader = new StateReader(payload);
        return new DriftEvent(
            reader.ReadInt64(), reader.ReadInt64(), reader.ReadString(), reader.ReadString(), reader.ReadString(), (DriftLevel)reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble());
    }
}

/// <summary>An adaptation as an emission.</summary>
public static class AdaptationMade
{
    /// <summary>The adaptation as bytes.</summary>
    public static byte[] ToPayload(AdaptationEvent adaptation) => Inputs.Bytes(writer =>
    {
        writer.Write(adaptation.Seq);
        writer.Write(adaptation.AtUs);
        writer.Write(adaptation.Member);
        writer.Write(adaptation.Action);
        writer.Write(adaptation.Cause);
        writer.Write(adaptation.Statistic);
        writer.Write(adaptation.Reference);
    });

    /// <summary>Reads an adaptation.</summary>
    public static AdaptationEvent FromPayload(ReadOnlyMemory<byte> payload)
    {
        var reader = new StateReader(payload);
        return new AdaptationEvent(
            reader.ReadInt64(), reader.ReadInt64(), reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadDouble(), reader.ReadDouble());
    }
}
