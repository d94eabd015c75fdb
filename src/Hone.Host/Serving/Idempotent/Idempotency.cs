using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Hone.Trading.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving.Idempotent;

/// <summary>
/// Honours Idempotency-Key on every POST: a repetition gets the answer of the first request and does nothing. Answers that say that nothing was done are not kept, so a
/// corrected request may come under the same key. An effect and its answer are two writes here; an endpoint that must never repeat one, not even when the process is killed
/// in between, keeps its own keys.
/// </summary>
internal sealed class Idempotency(RequestDelegate next, KeptAnswers answers, ILogger<Idempotency> log)
{
    /// <summary>Says that an answer is that of an earlier request.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || IdempotencyKey.Read(context) is not { } key || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<OwnKeys>() is not null)
        {
            await next(context);
            return;
        }
        var id = KeptAnswers.IdOf(KeyHolder.Of(context)?.Id ?? "", context.Request.Path, key);
        var body = await RequestBytes.Read(context);
        context.Request.Body = new MemoryStream(body.ToArray(), writable: false);
        var request = $"{JournalKey.BodyHash(body.Span):x32}{JournalKey.BodyHash(context.Request.QueryString.Value ?? ""):x32}";

        using var alone = await answers.Alone(id, context.RequestAborted);
        if (await answers.Find(id, context.RequestAborted) is { } kept)
            await Replay(context, kept, request);
        else
            await RunAndKeep(context, id, request);
    }

    private static Task Replay(HttpContext context, KeptAnswer kept, string request)
    {
        if (kept.Request != request)
            return Problem.Write(context, StatusCodes.Status422UnprocessableEntity, $"This {IdempotencyKey.Header} was used for another request; use a new one for a new request.");
        if (kept.Body is null)
            return Problem.Write(context, StatusCodes.Status409Conflict, $"This request was done already, with status {kept.Status}; its answer was longer than {KeptAnswers.BodyBytesMax} bytes and was not kept.");
        context.Response.Headers[ReplayedHeader] = "true";
        context.Response.StatusCode = kept.Status;
        context.Response.ContentType = kept.ContentType;
        if (kept.Location is not null)
            context.Response.Headers.Location = kept.Location;
        return kept.Body.Length == 0 ? Task.CompletedTask : context.Response.Body.WriteAsync(kept.Body, 0, kept.Body.Length, context.RequestAborted);
    }

    private async Task RunAndKeep(HttpContext context, string id, string request)
    {
        var response = context.Response;
        var client = response.Body;
        using var answer = new MemoryStream();
        response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = client;
        }
        var bytes = answer.ToArray();
        if (response.StatusCode is >= 200 and < 300)
            try
            {
                await answers.Keep(id, request, response.StatusCode, response.ContentType, response.Headers.Location, bytes);
            }
            catch (Exception e)
            {
                ServerLog.AnswerNotKept(log, context.Request.Method, context.Request.Path, e.Message);
                throw;
            }
        if (bytes.Length > 0)
            await client.WriteAsync(bytes, context.RequestAborted);
    }
}
