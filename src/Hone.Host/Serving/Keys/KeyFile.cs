using System.Text.Json;
using Hone.Host.Configuration;
using Hone.Host.Serving.Json;

namespace Hone.Host.Serving.Keys;

/// <summary>The file <c>keys.json</c> of a home: all keys that were made, revoked ones too, and none of them in clear.</summary>
public sealed class KeyFile(string home, TimeProvider time)
{
    /// <summary>Most keys of one server.</summary>
    public const int KeysMax = 1_000;

    /// <summary>Longest name of a key in characters.</summary>
    public const int NameLengthMax = 100;

    private static readonly JsonSerializerOptions Indented = new(StrictJson.Options) { WriteIndented = true };

    /// <summary>Where it lies.</summary>
    public string Path { get; } = System.IO.Path.Combine(home, "keys.json");

    /// <summary>All keys, in the order in which they were made.</summary>
    /// <exception cref="ConfigException">The file is damaged or others may read it.</exception>
    public IReadOnlyList<ApiKey> Read()
    {
        if (!File.Exists(Path))
            return [];
        SecretFile.RequirePrivate(Path);
        try
        {
            return JsonSerializer.Deserialize<Content>(File.ReadAllBytes(Path), StrictJson.Options)!.Keys;
        }
        catch (JsonException e)
        {
            throw new ConfigException($"{Path}: is no list of keys: {ConfigProblem.OneLine(e.Message)} Restore it, or remove it and make new keys.");
        }
    }

    /// <summary>Makes a key.</summary>
    /// <returns>What is kept of it, and the key itself, which is nowhere else.</returns>
    /// <exception cref="ConfigException">The name or the expiry cannot be used, or there are too many keys.</exception>
    public (ApiKey Kept, string Key) Create(Role role, string name, DateTime? expires)
    {
        if (name.Length > NameLengthMax || name.Any(char.IsControl))
            throw new ConfigException($"the name of a key has at most {NameLengthMax} characters and no control characters.");
        var now = time.GetUtcNow().UtcDateTime;
        if (expires <= now)
            throw new ConfigException($"the key would expire at {expires:yyyy-MM-ddTHH:mm:ssZ}, which is not in the future.");
        var key = ApiKey.Generate();
        var kept = new ApiKey(ApiKey.GenerateId(), name, role, Convert.ToHexStringLower(ApiKey.Hash(key)), now, expires, null);
        Change(keys => keys.Count < KeysMax ? [.. keys, kept] : throw new ConfigException($"{Path}: holds {KeysMax} keys, which is the most; remove revoked ones from the file."));
        return (kept, key);
    }

    /// <summary>Revokes a key for good; one that is revoked already stays so.</summary>
    /// <returns>The revoked key.</returns>
    /// <exception cref="ConfigException">There is no key with this id.</exception>
    public ApiKey Revoke(string id)
    {
        ApiKey? revoked = null;
        Change(keys =>
        {
            var key = keys.FirstOrDefault(k => k.Id == id) ?? throw new ConfigException($"there is no key '{id}'; `hone keys list` shows the ids.");
            revoked = key.Revoked is null ? key with { Revoked = time.GetUtcNow().UtcDateTime } : key;
            return [.. keys.Select(k => k.Id == id ? revoked : k)];
        });
        return revoked!;
    }

    // Two command lines at once: the second waits, and none of them loses what the other wrote.
    private void Change(Func<IReadOnlyList<ApiKey>, IReadOnlyList<ApiKey>> change)
    {
        SecretFile.MakeFolder(home);
        using var alone = Lock();
        SecretFile.Write(Path, JsonSerializer.SerializeToUtf8Bytes(new Content(change(Read())), Indented));
    }

    // The lock's file stays: removing it would let a third one lock a new file while the second still waits for the old one.
    private FileStream Lock()
    {
        const int AttemptsMax = 100;
        for (var attempt = 1; ; attempt++)
            try
            {
                return new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (attempt < AttemptsMax)
            {
                Thread.Sleep(50);
            }
    }

    private sealed record Content(IReadOnlyList<ApiKey> Keys);
}
