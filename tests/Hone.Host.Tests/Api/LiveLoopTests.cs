using System.Text.Json;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

/// <summary>The live loop as a process, killed in the middle: what it did is what `hone run` does over the same file.</summary>
public sealed class LiveLoopTests : IDisposable
{
    private const int Bars = 3000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_fed_through_kills_gives_the_very_files_of_a_run_over_it()
    {
        var data = _folder["DEMO_1h.csv"];
        await Hone("simulate", "--bars", $"{Bars}", "--seed", "5", "--out", data);
        // Paced, so that a kill meets it in the middle however fast the machine is.
        using var server = await ServerProcess.Start(_folder["home"], "--feed", $"csv:{data},pace=1500");
        using var client = server.Client();
        foreach (var bars in (int[])[1, 600, 1500])
        {
            await Eventually.Holds(async () => await Taken(client) >= bars, $"{bars} bars are taken");
            await server.Kill();
            await server.StartAgain();
        }
        await Eventually.Holds(async () => await Taken(client) == Bars, "the file's end");
        var session = (await client.Got("sessions")).GetProperty("sessions").EnumerateArray().Single().Text("session_id");
        await server.Kill();

        await Hone("replay", "--home", server.Home, "--session", session, "--out", _folder["replayed"]);
        await Hone("run", "--data", data, "--out", _folder["run"]);

        foreach (var file in (string[])["predictions.csv", "trades.csv"])
        {
            var replayed = await File.ReadAllBytesAsync(Path.Combine(_folder["replayed"], file));
            Assert.True(replayed.Length > 100, file);
            var run = await File.ReadAllBytesAsync(Path.Combine(_folder["run"], file));
            Assert.True(replayed.AsSpan().SequenceEqual(run), $"{file} differs");
        }
        // A run has its adaptations in the summary.
        var summary = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder["run"], "summary.json"))).RootElement;
        Assert.Equal(summary.GetProperty("adaptations").GetArrayLength(), (await File.ReadAllLinesAsync(Path.Combine(_folder["replayed"], "adaptations.csv"))).Length - 1);
        Assert.Equal(0, (await ServerProcess.Run(ServerProcess.Hone("verify", "--home", server.Home))).Exit);
    }

    [Fact]
    public async Task The_simulator_trades_by_itself_and_is_seen_in_lists_and_metrics()
    {
        using var server = await ServerProcess.Start(_folder["home"], "--feed", "simulator:speed=0,bars=1000");
        using var client = server.Client();
        await Eventually.Holds(async () => await Taken(client) == 1000, "a thousand bars are taken");

        var session = (await client.Got("sessions")).GetProperty("sessions").EnumerateArray().Single();
        Assert.Equal("active", session.Text("status"));
        Assert.True((await client.Got($"sessions/{session.Text("session_id")}/metrics")).Long("resolved") > 0);
        Assert.Contains($"symbol=\"{session.Text("symbol")}\"", await client.GetStringAsync("/metrics"));
    }

    // Entries but the session's start and what its market is.
    private static async Task<long> Taken(HttpClient client)
    {
        var sessions = (await client.Got("sessions")).GetProperty("sessions");
        if (sessions.GetArrayLength() == 0)
            return 0;
        return (await client.Got($"sessions/{sessions[0].Text("session_id")}")).Long("seq") - 2;
    }

    private static async Task Hone(params string[] arguments)
    {
        var (exit, _, error) = await ServerProcess.Run(ServerProcess.Hone(arguments));
        Assert.True(exit == 0, error);
    }
}
