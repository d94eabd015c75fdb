using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hone.Host.Configuration;

/// <summary>The catalog as one JSON object: what the command line prints with --json and the server answers.</summary>
internal static class CatalogJson
{
    /// <summary>One member for each kind.</summary>
    public static JsonObject Of(IEnumerable<CatalogKindView> views)
    {
        var root = new JsonObject();
        foreach (var view in views)
            root[view.Kind.Replace('-', '_')] = new JsonArray([.. view.Entries.Select(Json)]);
        return root;
    }

    private static JsonNode Json(CatalogEntryView entry)
    {
        var node = new JsonObject
        {
            ["name"] = entry.Name,
            ["summary"] = entry.Summary,
            ["source"] = entry.Source.Length > 0 ? entry.Source : null,
            ["behaviour"] = entry.Behaviour,
            ["state_format"] = entry.StateFormat,
            ["options"] = new JsonArray([.. entry.Options.Select(Json)]),
        };
        if (entry.Features is { } features)
            node["features"] = new JsonArray([.. features.Select(f => (JsonNode)new JsonObject
            {
                ["name"] = f.Name,
                ["family"] = f.Family,
                ["warm_up_bars"] = f.WarmUpBars,
                ["stride_bars"] = f.StrideBars,
                ["source"] = f.Source,
                ["watch_drift"] = f.WatchDrift,
                ["behaviour"] = f.Behaviour,
            })]);
        return node;
    }

    private static JsonNode Json(OptionView option) => new JsonObject
    {
        ["name"] = option.Name,
        ["default"] = JsonSerializer.SerializeToNode(option.Default),
        ["min"] = option.Min,
        ["max"] = option.Max,
        ["values"] = option.Values is null ? null : new JsonArray([.. option.Values.Select(v => (JsonNode)v)]),
        ["meaning"] = option.Meaning,
    };
}
