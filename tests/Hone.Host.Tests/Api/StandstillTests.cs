using System.Text.Json;
using Hone.Adapters.Journals;
using Hone.Host.Serving;
using Hone.Host.Tests.Serving;
using Hone.Learning;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Agents;

namespace Hone.Host.Tests.Api;

/// <summary>Learners and agents of a user's own that fail: their session stands still and can be stopped, and no other session notices.</summary>
public sealed class StandstillTests
{
    private const string Fragile = """{"symbol":"FRAGILE","config":{"features":1,"members":["fragile","no-change"]}}""";

    [Fact]
    public async Task A_learner_whose_constructor_throws_is_422_and_starts_nothing()
    {
        var faults = new Faults { Construct = true };
        await using var server = await ApiServer.Start(catalog: faults.Catalog());

        Assert.Contains("of a test", (await (await server.Admin.Post("sessions/start", Fragile)).Problem(422)).Detail());
        Assert.Empty((await server.Admin.Got("sessions")).GetProperty("sessions").EnumerateArray());
        await Works(server, await server.Admin.Started());
    }

    [Fact]
    public async Task A_session_whose_learner_cannot_be_saved_stands_still_alone_is_stopped_and_frees_its_symbol()
    {
        var faults = new Faults();
        await using var server = await ApiServer.Start(catalog: faults.Catalog());
        var (broken, sound) = (await server.Admin.Started(Fragile), await server.Admin.Started());
        await Works(server, broken);
        faults.Save = true;
        await server.Host.Find(broken)!.Submit(new UpkeepCommand(snapshot: true));

        await ShownAs(server, broken, "faulted", "of a test");
        await (await server.Admin.Post($"sessions/{broken}/outcomes", Outcome("x"))).Problem(503);
        Assert.Equal(JsonValueKind.Null, (await server.Admin.Got($"sessions/{broken}/metrics")).GetProperty("state_hash").ValueKind);
        await Works(server, sound);
        await (await server.Admin.Post("sessions/start", Fragile)).Problem(409);

        await (await server.Admin.DeleteAsync($"sessions/{broken}")).Success();

        Assert.Equal("stopped", (await Row(server, broken)).Text("status"));
        faults.Save = false;
        await Works(server, await server.Admin.Started(Fragile));
        await server.Restart();
        Assert.Equal("stopped", (await Row(server, broken)).Text("status"));
        Assert.Equal(1, (await server.Admin.Got($"sessions/{broken}/metrics")).Long("resolved"));
    }

    [Fact]
    public async Task A_session_that_fails_at_its_last_snapshot_is_stopped_all_the_same()
    {
        var faults = new Faults();
        await using var server = await ApiServer.Start(catalog: faults.Catalog());
        var id = await server.Admin.Started(Fragile);
        await Works(server, id);
        faults.Save = true;

        await (await server.Admin.DeleteAsync($"sessions/{id}")).Success();

        Assert.Equal("stopped", (await Row(server, id)).Text("status"));
        faults.Save = false;
        await server.Restart();
        var resumed = await server.Admin.Posted("sessions/start", $$"""{"symbol":"FRAGILE","config":{"resume":"{{id}}"} }""");
        Assert.Equal("resumed", resumed.Text("status"));
        await Works(server, id, "later");
        Assert.Equal(2, (await server.Admin.Got($"sessions/{id}/metrics")).Long("resolved"));
    }

    [Fact]
    public async Task A_session_that_cannot_be_read_keeps_its_symbol_until_it_is_stopped_and_goes_on_when_it_can()
    {
        var faults = new Faults();
        await using var server = await ApiServer.Start(catalog: faults.Catalog());
        var (broken, sound) = (await server.Admin.Started(Fragile), await server.Admin.Started());
        await Works(server, broken);
        faults.Construct = true;
        await server.Restart();

        await ShownAs(server, broken, "unreadable", "of a test");
        await Works(server, sound);
        foreach (var refused in (Task<HttpResponseMessage>[])[server.Admin.GetAsync($"sessions/{broken}"), server.Admin.GetAsync($"sessions/{broken}/metrics"), server.Admin.Post($"sessions/{broken}/outcomes", Outcome("x"))])
            Assert.Contains("of a test", (await (await refused).Problem(503)).Detail());
        faults.Construct = false;
        // Symbol and name are still its own, although a session could be built now.
        Assert.Contains(broken, (await (await server.Admin.Post("sessions/start", Fragile)).Problem(409)).Detail());

        var stopped = await (await server.Admin.DeleteAsync($"sessions/{broken}")).Success();

        Assert.Equal(("stopped", "FRAGILE"), (stopped.Text("status"), stopped.Text("symbol")));
        var other = await server.Admin.Started(Fragile);
        await Works(server, other);
        await (await server.Admin.DeleteAsync($"sessions/{other}")).Success();
        await server.Restart();
        // Nothing of it was lost: it goes on where it was.
        await server.Admin.Posted("sessions/start", $$"""{"symbol":"FRAGILE","config":{"resume":"{{broken}}"} }""");
        await Works(server, broken, "later");
        Assert.Equal(2, (await server.Admin.Got($"sessions/{broken}/metrics")).Long("resolved"));
    }

    [Fact]
    public async Task A_learner_that_throws_when_its_rate_is_boosted_harms_its_session_alone()
    {
        var faults = new Faults { Boost = true };
        await using var server = await ApiServer.Start(catalog: faults.Catalog());
        var (broken, sound) = (await server.Admin.Started(Fragile), await server.Admin.Started());

        // The learner is sure of the sign, and from the middle on the sign means the other thing.
        for (var i = 0; i < 1500 && faults.Boosts == 0; i++)
            await server.Admin.Post($"sessions/{broken}/outcomes", $$"""{"outcome_id":"o{{i}}","features":[{{(i % 2 == 0 ? 1 : -1)}}],"actual":{{((i % 2 == 0) == (i < 500) ? 1 : 0)}}}""");

        Assert.True(faults.Boosts > 0, "the rate was never boosted");
        await Works(server, sound);
        var row = await Row(server, broken);
        Assert.True(row.Text("status") is "faulted" or "active", row.ToString());
        if (row.Text("status") == "faulted")
            Assert.Contains("of a test", row.Text("fault"));
        await (await server.Admin.DeleteAsync($"sessions/{broken}")).Success();
        await Works(server, await server.Admin.Started(Fragile));
    }

    [Fact]
    public async Task An_agent_that_throws_stops_its_trading_session_alone()
    {
        var faults = new Faults();
        await using var server = await ApiServer.Start(catalog: faults.Catalog());
        const string Trading = """{"symbol":"T@1h","config":{"trading":true,"agents":["fragile-agent"]}}""";
        var (broken, sound) = (await server.Admin.Started(Trading), await server.Admin.Started("""{"symbol":"S@1h","config":{"trading":true}}"""));
        foreach (var id in (string[])[broken, sound])
            await server.Admin.Posted($"sessions/{id}/bars", NounTests.Bars(0, 300));
        faults.Decide = true;

        await (await server.Admin.Post($"sessions/{broken}/bars", NounTests.Bars(300, 10))).Problem(503);

        await ShownAs(server, broken, "faulted", "of a test");
        Assert.Equal(10, (await server.Admin.Posted($"sessions/{sound}/bars", NounTests.Bars(300, 10))).GetProperty("bars").GetArrayLength());
        await server.Restart();
        // The entry is in the journal: as long as the agent fails at it, so does the session.
        await ShownAs(server, broken, "faulted", "of a test");
        Assert.Equal(10, (await server.Admin.Posted($"sessions/{sound}/bars", NounTests.Bars(310, 10))).GetProperty("bars").GetArrayLength());
        await (await server.Admin.DeleteAsync($"sessions/{broken}")).Success();
        faults.Decide = false;
        await server.Admin.Posted("sessions/start", $$"""{"symbol":"T@1h","config":{"resume":"{{broken}}"} }""");
        // With the agent repaired every bar that was acknowledged or committed is there.
        Assert.All((await server.Admin.Posted($"sessions/{broken}/bars", NounTests.Bars(300, 10))).GetProperty("bars").EnumerateArray(), b => Assert.True(b.GetProperty("already_recorded").GetBoolean()));
    }

    private static string Outcome(string id) => $$"""{"outcome_id":"{{id}}","features":[1],"actual":1}""";

    private static async Task Works(ApiServer server, string id, string outcome = "w")
    {
        var features = (await server.Admin.Got($"sessions/{id}")).GetProperty("features").GetArrayLength();
        var answer = await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"outcome_id":"{{outcome}}-{{Guid.NewGuid():N}}","features":[{{string.Join(',', Enumerable.Repeat(1, features))}}],"actual":1}""");
        Assert.True(answer.GetProperty("recorded").GetBoolean());
    }

    private static async Task<JsonElement> Row(ApiServer server, string id)
        => (await server.Admin.Got("sessions")).GetProperty("sessions").EnumerateArray().Single(s => s.Text("session_id") == id);

    private static async Task ShownAs(ApiServer server, string id, string status, string reason)
    {
        var row = await Row(server, id);
        Assert.Equal(status, row.Text("status"));
        Assert.Contains(reason, row.Text("fault"));
        Assert.Equal(id, Assert.Single((await server.Admin.Got($"sessions?status={status}")).GetProperty("sessions").EnumerateArray()).Text("session_id"));
        var ready = JsonDocument.Parse(await (await server.Admin.GetAsync("/health/ready")).Content.ReadAsStringAsync()).RootElement;
        Assert.Contains(id, ready.GetProperty("checks").EnumerateArray().Single(c => c.Text("name") == "sessions").Text("detail"));
    }

    /// <summary>Where the learner and the agent of a test fail.</summary>
    private sealed class Faults
    {
        public bool Construct { get; set; }

        public bool Save { get; set; }

        public bool Boost { get; set; }

        public bool Decide { get; set; }

        public int Boosts { get; set; }

        public TradingCatalog Catalog()
        {
            var catalog = TradingCatalog.BuiltIn();
            catalog.Learning.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<NoOptions>("fragile", "Fails where a test says.", (shape, _) => new FragileLearner(shape, this)));
            catalog.Agents.Add(CatalogEntry<AgentContext, IAgent>.Of<NoOptions>("fragile-agent", "Fails where a test says.", (_, _) => new FragileAgent(this)));
            return catalog;
        }

        public void Throw(bool now)
        {
            if (now)
                throw new ArithmeticException("a failure of a test");
        }
    }

    private sealed record NoOptions;

    private sealed class FragileLearner : IClassifier, IRateBoost
    {
        private readonly LearnerShape _shape;
        private readonly Faults _faults;

        public FragileLearner(LearnerShape shape, Faults faults)
        {
            (_shape, _faults) = (shape, faults);
            faults.Throw(faults.Construct);
        }

        public int Features => _shape.Features;

        public int Classes => _shape.Classes;

        public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
        {
            probabilities.Fill(0.1);
            probabilities[x[0] > 0 ? 1 : 0] = 0.9;
        }

        public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
        {
        }

        public void BoostRate(double factor)
        {
            _faults.Boosts++;
            _faults.Throw(_faults.Boost);
        }

        public void Save(StateWriter writer) => _faults.Throw(_faults.Save);

        public void Load(StateReader reader)
        {
        }
    }

    private sealed class FragileAgent(Faults faults) : IAgent
    {
        public string Name => "fragile-agent";

        public Signal Decide(in AgentView view)
        {
            faults.Throw(faults.Decide);
            return new Signal(view.Bar.Close > view.Bar.Open ? 1 : -1, 0.6);
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }
}
