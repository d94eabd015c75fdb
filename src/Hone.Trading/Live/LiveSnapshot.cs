using System.Text;
using Hone.Learning.State;

namespace Hone.Trading.Live;

/// <summary>A live session as bytes: its setup, then its state. It can be continued without the entries before it.</summary>
public static class LiveSnapshot
{
    private const string Section = "live-snapshot";

    /// <summary>Writes a session.</summary>
    public static void Write(LiveSession session, StateWriter writer)
    {
        writer.Section(Section, 1);
        writer.Write(Encoding.UTF8.GetString(session.Setup.ToPayload()));
        session.Save(writer);
    }

    /// <summary>Builds the session that a snapshot holds.</summary>
    /// <exception cref="CorruptStateException">It is damaged or of a newer format.</exception>
    public static LiveSession Read(TradingCatalog catalog, ReadOnlyMemory<byte> state)
    {
        var reader = new StateReader(state);
        reader.Section(Section, 1);
        var session = new LiveSession(catalog, LiveSetup.FromPayload(Encoding.UTF8.GetBytes(reader.ReadString())));
        session.Load(reader);
        return reader.Remaining == 0 ? session : throw new CorruptStateException($"{session.Setup.Id}: {reader.Remaining} bytes are left over in a snapshot.");
    }

    /// <summary>Hash of the session's state: equal hashes, equal behaviour from here on.</summary>
    public static string HashOf(LiveSession session)
    {
        var writer = new StateWriter();
        Write(session, writer);
        return StateHash.Of(writer.Written);
    }
}
