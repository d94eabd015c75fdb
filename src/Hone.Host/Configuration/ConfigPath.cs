using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Trading.Sessions;

namespace Hone.Host.Configuration;

/// <summary>A key of the config by its path, such as <c>learning.ema_alpha</c> or <c>agents[0].name</c>: its type, its value, its neighbours.</summary>
internal static class ConfigPath
{
    /// <summary>Parts of a path as System.Text.Json writes it, without the leading $.</summary>
    public static string[] Split(string path)
        => path.TrimStart('$').Replace("['", ".").Replace("']", "").Replace("[", ".").Replace("]", "").Split('.', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Parts as a user reads them: learning.members[0].learner.</summary>
    public static string Join(IEnumerable<string> parts)
        => string.Concat(parts.Select((part, i) => IsIndex(part) ? $"[{part}]" : i == 0 ? part : $".{part}"));

    /// <summary>Type of the key at a path; null when there is no such key.</summary>
    public static Type? TypeAt(IEnumerable<string> parts)
    {
        var type = typeof(HoneConfig);
        foreach (var part in parts)
        {
            if (type == typeof(JsonElement))
                return type;
            if (IsIndex(part))
                type = ElementType(type);
            else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
                type = type.GetGenericArguments()[1];
            else
                type = Properties(type).FirstOrDefault(p => Name(p) == part)?.PropertyType;
            if (type is null)
                return null;
            type = Nullable.GetUnderlyingType(type) ?? type;
        }
        return type;
    }

    /// <summary>What a list holds; null when the type is no list.</summary>
    public static Type? ElementType(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>Value at a path; null when there is none.</summary>
    public static JsonNode? ValueAt(JsonNode? root, IEnumerable<string> parts)
    {
        foreach (var part in parts)
            root = root switch
            {
                JsonObject section => section[part],
                JsonArray list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        return root;
    }

    /// <summary>Keys of a record, as a config says them.</summary>
    public static IEnumerable<string> Keys(Type type) => Properties(type).Select(Name);

    /// <summary>Public options of a record in the order in which they are written down.</summary>
    public static PropertyInfo[] Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>A property as a config says it.</summary>
    public static string Name(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>Names that an enumeration's values have in a config; null when the type is none.</summary>
    public static IReadOnlyList<string>? Values(Type type)
        => (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } @enum ? [.. Enum.GetNames(@enum).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)] : null;

    /// <summary>Whether the type is a record of options with keys of its own.</summary>
    public static bool IsRecord(Type type)
        => type is { IsClass: true, Namespace: not null } && type != typeof(string) && type.Namespace.StartsWith("Hone.", StringComparison.Ordinal);

    /// <summary>Whether the type is a section of the config: a record that is written with all of its keys.</summary>
    public static bool IsSection(Type type) => IsRecord(type) && type != typeof(Choice);

    private static bool IsIndex(string part) => part.Length > 0 && part.All(char.IsAsciiDigit);
}
