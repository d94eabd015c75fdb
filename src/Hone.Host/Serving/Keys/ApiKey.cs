using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Hone.Host.Serving.Keys;

/// <summary>A key as it is kept: everything but the key.</summary>
/// <param name="Id">Its id; stands in logs and in the audit log.</param>
/// <param name="Name">What it is for, in its owner's words.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Sha256">SHA-256 of the key, 64 hex digits.</param>
/// <param name="Created">When it was made, UTC.</param>
/// <param name="Expires">When it ends, UTC; null for never.</param>
/// <param name="Revoked">When it was revoked, UTC; null while it was not.</param>
public sealed record ApiKey(string Id, string Name, Role Role, string Sha256, DateTime Created, DateTime? Expires, DateTime? Revoked)
{
    /// <summary>How every generated key begins, so that people and scanners of leaked secrets know one.</summary>
    public const string Prefix = "hone_";

    /// <summary>Longest key in characters; a longer one is not looked at.</summary>
    public const int LengthMax = 512;

    private const int SecretBytes = 32;

    /// <summary>A new key: 256 random bits after the prefix.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>A new id.</summary>
    public static string GenerateId() => "k" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>SHA-256 of a key.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether it lets anybody in at this moment.</summary>
    public bool IsValid(DateTime utc) => Revoked is null && (Expires is null || utc < Expires);
}
