using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hone.Host.Tests.Configuration;

/// <summary>As much of JSON Schema as the config's schema uses. A keyword it does not know is an error: the check must not pass by ignorance.</summary>
internal sealed class SchemaCheck(JsonNode root)
{
    private static readonly string[] Known =
    [
        "$schema", "title", "description", "format", "default", "$ref", "type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "properties", "required", "additionalProperties", "items",
    ];

    /// <summary>What is wrong with a value; empty when the schema accepts it.</summary>
    public IReadOnlyList<string> Problems(JsonNode? value)
    {
        var problems = new List<string>();
        Check(root, value, "$", problems);
        return problems;
    }

    private void Check(JsonNode? schema, JsonNode? value, string path, List<string> problems)
    {
        if (schema is JsonValue anything && anything.GetValueKind() is JsonValueKind.True)
            return;
        var rules = (JsonObject)schema!;
        problems.AddRange(rules.Select(r => r.Key).Except(Known).Select(key => $"{path}: unknown keyword {key}"));
        if (rules["$ref"] is { } reference)
            Check(Resolve((string)reference!), value, path, problems);
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        if (rules["type"] is { } type && !(type is JsonArray many ? many.Select(t => (string)t!) : [(string)type!]).Any(t => Is(t, value, kind)))
            problems.Add($"{path}: {kind} is not {type}");
        if (rules["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value)))
            problems.Add($"{path}: not one of {values.ToJsonString()}");
        if (kind == JsonValueKind.Number && (Number(value) < (rules["minimum"] is { } min ? Number(min) : double.MinValue) || Number(value) > (rules["maximum"] is { } max ? Number(max) : double.MaxValue)))
            problems.Add($"{path}: out of range");
        if (kind == JsonValueKind.String)
        {
            var text = (string)value!;
            if (text.Length < ((int?)rules["minLength"] ?? 0) || text.Length > ((int?)rules["maxLength"] ?? int.MaxValue))
                problems.Add($"{path}: length");
            if (rules["pattern"] is { } pattern && !Regex.IsMatch(text, (string)pattern!))
                problems.Add($"{path}: does not match {pattern}");
        }
        if (value is JsonArray list && rules["items"] is { } items)
            for (var i = 0; i < list.Count; i++)
                Check(items, list[i], $"{path}[{i}]", problems);
        if (value is not JsonObject section)
            return;
        foreach (var name in rules["required"] as JsonArray ?? [])
            if (!section.ContainsKey((string)name!))
                problems.Add($"{path}: {name} is missing");
        foreach (var (name, inner) in section)
            if ((rules["properties"] as JsonObject)?[name] is { } property)
                Check(property, inner, $"{path}.{name}", problems);
            else if (rules["additionalProperties"] is JsonValue no && no.GetValueKind() == JsonValueKind.False)
                problems.Add($"{path}.{name}: no such key");
            else if (rules["additionalProperties"] is JsonObject others)
                Check(others, inner, $"{path}.{name}", problems);
    }

    private JsonNode Resolve(string reference)
        => reference.Split('/').Skip(1).Aggregate(root, (node, part) => (node is JsonArray list ? list[int.Parse(part)] : node[part.Replace("~1", "/").Replace("~0", "~")])!);

    private static double Number(JsonNode? value) => value!.GetValue<JsonElement>().GetDouble();

    private static bool Is(string type, JsonNode? value, JsonValueKind kind) => type switch
    {
        "null" => kind == JsonValueKind.Null,
        "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
        "integer" => kind == JsonValueKind.Number && Number(value) % 1 == 0,
        "number" => kind == JsonValueKind.Number,
        "string" => kind == JsonValueKind.String,
        "array" => kind == JsonValueKind.Array,
        "object" => kind == JsonValueKind.Object,
        _ => false,
    };
}
