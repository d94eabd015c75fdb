using System.Text.Json;
using Hone.Trading;

namespace Hone.Host.Tests.Cli;

/// <summary>Hone's command line inside the test: what it returned and what it printed.</summary>
internal sealed record CommandLine(int ExitCode, string Out, string Error)
{
    public static CommandLine Run(params string[] arguments) => Run(null, arguments);

    public static CommandLine Run(Action<TradingCatalog>? extend, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = HoneApp.Run(arguments, extend, output, error);
        return new(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Standard output as the one JSON object that it must be.</summary>
    public JsonElement Json()
    {
        Assert.Equal("", Error);
        var root = JsonDocument.Parse(Out).RootElement;
        Assert.Equal(JsonValueKind.Object, root.ValueKind);
        return root;
    }

    /// <summary>The line of an error: nothing else was printed.</summary>
    public string ErrorLine()
    {
        Assert.Equal("", Out);
        Assert.StartsWith("hone: ", Error);
        Assert.EndsWith("\n", Error);
        Assert.DoesNotContain('\n', Error[..^1]);
        return Error["hone: ".Length..^1];
    }
}
