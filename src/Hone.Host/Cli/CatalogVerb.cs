using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Host.Configuration;

namespace Hone.Host.Cli;

/// <summary>hone catalog: everything that a config can name, with options, defaults, ranges and meaning.</summary>
internal static class CatalogVerb
{
    private static readonly string[] Kinds = ["learners", "regressors", "detectors", "data-drift", "calibrators", "conformal", "bandits", "anomaly", "features", "labels", "regimes", "agents", "costs", "strategies"];

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(VerbContext context)
    {
        var kind = new Argument<string?>("kind") { Description = $"One of {string.Join(", ", Kinds)}; all without it.", Arity = ArgumentArity.ZeroOrOne, HelpName = "KIND" };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object on standard output." };
        var command = new Command("catalog", "List everything that a config can name: learners, features, labels, costs and so on.") { kind, json };
        command.SetAction(parse =>
        {
            var wanted = parse.GetValue(kind);
            if (wanted is not null && !Kinds.Contains(wanted))
                throw new VerbException($"there is no kind '{wanted}' in the catalog. Known: {string.Join(", ", Kinds)}.");
            var views = CatalogView.Of(context.Catalog).Where(v => wanted is null || v.Kind == wanted);
            if (parse.GetValue(json))
                context.Out.WriteLine(CliJson.Text(CatalogJson.Of(views)));
            else
                WriteText(context.Out, views, context.Width);
            return 0;
        });
        return command;
    }

    private static void WriteText(TextWriter output, IEnumerable<CatalogKindView> views, int width)
    {
        var first = true;
        foreach (var view in views)
        {
            if (!first)
                output.WriteLine();
            first = false;
            output.WriteLine(view.Kind.ToUpperInvariant());
            foreach (var line in WrappedText.Lines(view.Meaning, width))
                output.WriteLine(line);
            foreach (var entry in view.Entries)
            {
                output.WriteLine();
                output.WriteLine(entry.Name);
                var prose = entry.Source.Length > 0 ? $"{entry.Summary} [{entry.Source}]" : entry.Summary;
                foreach (var line in WrappedText.Lines(prose, width - 2))
                    output.WriteLine("  " + line);
                WriteOptions(output, entry.Options, width);
                WriteFeatures(output, entry, width);
            }
        }
    }

    private static void WriteOptions(TextWriter output, IReadOnlyList<OptionView> options, int width)
    {
        var table = new PlainTable(indent: 4);
        foreach (var option in options)
            table.Add(option.Name, Default(option.Default), Range(option), option.Meaning);
        table.Write(output, width);
    }

    // On one line, with names as they are written in a config.
    private static string Default(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "–",
        JsonValueKind.Array or JsonValueKind.Object => JsonSerializer.Serialize(value, OneLine),
        _ => value.ToString(),
    };

    private static string Range(OptionView option)
        => option.Values is { } values ? string.Join("|", values)
            : option.Min is { } min && option.Max is { } max ? $"{Number(min)}…{Number(max)}"
            : "–";

    private static string Number(double value) => value.ToString(Math.Abs(value) is >= 1e6 or (> 0 and < 1e-3) ? "0.###e0" : "0.####", CultureInfo.InvariantCulture);

    private static void WriteFeatures(TextWriter output, CatalogEntryView entry, int width)
    {
        if (entry.Features is not { } features)
            return;
        var table = new PlainTable(indent: 4);
        foreach (var feature in features)
        {
            var family = feature.Family == entry.Name ? "" : $"{feature.Family}; ";
            var stride = feature.StrideBars > 1 ? $", every {feature.StrideBars}" : "";
            table.Add(feature.Name, $"warm-up {feature.WarmUpBars}{stride}", family + feature.Source);
        }
        if (features.Count == 0)
            table.Add("its features depend on the columns of the data");
        table.Write(output, width);
    }
}
