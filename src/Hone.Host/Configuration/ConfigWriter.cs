using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Hone.Learning;

namespace Hone.Host.Configuration;

/// <summary>Writes a config with every default and a comment on every key, and the JSON schema for it. Comments are the options' own doc comments.</summary>
public static class ConfigWriter
{
    /// <summary>The config with every default, as JSON with comments.</summary>
    public static string Commented(HoneConfig config, string schemaName)
    {
        var text = new StringBuilder();
        text.AppendLine("// Hone's configuration: every key with its default. A file needs to hold only what differs.");
        text.AppendLine("// Environment variables (HONE__SECTION__KEY, for example HONE__LEARNING__EMA_ALPHA=0.2) and flags override it.");
        text.AppendLine("{");
        text.AppendLine($"  \"$schema\": \"./{schemaName}\",");
        WriteProperties(text, config, 1);
        text.AppendLine("}");
        return text.ToString();
    }

    /// <summary>The JSON schema of a config.</summary>
    public static string Schema()
    {
        var exporter = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is not JsonObject schema || context.PropertyInfo?.AttributeProvider is not PropertyInfo property)
                    return node;
                var copy = schema;
                if (XmlDocs.Of(property) is { Length: > 0 } text)
                    copy.Insert(0, "description", text);
                if (property.GetCustomAttribute<RangeAttribute>() is { } range)
                {
                    copy["minimum"] = JsonValue.Create(Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture));
                    copy["maximum"] = JsonValue.Create(Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
                }
                if (property.PropertyType == typeof(TimeSpan))
                    copy["type"] = "string";
                return copy;
            },
        };
        var root = (JsonObject)Options.Json.GetJsonSchemaAsNode(typeof(HoneConfig), exporter);
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Hone configuration");
        // The reference to this schema is itself a key of the config.
        ((JsonObject)root["properties"]!).Insert(0, "$schema", new JsonObject { ["type"] = "string" });
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    /// <summary>Name, type, default, range and meaning of every property of an options record.</summary>
    public static IEnumerable<OptionView> Describe(Type type)
    {
        var defaults = Options.Default(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var range = property.GetCustomAttribute<RangeAttribute>();
            yield return new OptionView(
                JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
                JsonSerializer.SerializeToElement(property.GetValue(defaults), property.PropertyType, Options.Json),
                range is null ? null : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
                range is null ? null : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture),
                Values(property.PropertyType),
                XmlDocs.Of(property));
        }
    }

    private static IReadOnlyList<string>? Values(Type type)
        => (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } @enum
            ? [.. Enum.GetNames(@enum).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)]
            : null;

    private static void WriteProperties(StringBuilder text, object record, int depth)
    {
        var indent = new string(' ', depth * 2);
        var properties = record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        for (var i = 0; i < properties.Length; i++)
        {
            var property = properties[i];
            var value = property.GetValue(record);
            var comma = i < properties.Length - 1 ? "," : "";
            if (i > 0 && depth == 1)
                text.AppendLine();
            text.AppendLine($"{indent}// {Comment(property)}");
            text.Append($"{indent}\"{JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)}\": ");
            if (value is not null && IsSection(property.PropertyType))
            {
                text.AppendLine("{");
                WriteProperties(text, value, depth + 1);
                text.AppendLine($"{indent}}}{comma}");
            }
            else
            {
                text.AppendLine(Compact(value, property.PropertyType) + comma);
            }
        }
    }

    private static string Compact(object? value, Type type)
    {
        var node = JsonSerializer.SerializeToNode(value, type, Options.Json);
        // Members that are null by default say nothing: leave them out of lists of choices.
        if (node is JsonArray array)
            foreach (var item in array)
                Prune(item);
        else
            Prune(node);
        return node?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";
    }

    private static void Prune(JsonNode? node)
    {
        if (node is JsonObject o)
            foreach (var key in o.Where(p => p.Value is null).Select(p => p.Key).ToArray())
                o.Remove(key);
    }

    private static bool IsSection(Type type)
        => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type)
            && type.Namespace?.StartsWith("Hone.", StringComparison.Ordinal) == true && type != typeof(Trading.Sessions.Choice);

    private static string Comment(PropertyInfo property)
    {
        var text = XmlDocs.Of(property);
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            text += string.Create(CultureInfo.InvariantCulture, $" From {range.Minimum} to {range.Maximum}.");
        if (Values(property.PropertyType) is { } values)
            text += $" One of: {string.Join(", ", values)}.";
        return text;
    }
}

/// <summary>One option as a catalog shows it.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Default">Default value.</param>
/// <param name="Min">Smallest value, if bounded.</param>
/// <param name="Max">Largest value, if bounded.</param>
/// <param name="Values">Names that can be chosen, if it is a choice.</param>
/// <param name="Meaning">What it does.</param>
public sealed record OptionView(string Name, JsonElement Default, double? Min, double? Max, IReadOnlyList<string>? Values, string Meaning);
