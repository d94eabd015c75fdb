using Hone.Host.Serving.Auditing;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Hone.Host.Serving.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving.Browsers;

/// <summary>How a browser gets in without a key being typed into it.</summary>
internal static class SignInApi
{
    private const int CodeLengthMax = 32;

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(WebServer.ApiRoot).WithTags("Sign-in");

        api.MapPost("/sign-in", SignIn).WithoutKey().KeepsItsOwnKeys().RequireRateLimiting(RequestRates.SignIn)
            .WithSummary("Signs a browser in with the one-time code that the server prints.")
            .WithExample("""{"code":"7K2QX-M9T4B"}""", """{"signed_in_as":"browser-5f0c1d2e","role":"operate"}""");
        api.MapPost("/sign-out", SignOut).RequireKey(Role.Read).KeepsItsOwnKeys().WithSummary("Signs this browser out.");
        api.MapPost("/sign-in/codes", Issue).RequireKey(Role.Operate).KeepsItsOwnKeys()
            .WithSummary("Makes a one-time code for another browser.")
            .WithExample(null, """{"code":"7K2QX-M9T4B","expires_at":"2026-01-31T14:10:00Z"}""");
    }

    private static Results<Ok<SignedInView>, ProblemHttpResult> SignIn(
        HttpContext context, SignInCodes codes, BrowserSessions browsers, AuditLog audit, ILogger<BrowserSessions> log, JsonBody<SignInRequest> body)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "nowhere";
        if (body.Value.Code.Length > CodeLengthMax || !codes.TryUse(body.Value.Code))
        {
            ServerLog.WrongCode(log, address);
            audit.Append(AuditEntry.Of(context, "nobody", "sign-in", StatusCodes.Status401Unauthorized), isDurable: false);
            return TypedResults.Problem("The code is wrong, was used already or is older than ten minutes; the server prints a new one at its next start, and POST sign-in/codes makes one.", statusCode: StatusCodes.Status401Unauthorized);
        }
        var holder = browsers.SignIn(context);
        ServerLog.SignedIn(log, holder.Id, address);
        audit.Append(AuditEntry.Of(context, holder.Id, "sign-in", StatusCodes.Status200OK), isDurable: true);
        return TypedResults.Ok(new SignedInView(holder.Id, holder.Role));
    }

    private static NoContent SignOut(HttpContext context, BrowserSessions browsers, AuditLog audit)
    {
        browsers.SignOut(context);
        audit.Append(AuditEntry.Of(context, KeyHolder.Of(context)!.Id, "sign-out", StatusCodes.Status204NoContent), isDurable: false);
        return TypedResults.NoContent();
    }

    private static Ok<CodeView> Issue(SignInCodes codes, TimeProvider time)
        => TypedResults.Ok(new CodeView(codes.Issue(), (time.GetUtcNow() + SignInCodes.Lasts).UtcDateTime));

    private sealed record SignInRequest(string Code);

    private sealed record SignedInView(string SignedInAs, Role Role);

    private sealed record CodeView(string Code, DateTime ExpiresAt);
}
