using System.Text.Json.Nodes;
using Hone.Adapters.Feeds;
using Hone.Trading;
using Hone.Trading.Market;

namespace Hone.Host.Tests.Runs;

/// <summary>A folder of its own for one test, with simulated files of bars in it; gone afterwards.</summary>
internal sealed class Workplace : IDisposable
{
    public Workplace() => Folder = Directory.CreateTempSubdirectory("hone-runs-").FullName;

    public string Folder { get; }

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Hourly bars from 2015 on.</summary>
    public string Bars(string name, int count = 1200, ulong seed = 1)
    {
        var market = new MarketSimulator(new SimulatorOptions { Bars = count, Seed = seed });
        using var writer = new BarCsvWriter(File.Create(At(name)));
        writer.Line("timestamp,open,high,low,close,volume");
        while (market.TryNext(out var bar, out _))
            writer.Write(bar, market.StepUs);
        return At(name);
    }

    public string Text(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>Every file and folder below, relative, in order.</summary>
    public string[] Entries(string below = "")
    {
        var top = At(below);
        return Directory.Exists(top) ? [.. Directory.EnumerateFileSystemEntries(top, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(top, path)).Order(StringComparer.Ordinal)] : [];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A command line in this process.</summary>
    public static Ended Hone(Action<TradingCatalog>? extend, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = HoneApp.Run(arguments, extend, output, error);
        return new Ended(exit, output.ToString(), error.ToString());
    }

    public static Ended Hone(params string[] arguments) => Hone(null, arguments);

    /// <summary>A run that must end well, with its summary.</summary>
    public static JsonObject Summary(params string[] arguments)
    {
        var ended = Hone([.. arguments, "--json"]);
        Assert.True(ended.Exit == 0, ended.Error);
        return JsonNode.Parse(ended.Output)!.AsObject();
    }

    /// <summary>Rows of a CSV file as values by column.</summary>
    public static List<Dictionary<string, string>> Rows(string path)
    {
        var lines = File.ReadAllLines(path);
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => names.Zip(line.Split(',')).ToDictionary(p => p.First, p => p.Second))];
    }

    public sealed record Ended(int Exit, string Output, string Error);
}
