using System.Buffers.Binary;
using System.Buffers.Text;
using Hone.Host.Api.Requests;

namespace Hone.Host.Api.Events;

/// <summary>
/// A place in the events of many sessions: for each of them the last event that was handed out. Seqs count per session and there is no order over all of them that would survive
/// a restart, so the place says where it is in each; for the client it is a text that it hands back.
/// </summary>
internal sealed class EventCursor
{
    /// <summary>Most sessions that one cursor can follow; more need a filter.</summary>
    public const int SessionsMax = 250;

    private const int IdBytes = 8;
    private const int PlaceBytes = IdBytes + sizeof(long) + sizeof(int);

    private readonly Dictionary<string, (long Seq, int N)> _places = new(StringComparer.Ordinal);

    /// <summary>The last event of a session that was handed out; (0, −1) before the first.</summary>
    public (long Seq, int N) this[string session]
    {
        get => _places.TryGetValue(session, out var place) ? place : (0, -1);
        set => _places[session] = value;
    }

    /// <summary>Reads a cursor.</summary>
    /// <exception cref="Serving.ProblemException">400: it is none.</exception>
    public static EventCursor Parse(string text)
    {
        var cursor = new EventCursor();
        Span<byte> bytes = stackalloc byte[SessionsMax * PlaceBytes];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length % PlaceBytes != 0)
            throw Refusals.Field("after", "is no place in the events; it must be `next` of an earlier answer, or with session= the seq of an event.");
        for (; length > 0; length -= PlaceBytes)
        {
            var place = bytes.Slice(length - PlaceBytes, PlaceBytes);
            cursor._places[Convert.ToHexStringLower(place[..IdBytes])] = (BinaryPrimitives.ReadInt64LittleEndian(place[IdBytes..]), BinaryPrimitives.ReadInt32LittleEndian(place[(IdBytes + sizeof(long))..]));
        }
        return cursor;
    }

    /// <summary>The cursor as a text that may stand in an address.</summary>
    public override string ToString()
    {
        var bytes = new byte[_places.Count * PlaceBytes];
        var at = 0;
        foreach (var (session, (seq, n)) in _places.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            Convert.FromHexString(session).CopyTo(bytes, at);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at + IdBytes), seq);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + IdBytes + sizeof(long)), n);
            at += PlaceBytes;
        }
        return Base64Url.EncodeToString(bytes);
    }
}
