using System.Net;
using System.Text.Json;
using Hone.Host.Serving;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

/// <summary>Requests that are marked with an Idempotency-Key and store it with their effect; markets that some sessions refuse.</summary>
public sealed class RepeatedRequestTests
{
    [Fact]
    public async Task Bars_under_a_key_are_answered_again_also_after_a_restart_and_other_bars_are_422()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"BTCUSDT@1h","config":{"trading":true}}""");

        var first = (await server.Admin.Posted($"sessions/{id}/bars", NounTests.Bars(0, 30), "k1")).GetProperty("bars");
        var seq = (await server.Admin.Got($"sessions/{id}")).Long("seq");
        await server.Restart();
        var again = (await server.Admin.Posted($"sessions/{id}/bars", NounTests.Bars(0, 30), "k1")).GetProperty("bars");

        Assert.Equal(first.EnumerateArray().Select(b => b.Long("seq")), again.EnumerateArray().Select(b => b.Long("seq")));
        Assert.All(again.EnumerateArray(), b => Assert.True(b.GetProperty("already_recorded").GetBoolean()));
        Assert.Contains("Idempotency-Key", (await (await server.Admin.Post($"sessions/{id}/bars", NounTests.Bars(30, 5), "k1")).Problem(422)).Detail());
        await (await server.Admin.Post($"sessions/{id}/bars", NounTests.Bars(0, 31), "k1")).Problem(422);
        Assert.Equal(seq, (await server.Admin.Got($"sessions/{id}")).Long("seq"));
        Assert.Equal(5, (await server.Admin.Posted($"sessions/{id}/bars", NounTests.Bars(30, 5), "k2")).GetProperty("bars").GetArrayLength());
    }

    [Fact]
    public async Task A_resolution_under_a_key_is_answered_again_and_leaves_later_questions_open()
    {
        await using var server = await ApiServer.Start();
        var (a, b) = (await server.Admin.Started(), await server.Admin.Started(Asking.Start.Replace("BTCUSDT", "ETHUSDT")));
        await Asked(server, a, "m1");
        await Asked(server, b, "m2");

        var first = await server.Admin.Posted("markets/resolve", """{"market_id":"m1","outcome":"yes"}""", "k");
        await Asked(server, a, "m1");
        await server.Restart();
        var again = await server.Admin.Posted("markets/resolve", """{"market_id":"m1","outcome":"yes"}""", "k");

        Assert.Equal((1L, false), (first.Long("resolved"), first.GetProperty("already_resolved").GetBoolean()));
        Assert.Equal((1L, true), (again.Long("resolved"), again.GetProperty("already_resolved").GetBoolean()));
        Assert.Equal(1, (await server.Admin.Got($"sessions/{a}/metrics")).Long("open_questions"));
        // Another market under the same key: nothing is resolved, in no session.
        await (await server.Admin.Post("markets/resolve", """{"market_id":"m2","outcome":"yes"}""", "k")).Problem(422);
        await (await server.Admin.Post("markets/resolve", """{"market_id":"m1","outcome":"no"}""", "k")).Problem(422);
        Assert.Equal(1, (await server.Admin.Got($"sessions/{b}/metrics")).Long("open_questions"));
    }

    [Fact]
    public async Task What_some_sessions_resolved_is_shown_beside_what_another_refused()
    {
        await using var server = await ApiServer.Start();
        var (a, b) = (await server.Admin.Started(), await server.Admin.Started(Asking.Start.Replace("BTCUSDT", "ETHUSDT")));
        await Asked(server, a, "m");
        await server.Admin.Posted("markets/resolve", """{"market_id":"m","outcome":"no"}""");
        await Asked(server, b, "m");

        // What is said now differs from what the first session was told.
        var answer = await server.Admin.Post("markets/resolve", """{"market_id":"m","outcome":"yes"}""");
        var view = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.MultiStatus, answer.StatusCode);
        Assert.Equal((1L, 1L), (view.Long("resolved"), view.Long("refused")));
        var refused = view.GetProperty("sessions").EnumerateArray().Single(s => s.Text("session_id") == a);
        var applied = view.GetProperty("sessions").EnumerateArray().Single(s => s.Text("session_id") == b);
        Assert.Equal(409, refused.GetProperty("refusal").Long("status"));
        Assert.Contains("resolved differently", refused.GetProperty("refusal").Text("detail"));
        Assert.Equal((JsonValueKind.Null, 1L), (applied.GetProperty("refusal").ValueKind, applied.Long("resolved")));
        Assert.Equal(0, (await server.Admin.Got($"sessions/{b}/metrics")).Long("open_questions"));
    }

    [Fact]
    public async Task An_outcome_for_a_question_of_a_void_market_is_409_and_says_so()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"market_id":"m","prediction_id":"mine"}""");
        var theirs = (await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"market_id":"m"}""")).Text("prediction_id");
        await server.Admin.Posted("markets/resolve", """{"market_id":"m","outcome":"void"}""");
        await server.Restart();

        foreach (var prediction in (string[])["mine", theirs])
            Assert.Contains("was void", (await (await server.Admin.Post($"sessions/{id}/outcomes", $$"""{"prediction_id":"{{prediction}}","actual":1}""")).Problem(409)).Detail());
        Assert.Equal(0, (await server.Admin.Got($"sessions/{id}/metrics")).Long("resolved"));
    }

    [Fact]
    public async Task Metrics_work_the_hash_out_once_for_each_entry()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        var writer = server.Host.Find(id)!;

        var first = (await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash");
        for (var i = 0; i < 5; i++)
            Assert.Equal(first, (await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash"));
        Assert.Equal(1, writer.HashesComputed);
        Assert.Equal(writer.Hash(), first);

        await server.Admin.Posted($"sessions/{id}/outcomes", """{"outcome_id":"o","features":[1,2,3],"actual":1}""");
        var later = (await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash");

        Assert.NotEqual(first, later);
        Assert.Equal((2, writer.Hash()), (writer.HashesComputed, later));
    }

    private static Task Asked(ApiServer server, string id, string market) => server.Admin.Posted($"sessions/{id}/predict", $$"""{"features":[1,2,3],"market_id":"{{market}}"}""");
}
