using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Hone.Learning;

namespace Hone.Host.Configuration;

/// <summary>The JSON schema of a config: an editor that knows it completes keys, shows what they mean and marks what is wrong.</summary>
public static class ConfigSchema
{
    /// <summary>Title of the schema; tells a file of ours from others.</summary>
    public const string Title = "Hone configuration";

    // A count with s, m, h or d.
    private const string DurationPattern = @"^(\d+\.?\d*|\.\d+)[smhd]$";

    /// <summary>The schema as text.</summary>
    public static string Write()
    {
        var exporter = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Transform(context, node) };
        var options = new JsonSerializerOptions(Options.Json) { RespectNullableAnnotations = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        var root = (JsonObject)options.GetJsonSchemaAsNode(typeof(HoneConfig), exporter);
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", Title);
        // The reference to this schema is itself a key of the config.
        ((JsonObject)root["properties"]!).Insert(0, "$schema", new JsonObject { ["type"] = "string" });
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if (context.PropertyInfo?.AttributeProvider is not PropertyInfo property)
            return node;
        // What a converter writes is unknown to the exporter; it says "anything" with true.
        var schema = node as JsonObject ?? [];
        if (property.PropertyType == typeof(TimeSpan))
        {
            schema["type"] = "string";
            schema["pattern"] = DurationPattern;
        }
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
            schema["maximum"] = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        }
        if (property.PropertyType == typeof(ulong))
            schema["minimum"] = 0;
        // Records are described where they are used, too: the exporter calls this for the property that holds one.
        if (ConfigWriter.Meaning(property) is { Length: > 0 } text && !schema.ContainsKey("description"))
            schema.Insert(0, "description", text);
        return schema;
    }
}
