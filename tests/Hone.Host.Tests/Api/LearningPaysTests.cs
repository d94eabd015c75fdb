using System.Text.Json;
using Hone.Host.Serving;
using Hone.Host.Tests.Serving;
using Hone.Trading.Market;

namespace Hone.Host.Tests.Api;

/// <summary>What success-metrics and the hybrid signal mean, on a world that really changes.</summary>
public sealed class LearningPaysTests
{
    private const int Flip = 1000;
    private const int Answers = 2200;
    private const long MinuteUs = 60_000_000;

    [Fact]
    public async Task Success_metrics_tell_how_fast_a_real_drift_was_noticed_answered_and_overcome()
    {
        await using var server = await ApiServer.Start();
        // A learner that forgets nothing by itself.
        var id = await server.Admin.Started("""{"symbol":"BTCUSDT","config":{"features":1,"members":["naive-bayes","no-change"]}}""");
        await Live(server, id);

        var success = await server.Admin.Got("success-metrics");
        var metrics = await server.Admin.Got($"sessions/{id}/metrics");

        Assert.True(metrics.Long("drifts") > 0, "no drift was noticed");
        Assert.True(metrics.Long("adaptations") > 0, "no member was adapted");
        Assert.All(success.GetProperty("adaptation_speed").EnumerateObject(), speed => Assert.True(speed.Value.ValueKind == JsonValueKind.Number, success.ToString()));
        var speed = success.GetProperty("adaptation_speed");
        Assert.Equal(["events_to_detect", "seconds_to_detect", "events_to_adapt"], speed.Keys());
        // An answer a minute: what counts answers and what counts seconds tell the same.
        Assert.True(speed.GetProperty("events_to_detect").GetDouble() is >= 0 and < Answers - Flip);
        Assert.Equal(60 * speed.GetProperty("events_to_detect").GetDouble(), speed.GetProperty("seconds_to_detect").GetDouble(), 6);
        Assert.True(speed.GetProperty("events_to_adapt").GetDouble() is >= 0 and < Answers - Flip);
        Assert.True(success.GetProperty("learning_efficiency").GetProperty("samples_to_adapt").GetDouble() is > 0 and < Answers - Flip);
        // One member that learns all the time: there is no batch to compare it with, and no money.
        Assert.Equal(JsonValueKind.Null, success.GetProperty("prediction_accuracy").GetProperty("batch").ValueKind);
        Assert.Equal(JsonValueKind.Null, success.GetProperty("business_impact").GetProperty("ml_contribution").ValueKind);
        Assert.Equal(id, Assert.Single(success.GetProperty("model_freshness").GetProperty("by_model").EnumerateArray()).Text("session_id"));
    }

    [Fact]
    public async Task A_member_that_stopped_learning_is_the_batch_beside_which_the_others_are_shown()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"BTCUSDT","config":{"features":1,"members":["logistic-regression",{"learner":"logistic-regression","name":"batch","freeze_after":300},"no-change"]}}""");
        await Live(server, id);

        var members = (await server.Admin.Got($"sessions/{id}/metrics")).GetProperty("members").EnumerateArray().ToDictionary(m => m.Text("member"), m => m.GetProperty("accuracy").GetDouble());
        var accuracy = (await server.Admin.Got("success-metrics")).GetProperty("prediction_accuracy");
        var (online, batch) = (accuracy.GetProperty("online").GetDouble(), accuracy.GetProperty("batch").GetDouble());

        Assert.Equal((members["logistic-regression"], members["batch"]), (online, batch));
        Assert.Equal(online - batch, accuracy.GetProperty("difference").GetDouble(), 12);
        // It has not learned that the world has changed.
        Assert.True(online - batch > 0.2, $"online {online}, batch {batch}");
    }

    [Theory]
    [InlineData(0.8, 1)]
    [InlineData(-0.8, -1)]
    public async Task A_session_that_predicts_profit_speaks_in_the_direction_of_the_technical_signal(double signal, int sign)
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"H","config":{"features":1,"target":"profitable"}}""");
        await Task.WhenAll(Enumerable.Range(0, 80).Select(i => server.Host.Find(id)!.Submit(new OutcomeCommand(new OutcomeItem { OutcomeId = $"o{i}", Features = [i % 2 == 0 ? 1 : -1], Actual = i % 2 == 0 ? 1 : 0 })).AsTask()));
        var p = (await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1],"record":false}""")).GetProperty("probabilities")[1].GetDouble();

        var joined = await server.Admin.Posted("ml/hybrid/predict", FormattableString.Invariant($"{{\"symbol\":\"H\",\"features\":[1],\"technical_signal\":{signal},\"technical_confidence\":0.7}}"));

        Assert.True(p > 0.6, $"P(profitable) is {p}");
        Assert.True(joined.GetProperty("act").GetBoolean(), joined.ToString());
        Assert.Equal(sign * (2 * p - 1), joined.GetProperty("ml_prediction").GetDouble(), 12);
        Assert.Equal(0.6 * signal + 0.4 * sign * (2 * p - 1), joined.GetProperty("combined_signal").GetDouble(), 12);
        Assert.Equal(0.7 * 0.7 + 0.3 * p, joined.GetProperty("final_confidence").GetDouble(), 12);
        Assert.Equal("profitable", (await server.Admin.Got("ml/hybrid/status")).GetProperty("sessions")[0].Text("target"));
    }

    // The sign of the feature is the label; from the flip on it is the other one. Nine of ten answers follow the rule.
    private static async Task Live(ApiServer server, string id)
    {
        var writer = server.Host.Find(id)!;
        var from = EventTime.FromDateTime(new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var random = new Random(5);
        foreach (var some in Enumerable.Range(0, Answers).Chunk(200))
            await Task.WhenAll(some.Select(i =>
            {
                var x = random.NextDouble() * 2 - 1;
                var label = (x > 0) == (i < Flip) == (random.NextDouble() < 0.9) ? 1 : 0;
                return writer.Submit(new OutcomeCommand(new OutcomeItem { OutcomeId = $"o{i}", Features = [x], Actual = label, ResolvedUs = from + i * MinuteUs })).AsTask();
            }));
    }
}
