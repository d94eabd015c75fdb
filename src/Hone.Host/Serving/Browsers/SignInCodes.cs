using System.Security.Cryptography;
using System.Text;

namespace Hone.Host.Serving.Browsers;

/// <summary>Codes that sign one browser in, once, within ten minutes.</summary>
public sealed class SignInCodes(TimeProvider time)
{
    /// <summary>Codes that wait to be used; one more ends the oldest.</summary>
    public const int CodesMax = 10;

    /// <summary>How long a code can be used.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    // Nothing that is read or typed as something else; 30 of them ten times are 49 bits, with five attempts a minute.
    private const string Letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Half = 5;

    private readonly Lock _codes = new();
    private readonly List<(byte[] Hash, DateTimeOffset Until)> _open = [];

    /// <summary>A new code, such as <c>7K2QX-M9T4B</c>.</summary>
    public string Issue()
    {
        var code = RandomNumberGenerator.GetString(Letters, 2 * Half);
        lock (_codes)
        {
            RemoveExpired();
            if (_open.Count == CodesMax)
                _open.RemoveAt(0);
            _open.Add((Hash(code), time.GetUtcNow() + Lasts));
        }
        return $"{code[..Half]}-{code[Half..]}";
    }

    /// <summary>Uses a code up; false when it is none, was used or has expired.</summary>
    public bool TryUse(string code)
    {
        var hash = Hash(code.Trim().Replace("-", "").ToUpperInvariant());
        lock (_codes)
        {
            RemoveExpired();
            var found = -1;
            for (var i = 0; i < _open.Count; i++)
                if (CryptographicOperations.FixedTimeEquals(_open[i].Hash, hash))
                    found = i;
            if (found < 0)
                return false;
            _open.RemoveAt(found);
            return true;
        }
    }

    private void RemoveExpired() => _open.RemoveAll(o => o.Until <= time.GetUtcNow());

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
