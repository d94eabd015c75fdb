using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Hone.Host.Configuration;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving.Keys;

/// <summary>The keys that open this server, always as the file has them: a key that is revoked is refused within a second.</summary>
public sealed class KeyRing : IDisposable
{
    // Looking is one stat; a watcher of the operating system would be told later on some file systems and never on others.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock _looking = new();
    private readonly KeyFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyRing> _log;
    private readonly Held _admin;
    private readonly ITimer _look;
    private volatile FrozenDictionary<ulong, Held[]> _held;
    private (DateTime, long) _seen;

    /// <summary>Reads the keys and begins to look after the file.</summary>
    /// <exception cref="ConfigException">The keys cannot be read.</exception>
    public KeyRing(KeyFile file, string adminKey, TimeProvider time, ILogger<KeyRing> log)
    {
        (_file, _time, _log) = (file, time, log);
        var hash = ApiKey.Hash(adminKey);
        _admin = new Held(new ApiKey(AdminKey.Id, AdminKey.Id, Role.Admin, Convert.ToHexStringLower(hash), default, null, null), hash, new KeyHolder(AdminKey.Id, Role.Admin));
        _seen = Stamp();
        _held = Index(file.Read());
        _look = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <summary>Whose key this is; null when it is nobody's, expired or revoked.</summary>
    public KeyHolder? Find(ReadOnlySpan<char> key)
    {
        if (key.Length is 0 or > ApiKey.LengthMax)
            return null;
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(ApiKey.LengthMax)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        // The hash of a guess says nothing about how near the guess is: looking up its first bytes gives no timing away. The rest is compared in constant time.
        if (_held.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(hash), out var candidates))
            foreach (var candidate in candidates)
                if (CryptographicOperations.FixedTimeEquals(candidate.Hash, hash) && candidate.Key.IsValid(_time.GetUtcNow().UtcDateTime))
                    return candidate.Holder;
        return null;
    }

    /// <summary>Whether somebody who was found earlier may still do what it may: its key is neither revoked nor expired.</summary>
    public bool Knows(KeyHolder holder)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return _held.Values.Any(candidates => candidates.Any(held => held.Holder.Id == holder.Id && held.Key.IsValid(now)));
    }

    /// <inheritdoc/>
    public void Dispose() => _look.Dispose();

    /// <summary>Looks whether the file has changed; also done every quarter of a second.</summary>
    internal void Look()
    {
        lock (_looking)
        {
            try
            {
                var stamp = Stamp();
                if (stamp == _seen)
                    return;
                var keys = _file.Read();
                _held = Index(keys);
                _seen = stamp;
                ServerLog.KeysRead(_log, keys.Count);
            }
            catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
            {
                ServerLog.KeysUnreadable(_log, e.Message);
            }
        }
    }

    private (DateTime, long) Stamp()
    {
        var file = new FileInfo(_file.Path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private FrozenDictionary<ulong, Held[]> Index(IReadOnlyList<ApiKey> keys)
        => keys.Select(k => new Held(k, Convert.FromHexString(k.Sha256), new KeyHolder(k.Id, k.Role)))
            .Append(_admin)
            .GroupBy(h => BinaryPrimitives.ReadUInt64LittleEndian(h.Hash))
            .ToFrozenDictionary(g => g.Key, g => g.ToArray());

    private sealed record Held(ApiKey Key, byte[] Hash, KeyHolder Holder);
}
