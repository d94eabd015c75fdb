using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Rendering;

/// <summary>An answer that is written straight as JSON.</summary>
internal sealed class JsonAnswer(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) : IResult
{
    // A buffer that grew for one large page is not kept by its thread for ever.
    private const int KeptBytesMax = 1 << 18;

    /// <summary>How everything that is sent is written; a message of a stream and an event of a list are the same bytes.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic] private static ArrayBufferWriter<byte>? _buffer;
    [ThreadStatic] private static Utf8JsonWriter? _json;

    /// <summary>An answer that is one object; <paramref name="members"/> writes what is between its braces.</summary>
    public static JsonAnswer Object(Action<Utf8JsonWriter> members, int status = StatusCodes.Status200OK) => new(
        json =>
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        },
        status);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = Bytes(write);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, 0, bytes.Length, httpContext.RequestAborted);
    }

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
        var json = _json ??= new Utf8JsonWriter(buffer, Options);
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        try
        {
            write(json);
            json.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            if (buffer.Capacity > KeptBytesMax)
                (_buffer, _json) = (null, null);
        }
    }
}
