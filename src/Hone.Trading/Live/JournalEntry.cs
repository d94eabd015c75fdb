using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hone.Trading.Live;

/// <summary>What an entry of a journal says. The numbers are the stored format; none is ever used again for something else.</summary>
public enum EntryKind : byte
{
    /// <summary>The session begins; the payload is its setup.</summary>
    Start = 1,

    /// <summary>A question.</summary>
    Ask = 2,

    /// <summary>The answer to a question.</summary>
    Answer = 3,

    /// <summary>An answer that brings its own features: asked, scored and learned at once.</summary>
    Example = 4,

    /// <summary>What the market of a trading session is; before its first bar.</summary>
    Market = 5,

    /// <summary>A bar of a trading session.</summary>
    Bar = 6,

    /// <summary>An example that waits for <see cref="LearnPending"/>.</summary>
    Pending = 7,

    /// <summary>Learn every example that waits.</summary>
    LearnPending = 8,

    /// <summary>A prediction market was resolved.</summary>
    Resolve = 9,

    /// <summary>The largest share of equity that a portfolio grants from now on.</summary>
    PortfolioCap = 10,

    /// <summary>Event time passes without anything else.</summary>
    Advance = 11,

    /// <summary>The session ends.</summary>
    Stop = 12,

    /// <summary>A stopped session goes on.</summary>
    Resume = 13,

    /// <summary>From here on another build computes; the payload is its fingerprint.</summary>
    EngineChanged = 14,
}

/// <summary>One input of a session. The order of entries is the order of events; times only explain.</summary>
/// <param name="Seq">Position in the session's journal, from 1 without gaps.</param>
/// <param name="Kind">What it says.</param>
/// <param name="AtUs">Event time in microseconds since 1970 UTC; never before that of the entry before it.</param>
/// <param name="ReceivedUs">When the server received it, in microseconds since 1970 UTC.</param>
/// <param name="Payload">The input itself, see <see cref="Inputs"/>.</param>
/// <param name="Link">Hash over this entry and the link of the one before it: a changed, missing or exchanged entry is noticed.</param>
public readonly record struct JournalEntry(long Seq, EntryKind Kind, long AtUs, long ReceivedUs, ReadOnlyMemory<byte> Payload, UInt128 Link)
{
    /// <summary>Largest payload in bytes.</summary>
    public const int PayloadBytesMax = 4 << 20;

    /// <summary>An entry with its link.</summary>
    public static JournalEntry After(UInt128 previousLink, long seq, EntryKind kind, long atUs, long receivedUs, ReadOnlyMemory<byte> payload)
        => new(seq, kind, atUs, receivedUs, payload, LinkOf(previousLink, seq, kind, atUs, receivedUs, payload.Span));

    /// <summary>Whether the link is the one that belongs here after <paramref name="previousLink"/>.</summary>
    public bool Follows(UInt128 previousLink) => Link == LinkOf(previousLink, Seq, Kind, AtUs, ReceivedUs, Payload.Span);

    // First 128 bits of SHA-256: against accidents, and against changes by anybody who does not recompute all later links.
    private static UInt128 LinkOf(UInt128 previous, long seq, EntryKind kind, long atUs, long receivedUs, ReadOnlySpan<byte> payload)
    {
        const int Head = 16 + 8 + 1 + 8 + 8;
        var length = Head + payload.Length;
        Span<byte> bytes = length <= 2048 ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, previous);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], seq);
        bytes[24] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[25..], atUs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[33..], receivedUs);
        payload.CopyTo(bytes[Head..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}

/// <summary>Names of keys in a journal: each is taken once and for all.</summary>
public static class JournalKey
{
    /// <summary>Longest id a client may choose, in characters.</summary>
    public const int IdLengthMax = 128;

    /// <summary>The prediction that a client named.</summary>
    public static string Prediction(string id) => "p:" + id;

    /// <summary>The outcome of a prediction, or one that brings its own features.</summary>
    public static string Outcome(string id) => "o:" + id;

    /// <summary>The bar that closed at a moment.</summary>
    public static string Bar(long closeUs) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"b:{closeUs}");

    /// <summary>The resolution of a prediction market.</summary>
    public static string Market(string id) => "m:" + id;

    /// <summary>A request that a client marked as one and the same.</summary>
    public static string Request(string key) => "i:" + key;

    /// <summary>Whether a client may use this id: 1 to 128 characters, letters, digits and -_.:@ only, so that it can stand in a path, a log and a file.</summary>
    public static bool IsId(string id)
    {
        if (id.Length is 0 or > IdLengthMax)
            return false;
        foreach (var c in id)
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@'))
                return false;
        return true;
    }

    /// <summary>Hash of a request's body, to tell a repetition from another request under the same key.</summary>
    public static UInt128 BodyHash(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>Hash of a text.</summary>
    public static UInt128 BodyHash(string text) => BodyHash(Encoding.UTF8.GetBytes(text));
}
