using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hone.Host.Api.Requests;

/// <summary>Features as a request gives them: a list in the order of the session, or an object by name. null is a missing value.</summary>
[JsonConverter(typeof(FeatureValuesConverter))]
public sealed class FeatureValues
{
    /// <summary>Features of a list.</summary>
    /// <param name="values">One for each feature of the session; NaN is missing.</param>
    /// <param name="names">Their names where they came by name; null for a list.</param>
    internal FeatureValues(double[] values, string[]? names = null) => (Values, Names) = (values, names);

    /// <summary>The values as they came; NaN is missing.</summary>
    internal double[] Values { get; }

    /// <summary>Their names; null where they came as a list.</summary>
    internal string[]? Names { get; }

    /// <summary>The values in the order of a session.</summary>
    /// <param name="facts">The session.</param>
    /// <param name="field">Where they stand in the request, for messages.</param>
    /// <exception cref="Serving.ProblemException">400: a name is unknown, missing or there twice.</exception>
    internal double[] InOrderOf(SessionFacts facts, string field)
    {
        if (Names is null)
            return Values;
        var ordered = new double[facts.FeatureIndex.Count];
        var given = new bool[ordered.Length];
        for (var i = 0; i < Names.Length; i++)
        {
            if (!facts.FeatureIndex.TryGetValue(Names[i], out var at))
                throw Refusals.Field($"{field}.{Names[i]}", $"is no feature of this session; it has {Listed(facts.Words.Setup.Features)}.");
            if (given[at])
                throw Refusals.Field($"{field}.{Names[i]}", "stands there twice.");
            (ordered[at], given[at]) = (Values[i], true);
        }
        if (Names.Length == ordered.Length)
            return ordered;
        string[] missing = [.. facts.Words.Setup.Features.Where((_, i) => !given[i])];
        throw Refusals.Field(field, $"lacks {Listed(missing)}; null says that a value is missing.");
    }

    private static string Listed(IReadOnlyList<string> names)
    {
        const int ShownMax = 20;
        var shown = string.Join(", ", names.Take(ShownMax));
        return names.Count <= ShownMax ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown} and {names.Count - ShownMax} more");
    }
}

/// <summary>Reads features without an object in between.</summary>
internal sealed class FeatureValuesConverter : JsonConverter<FeatureValues>
{
    private const string Wanted = "it must be a list of finite numbers or null, or an object of them by name.";

    [ThreadStatic] private static List<double>? _values;

    public override FeatureValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var values = _values ??= [];
        values.Clear();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                values.Add(Number(ref reader, $"item {values.Count}"));
            return new FeatureValues([.. values]);
        }
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException(Wanted);
        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            names.Add(reader.GetString()!);
            reader.Read();
            values.Add(Number(ref reader, $"'{names[^1]}'"));
        }
        return new FeatureValues([.. values], [.. names]);
    }

    public override void Write(Utf8JsonWriter writer, FeatureValues value, JsonSerializerOptions options) => throw new NotSupportedException("Features are only read.");

    private static double Number(ref Utf8JsonReader reader, string which) => reader.TokenType switch
    {
        JsonTokenType.Null => double.NaN,
        JsonTokenType.Number when reader.TryGetDouble(out var value) && double.IsFinite(value) => value,
        _ => throw new JsonException($"{which} is no finite number; {Wanted}"),
    };
}
