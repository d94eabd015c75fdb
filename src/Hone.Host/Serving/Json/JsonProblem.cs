using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Hone.Host.Configuration;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Json;

/// <summary>Says what is wrong with a body: which field, what was found, what is expected. No name of a type of ours gets out.</summary>
internal static partial class JsonProblem
{
    private const int ShownCharactersMax = 60;
    private const string NoConversion = "The JSON value could not be converted to ";

    /// <summary>The problem behind what the reader said.</summary>
    public static ProblemException Describe(Type type, ReadOnlySpan<byte> json, JsonException problem)
    {
        if (!TryParse(json, out var root, out var syntax))
            return JsonReading.Refused("$", $"is not JSON as it is read here: {syntax}");
        using (root)
        {
            var parts = ConfigPath.Split(problem.Path ?? "");
            var path = PathText(parts);
            if (Missing().Match(problem.Message) is { Success: true } missing)
                return Missed(path, Quoted().Matches(missing.Value).Select(m => m.Groups[1].Value), TypeAt(type, parts));
            if (problem.Message.StartsWith("The JSON property '", StringComparison.Ordinal) && parts.Length > 0)
                return JsonReading.Refused(path, $"is not known here; known: {string.Join(", ", Members(TypeAt(type, parts[..^1])))}.");
            if (problem.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
                // Inside of a value that is kept as it is, the path ends at that value.
                return JsonReading.Refused(path, Quoted().Match(problem.Message).Groups[1].Value is var twice && parts is [.., var last] && last == twice ? "stands there twice." : $"holds '{twice}' twice.");
            var found = ValueAt(root.RootElement, parts);
            if (!IsOfReader(problem.Message))
                return JsonReading.Refused(path, $"is {found}: {ConfigProblem.OneLine(problem.Message)}");
            return JsonReading.Refused(path, $"is {found}; it must be {Wanted(TypeAt(type, parts))}.");
        }
    }

    /// <summary>What a type looks like in JSON, in words.</summary>
    public static string Wanted(Type? type)
    {
        if (type is null)
            return "something else";
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ConfigPath.Values(type) is { } values)
            return $"one of {string.Join(", ", values)}";
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(double) || type == typeof(float) || type == typeof(decimal))
            return "a finite number";
        if (type.IsPrimitive && type != typeof(char))
            return "a whole number";
        if (type == typeof(string) || type == typeof(char))
            return "a text";
        if (type == typeof(DateTime) || type == typeof(DateTimeOffset))
            return "a moment such as \"2026-01-31T14:00:00Z\"";
        if (Element(type) is { } element)
            return $"a list; each must be {Wanted(element)}";
        var members = Members(type).ToArray();
        return members.Length == 0 ? "an object" : $"an object with {string.Join(", ", members)}";
    }

    /// <summary>A value as it stands in the body, cut where it is long.</summary>
    public static string Shown(ReadOnlySpan<byte> json)
    {
        var text = Encoding.UTF8.GetString(json[..Math.Min(json.Length, ShownCharactersMax * 4)]);
        return text.Length > ShownCharactersMax ? string.Concat(text.AsSpan(0, ShownCharactersMax), "…") : text;
    }

    /// <summary>Path of the token that begins at a byte.</summary>
    public static string PathAt(ReadOnlySpan<byte> json, long tokenStart)
    {
        // One step per depth: the index in a list, or the name in an object.
        var steps = new List<(string? Name, int Index, bool IsList)>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = StrictJson.DepthMax });
        while (reader.Read())
        {
            var isEnd = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (isEnd)
                steps.RemoveAt(steps.Count - 1);
            else if (steps is [.., { IsList: true } list])
                steps[^1] = list with { Index = list.Index + 1 };
            if (reader.TokenType == JsonTokenType.PropertyName)
                steps[^1] = (reader.TokenStartIndex == tokenStart ? null : reader.GetString(), 0, false);
            if (reader.TokenStartIndex >= tokenStart)
                break;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                steps.Add((null, -1, reader.TokenType == JsonTokenType.StartArray));
        }
        return PathText([.. steps.Select(s => s.IsList ? s.Index.ToString(CultureInfo.InvariantCulture) : s.Name).OfType<string>()]);
    }

    private static ProblemException Missed(string path, IEnumerable<string> names, Type? owner)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in names)
            errors[path == "$" ? name : $"{path}.{name}"] = [$"is missing; it must be {Wanted(TypeAt(owner, [name]))}."];
        var (first, messages) = errors.First();
        return new(StatusCodes.Status400BadRequest, $"{first} {messages[0]}", errors);
    }

    private static bool TryParse(ReadOnlySpan<byte> json, out JsonDocument document, out string problem)
    {
        try
        {
            document = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = StrictJson.DepthMax });
            problem = "";
            return true;
        }
        catch (JsonException e)
        {
            document = null!;
            problem = $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}: {ConfigProblem.OneLine(e.Message)}";
            return false;
        }
    }

    private static bool IsOfReader(string message)
        => message.StartsWith(NoConversion, StringComparison.Ordinal) || message.Contains("doesn't allow", StringComparison.Ordinal) || message.StartsWith("The value is no ", StringComparison.Ordinal);

    private static string PathText(string[] parts) => parts.Length == 0 ? "$" : ConfigPath.Join(parts);

    private static IEnumerable<string> Members(Type? type)
        => type is null || StrictJson.Options.GetTypeInfo(type) is not { Kind: JsonTypeInfoKind.Object } info ? [] : info.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null).Select(p => p.Name);

    private static Type? TypeAt(Type? type, string[] parts)
    {
        foreach (var part in parts)
        {
            if (type is null || type == typeof(JsonElement))
                return null;
            var info = StrictJson.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
            type = info.Kind switch
            {
                JsonTypeInfoKind.Object => info.Properties.FirstOrDefault(p => p.Name == part)?.PropertyType,
                JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => info.ElementType,
                _ => null,
            };
        }
        return type;
    }

    private static Type? Element(Type type) => StrictJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } ? element : null;

    private static string ValueAt(JsonElement value, string[] parts)
    {
        foreach (var part in parts)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(part, out var member))
                value = member;
            else if (value.ValueKind == JsonValueKind.Array && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength())
                value = value[index];
            else
                return "wrong";
        }
        return value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ => Shown(Encoding.UTF8.GetBytes(value.GetRawText())),
        };
    }

    [GeneratedRegex("missing required properties including: .*")]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
