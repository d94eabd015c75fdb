using System.Net;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

public sealed class SessionTests
{
    [Fact]
    public async Task A_start_answers_as_the_contract_says()
    {
        await using var server = await ApiServer.Start();

        var answer = await server.Admin.Post("sessions/start", """{"symbol":"BTCUSDT","model_type":"panel","config":{"features":["rsi","macd"],"classes":2,"members":["logistic-regression","passive-aggressive","mlp"],"strategy":"ensemble"}}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var started = await answer.Success();
        Assert.Equal(["session_id", "status", "symbol", "feature_hash"], started.Keys());
        Assert.Equal(("started", "BTCUSDT"), (started.Text("status"), started.Text("symbol")));
        Assert.Equal($"/api/v1/sessions/{started.Text("session_id")}", answer.Headers.Location!.ToString());
        var session = await server.Admin.Got($"sessions/{started.Text("session_id")}");
        Assert.Equal(["logistic-regression", "passive-aggressive", "mlp"], session.GetProperty("members").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(started.Text("feature_hash"), session.Text("feature_hash"));
    }

    [Fact]
    public async Task Defaults_are_those_of_the_server()
    {
        await using var server = await ApiServer.Start();

        var session = await server.Admin.Got($"sessions/{await server.Admin.Started("""{"symbol":"X","config":{"features":3}}""")}");

        Assert.Equal(["logistic-regression", "passive-aggressive", "no-change"], session.GetProperty("members").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(["f0", "f1", "f2"], session.GetProperty("features").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(("ensemble", "direction", "active", 2L), (session.Text("strategy"), session.Text("target"), session.Text("status"), session.Long("classes")));
    }

    [Fact]
    public async Task One_learner_may_be_the_whole_model_and_members_may_have_options()
    {
        await using var server = await ApiServer.Start();

        var one = await server.Admin.Got($"sessions/{await server.Admin.Started("""{"symbol":"A","model_type":"naive-bayes","config":{"features":2}}""")}");
        var many = await server.Admin.Got($"sessions/{await server.Admin.Started("""{"symbol":"B","config":{"features":2,"members":["no-change",{"learner":"logistic-regression","name":"batch","freeze_after":500}],"strategy":"thompson","seed":7,"horizon":5,"learning":{"ema_alpha":0.2}}}""")}");

        Assert.Equal(("naive-bayes", "naive-bayes"), (one.Text("model_type"), one.GetProperty("members")[0].GetString()));
        Assert.Equal(["no-change", "batch"], many.GetProperty("members").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(("thompson", 5L), (many.Text("strategy"), many.Long("horizon")));
    }

    [Fact]
    public async Task A_second_start_is_409_and_names_the_first_unless_it_has_another_name()
    {
        await using var server = await ApiServer.Start();
        var first = await server.Admin.Started();

        Assert.Contains(first, (await (await server.Admin.Post("sessions/start", Asking.Start)).Problem(409)).Detail());
        Assert.NotEqual(first, await server.Admin.Started(Asking.Start.Replace("\"config\"", "\"name\":\"second\",\"config\"")));
    }

    [Theory]
    [InlineData("""{"symbol":"X","config":{"features":2,"feature":3}}""", 400, "config.feature", "known: features, classes, members")]
    [InlineData("""{"symbol":"X","config":{"features":2,"learning":{"ema_alfa":0.1}}}""", 400, "config.learning.ema_alfa", "did you mean 'ema_alpha'")]
    [InlineData("""{"symbol":"X","config":{"features":2,"learning":{"ema_alpha":5}}}""", 400, "config.learning", "ema_alpha is 5; it must be from")]
    [InlineData("""{"symbol":"X","config":{"features":2,"learning":7}}""", 400, "config.learning", "must be an object")]
    [InlineData("""{"symbol":"X"}""", 400, "config.features", "is missing")]
    [InlineData("""{"symbol":"X","config":{"features":0}}""", 400, "config.features", "1 to 4096")]
    [InlineData("""{"symbol":"X","config":{"features":5000}}""", 400, "config.features", "1 to 4096")]
    [InlineData("""{"symbol":"X","config":{"features":["a","a"]}}""", 400, "config.features[1]", "twice")]
    [InlineData("""{"symbol":"X","config":{"features":["a",""]}}""", 400, "config.features[1]", "must be a name")]
    [InlineData("""{"symbol":"X","config":{"features":2,"classes":1}}""", 400, "config.classes", "2 to 100")]
    [InlineData("""{"symbol":"X","config":{"features":2,"horizon":0}}""", 400, "config.horizon", "from 1 to")]
    [InlineData("""{"symbol":"X","config":{"features":2,"strategy":"all"}}""", 400, "config.strategy", "ensemble, champion, thompson, best")]
    [InlineData("""{"symbol":"X","config":{"features":2,"members":[7]}}""", 400, "config.members", "must be a name")]
    [InlineData("""{"symbol":"X","config":{"features":2,"members":["logistic-regresion"]}}""", 422, "config.members[0]", "Did you mean 'logistic-regression'")]
    [InlineData("""{"symbol":"X","model_type":"mpl","config":{"features":2}}""", 422, "model_type", "Did you mean 'mlp'")]
    [InlineData("""{"symbol":"X","model_type":"mlp","config":{"features":2,"members":["mlp"]}}""", 400, "config.members", "model_type")]
    [InlineData("""{"symbol":"X","config":{"features":2,"members":[{"learner":"mlp","options":{"hiden":3}}]}}""", 422, "config", "there is no option 'hiden'")]
    [InlineData("""{"symbol":"X","config":{"features":2,"label":"direction"}}""", 400, "config.label", "trade bars")]
    [InlineData("""{"symbol":"X","config":{"features":2,"state":"s"}}""", 400, "config.state", "needs config.trading")]
    [InlineData("""{"symbol":"X","config":{"trading":true,"state":"../../etc/passwd"}}""", 400, "config.state", "cannot be used as a name")]
    [InlineData("""{"symbol":"X","config":{"trading":true,"state":"none"}}""", 422, "config.state", "there is no such state")]
    [InlineData("""{"symbol":"X","config":{"trading":true,"classes":2}}""", 400, "config.classes", "asked with features")]
    [InlineData("""{"symbol":"X","config":{"trading":true,"step":"1 hour"}}""", 400, "config.step", "such as 1m")]
    [InlineData("""{"symbol":"X","config":{"trading":true,"label":"up"}}""", 422, "config", "There is no label 'up'")]
    [InlineData("""{"symbol":"X","config":{"trading":true,"features":["rsi_99"]}}""", 422, "config", "rsi_99")]
    [InlineData("""{"symbol":"../x","config":{"features":2}}""", 400, "symbol", "cannot be used as a name")]
    [InlineData("""{"symbol":"X","name":"","config":{"features":2}}""", 400, "name", "cannot be used as a name")]
    [InlineData("""{"symbol":"X","config":{"resume":"abc"}}""", 404, "config.resume", "no session abc")]
    [InlineData("""{"symbol":"X","config":{"resume":"abc","features":2}}""", 400, "config.resume", "nothing else")]
    public async Task What_is_wrong_with_a_start_names_the_field_and_starts_nothing(string body, int status, string field, string says)
    {
        await using var server = await ApiServer.Start();

        var problem = await (await server.Admin.Post("sessions/start", body)).Problem(status);

        Assert.Contains(says, problem.ToString());
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        Assert.DoesNotContain(server.Home, problem.ToString());
        Assert.Empty((await server.Admin.Got("sessions")).GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public async Task Sessions_are_listed_a_page_at_a_time_and_filtered()
    {
        await using var server = await ApiServer.Start();
        var ids = new List<string>();
        foreach (var symbol in (string[])["A", "B", "A", "C", "A"])
            ids.Add(await server.Admin.Started($$"""{"symbol":"{{symbol}}","name":"n{{ids.Count}}","config":{"features":1} }"""));
        await server.Admin.DeleteAsync($"sessions/{ids[2]}");
        ids.Sort(StringComparer.Ordinal);

        var seen = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await server.Admin.Got($"sessions?limit=2{(next == "" ? "" : $"&after={next}")}");
            Assert.InRange(page.GetProperty("sessions").GetArrayLength(), 1, 2);
            seen.AddRange(page.GetProperty("sessions").EnumerateArray().Select(s => s.Text("session_id")));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(ids, seen);
        Assert.Equal(3, (await server.Admin.Got("sessions?symbol=A")).GetProperty("sessions").GetArrayLength());
        Assert.Equal(2, (await server.Admin.Got("sessions?symbol=A&status=active")).GetProperty("sessions").GetArrayLength());
        var row = Assert.Single((await server.Admin.Got("sessions?status=stopped")).GetProperty("sessions").EnumerateArray());
        Assert.Equal(["session_id", "symbol", "name", "status", "started_at", "stopped_at", "fault"], row.Keys());
        foreach (var wrong in (string[])["limit=0", "limit=1001", "limit=1000000000", "limit=x", "status=gone"])
            await (await server.Admin.GetAsync($"sessions?{wrong}")).Problem(400);
    }

    [Fact]
    public async Task A_session_that_has_not_changed_is_304()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        var tag = (await server.Admin.GetAsync($"sessions/{id}")).Headers.ETag!;
        async Task<HttpStatusCode> Status()
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"sessions/{id}");
            request.Headers.IfNoneMatch.Add(tag);
            return (await server.Admin.SendAsync(request)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.NotModified, await Status());
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3]}""");
        Assert.Equal(HttpStatusCode.OK, await Status());
    }

    [Fact]
    public async Task A_stopped_session_can_be_looked_at_and_resumed_and_a_later_start_is_fresh()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"p"}""");

        var stopped = await (await server.Admin.DeleteAsync($"sessions/{id}")).Success();
        Assert.Equal(("stopped", id), (stopped.Text("status"), stopped.Text("session_id")));
        await (await server.Admin.DeleteAsync($"sessions/{id}")).Problem(409);
        await (await server.Admin.DeleteAsync("sessions/none")).Problem(404);
        Assert.Equal("stopped", (await server.Admin.Got($"sessions/{id}")).Text("status"));
        Assert.Equal(1, (await server.Admin.Got($"sessions/{id}/metrics")).Long("predictions"));

        var fresh = await server.Admin.Started();
        Assert.NotEqual(id, fresh);
        await (await server.Admin.Post("sessions/start", $$"""{"symbol":"BTCUSDT","config":{"resume":"{{id}}"} }""")).Problem(409);
        await server.Admin.DeleteAsync($"sessions/{fresh}");
        await server.Restart();
        var resumed = await server.Admin.Posted("sessions/start", $$"""{"symbol":"BTCUSDT","config":{"resume":"{{id}}"} }""");

        Assert.Equal(("resumed", id), (resumed.Text("status"), resumed.Text("session_id")));
        Assert.True((await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"p","actual":1}""")).GetProperty("recorded").GetBoolean());
    }

    [Fact]
    public async Task Metrics_have_the_fields_of_the_contract_and_nothing_that_does_not_exist_is_a_number()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();

        var none = await server.Admin.Got($"sessions/{id}/metrics");
        foreach (var name in (string[])["accuracy", "log_loss", "brier", "ece", "kappa_temporal", "model_age_seconds"])
            Assert.Equal(System.Text.Json.JsonValueKind.Null, none.GetProperty(name).ValueKind);
        for (var i = 0; i < 20; i++)
            await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"outcome_id":"o{{i}}","features":[{{i}},1,2],"actual":{{i / 3 % 2}}}""");
        var metrics = await server.Admin.Got($"sessions/{id}/metrics");

        Assert.Empty(((string[])[
            "session_id", "symbol", "seq", "predictions", "resolved", "open_questions", "accuracy", "accuracy_no_change", "accuracy_majority", "ema_accuracy", "log_loss", "brier", "ece", "kappa_temporal",
            "drifts", "adaptations", "model_age_seconds", "state_hash", "members"]).Except(metrics.Keys()));
        Assert.Empty(((string[])[
            "member", "predictions", "accuracy", "ema_accuracy", "adaptive_threshold", "adaptive_weight", "thompson_alpha", "thompson_beta", "calibration_error", "eligible", "state",
            "updated_at"]).Except(metrics.GetProperty("members")[0].Keys()));
        Assert.Equal((20, 20, 0), (metrics.Long("predictions"), metrics.Long("resolved"), metrics.Long("open_questions")));
        // 13 of 20 labels repeat the one before them; the first is compared with class 0.
        Assert.Equal(14 / 20.0, metrics.GetProperty("accuracy_no_change").GetDouble(), 12);
        Assert.All(((string[])["log_loss", "brier", "ece", "accuracy"]).Select(n => metrics.GetProperty(n).GetDouble()), value => Assert.InRange(value, 0, 2));
        await (await server.Admin.GetAsync("sessions/none/metrics")).Problem(404);
    }
}
