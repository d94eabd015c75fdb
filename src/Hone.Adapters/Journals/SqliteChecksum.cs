using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>Checksums of what no link protects: first 128 bits of SHA-256 over every field.</summary>
internal static class SqliteChecksum
{
    /// <summary>Of an emission in its place.</summary>
    public static UInt128 Of(long session, in Emission emission)
    {
        const int Head = 8 + 8 + 4 + 1 + 8;
        var length = Head + emission.Payload.Length;
        Span<byte> bytes = length <= 2048 ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, session);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], emission.Seq);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], emission.N);
        bytes[20] = (byte)emission.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[21..], emission.AtUs);
        emission.Payload.Span.CopyTo(bytes[Head..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Of a document in its place.</summary>
    public static UInt128 Of(WrittenDocument document)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // No kind and no id holds a zero character.
        hash.AppendData(Encoding.UTF8.GetBytes($"{document.Kind}\0{document.Id}\0"));
        Span<byte> written = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(written, document.WrittenUs);
        hash.AppendData(written);
        hash.AppendData(document.Json.Span);
        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(result);
        return BinaryPrimitives.ReadUInt128BigEndian(result);
    }

    /// <summary>Of a snapshot in its place.</summary>
    public static UInt128 Of(long session, StoredSnapshot snapshot)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[8 + 8 + 8 + 16];
        BinaryPrimitives.WriteInt64LittleEndian(head, session);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], snapshot.Seq);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], snapshot.TakenUs);
        BinaryPrimitives.WriteUInt128LittleEndian(head[24..], snapshot.Link);
        hash.AppendData(head);
        hash.AppendData(Encoding.UTF8.GetBytes($"{snapshot.Hash}\n{snapshot.Engine}\n"));
        hash.AppendData(snapshot.State.Span);
        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(result);
        return BinaryPrimitives.ReadUInt128BigEndian(result);
    }
}
