using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hone.Learning;

/// <summary>Reads options records strictly: snake_case, no unknown members, no value outside its <see cref="RangeAttribute"/>.</summary>
public static class Options
{
    /// <summary>How options are written and read everywhere.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false), new DurationConverter() },
    };

    /// <summary>An options record with every default.</summary>
    public static object Default(Type type) => Activator.CreateInstance(type)!;

    /// <summary>Reads an options record.</summary>
    /// <param name="owner">Whose options they are, for messages.</param>
    /// <param name="type">The record.</param>
    /// <param name="json">The object as given.</param>
    /// <exception cref="InvalidOptionsException">An option is unknown, of the wrong type or out of range.</exception>
    public static object Read(string owner, Type type, JsonElement json)
    {
        try
        {
            return Validated(owner, json.Deserialize(type, Json) ?? throw new InvalidOptionsException($"The options of '{owner}' are null; write {{}} for the defaults."));
        }
        catch (JsonException e)
        {
            if (json.ValueKind == JsonValueKind.Object)
            {
                string[] known = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];
                foreach (var given in json.EnumerateObject())
                    if (!known.Contains(given.Name))
                        throw new InvalidOptionsException($"The options of '{owner}' cannot be read: there is no option '{given.Name}'; {(known.Length == 0 ? "it has none." : $"it has {string.Join(", ", known)}.")}");
            }
            throw new InvalidOptionsException($"The options of '{owner}' cannot be read: {e.Message}");
        }
    }

    /// <summary>Checks every property of an options record against its attributes.</summary>
    /// <returns>The same record.</returns>
    /// <exception cref="InvalidOptionsException">A value is out of range or not finite.</exception>
    public static object Validated(string owner, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (value is double number && !double.IsFinite(number))
                throw new InvalidOptionsException($"{owner}: {name} is {number}; it must be a finite number.");
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
                if (!rule.IsValid(value))
                    throw new InvalidOptionsException(rule is RangeAttribute range
                        ? $"{owner}: {name} is {Text(value)}; it must be from {Text(range.Minimum)} to {Text(range.Maximum)}."
                        : $"{owner}: {name} is {Text(value)}; {rule.FormatErrorMessage(name)}");
        }
        return options;
    }

    private static string Text(object? value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "null";
}
