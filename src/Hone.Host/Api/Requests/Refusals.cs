using Hone.Host.Serving;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Requests;

/// <summary>Turns what cannot be done into the one exception that becomes a problem.</summary>
internal static class Refusals
{
    /// <summary>The problem of a refused command.</summary>
    public static ProblemException ToProblem(this Refusal refusal)
        => new(refusal.Status, refusal.Detail, refusal.Field is { } field ? Errors(field, refusal.Detail) : null) { RetryAfterSeconds = refusal.RetryAfterSecs };

    /// <summary>A field of the request that cannot be used: 400.</summary>
    /// <param name="field">Its path in the body, or its name in the query.</param>
    /// <param name="what">What it is and what it must be, as the rest of a sentence that begins with the field.</param>
    public static ProblemException Field(string field, string what) => Field(StatusCodes.Status400BadRequest, field, what);

    /// <summary>A field of the request that cannot be used.</summary>
    public static ProblemException Field(int status, string field, string what) => new(status, $"{field} {what}", Errors(field, what));

    private static Dictionary<string, string[]> Errors(string field, string what) => new(StringComparer.Ordinal) { [field] = [what] };
}
