using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Limits;

/// <summary>Addresses by the bucket: whoever sends from millions of them fills no memory.</summary>
internal static class AddressBucket
{
    private const int Buckets = 4_096;
    private const int NetworkBytes = 8;

    /// <summary>Bucket of the address that a request comes from. Which one it is differs from process to process, so nobody can aim at another's.</summary>
    public static int Of(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return 0;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        // One customer has a whole /64 of IPv6.
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        var hash = new HashCode();
        hash.AddBytes(bytes[..Math.Min(length, NetworkBytes)]);
        return (int)((uint)hash.ToHashCode() % Buckets);
    }
}
