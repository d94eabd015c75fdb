using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Learning;

namespace Hone.Host.Configuration;

/// <summary>Writes a config with every default and a comment on every key. Comments are the options' own doc comments.</summary>
public static class ConfigWriter
{
    private const int LineWidth = 120;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The config with every default, as JSON with comments.</summary>
    public static string Commented(HoneConfig config, string schemaName)
    {
        var text = new StringBuilder();
        text.Append("// Hone's configuration: every key with its default. A file needs to hold only what differs.\n");
        text.Append("// Environment variables (HONE__SECTION__KEY, for example HONE__LEARNING__EMA_ALPHA=0.2) and flags override it.\n");
        text.Append("{\n");
        text.Append(CultureInfo.InvariantCulture, $"  \"$schema\": {JsonValue.Create("./" + schemaName).ToJsonString(Readable)},\n");
        WriteProperties(text, config, 1);
        text.Append("}\n");
        return text.ToString();
    }

    /// <summary>Name, default, range and meaning of every property of an options record.</summary>
    public static IEnumerable<OptionView> Describe(Type type)
    {
        var defaults = Options.Default(type);
        foreach (var property in ConfigPath.Properties(type))
        {
            var range = property.GetCustomAttribute<RangeAttribute>();
            yield return new OptionView(
                ConfigPath.Name(property),
                JsonSerializer.SerializeToElement(property.GetValue(defaults), property.PropertyType, Options.Json),
                range is null ? null : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
                range is null ? null : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture),
                ConfigPath.Values(property.PropertyType),
                Meaning(property));
        }
    }

    /// <summary>What an option means, and what the entries of a list of records hold.</summary>
    internal static string Meaning(PropertyInfo property)
    {
        var text = XmlDocs.Of(property);
        if (ConfigPath.ElementType(property.PropertyType) is { } element && ConfigPath.IsRecord(element))
            text += $" Each has: {string.Join(", ", ConfigPath.Keys(element))}.";
        return text;
    }

    private static void WriteProperties(StringBuilder text, object record, int depth)
    {
        var indent = new string(' ', depth * 2);
        var properties = ConfigPath.Properties(record.GetType());
        for (var i = 0; i < properties.Length; i++)
        {
            var property = properties[i];
            var value = property.GetValue(record);
            var comma = i < properties.Length - 1 ? "," : "";
            if (i > 0)
                text.Append('\n');
            foreach (var line in WrappedText.Lines(Comment(property), LineWidth - indent.Length - 3))
                text.Append(CultureInfo.InvariantCulture, $"{indent}// {line}\n");
            text.Append(CultureInfo.InvariantCulture, $"{indent}\"{ConfigPath.Name(property)}\": ");
            if (value is not null && ConfigPath.IsSection(property.PropertyType))
            {
                text.Append("{\n");
                WriteProperties(text, value, depth + 1);
                text.Append(CultureInfo.InvariantCulture, $"{indent}}}{comma}\n");
            }
            else
            {
                text.Append(Compact(value, property.PropertyType)).Append(comma).Append('\n');
            }
        }
    }

    private static string Compact(object? value, Type type)
    {
        var node = JsonSerializer.SerializeToNode(value, type, Options.Json);
        // Members that are null by default say nothing: leave them out of choices.
        if (node is JsonArray array)
            foreach (var item in array)
                Prune(item);
        else
            Prune(node);
        return node?.ToJsonString(Readable) ?? "null";
    }

    private static void Prune(JsonNode? node)
    {
        if (node is JsonObject o)
            foreach (var key in o.Where(p => p.Value is null).Select(p => p.Key).ToArray())
                o.Remove(key);
    }

    private static string Comment(PropertyInfo property)
    {
        var text = Meaning(property);
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            text += $" From {Number(range.Minimum)} to {Number(range.Maximum)}.";
        if (ConfigPath.Values(property.PropertyType) is { } values)
            text += $" One of: {string.Join(", ", values)}.";
        return text;
    }

    // Without exponents: 0.000001, not 1E-06.
    private static string Number(object bound) => Convert.ToDecimal(bound, CultureInfo.InvariantCulture).ToString("0.############", CultureInfo.InvariantCulture);
}

/// <summary>One option as a catalog shows it.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Default">Default value.</param>
/// <param name="Min">Smallest value, if bounded.</param>
/// <param name="Max">Largest value, if bounded.</param>
/// <param name="Values">Names that can be chosen, if it is a choice.</param>
/// <param name="Meaning">What it does.</param>
public sealed record OptionView(string Name, JsonElement Default, double? Min, double? Max, IReadOnlyList<string>? Values, string Meaning);
