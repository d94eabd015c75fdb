using Hone.Learning.State;

namespace Hone.Trading.Sessions;

/// <summary>Trades that a member voted for. Never used for its weight: labels alone decide that.</summary>
public struct MemberTrades
{
    /// <summary>Trades whose side the member predicted at entry.</summary>
    public long Count { get; private set; }

    /// <summary>Of them with a profit after costs.</summary>
    public long Wins { get; private set; }

    /// <summary>Their net result in money.</summary>
    public double NetPnl { get; private set; }

    internal void Add(double netPnl)
    {
        Count++;
        if (netPnl > 0)
            Wins++;
        NetPnl += netPnl;
    }

    internal readonly void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(Wins);
        writer.Write(NetPnl);
    }

    internal static MemberTrades Load(StateReader reader)
    {
        var trades = new MemberTrades { Count = reader.ReadInt64(), Wins = reader.ReadInt64(), NetPnl = reader.ReadFinite() };
        return trades.Wins >= 0 && trades.Count >= trades.Wins
            ? trades
            : throw new CorruptStateException($"{trades.Wins} of {trades.Count} trades of a member cannot have won.");
    }
}
