using Hone.Host.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Serving.Keys;

/// <summary>Endpoints whose effect cannot be taken back.</summary>
public static class DangerousEndpoints
{
    /// <summary>The endpoint needs an admin's key and <see cref="ServeOptions.AllowDangerous"/>: one slip is not enough.</summary>
    public static TBuilder Dangerous<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.RequireKey(Role.Admin).AddEndpointFilter(async (call, next) =>
            call.HttpContext.RequestServices.GetRequiredService<ServeOptions>().AllowDangerous
                ? await next(call)
                : TypedResults.Problem("This cannot be taken back and is switched off; serve.allow_dangerous switches it on, at the next start.", statusCode: StatusCodes.Status403Forbidden));
}
