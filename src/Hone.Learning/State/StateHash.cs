using System.Security.Cryptography;

namespace Hone.Learning.State;

/// <summary>Hash of a state: equal hashes, equal behaviour from here on.</summary>
public static class StateHash
{
    /// <summary>First 128 bits of the SHA-256 of the written state, as 32 hex digits.</summary>
    public static string Of(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return Of(writer.Written);
    }

    /// <summary>First 128 bits of the SHA-256 of the bytes, as 32 hex digits.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
