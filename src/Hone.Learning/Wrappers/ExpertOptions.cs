using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hone.Learning.Wrappers;

/// <summary>One expert of a mixture as a config names it: a catalog name alone, or an object with its name and options.</summary>
[JsonConverter(typeof(ExpertConverter))]
public sealed record ExpertOptions
{
    /// <summary>Catalog name of the learner.</summary>
    public required string Name { get; init; }

    /// <summary>Its options; the defaults unless given.</summary>
    public JsonElement? Options { get; init; }
}

/// <summary>Reads and writes an expert as a text or an object.</summary>
internal sealed class ExpertConverter : JsonConverter<ExpertOptions>
{
    public override ExpertOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new() { Name = reader.GetString()! };
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An expert is a name, or an object with a name and options.");
        string? name = null;
        JsonElement? inner = null;
        foreach (var property in JsonElement.ParseValue(ref reader).EnumerateObject())
        {
            if (property.NameEquals("name") && name is null && property.Value.ValueKind == JsonValueKind.String)
                name = property.Value.GetString();
            else if (property.NameEquals("options") && inner is null)
                inner = property.Value;
            else
                throw new JsonException($"An expert has a name and options, each once; '{property.Name}' cannot be read.");
        }
        return new() { Name = name ?? throw new JsonException("An expert needs a name."), Options = inner };
    }

    public override void Write(Utf8JsonWriter writer, ExpertOptions value, JsonSerializerOptions options)
    {
        if (value.Options is not { } inner)
        {
            writer.WriteStringValue(value.Name);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("name", value.Name);
        writer.WritePropertyName("options");
        inner.WriteTo(writer);
        writer.WriteEndObject();
    }
}
