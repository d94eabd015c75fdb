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

        Assert.Empty(PredictionKeys.Except(made.Keys()));
        Assert.Equal(["member", "label", "probabilities", "confidence", "weight", "threshold", "eligible", "state", "version"], made.GetProperty("members")[0].Keys());
        Assert.Equal($"{id}-{made.Long("seq")}", made.Text("prediction_id"));
        Assert.EndsWith("Z", made.Text("at"));

        var outcome = await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"prediction_id":"{{made.Text("prediction_id")}}","actual":1}""");
        Assert.Equal(["prediction_id", "recorded", "already_recorded", "correct", "drift", "seq"], outcome.Keys());
        Assert.True(outcome.GetProperty("recorded").GetBoolean());
        Assert.False(outcome.GetProperty("already_recorded").GetBoolean());
        Assert.Equal("none", outcome.Text("drift"));
    }
}
