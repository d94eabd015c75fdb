using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

public sealed class OutcomeTests
{
    private const string Past = """{"features":[1,2,3],"prediction_id":"ID","at":"AT"}""";

    [Fact]
    public async Task An_outcome_is_recorded_and_a_duplicate_changes_nothing()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        var made = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3]}""");
        var body = $$"""{"prediction_id":"{{made.Text("prediction_id")}}","actual":1,"pnl":12.5}""";

        var first = await server.Admin.Posted($"sessions/{id}/outcomes", body);
        var hash = (await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash");
        var again = await server.Admin.Posted($"sessions/{id}/outcomes", body);

        Assert.Equal(["prediction_id", "recorded", "already_recorded", "correct", "drift", "seq"], first.Keys());
        Assert.Equal((false, true), (first.GetProperty("already_recorded").GetBoolean(), again.GetProperty("already_recorded").GetBoolean()));
        Assert.Equal(made.Long("label") == 1, first.GetProperty("correct").GetBoolean());
        Assert.Equal("none", first.Text("drift"));
        Assert.Equal(first.Long("seq"), again.Long("seq"));
        Assert.Equal(hash, (await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash"));
    }

    [Fact]
    public async Task Another_answer_is_409_an_unknown_prediction_404_and_an_impossible_class_400()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"a"}""");

        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":2}""")).Problem(400);
        await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":1}""");
        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":0}""")).Problem(409);
        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"b","actual":0}""")).Problem(404);
        await (await server.Admin.Post($"sessions/{id}/outcomes", $$"""{"prediction_id":"{{id}}-99","actual":0}""")).Problem(404);
    }

    [Theory]
    [InlineData("""{"actual":1}""", 400, "prediction_id")]
    [InlineData("""{"outcome_id":"x","actual":1}""", 400, "features")]
    [InlineData("""{"features":[1,2,3],"actual":1}""", 400, "outcome_id")]
    [InlineData("""{"prediction_id":"p","features":[1,2,3],"actual":1}""", 400, "prediction_id")]
    [InlineData("""{"outcome_id":"x","features":[1,2],"actual":1}""", 400, "features")]
    [InlineData("""{"prediction_id":"p","actual":1,"weight":0}""", 400, "weight")]
    [InlineData("""{"prediction_id":"p","actual":1,"resolved_at":"2099-01-01T00:00:00Z"}""", 400, "resolved_at")]
    [InlineData("""{"prediction_id":"p","actual":1,"side":"up"}""", 400, "side")]
    [InlineData("""{"prediction_id":"p"}""", 422, "actual")]
    [InlineData("""{"prediction_id":"p","pnl":3}""", 422, "side")]
    public async Task What_is_wrong_with_an_outcome_names_the_field(string body, int status, string field)
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"p"}""");

        var problem = await (await server.Admin.Post($"sessions/{id}/outcomes", body)).Problem(status);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        Assert.Equal(2, (await server.Admin.Got($"sessions/{id}")).Long("seq"));
    }

    [Theory]
    [InlineData("direction", "long", 5.0, 1)]
    [InlineData("direction", "long", -5.0, 0)]
    [InlineData("direction", "short", 5.0, 0)]
    [InlineData("direction", "short", -5.0, 1)]
    [InlineData("profitable", null, 5.0, 1)]
    [InlineData("profitable", null, -5.0, 0)]
    public async Task Money_tells_what_happened(string target, string? side, double pnl, int label)
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started($$"""{"symbol":"X","config":{"features":1,"target":"{{target}}"} }""");
        var made = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1],"prediction_id":"p"}""");

        var outcome = await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"prediction_id":"p","pnl":{{pnl}}{{(side is null ? "" : $",\"side\":\"{side}\"")}}}""");

        Assert.Equal(made.Long("label") == label, outcome.GetProperty("correct").GetBoolean());
        Assert.Equal(pnl, (await server.Admin.Got($"sessions/{id}/metrics")).GetProperty("pnl").GetDouble());
    }

    [Fact]
    public async Task An_outcome_with_its_own_features_is_learned_once()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        const string Outcome = """{"outcome_id":"o1","features":{"rsi":1,"macd":2,"flow":3},"actual":1}""";

        var first = await server.Admin.Posted($"sessions/{id}/outcomes", Outcome);
        var again = await server.Admin.Posted($"sessions/{id}/outcomes", Outcome);
        await (await server.Admin.Post($"sessions/{id}/outcomes", Outcome.Replace("\"rsi\":1", "\"rsi\":9"))).Problem(409);
        var withKey = await server.Admin.Posted($"sessions/{id}/outcomes", """{"features":[1,2,3],"actual":0}""", "k");
        var keyAgain = await server.Admin.Posted($"sessions/{id}/outcomes", """{"features":[1,2,3],"actual":0}""", "k");

        Assert.Equal(["outcome_id", "recorded", "already_recorded", "correct", "drift", "seq"], first.Keys());
        Assert.Equal("o1", first.Text("outcome_id"));
        Assert.True(again.GetProperty("already_recorded").GetBoolean());
        Assert.Equal(withKey.Long("seq"), keyAgain.Long("seq"));
        Assert.Equal(2, (await server.Admin.Got($"sessions/{id}/metrics")).Long("resolved"));
    }

    [Fact]
    public async Task Two_hundred_identical_outcomes_at_once_are_learned_once()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"p"}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"p","actual":1}""")));

        Assert.Single(answers, a => !a.GetProperty("already_recorded").GetBoolean());
        Assert.Single(answers.Select(a => a.Long("seq")).Distinct());
        Assert.Equal(1, (await server.Admin.Got($"sessions/{id}/metrics")).Long("resolved"));
        Assert.Equal(3, (await server.Admin.Got($"sessions/{id}")).Long("seq"));
    }

    [Fact]
    public async Task Outcomes_come_late_and_in_any_order_within_the_window()
    {
        var time = new ManualTime();
        await using var server = await ApiServer.Start(time: time);
        var id = await server.Admin.Started();
        foreach (var p in (string[])["a", "b", "c"])
            await server.Admin.Posted($"sessions/{id}/predict", $$"""{"features":[1,2,3],"prediction_id":"{{p}}"}""");

        time.Advance(TimeSpan.FromDays(13.9));
        foreach (var p in (string[])["c", "a", "b"])
            Assert.True((await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"prediction_id":"{{p}}","actual":1}""")).GetProperty("recorded").GetBoolean());

        Assert.Equal(3, (await server.Admin.Got($"sessions/{id}/metrics")).Long("resolved"));
    }

    [Fact]
    public async Task An_expired_prediction_is_410_and_counted()
    {
        var time = new ManualTime();
        await using var server = await ApiServer.Start(time: time);
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"old"}""");
        var mine = (await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3]}""")).Text("prediction_id");

        time.Advance(TimeSpan.FromDays(14.1));
        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"old","actual":1}""")).Problem(410);
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3]}""");

        await (await server.Admin.Post($"sessions/{id}/outcomes", $$"""{"prediction_id":"{{mine}}","actual":1}""")).Problem(410);
        Assert.Equal(2, (await server.Admin.Got($"sessions/{id}/metrics")).Long("expired"));
        await server.Restart();
        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"old","actual":1}""")).Problem(410);
    }

    [Fact]
    public async Task The_oldest_of_too_many_open_predictions_is_410()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"X","config":{"features":1,"learning":{"open_questions_max":3}}}""");
        await server.Admin.Posted($"sessions/{id}/predict", """{"batch":[{"features":[1],"prediction_id":"a"},{"features":[2],"prediction_id":"b"},{"features":[3],"prediction_id":"c"},{"features":[4],"prediction_id":"d"}]}""");

        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":1}""")).Problem(410);
        Assert.True((await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"b","actual":1}""")).GetProperty("recorded").GetBoolean());
    }

    [Fact]
    public async Task A_question_of_the_past_is_answered_in_its_own_time()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", Past.Replace("ID", "a").Replace("AT", "2020-01-01T00:00:00Z"));

        Assert.Contains("before the prediction", (await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":1,"resolved_at":"2019-12-31T00:00:00Z"}""")).Problem(400)).Detail());
        await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":1,"resolved_at":"2020-01-01T01:00:00Z"}""");

        Assert.Equal("2020-01-01T01:00:00Z", (await server.Admin.Got($"sessions/{id}")).Text("at"));
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_outcome_is_422()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"batch":[{"features":[1,2,3],"prediction_id":"a"},{"features":[1,2,3],"prediction_id":"b"}]}""");

        await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":1}""", "k");
        Assert.True((await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"a","actual":1}""", "k")).GetProperty("already_recorded").GetBoolean());
        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"b","actual":1}""", "k")).Problem(422);
    }

    [Fact]
    public async Task A_restart_in_the_middle_forgets_nothing()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        for (var i = 0; i < 30; i++)
        {
            await server.Admin.Posted($"sessions/{id}/predict", $$"""{"features":[{{i}},{{i % 3}},null],"prediction_id":"p{{i}}"}""");
            if (i % 4 != 0)
                await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"prediction_id":"p{{i}}","actual":{{i % 2}}}""");
        }
        var before = await server.Admin.Got($"sessions/{id}/metrics");

        await server.Restart();

        var after = await server.Admin.Got($"sessions/{id}/metrics");
        Assert.Equal((before.Text("state_hash"), before.Long("seq"), before.Text("emission_hash")), (after.Text("state_hash"), after.Long("seq"), after.Text("emission_hash")));
        Assert.False((await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"p8","actual":1}""")).GetProperty("already_recorded").GetBoolean());
        Assert.True((await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"p9","actual":1}""")).GetProperty("already_recorded").GetBoolean());
    }
}
