using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Browsers;

/// <summary>Browsers that have signed in. In memory: a restart signs everybody out.</summary>
public sealed class BrowserSessions(TimeProvider time)
{
    /// <summary>Browsers that may be signed in at once; one more signs the oldest out.</summary>
    public const int BrowsersMax = 100;

    /// <summary>What a browser may do: everything but what needs an admin's key.</summary>
    public const Role BrowserRole = Role.Operate;

    private const string Name = "hone-session";

    // The browser itself then refuses one that came without TLS, from another host or for a path.
    private const string SecureName = "__Host-" + Name;

    private static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, Open> _open = new(StringComparer.Ordinal);

    /// <summary>Signs a browser in.</summary>
    /// <returns>Who it is from now on.</returns>
    public KeyHolder SignIn(HttpContext context)
    {
        var now = time.GetUtcNow();
        foreach (var (hash, open) in _open)
            if (open.Until <= now)
                _open.TryRemove(hash, out _);
        while (_open.Count >= BrowsersMax && _open.MinBy(o => o.Value.Until) is { Key: { } oldest })
            _open.TryRemove(oldest, out _);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var holder = new KeyHolder("browser-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), BrowserRole);
        _open[Hash(token)] = new Open(holder, now + Lasts);
        context.Response.Cookies.Append(NameFor(context.Request), token, Cookie(context.Request, Lasts));
        return holder;
    }

    /// <summary>Signs a browser out; one that was not signed in stays so.</summary>
    public void SignOut(HttpContext context)
    {
        if (context.Request.Cookies.TryGetValue(NameFor(context.Request), out var token))
            _open.TryRemove(Hash(token), out _);
        context.Response.Cookies.Delete(NameFor(context.Request), Cookie(context.Request, null));
    }

    /// <summary>Whose browser this is; null when it has not signed in or too long ago.</summary>
    public KeyHolder? Find(HttpRequest request)
        => request.Cookies.TryGetValue(NameFor(request), out var token) && token.Length <= ApiKey.LengthMax && _open.TryGetValue(Hash(token), out var open) && time.GetUtcNow() < open.Until
            ? open.Holder
            : null;

    /// <summary>Whether a browser that was found earlier is still signed in.</summary>
    public bool Knows(KeyHolder holder)
    {
        var now = time.GetUtcNow();
        return _open.Values.Any(open => open.Holder.Id == holder.Id && now < open.Until);
    }

    private static string NameFor(HttpRequest request) => request.IsHttps ? SecureName : Name;

    private static CookieOptions Cookie(HttpRequest request, TimeSpan? lasts)
        => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, Path = "/", MaxAge = lasts, IsEssential = true };

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private sealed record Open(KeyHolder Holder, DateTimeOffset Until);
}
