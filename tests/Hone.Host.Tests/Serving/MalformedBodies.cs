using System.Text;
using System.Text.Json.Nodes;

namespace Hone.Host.Tests.Serving;

/// <summary>
/// Ways to spoil a body that an endpoint takes. Every POST must answer each with 400 and a problem: <c>MalformedBodies.Of(valid, required)</c> makes them from one valid body
/// and the names of its required members, of which the first must be a text and one a number.
/// </summary>
internal static class MalformedBodies
{
    /// <summary>Spoilt bodies with the name of what is wrong.</summary>
    /// <param name="valid">A body that the endpoint takes: an object.</param>
    /// <param name="text">Name of a required member that is a text.</param>
    /// <param name="number">Name of a member that is a number, or holds numbers; null when there is none.</param>
    public static IEnumerable<(string Name, byte[] Body)> Of(string valid, string text, string? number)
    {
        var given = (JsonObject)JsonNode.Parse(valid)!;
        string Without(string name)
        {
            var copy = (JsonObject)given.DeepClone();
            copy.Remove(name);
            return copy.ToJsonString();
        }
        string With(string name, string json) => $"{Without(name)[..^1]}{(given.Count > 1 || !given.ContainsKey(name) ? "," : "")}\"{name}\":{json}}}";
        byte[] Bytes(string body) => Encoding.UTF8.GetBytes(body);
        var body = given.ToJsonString();

        foreach (var (name, spoilt) in (IEnumerable<(string, string)>)
        [
            ("empty", ""), ("blank", "  \n "), ("null", "null"), ("a number", "1"), ("a text", "\"x\""), ("true", "true"), ("an empty list", "[]"), ("a list of it", $"[{body}]"), ("an empty object", "{}"),
            ("truncated by one", body[..^1]), ("truncated in the middle", body[..(body.Length / 2)]), ("one brace", "{"), ("closed twice", body + "}"), ("said twice", body + body), ("text behind it", body + " x"),
            ("a comma at the end", body[..^1] + ",}"), ("a line comment", "// it\n" + body), ("a block comment", "/* it */" + body), ("a comment inside", body[..^1] + "/* it */}"),
            ("single quotes", body.Replace('"', '\'')), ("names without quotes", $"{{{text}:\"x\"}}"), ("missing colon", $"{{\"{text}\" \"x\"}}"), ("missing comma", "{\"a\":1 \"b\":2}"),
            ("a required member missing", Without(text)), ("a member twice", body[..^1] + $",\"{text}\":{given[text]!.ToJsonString()}}}"), ("an unknown member", With("unknown_member", "1")),
            ("a member in another case", With(text.ToUpperInvariant(), given[text]!.ToJsonString())), ("null for a text", With(text, "null")), ("a number for a text", With(text, "5")),
            ("true for a text", With(text, "true")), ("a list for a text", With(text, "[\"x\"]")), ("an object for a text", With(text, "{\"x\":1}")), ("half a surrogate pair", With(text, "\"\\ud800\"")),
            ("the other half", With(text, "\"x\\udc00y\"")), ("a line break in a text", With(text, "\"a\nb\"")), ("an unknown escape", With(text, "\"\\x41\"")), ("a short escape", With(text, "\"\\u12\"")),
            ("half a pair in an unknown member", With("unknown_member", "\"\\ud800\"")), ("half a pair as a name", body[..^1] + ",\"\\ud800\":1}"),
            ("nested too deeply", With("unknown_member", new string('[', 40) + new string(']', 40))), ("nested a hundred thousand deep", new string('[', 100_000)),
            ("an overflow in an unknown member", With("unknown_member", "1e400")), ("form fields", $"{text}=x&b=2"), ("XML", "<body/>"), ("NUL", "\0"), ("a NUL behind it", body + "\0"),
        ])
            yield return (name, Bytes(spoilt));
        yield return ("a byte order mark", [0xEF, 0xBB, 0xBF, .. Bytes(body)]);
        yield return ("UTF-16", Encoding.Unicode.GetBytes(body));
        yield return ("broken UTF-8 in a text", [.. Bytes(With(text, "\"")[..^1]), 0xC3, 0x28, .. "\"}"u8]);
        yield return ("an overlong NUL", [.. Bytes(With(text, "\"")[..^1]), 0xC0, 0x80, .. "\"}"u8]);
        if (number is null)
            yield break;
        foreach (var (name, value) in (IEnumerable<(string, string)>)
        [
            ("1e400", "1e400"), ("-1e400", "-1e400"), ("NaN", "NaN"), ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("\"NaN\"", "\"NaN\""), ("a number in quotes", "\"1.5\""), ("null for a number", "null"),
            ("a leading zero", "01"), ("a leading plus", "+1"), ("no digit behind the point", "1."), ("no digit before the point", ".5"), ("hexadecimal", "0x10"), ("a lone minus", "-"), ("an open exponent", "1e"),
            ("a comma in a number", "1,5"), ("true for a number", "true"), ("an object for a number", "{\"x\":1}"), ("a number of 400 digits", new string('9', 400)),
        ])
            yield return ($"{name} as {number}", Bytes(With(number, value)));
    }
}
