using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using Hone.Host.Serving.Auditing;
using Hone.Host.Serving.Browsers;
using Hone.Host.Serving.Limits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hone.Host.Serving.Keys;

/// <summary>Who is asking: the key in the header, or the cookie of a browser that has signed in. Nothing else counts.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, KeyRing keys, BrowserSessions browsers, WrongKeyRate wrongKeys, AuditLog audit)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var header = Request.Headers.Authorization;
        if (header.Count > 0)
        {
            // Whoever sends a key wants to be that key: a cookie beside a wrong one changes nothing.
            if (header.Count > 1 || header[0] is not { } text || !text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || keys.Find(text.AsSpan(Bearer.Length).Trim()) is not { } holder)
            {
                Context.Features.Set(Refused());
                return AuthenticateResult.Fail("wrong key");
            }
            Context.Features.Set(holder);
            return holder.Result;
        }
        if (browsers.Find(Request) is not { } browser)
            return AuthenticateResult.NoResult();
        Context.Features.Set(browser);
        Context.Features.Set(SignedInByCookie.Mark);
        return browser.Result;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var wrong = Context.Features.Get<WrongKey>();
        if (wrong is { IsOneTooMany: true })
            return RequestRates.Refuse(Context, wrong.Lease);
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Write(Context, StatusCodes.Status401Unauthorized, wrong is null ? null : "The key is wrong, expired or revoked.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<NeedsRole>()?.Role;
        var has = KeyHolder.Of(Context)!.Role;
        return Problem.Write(Context, StatusCodes.Status403Forbidden, $"This needs a key with the role {Name(needed ?? Role.Admin)}; this one has the role {Name(has)}.");
    }

    // A right key is never refused for the wrong ones of a neighbour: only they are counted.
    private WrongKey Refused()
    {
        var lease = wrongKeys.Count(Context);
        if (lease.IsAcquired)
        {
            ServerLog.WrongKey(Logger, Context.Connection.RemoteIpAddress?.ToString() ?? "nowhere");
            audit.Append(AuditEntry.Of(Context, "nobody", "wrong-key", StatusCodes.Status401Unauthorized), isDurable: false);
        }
        return new WrongKey(lease);
    }

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}

/// <summary>Marks a request whose Authorization header holds no key that opens this server.</summary>
/// <param name="Lease">Whether its address may go on trying.</param>
internal sealed record WrongKey(RateLimitLease Lease)
{
    public bool IsOneTooMany => !Lease.IsAcquired;
}

/// <summary>Marks a request that a cookie speaks for: a foreign page may have sent it.</summary>
internal sealed class SignedInByCookie
{
    public static readonly SignedInByCookie Mark = new();
}
