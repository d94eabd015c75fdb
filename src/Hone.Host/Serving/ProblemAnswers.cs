using System.Globalization;
using Hone.Adapters.Journals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving;

/// <summary>The outermost step: whatever goes wrong further in becomes a problem, and no answer that is no success stays empty.</summary>
internal sealed class ProblemAnswers(RequestDelegate next, ILogger<ProblemAnswers> log)
{
    private const string RetryFullSeconds = "5";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Answer(context, e);
            return;
        }
        var response = context.Response;
        if (response is { StatusCode: >= 400, HasStarted: false, ContentLength: null or 0 } && string.IsNullOrEmpty(response.ContentType))
            await Problem.Write(context, response.StatusCode, null);
    }

    private Task Answer(HttpContext context, Exception problem)
    {
        // What was set for the answer that did not come must not stand at this one.
        var headers = context.Response.Headers;
        headers.Remove("ETag");
        headers.Remove("Location");
        headers.ContentLength = null;
        switch (problem)
        {
            case ProblemException p:
                if (p.RetryAfterSeconds is { } seconds)
                    headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                return Problem.Write(context, p.Status, p.Message, p.Errors);
            case JournalFullException full:
                headers.RetryAfter = RetryFullSeconds;
                return Problem.Write(context, StatusCodes.Status507InsufficientStorage, full.Message);
            case JournalBrokenException or JournalFencedException:
                return Problem.Write(context, StatusCodes.Status503ServiceUnavailable, problem.Message);
            case BadHttpRequestException bad:
                return Problem.Write(context, bad.StatusCode, bad.StatusCode == StatusCodes.Status400BadRequest ? bad.Message : null);
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                // Nobody is there to read it; 499 tells the log.
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return Task.CompletedTask;
            default:
                ServerLog.RequestFailed(log, problem, context.Request.Method, context.Request.Path, Problem.TraceIdOf(context));
                return Problem.Write(context, StatusCodes.Status500InternalServerError, null);
        }
    }
}
