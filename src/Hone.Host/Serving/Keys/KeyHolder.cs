using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Keys;

/// <summary>Who is asking: a key, or a browser that has signed in.</summary>
public sealed class KeyHolder
{
    /// <summary>Name of the authentication scheme.</summary>
    public const string Scheme = "key";

    private const string RoleClaim = "role";

    /// <summary>A holder.</summary>
    /// <param name="id">Id of the key, or of the browser's session.</param>
    /// <param name="role">What it may do.</param>
    public KeyHolder(string id, Role role)
    {
        (Id, Role) = (id, role);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, id), new Claim(RoleClaim, role.ToString())], Scheme, ClaimTypes.NameIdentifier, RoleClaim);
        Result = AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme));
    }

    /// <summary>Id of the key, or of the browser's session.</summary>
    public string Id { get; }

    /// <summary>What it may do.</summary>
    public Role Role { get; }

    /// <summary>The same for every request of this holder, so that none is made per request.</summary>
    internal AuthenticateResult Result { get; }

    /// <summary>Who is asking; null when nobody has said so.</summary>
    public static KeyHolder? Of(HttpContext context) => context.Features.Get<KeyHolder>();
}
