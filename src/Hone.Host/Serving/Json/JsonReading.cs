using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Json;

/// <summary>Reads JSON from outside: in one pass when it is right, with a second one that says what is wrong when it is not.</summary>
internal static class JsonReading
{
    // A shorter number without an exponent is finite.
    private const int FiniteDigits = 300;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = StrictJson.DepthMax, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>Reads a value.</summary>
    /// <exception cref="ProblemException">400: what is wrong, by field.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json)
    {
        try
        {
            Scan(json);
            return JsonSerializer.Deserialize<T>(json, StrictJson.Options)
                ?? throw Refused("$", "is null; it must be " + JsonProblem.Wanted(typeof(T)) + ".");
        }
        catch (JsonException e)
        {
            throw JsonProblem.Describe(typeof(T), json, e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            throw Refused("$", "cannot be read as JSON.");
        }
    }

    internal static ProblemException Refused(string path, string what)
        => new(StatusCodes.Status400BadRequest, path == "$" ? $"The body {what}" : $"{path} {what}", new Dictionary<string, string[]> { [path] = [what] });

    // What the serializer would let through or where it is not looked at all, as inside of a JsonElement.
    private static void Scan(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            throw Refused("$", "is empty; it must be JSON.");
        if (!Utf8.IsValid(json))
            throw Refused("$", "is not UTF-8.");
        var reader = new Utf8JsonReader(json, Strict);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && !IsFinite(ref reader))
                throw Refused(JsonProblem.PathAt(json, reader.TokenStartIndex), $"is {JsonProblem.Shown(reader.ValueSpan)}; it must be a finite number.");
            if (reader.ValueIsEscaped && !IsText(ref reader))
                throw Refused(JsonProblem.PathAt(json, reader.TokenStartIndex), "holds half of a surrogate pair; it must be Unicode text.");
        }
    }

    private static bool IsFinite(ref Utf8JsonReader reader)
        => (reader.ValueSpan.Length < FiniteDigits && reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') < 0) || (reader.TryGetDouble(out var value) && double.IsFinite(value));

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
