using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving;

/// <summary>Gives the problems that endpoints return as typed results the same form as all others.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var details = context.ProblemDetails;
        return new(Problem.Write(context.HttpContext, details.Status ?? context.HttpContext.Response.StatusCode, details.Detail, (details as HttpValidationProblemDetails)?.Errors));
    }
}
