using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Sessions;

namespace Hone.Host.Configuration;

/// <summary>Puts a config together: defaults, then the file, then the environment (<c>HONE__SECTION__KEY</c>), then flags.</summary>
public static class ConfigLoader
{
    private const string Prefix = "HONE__";
    private const long FileBytesMax = 4 << 20;

    // A null where a value belongs would surface much later, far from the file that says it.
    private static readonly JsonSerializerOptions Strict = new(Options.Json) { RespectNullableAnnotations = true };

    /// <summary>Loads and validates a config.</summary>
    /// <param name="path">File of JSON with comments; null for none.</param>
    /// <param name="environment">Environment variables; only those that start with <c>HONE__</c> count.</param>
    /// <param name="flags">Values from the command line by path, for example <c>learning.strategy</c>.</param>
    /// <exception cref="ConfigException">Something in it cannot be used.</exception>
    public static HoneConfig Load(string? path, IDictionary environment, IReadOnlyDictionary<string, JsonNode?> flags)
    {
        var root = path is null ? [] : ReadFile(path);
        if (path is not null)
            Read(root, $"{path}: ");
        foreach (var (key, value) in Variables(environment))
        {
            var parts = key[Prefix.Length..].ToLowerInvariant().Split("__");
            if (parts.Contains(""))
                throw new ConfigException($"environment variable {key}: a part of the name is empty; write HONE__SECTION__KEY.");
            Set(root, parts, Parse(key, ConfigPath.TypeAt(parts), value), key);
            Read(root, $"environment variable {key}: ");
        }
        foreach (var (key, value) in flags)
            Set(root, key.Split('.'), value?.DeepClone(), key);
        return Read(root, "");
    }

    /// <summary>The config as JSON without comments, every default included.</summary>
    public static string Effective(HoneConfig config) => JsonSerializer.Serialize(config, Options.Json);

    /// <summary>Hash of everything in the config that can change a result, 16 hex digits.</summary>
    public static string Hash(HoneConfig config)
    {
        var effective = (JsonObject)JsonSerializer.SerializeToNode(config with { Threads = 0 }, Options.Json)!;
        // Who may ask, and where, changes no answer.
        effective.Remove("serve");
        return StateHash.Of(System.Text.Encoding.UTF8.GetBytes(effective.ToJsonString(Options.Json)))[..16];
    }

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
                throw new ConfigException($"{flag} {text}: the options are not JSON: {ConfigProblem.OneLine(e.Message)}");
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

    /// <summary>Text as JSON where it is JSON (numbers, true, lists), otherwise as a string.</summary>
    public static JsonNode? ParseScalar(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
            return JsonValue.Create(large);
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

    // A variable holds text; what it means depends on the key: 600519 may be a symbol's name.
    private static JsonNode? Parse(string source, Type? type, string text)
    {
        if (type == typeof(string) || type == typeof(char))
            return JsonValue.Create(text);
        if (type == typeof(Choice) && !text.StartsWith('{'))
            return Choice(source, text);
        if (type is not null && ConfigPath.ElementType(type) == typeof(string) && !text.StartsWith('['))
            return new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => (JsonNode)JsonValue.Create(name))]);
        return ParseScalar(text);
    }

    private static JsonObject ReadFile(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new ConfigException($"{path}: this is a directory; name a config file in it.");
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
            throw new ConfigException($"{path}:{(e.LineNumber ?? 0) + 1}: {ConfigProblem.OneLine(e.Message)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigException($"{path}: cannot be read: {ConfigProblem.OneLine(e.Message)}");
        }
    }

    private static HoneConfig Read(JsonObject root, string where)
    {
        try
        {
            // The schema reference is for editors.
            var copy = (JsonObject)root.DeepClone();
            copy.Remove("$schema");
            var config = copy.Deserialize<HoneConfig>(Strict)!;
            Validate("config", "", config);
            return config;
        }
        catch (JsonException e)
        {
            throw new ConfigException($"{where}{ConfigProblem.Describe(e, root)}");
        }
        catch (InvalidOptionsException e)
        {
            throw new ConfigException($"{where}{ConfigProblem.OneLine(e.Message)}");
        }
    }

    private static void Validate(string owner, string prefix, object value)
    {
        Options.Validated(owner, value);
        foreach (var property in ConfigPath.Properties(value.GetType()))
        {
            if (property.GetIndexParameters().Length > 0 || property.GetValue(value) is not { } inner)
                continue;
            var name = prefix + ConfigPath.Name(property);
            if (inner is IEnumerable list and not string && inner is not JsonElement)
            {
                var index = 0;
                foreach (var item in list)
                    Check($"{name}[{index++}]", item);
            }
            else
            {
                Check(name, inner);
            }
        }

        static void Check(string name, object? inner)
        {
            if (inner is null)
                throw new InvalidOptionsException($"{name} is null; leave it out or give a value.");
            if (ConfigPath.IsRecord(inner.GetType()))
                Validate(name, name + ".", inner);
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
            node = node[part] as JsonObject ?? throw new ConfigException($"{source}: '{part}' is not a section of the config; give its whole value as JSON.");
        }
        node[path[^1]] = value;
    }
}
