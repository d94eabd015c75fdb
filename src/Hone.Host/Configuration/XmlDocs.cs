using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Hone.Host.Configuration;

/// <summary>Doc comments of options, read from the XML files beside the program: one text for the source, the config, the schema and the help.</summary>
public static partial class XmlDocs
{
    private static readonly Lazy<Dictionary<string, string>> Texts = new(Load);

    /// <summary>Summary of a property; empty when there is none.</summary>
    public static string Of(PropertyInfo property) => Texts.Value.GetValueOrDefault($"P:{Name(property.DeclaringType!)}.{property.Name}", "");

    /// <summary>Summary of a type; empty when there is none.</summary>
    public static string Of(Type type) => Texts.Value.GetValueOrDefault($"T:{Name(type)}", "");

    /// <summary>Summary of one value of an enumeration; empty when there is none.</summary>
    public static string Of(Enum value) => Texts.Value.GetValueOrDefault($"F:{Name(value.GetType())}.{value}", "");

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static Dictionary<string, string> Load()
    {
        var texts = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.xml"))
        {
            try
            {
                foreach (var member in XDocument.Load(file).Descendants("member"))
                    if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
                        texts[name] = Text(summary);
            }
            catch (System.Xml.XmlException)
            {
                // Some other program's XML beside ours.
            }
        }
        return texts;
    }

    private static string Text(XElement summary)
    {
        var parts = summary.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } reference => Short(reference.Attribute("cref")?.Value ?? reference.Attribute("langword")?.Value ?? ""),
            XElement { Name.LocalName: "paramref" } reference => reference.Attribute("name")?.Value ?? "",
            XElement element => element.Value,
            _ => "",
        });
        return Spaces().Replace(string.Concat(parts), " ").Trim();
    }

    // A reference is shown as a config says it: options in snake_case, values of enumerations in kebab-case, types as they are.
    private static string Short(string reference)
    {
        var end = reference.IndexOf('(') is > 0 and var open ? open : reference.Length;
        var name = reference[(reference.LastIndexOf('.', end - 1) + 1)..end];
        return reference switch
        {
            ['P', ':', ..] => JsonNamingPolicy.SnakeCaseLower.ConvertName(name),
            ['F', ':', ..] => JsonNamingPolicy.KebabCaseLower.ConvertName(name),
            _ => name,
        };
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
