using System.Buffers;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Hone.Host.Serving.Json;

/// <summary>The JSON body of a request, read strictly before the endpoint runs. What is wrong with it is answered with 400 or 415 and a problem that names the fields.</summary>
/// <typeparam name="T">What the body holds: a record of its own for input, never one that is stored.</typeparam>
public sealed class JsonBody<T> : IEndpointParameterMetadataProvider
{
    private JsonBody(T value, ReadOnlyMemory<byte> bytes) => (Value, Bytes) = (value, bytes);

    /// <summary>What was read.</summary>
    public T Value { get; }

    /// <summary>The body as it came, UTF-8.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads the body of a request; called by the framework.</summary>
    /// <exception cref="ProblemException">It cannot be used.</exception>
    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (!context.Request.HasJsonContentType())
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, $"The body is '{context.Request.ContentType}'; it must be JSON: send the header `Content-Type: application/json`.");
        var bytes = await RequestBytes.Read(context);
        return new JsonBody<T>(JsonReading.Read<T>(bytes.Span), bytes);
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
        => builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}

/// <summary>The bytes of a request's body, read once however often they are asked for.</summary>
internal sealed class RequestBytes(ReadOnlyMemory<byte> bytes)
{
    /// <summary>Reads a body to its end; how long it may be and how slowly it may come is watched below.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> Read(HttpContext context)
    {
        if (context.Features.Get<RequestBytes>() is { } read)
            return read.Bytes;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                context.Features.Set(new RequestBytes(bytes));
                return bytes;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private ReadOnlyMemory<byte> Bytes { get; } = bytes;
}
