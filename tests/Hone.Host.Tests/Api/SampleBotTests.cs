using System.Diagnostics;
using System.Text.Json;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

/// <summary>The bots among the samples, as processes against a server process: what their READMEs say is so.</summary>
public sealed class SampleBotTests : IDisposable
{
    private const int Steps = 400;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PythonBot")]
    [InlineData("CSharpBot")]
    public async Task It_goes_on_by_itself_when_the_server_is_killed_beats_the_majority_and_teaches_nothing_twice(string sample)
    {
        using var server = await ServerProcess.Start(_folder["home"]);
        var running = Ended(Bot(sample, server));
        using var client = server.Client();
        foreach (var resolved in (int[])[50, 200])
        {
            await Eventually.Holds(async () => await Resolved(client) >= resolved, $"{resolved} outcomes are learned");
            await server.Kill();
            await server.StartAgain();
        }

        var first = await running;
        var again = await Ended(Bot(sample, server));

        Assert.Equal(Steps, first.Long("resolved"));
        Assert.True(first.GetProperty("accuracy").GetDouble() > first.GetProperty("accuracy_majority").GetDouble() + 0.05, first.ToString());
        // Everything is known already: the same predictions, the same trades, the same state.
        Assert.Equal(first.ToString(), again.ToString());
        Assert.Equal(Steps, await Answers(client, first.Text("session_id")));
    }

    private static async Task<int> Answers(HttpClient client, string id)
    {
        var answers = 0;
        for (long? from = 1; from is not null;)
        {
            var page = await client.Got($"journal/{id}?from={from}&limit=1000");
            answers += page.GetProperty("entries").EnumerateArray().Count(e => e.Text("kind") == "answer");
            from = page.GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? next.GetInt64() : null;
        }
        return answers;
    }

    private static async Task<long> Resolved(HttpClient client)
    {
        var sessions = (await client.Got("sessions")).GetProperty("sessions");
        return sessions.GetArrayLength() == 0 ? 0 : (await client.Got($"sessions/{sessions[0].Text("session_id")}/metrics")).Long("resolved");
    }

    private static async Task<JsonElement> Ended(ProcessStartInfo start)
    {
        var (exit, output, error) = await ServerProcess.Run(start);
        Assert.True(exit == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static ProcessStartInfo Bot(string sample, ServerProcess server)
    {
        if (sample == "PythonBot" && !HasPython())
            Assert.Skip("There is no python3 on the path; install it (apt install python3) to run the bot that is written in it.");
        string[] options = ["--url", server.Address.ToString(), "--key-file", server.AdminKeyFile, "--steps", $"{Steps}"];
        string[] command = sample == "PythonBot"
            ? ["python3", Repository.PathOf("samples/PythonBot/bot.py")]
            : ["dotnet", Repository.PathOf($"samples/CSharpBot/bin/{Configuration}/net10.0/CSharpBot.dll")];
        return new(command[0], [.. command[1..], .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    private static bool HasPython()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3")));
}
