using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Host.Tests.Runs;
using Hone.Learning.State;

namespace Hone.Host.Tests.Api;

/// <summary>A loop goes on in a server where a run left it, and in a run where a server left it, bit for bit.</summary>
public sealed class SavedStateTests
{
    private const int Bars = 1600;

    // 2015-02-10 is bar 960.
    private const string Cut = "2015-02-10";
    private const int CutBar = 960;

    [Fact]
    public async Task A_session_goes_on_from_what_a_run_has_saved()
    {
        using var place = new Workplace();
        var data = place.Bars("A_1h.csv", Bars);
        var whole = Workplace.Summary("run", "--data", data, "--out", place.At("whole"));
        var half = Workplace.Summary("run", "--data", data, "--to", Cut, "--save-state", place.At("half"), "--out", place.At("first"));
        await using var server = await ApiServer.Start();
        File.Copy(place.At("half"), Path.Combine(Directory.CreateDirectory(Path.Combine(server.Home, "states")).FullName, "half"));

        var id = await server.Admin.Started("""{"symbol":"A","config":{"trading":true,"state":"half"}}""");
        Assert.Equal(State(half), TradingState(server, id));
        await server.Admin.Posted($"sessions/{id}/bars", Posted(data, CutBar, 300));
        await server.Restart();
        await server.Admin.Posted($"sessions/{id}/bars", Posted(data, CutBar + 300, Bars - CutBar - 300));

        Assert.Equal(State(whole), TradingState(server, id));
    }

    [Fact]
    public async Task A_run_goes_on_from_what_a_session_of_a_server_has_saved()
    {
        using var place = new Workplace();
        var data = place.Bars("A_1h.csv", Bars);
        var whole = Workplace.Summary("run", "--data", data, "--out", place.At("whole"));
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"A","config":{"trading":true}}""");
        await server.Admin.Posted($"sessions/{id}/bars", Posted(data, 0, 600));
        await server.Admin.Posted($"sessions/{id}/bars", Posted(data, 600, CutBar - 600));

        // Beside the server that goes on.
        var replayed = Workplace.Hone("replay", "--home", server.Home, "--session", id, "--save-state", place.At("half.state"), "--json");
        Assert.True(replayed.Exit == 0, replayed.Error);
        var rest = Workplace.Summary("run", "--data", data, "--from", Cut, "--load-state", place.At("half.state"), "--out", place.At("rest"));

        Assert.Equal(Bars - CutBar, rest["bars"]!.GetValue<long>());
        Assert.Equal(State(whole), State(rest));
    }

    private static string State(JsonObject summary) => summary["state_hash"]!.GetValue<string>();

    private static string TradingState(ApiServer server, string id) => server.Host.Find(id)!.Read(session => StateHash.Of(session.Trading!));

    // The same texts of numbers as in the file.
    private static string Posted(string file, int from, int count)
    {
        var json = new List<string>();
        foreach (var line in File.ReadLines(file).Skip(1 + from).Take(count))
        {
            var cells = line.Split(',');
            var stamp = long.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? cells[0] : JsonSerializer.Serialize(cells[0]);
            json.Add($$"""{"timestamp":{{stamp}},"open":{{cells[1]}},"high":{{cells[2]}},"low":{{cells[3]}},"close":{{cells[4]}},"volume":{{cells[5]}}}""");
        }
        Assert.Equal(count, json.Count);
        return $$"""{"bars":[{{string.Join(',', json)}}]}""";
    }
}
