using System.Security.Cryptography;

namespace Hone.Host.Serving;

/// <summary>Ids of sessions: 16 characters, the seconds of their start first, so that they sort by it.</summary>
public static class SessionIds
{
    /// <summary>A new id.</summary>
    public static string New() => $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
}
