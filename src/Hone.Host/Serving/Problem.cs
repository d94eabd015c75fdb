using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hone.Host.Serving.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Hone.Host.Serving;

/// <summary>What every answer that is no success holds, as RFC 9457 has it.</summary>
/// <param name="Type">A page that says what the status means.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">What was found, where, and what to do.</param>
/// <param name="TraceId">Id of the request; the server's log lines of it hold the same.</param>
/// <param name="Errors">What is wrong by field of the body.</param>
public sealed record Problem(
    string Type, string Title, int Status, string? Detail, string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IDictionary<string, string[]>? Errors = null)
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Answers with a problem.</summary>
    /// <param name="context">The request; its answer must not have started.</param>
    /// <param name="status">The status, 400 to 599.</param>
    /// <param name="detail">What was found, where, and what to do.</param>
    /// <param name="errors">What is wrong by field of the body.</param>
    public static Task Write(HttpContext context, int status, string? detail, IDictionary<string, string[]>? errors = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
            return Task.CompletedTask;
        var problem = new Problem(TypeOf(status), TitleOf(status), status, detail ?? Usual(status), TraceIdOf(context), errors);
        var json = JsonSerializer.SerializeToUtf8Bytes(problem, StrictJson.Options);
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json, 0, json.Length);
    }

    /// <summary>Id of a request in answers and log lines.</summary>
    public static string TraceIdOf(HttpContext context) => Activity.Current?.Id ?? context.TraceIdentifier;

    private static string TypeOf(int status) => $"https://developer.mozilla.org/docs/Web/HTTP/Reference/Status/{status}";

    internal static string TitleOf(int status) => ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";

    // For answers of the framework that say nothing but their status.
    private static string Usual(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request cannot be understood.",
        StatusCodes.Status401Unauthorized => "This needs a key: send the header `Authorization: Bearer KEY`.",
        StatusCodes.Status403Forbidden => "The key may not do this.",
        StatusCodes.Status404NotFound => "There is nothing at this address; /openapi/v1.json lists what there is.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take this method; the header Allow lists those that it takes.",
        StatusCodes.Status408RequestTimeout => "The request came too slowly.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than the server takes; send less at once.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be JSON: send the header `Content-Type: application/json`.",
        StatusCodes.Status429TooManyRequests => "Too many requests; the header Retry-After says when to come again.",
        StatusCodes.Status500InternalServerError => "The server failed at this; its log says more under the trace_id.",
        StatusCodes.Status503ServiceUnavailable => "The server cannot do this now; try again later.",
        StatusCodes.Status504GatewayTimeout => "The answer took too long; try again later.",
        _ => TitleOf(status) + ".",
    };
}
