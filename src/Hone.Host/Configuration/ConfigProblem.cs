using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hone.Trading.Sessions;

namespace Hone.Host.Configuration;

/// <summary>Turns what a JSON reader says about a config into one line for its user: which key, which value, what would be right.</summary>
internal static partial class ConfigProblem
{
    private const int ValueCharactersMax = 60;

    /// <summary>Describes why the config could not be read.</summary>
    public static string Describe(JsonException problem, JsonObject root)
    {
        var parts = ConfigPath.Split(problem.Path ?? "");
        var key = parts.Length == 0 ? "config" : ConfigPath.Join(parts);
        if (Missing().Match(problem.Message) is { Success: true } missing)
            return $"{key} has no '{missing.Groups[1].Value}'; it is needed.";
        var owner = ConfigPath.TypeAt(parts[..Math.Max(0, parts.Length - 1)]);
        var type = ConfigPath.TypeAt(parts);
        if (type is null && owner is not null && parts.Length > 0)
            return Unknown(parts, owner);
        return type is null ? $"{key}: {OneLine(problem.Message)}" : $"{key} is {Shown(ConfigPath.ValueAt(root, parts))}; it must be {Wanted(type, Range(owner, parts))}.";
    }

    /// <summary>A reader's message in one line, without its own idea of where.</summary>
    public static string OneLine(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (end < 0)
            end = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (end > 0 ? message[..end] : message).ReplaceLineEndings(" ").Trim();
    }

    private static string Unknown(string[] parts, Type owner)
    {
        var keys = ConfigPath.Keys(owner).ToArray();
        var near = keys.OrderBy(k => Distance(k, parts[^1])).FirstOrDefault();
        var hint = near is not null && Distance(near, parts[^1]) <= Math.Max(2, parts[^1].Length / 3) ? $"did you mean '{near}'?"
            : keys.Length is > 0 and <= 12 ? $"known there: {string.Join(", ", keys)}."
            : "`hone init` writes every key with its meaning.";
        return $"{ConfigPath.Join(parts)} is no key of the config; {hint}";
    }

    private static string Wanted(Type type, RangeAttribute? range)
    {
        var span = range is null ? "" : string.Create(CultureInfo.InvariantCulture, $" from {range.Minimum} to {range.Maximum}");
        if (ConfigPath.Values(type) is { } values)
            return $"one of {string.Join(", ", values)}";
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(double))
            return $"a number{span}";
        if (type == typeof(int) || type == typeof(long))
            return $"a whole number{span}";
        if (type == typeof(ulong))
            return "a whole number from 0 to 18446744073709551615";
        if (type == typeof(TimeSpan))
            return "a duration: a number above 0 with s, m, h or d, for example \"12h\", at most 36500d";
        if (type == typeof(DateTime))
            return "a time such as \"2020-01-31\" or \"2020-01-31T14:00:00Z\"";
        if (type == typeof(char))
            return "one character in quotes";
        if (type == typeof(string))
            return "a text in quotes";
        if (type == typeof(Choice))
            return "a name with options, for example { \"name\": \"default\" }";
        if (ConfigPath.ElementType(type) is { } element)
            return element == typeof(string) ? "a list of names, for example [\"a\", \"b\"]" : $"a list of {{ {string.Join(", ", ConfigPath.Keys(element).Select(k => $"\"{k}\": …"))} }}";
        return "a section: { \"key\": value, … }";
    }

    private static RangeAttribute? Range(Type? owner, string[] parts)
        => owner is null ? null : ConfigPath.Properties(owner).FirstOrDefault(p => ConfigPath.Name(p) == parts[^1])?.GetCustomAttribute<RangeAttribute>();

    private static string Shown(JsonNode? value)
    {
        var text = value?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";
        return text.Length > ValueCharactersMax ? string.Concat(text.AsSpan(0, ValueCharactersMax), "…") : text;
    }

    // Levenshtein, with one row.
    private static int Distance(string a, string b)
    {
        if (Math.Max(a.Length, b.Length) > ValueCharactersMax)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }

    [GeneratedRegex("missing required properties including: '([^']+)'")]
    private static partial Regex Missing();
}
