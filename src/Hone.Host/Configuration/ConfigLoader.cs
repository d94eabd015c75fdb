using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Learning;
using Hone.Learning.State;

namespace Hone.Host.Configuration;

/// <summary>Puts a config together: defaults, then the file, then the environment (<c>HONE__SECTION__KEY</c>), then flags.</summary>
public static class ConfigLoader
{
    private const string Prefix = "HONE__";
    private const long FileBytesMax = 4 << 20;

    /// <summary>Loads and validates a config.</summary>
    /// <param name="path">File of JSON with comments; null for none.</param>
    /// <param name="environment">Environment variables; only those that start with <c>HONE__</c> count.</param>
    /// <param name="flags">Values from the command line by path, for example <c>learning.strategy</c>.</param>
    /// <exception cref="ConfigException">Something in it cannot be used.</exception>
    public static HoneConfig Load(string? path, IDictionary environment, IReadOnlyDictionary<string, JsonNode?> flags)
    {
        var root = path is null ? [] : ReadFile(path);
        if (path is not null)
            Deserialize(root, $"{path}: ");
        foreach (var (key, value) in Variables(environment))
        {
            Set(root, [.. key[Prefix.Length..].ToLowerInvariant().Split("__")], ParseScalar(value), key);
            Deserialize(root, $"environment variable {key}: ");
        }
        foreach (var (key, value) in flags)
            Set(root, key.Split('.'), value?.DeepClone(), key);
        return Deserialize(root, "");
    }

    /// <summary>The config as JSON without comments, every default included.</summary>
    public static string Effective(HoneConfig config) => JsonSerializer.Serialize(config, Options.Json);

    /// <summary>Hash of everything in the config that can change a result, 16 hex digits.</summary>
    public static string Hash(HoneConfig config)
        => StateHash.Of(System.Text.Encoding.UTF8.GetBytes(Effective(config with { Threads = 0 })))[..16];

    /// <summary>Reads NAME, NAME:{json} or NAME:key=value,key=value as a choice from a catalog.</summary>
    /// <exception cref="ConfigException">It cannot be read.</exception>
    public static JsonNode Choice(string flag, string text)
    {
        var colon = text.IndexOf(':');
        var choice = new JsonObject { ["name"] = colon < 0 ? text : text[..colon] };
        if (colon < 0)
            return choice;
        var rest = text[(colon + 1)..];
        if (rest.StartsWith('{'))
        {
            try
            {
                choice["options"] = JsonNode.Parse(rest);
            }
            catch (JsonException e)
            {
                throw new ConfigException($"{flag} {text}: the options are not JSON: {OneLine(e.Message)}");
            }
            return choice;
        }
        var options = new JsonObject();
        foreach (var pair in rest.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            if (equals <= 0)
                throw new ConfigException($"{flag} {text}: '{pair}' is not key=value.");
            options[pair[..equals].Trim()] = ParseScalar(pair[(equals + 1)..].Trim());
        }
        choice["options"] = options;
        return choice;
    }

    private static JsonObject ReadFile(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new ConfigException($"{path}: there is no such config file; `hone init` writes one.");
            if (file.Length > FileBytesMax)
                throw new ConfigException($"{path}: has {file.Length} bytes; a config has at most {FileBytesMax}.");
            var text = File.ReadAllText(path);
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };
            return JsonNode.Parse(text, documentOptions: options) as JsonObject ?? throw new ConfigException($"{path}: a config is a JSON object; this is something else.");
        }
        catch (JsonException e)
        {
            throw new ConfigException($"{path}:{(e.LineNumber ?? 0) + 1}: {OneLine(e.Message)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: cannot be read: {OneLine(e.Message)}");
        }
    }

    private static HoneConfig Deserialize(JsonObject root, string where)
    {
        try
        {
            // The schema reference is for editors.
            var copy = (JsonObject)root.DeepClone();
            copy.Remove("$schema");
            var config = copy.Deserialize<HoneConfig>(Options.Json)!;
            Validate("config", config);
            return config;
        }
        catch (JsonException e)
        {
            throw new ConfigException($"{where}{(e.Path is { Length: > 2 } path ? path[2..] : "config")}: {OneLine(e.Message)}");
        }
        catch (InvalidOptionsException e)
        {
            throw new ConfigException($"{where}{OneLine(e.Message)}");
        }
    }

    private static void Validate(string owner, object value)
    {
        Options.Validated(owner, value);
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0 || property.GetValue(value) is not { } inner)
                continue;
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (inner is IEnumerable list and not string && inner is not JsonElement)
                foreach (var item in list)
                    Check($"{name}[]", item);
            else
                Check(name, inner);
        }

        static void Check(string name, object? inner)
        {
            if (inner is not null && inner.GetType().Namespace?.StartsWith("Hone.", StringComparison.Ordinal) == true && inner.GetType().IsClass)
                Validate(name, inner);
        }
    }

    private static IEnumerable<(string Key, string Value)> Variables(IDictionary environment)
        => environment.Keys.Cast<string>()
            .Where(key => key.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(key => (key, (string?)environment[key] ?? ""));

    private static void Set(JsonObject root, string[] path, JsonNode? value, string source)
    {
        var node = root;
        foreach (var part in path[..^1])
        {
            if (node[part] is null)
                node[part] = new JsonObject();
            node = node[part] as JsonObject ?? throw new ConfigException($"{source}: '{part}' is not a section of the config.");
        }
        node[path[^1]] = value;
    }

    /// <summary>Text as JSON where it is JSON (numbers, true, lists), otherwise as a string.</summary>
    public static JsonNode? ParseScalar(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return JsonValue.Create(number);
        if (text is "true" or "false")
            return JsonValue.Create(text == "true");
        if (text.StartsWith('[') || text.StartsWith('{'))
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return JsonValue.Create(text);
            }
        return JsonValue.Create(text);
    }

    private static string OneLine(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return (end > 0 ? message[..end] : message).ReplaceLineEndings(" ").Trim();
    }
}
