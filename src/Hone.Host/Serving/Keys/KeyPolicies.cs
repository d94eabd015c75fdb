using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Keys;

/// <summary>The role that an endpoint needs; for the refusal's text, the audit log and the OpenAPI document.</summary>
/// <param name="Role">The role.</param>
public sealed record NeedsRole(Role Role);

/// <summary>What a key may reach. An endpoint that says nothing needs a key with the role read.</summary>
public static class KeyPolicies
{
    /// <summary>The endpoint needs a key with at least this role.</summary>
    public static TBuilder RequireKey<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.RequireAuthorization(Name(role)).WithMetadata(new NeedsRole(role));

    /// <summary>The endpoint answers everybody. For liveness, signing in and static files alone; a test lists them.</summary>
    public static TBuilder WithoutKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new AllowAnonymousAttribute());

    internal static void Add(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetValues<Role>())
            options.AddPolicy(Name(role), policy => policy.RequireAssertion(context => Has(context, role)));
        options.FallbackPolicy = options.DefaultPolicy = options.GetPolicy(Name(Role.Read))!;
    }

    private static bool Has(AuthorizationHandlerContext context, Role role)
        => context.Resource is HttpContext http && KeyHolder.Of(http) is { } holder && holder.Role >= role;

    private static string Name(Role role) => $"role-{role}";
}
