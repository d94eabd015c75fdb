using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hone.Host.Serving.Json;

namespace Hone.Host.Serving.Auditing;

/// <summary>The form of a line of the audit log: a JSON object that begins with the hash of the rest of the line, and the rest holds the hash of the line before.</summary>
internal static class AuditChain
{
    /// <summary>What the first line of all names as the hash before it.</summary>
    public static readonly string Genesis = new('0', HashDigits);

    private const int HashDigits = 64;
    private const string Head = "{\"hash\":\"";

    /// <summary>A line without its end, and its hash.</summary>
    public static (string Line, string Hash) Write(long n, string previous, DateTime at, AuditEntry entry)
    {
        var rest = JsonSerializer.Serialize(new Rest(n, previous, at, entry.Who, entry.What, entry.Path, entry.Status, entry.Ip, entry.TraceId), StrictJson.Options)[1..];
        var hash = HashOf(rest);
        return ($"{Head}{hash}\",{rest}", hash);
    }

    /// <summary>Reads a line; false when a byte of it is not as it was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out long n, out string previous, out string hash)
    {
        (n, previous, hash) = (0, "", "");
        var restAt = Head.Length + HashDigits + 2;
        if (line.Length <= restAt || !line[..Head.Length].SequenceEqual(Encoding.ASCII.GetBytes(Head)) || line[restAt - 2] != '"' || line[restAt - 1] != ',')
            return false;
        hash = Convert.ToHexStringLower(SHA256.HashData(line[restAt..]));
        if (!line.Slice(Head.Length, HashDigits).SequenceEqual(Encoding.ASCII.GetBytes(hash)))
            return false;
        try
        {
            var rest = JsonSerializer.Deserialize<Rest>([(byte)'{', .. line[restAt..]], StrictJson.Options)!;
            (n, previous) = (rest.N, rest.Previous);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string HashOf(string rest) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rest)));

    private sealed record Rest(long N, string Previous, DateTime At, string Who, string What, string Path, int Status, string Ip, string TraceId);
}
