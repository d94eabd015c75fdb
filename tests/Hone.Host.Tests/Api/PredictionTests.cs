using System.Net;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

public sealed class PredictionTests
{
    private static readonly string[] PredictionKeys =
        ["prediction_id", "session_id", "symbol", "seq", "at", "label", "probabilities", "confidence", "act", "reason", "size_multiplier", "threshold", "strategy", "members", "regime", "feature_hash"];

    [Fact]
    public async Task A_question_is_answered_with_everything_that_the_contract_names()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();

        var made = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[0.1,-0.4,null]}""");

        Assert.Equal([.. PredictionKeys, "break_even", "left_out"], made.Keys().ToHashSet());
        Assert.Equal(["member", "label", "probabilities", "confidence", "weight", "threshold", "eligible", "state", "version"], made.GetProperty("members")[0].Keys());
        Assert.Equal($"{id}-{made.Long("seq")}", made.Text("prediction_id"));
        Assert.EndsWith("Z", made.Text("at"));
        Assert.Equal(made.GetProperty("probabilities")[(int)made.Long("label")].GetDouble(), made.GetProperty("confidence").GetDouble());
    }

    [Fact]
    public async Task A_member_that_does_not_vote_is_left_out_and_the_answer_says_why()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();

        var made = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3]}""");

        var member = made.GetProperty("members")[0];
        Assert.False(member.GetProperty("eligible").GetBoolean());
        Assert.Equal("warming-up", member.Text("state"));
        var leftOut = Assert.Single(made.GetProperty("left_out").EnumerateArray());
        Assert.Equal(("logistic-regression", "warming-up"), (leftOut.Text("member"), leftOut.Text("reason")));
    }

    [Fact]
    public async Task Features_by_name_are_the_same_question_as_a_list_in_order()
    {
        await using var server = await ApiServer.Start();
        var (list, named) = (await server.Admin.Started(), await server.Admin.Started(Asking.Start.Replace("BTCUSDT", "ETHUSDT")));
        foreach (var (id, features) in ((string, string)[])[(list, "[41.2,0.3,null]"), (named, """{"flow":null,"rsi":41.2,"macd":0.3}""")])
            for (var i = 0; i < 20; i++)
                await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"outcome_id":"o{{i}}","features":{{features.Replace("0.3", $"{0.1 * i}")}},"actual":{{i % 2}}}""");

        var a = await server.Admin.Posted($"sessions/{list}/predict", """{"features":[41.2,0.3,null]}""");
        var b = await server.Admin.Posted($"sessions/{named}/predict", """{"features":{"macd":0.3,"flow":null,"rsi":41.2}}""");

        Assert.Equal(a.GetProperty("probabilities").ToString(), b.GetProperty("probabilities").ToString());
        Assert.NotEqual("0.5", a.GetProperty("probabilities")[0].ToString());
    }

    [Theory]
    [InlineData("""{"features":[1,2]}""", "features", "2 features were given")]
    [InlineData("""{"features":{"rsi":1,"macd":2,"volume":3}}""", "features.volume", "is no feature of this session; it has rsi, macd, flow")]
    [InlineData("""{"features":{"rsi":1,"macd":2}}""", "features", "lacks flow")]
    [InlineData("""{"features":{"rsi":1,"macd":2,"rsi":3}}""", "features.rsi", "twice")]
    [InlineData("""{"features":[1,"2",3]}""", "features", "item 1 is no finite number")]
    [InlineData("""{"features":5}""", "features", "it must be a list")]
    [InlineData("""{"prediction_id":"a"}""", "features", "is missing")]
    [InlineData("""{"features":[1,2,3],"prediction_id":"a b"}""", "prediction_id", "cannot be used as an id")]
    [InlineData("""{"features":[1,2,3],"market_id":"../x"}""", "market_id", "cannot be used as an id")]
    [InlineData("""{"features":[1,2,3],"at":"yesterday"}""", "at", "moment")]
    [InlineData("""{"features":[1,2,3],"at":"2099-01-01T00:00:00Z"}""", "at", "5 minutes ahead")]
    [InlineData("""{"features":[1,2,3],"context":{"price":1.5}}""", "context.price", "from 0 to 1")]
    [InlineData("""{"features":[1,2,3],"context":{"regime":"up"}}""", "context.regime", "bull, bear or sideways")]
    [InlineData("""{"features":[1,2,3],"batch":[]}""", "batch", "beside a single question")]
    [InlineData("""{"batch":[]}""", "batch", "1 to 1000")]
    [InlineData("""{"batch":[{"features":[1,2,3]},{"features":[1]}]}""", "batch[1].features", "1 features were given")]
    public async Task What_is_wrong_with_a_question_is_400_and_names_the_field(string body, string field, string says)
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();

        var problem = await (await server.Admin.Post($"sessions/{id}/predict", body)).Problem(400);

        Assert.Contains(says, problem.Detail());
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        Assert.Equal(1, (await server.Admin.Got($"sessions/{id}")).Long("seq"));
    }

    [Fact]
    public async Task A_batch_is_let_in_whole_or_not_at_all()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"taken"}""");

        await (await server.Admin.Post($"sessions/{id}/predict", """{"batch":[{"features":[1,1,1],"prediction_id":"new"},{"features":[9,9,9],"prediction_id":"taken"}]}""")).Problem(409);
        Assert.Equal(2, (await server.Admin.Got($"sessions/{id}")).Long("seq"));
        var made = (await server.Admin.Posted($"sessions/{id}/predict", """{"batch":[{"features":[1,1,1],"prediction_id":"new"},{"features":[1,2,3],"prediction_id":"taken"},{"features":[4,5,6]}]}""")).GetProperty("predictions");

        Assert.Equal(["new", "taken", $"{id}-4"], made.EnumerateArray().Select(p => p.Text("prediction_id")));
        Assert.Equal([3, 2, 4], made.EnumerateArray().Select(p => p.Long("seq")));
    }

    [Fact]
    public async Task A_repeated_prediction_is_the_same_bytes_and_another_body_is_409()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        const string Question = """{"features":[1,2,3],"prediction_id":"mine","context":{"note":"x","regime":"bull"}}""";
        var first = await (await server.Admin.Post($"sessions/{id}/predict", Question)).Content.ReadAsByteArrayAsync();
        await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"mine","actual":1}""");

        var again = await (await server.Admin.Post($"sessions/{id}/predict", Question)).Content.ReadAsByteArrayAsync();
        await server.Restart();
        var afterRestart = await (await server.Admin.Post($"sessions/{id}/predict", Question)).Content.ReadAsByteArrayAsync();

        Assert.Equal(first, again);
        Assert.Equal(first, afterRestart);
        foreach (var other in (string[])[Question.Replace("[1,2,3]", "[1,2,4]"), Question.Replace("bull", "bear"), Question.Replace("\"note\":\"x\"", "\"note\":\"y\"")])
            Assert.Contains("another body", (await (await server.Admin.Post($"sessions/{id}/predict", other)).Problem(409)).Detail());
    }

    [Fact]
    public async Task A_repeated_idempotency_key_is_the_same_prediction_and_another_body_under_it_is_422()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        const string Batch = """{"batch":[{"features":[1,2,3]},{"features":[4,5,6]}]}""";

        var first = await (await server.Admin.Post($"sessions/{id}/predict", Batch, "k1")).Content.ReadAsByteArrayAsync();
        var again = await (await server.Admin.Post($"sessions/{id}/predict", Batch, "k1")).Content.ReadAsByteArrayAsync();

        Assert.Equal(first, again);
        Assert.Equal(3, (await server.Admin.Got($"sessions/{id}")).Long("seq"));
        await (await server.Admin.Post($"sessions/{id}/predict", Batch.Replace("6", "7"), "k1")).Problem(422);
    }

    [Fact]
    public async Task A_prediction_that_is_not_recorded_leaves_no_trace_and_cannot_be_answered()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        var recorded = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3]}""");

        var shown = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"p","record":false}""");

        Assert.Equal(System.Text.Json.JsonValueKind.Null, shown.GetProperty("prediction_id").ValueKind);
        Assert.Equal(recorded.GetProperty("probabilities").ToString(), shown.GetProperty("probabilities").ToString());
        Assert.Equal(2, (await server.Admin.Got($"sessions/{id}")).Long("seq"));
        await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"p","actual":1}""")).Problem(404);
        await (await server.Admin.Post($"sessions/{id}/predict", """{"features":[1,2],"record":false}""")).Problem(400);
    }

    [Fact]
    public async Task An_unknown_session_is_404_and_a_stopped_one_409()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        Assert.Equal(HttpStatusCode.OK, (await server.Admin.DeleteAsync($"sessions/{id}")).StatusCode);

        await (await server.Admin.Post("sessions/none/predict", """{"features":[1,2,3]}""")).Problem(404);
        Assert.Contains("stopped", (await (await server.Admin.Post($"sessions/{id}/predict", """{"features":[1,2,3]}""")).Problem(409)).Detail());
        Assert.Contains("stopped", (await (await server.Admin.Post($"sessions/{id}/outcomes", """{"prediction_id":"x","actual":1}""")).Problem(409)).Detail());
    }

    [Fact]
    public async Task A_price_that_does_not_pay_keeps_a_confident_prediction_from_acting()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"M","config":{"features":1,"members":["logistic-regression"]}}""");
        for (var i = 0; i < 60; i++)
            await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"outcome_id":"o{{i}}","features":[{{(i % 2 == 0 ? 1 : -1)}}],"actual":{{(i % 2 == 0 ? 1 : 0)}}}""");

        var cheap = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1],"context":{"price":0.5,"fee_rate":0.02,"regime":"bull"}}""");
        var dear = await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1],"context":{"price":0.999,"fee_rate":0.02}}""");

        Assert.True(cheap.GetProperty("act").GetBoolean(), cheap.ToString());
        Assert.Equal("bull", cheap.Text("regime"));
        Assert.False(dear.GetProperty("act").GetBoolean());
        Assert.Equal(0, dear.GetProperty("size_multiplier").GetDouble());
        Assert.Contains("does not pay for price and fee", dear.Text("reason"));
        Assert.Equal(0.999 + 0.02 * 0.999 * 0.001, dear.GetProperty("break_even").GetDouble(), 12);
    }
}
