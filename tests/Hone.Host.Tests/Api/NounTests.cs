using System.Globalization;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

/// <summary>The nouns beside sessions: bars, online and hybrid learning, markets, drift, success, jobs, events and journals.</summary>
public sealed class NounTests
{
    internal static string Bars(int from, int count) => $$"""{"bars":[{{string.Join(',', Enumerable.Range(from, count).Select(Bar))}}]}""";

    private static string Bar(int i)
    {
        var close = 100 + 5 * Math.Sin(i / 7.0) + 2 * Math.Sin(i / 3.0);
        var text = FormattableString.Invariant($"\"open\":{close - 0.2:0.####},\"high\":{close + 0.6:0.####},\"low\":{close - 0.7:0.####},\"close\":{close:0.####},\"volume\":{1000 + i % 50}");
        return $$"""{"timestamp":"{{new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(i).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}}",{{text}}}""";
    }

    [Fact]
    public async Task Posted_bars_are_traded_and_a_repeated_bar_is_answered_again()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"BTCUSDT@1h","config":{"trading":true}}""");

        var first = (await server.Admin.Posted($"sessions/{id}/bars", Bars(0, 500))).GetProperty("bars");
        var hash = (await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash");
        var again = (await server.Admin.Posted($"sessions/{id}/bars", Bars(495, 5))).GetProperty("bars");

        Assert.Equal(500, first.GetArrayLength());
        Assert.Equal("2024-01-01T01:00:00Z", first[0].Text("close_time"));
        Assert.Empty(((string[])["seq", "already_recorded", "features", "prediction", "orders", "fills"]).Except(first[499].Keys()));
        Assert.NotEmpty(first[499].GetProperty("features").EnumerateObject());
        Assert.Equal(id + "-b499", first[499].GetProperty("prediction").Text("prediction_id"));
        Assert.Contains(first.EnumerateArray(), bar => bar.GetProperty("fills").GetArrayLength() > 0);
        Assert.All(again.EnumerateArray(), bar => Assert.True(bar.GetProperty("already_recorded").GetBoolean()));
        Assert.Equal(first[499].GetProperty("prediction").ToString(), again[4].GetProperty("prediction").ToString());
        Assert.Equal(hash, (await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash"));
        await (await server.Admin.Post($"sessions/{id}/bars", Bars(499, 1).Replace("\"volume\":1049", "\"volume\":7"))).Problem(409);
        await (await server.Admin.Post($"sessions/{id}/predict", """{"features":[1]}""")).Problem(409);
    }

    [Fact]
    public async Task One_bar_of_an_unknown_length_is_422_and_a_session_that_is_asked_takes_none()
    {
        await using var server = await ApiServer.Start();
        var trading = await server.Admin.Started("""{"symbol":"X","config":{"trading":true}}""");

        Assert.Contains("config.step", (await (await server.Admin.Post($"sessions/{trading}/bars", Bars(0, 1))).Problem(422)).Detail());
        await (await server.Admin.Post($"sessions/{await server.Admin.Started()}/bars", Bars(0, 2))).Problem(409);
        await (await server.Admin.Post($"sessions/{trading}/bars?stamp=end", Bars(0, 2))).Problem(400);
        var bars = (await server.Admin.Posted($"sessions/{trading}/bars?stamp=close", Bars(1, 2))).GetProperty("bars");
        Assert.Equal("2024-01-01T01:00:00Z", bars[0].Text("close_time"));
    }

    [Fact]
    public async Task Training_data_waits_for_the_update_and_is_added_once()
    {
        await using var server = await ApiServer.Start();
        const string Example = """{"symbol":"ETHUSDT","features":[0.1,0.2],"target":1,"id":"e1"}""";

        var added = await server.Admin.Posted("ml/online/add_training_data", Example);
        var again = await server.Admin.Posted("/ml/online/add_training_data", Example);
        var unmarked = await server.Admin.Posted("ml/online/add_training_data", """{"symbol":"ETHUSDT","features":[0.3,0.2],"target":0}""");
        var updated = await server.Admin.Posted("/ml/online/update", """{"symbol":"ETHUSDT"}""");
        var stats = Assert.Single((await server.Admin.Got("ml/online/stats")).GetProperty("sessions").EnumerateArray());

        Assert.Equal(["status", "pending", "seq", "exactly_once", "already_added"], added.Keys());
        Assert.Equal(("added", 1L, true), (added.Text("status"), added.Long("pending"), added.GetProperty("exactly_once").GetBoolean()));
        Assert.Equal((1L, true), (again.Long("pending"), again.GetProperty("already_added").GetBoolean()));
        Assert.Equal((2L, false), (unmarked.Long("pending"), unmarked.GetProperty("exactly_once").GetBoolean()));
        Assert.Equal(["status", "learned"], updated.Keys());
        Assert.Equal(("updated", 2L), (updated.Text("status"), updated.Long("learned")));
        Assert.Equal((2L, 0L, 2L), (stats.Long("added"), stats.Long("pending"), stats.Long("learned")));
        await (await server.Admin.Post("ml/online/update", """{"symbol":"NONE"}""")).Problem(404);
    }

    [Fact]
    public async Task First_calls_at_once_start_one_session()
    {
        await using var server = await ApiServer.Start();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => server.Admin.Posted("ml/online/add_training_data", $$"""{"symbol":"S","features":[{{i}}],"target":{{i % 2}},"id":"e{{i}}"}""")));

        Assert.Single((await server.Admin.Got("sessions")).GetProperty("sessions").EnumerateArray());
        Assert.Equal(50, (await server.Admin.Posted("ml/online/update", """{"symbol":"S"}""")).Long("learned"));
    }

    [Fact]
    public async Task A_technical_signal_is_joined_by_the_formulas_of_the_contract()
    {
        await using var server = await ApiServer.Start();
        const string Question = """{"symbol":"H","features":[1],"technical_signal":0.8,"technical_confidence":0.7}""";

        var quiet = await server.Admin.Posted("ml/hybrid/predict", Question);
        for (var i = 0; i < 80; i++)
            await server.Admin.Posted("ml/online/add_training_data", $$"""{"symbol":"H","features":[{{(i % 2 == 0 ? 1 : -1)}}],"target":{{(i % 2 == 0 ? 1 : 0)}},"id":"e{{i}}"}""");
        await server.Admin.Posted("ml/online/update", """{"symbol":"H"}""");
        var acting = await server.Admin.Posted("/ml/hybrid/predict", Question);

        Assert.Empty(((string[])["prediction_id", "technical_signal", "ml_prediction", "ml_confidence", "combined_signal", "final_confidence", "act"]).Except(quiet.Keys()));
        Assert.False(quiet.GetProperty("act").GetBoolean());
        Assert.Equal((0.8, 0.7), (quiet.GetProperty("combined_signal").GetDouble(), quiet.GetProperty("final_confidence").GetDouble()));
        Assert.True(acting.GetProperty("act").GetBoolean(), acting.ToString());
        var (ml, confidence) = (acting.GetProperty("ml_prediction").GetDouble(), acting.GetProperty("ml_confidence").GetDouble());
        Assert.Equal(2 * confidence - 1, Math.Abs(ml), 12);
        Assert.Equal(0.6 * 0.8 + 0.4 * ml, acting.GetProperty("combined_signal").GetDouble(), 12);
        Assert.Equal(0.7 * 0.7 + 0.3 * confidence, acting.GetProperty("final_confidence").GetDouble(), 12);
        await (await server.Admin.Post("ml/hybrid/predict", Question.Replace("0.8", "1.1"))).Problem(400);
        Assert.Equal("H", (await server.Admin.Got("ml/hybrid/status")).GetProperty("sessions")[0].Text("symbol"));
    }

    [Fact]
    public async Task A_market_answers_its_predictions_in_all_sessions_and_void_learns_nothing()
    {
        await using var server = await ApiServer.Start();
        var (a, b) = (await server.Admin.Started(), await server.Admin.Started(Asking.Start.Replace("BTCUSDT", "ETHUSDT")));
        foreach (var (id, market) in ((string, string)[])[(a, "m1"), (a, "m1"), (b, "m1"), (b, "m2")])
            await server.Admin.Posted($"sessions/{id}/predict", $$"""{"features":[1,2,3],"market_id":"{{market}}","context":{"price":0.4,"fee_rate":0.02} }""");

        var resolved = await server.Admin.Posted("markets/resolve", """{"market_id":"m1","outcome":"yes"}""");
        var again = await server.Admin.Posted("markets/resolve", """{"market_id":"m1","outcome":"yes"}""");
        var voided = await server.Admin.Posted("markets/resolve", """{"market_id":"m2","outcome":"void"}""");

        Assert.Equal((3L, 0L), (resolved.Long("resolved"), resolved.Long("voided")));
        Assert.Equal((3L, true), (again.Long("resolved"), again.GetProperty("already_resolved").GetBoolean()));
        Assert.Equal((0L, 1L), (voided.Long("resolved"), voided.Long("voided")));
        Assert.Equal((2L, 1L), ((await server.Admin.Got($"sessions/{a}/metrics")).Long("resolved"), (await server.Admin.Got($"sessions/{b}/metrics")).Long("resolved")));
        await (await server.Admin.Post("markets/resolve", """{"market_id":"m1","outcome":"no"}""")).Problem(409);
        await (await server.Admin.Post("markets/resolve", """{"market_id":"m9","outcome":"no"}""")).Problem(404);
    }

    [Fact]
    public async Task Drift_success_and_the_catalog_have_the_fields_of_the_contract()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/outcomes", """{"outcome_id":"o","features":[1,2,3],"actual":1}""");

        var drift = await server.Admin.Got("drift/status");
        var success = await server.Admin.Got("success-metrics");
        var catalog = await server.Admin.Got("catalog");

        Assert.Equal(["at", "drifting", "sessions", "next"], drift.Keys());
        Assert.Equal(["session_id", "symbol", "level", "detectors"], drift.GetProperty("sessions")[0].Keys());
        Assert.Equal(["detector", "channel", "member", "statistic", "threshold", "level", "last_drift_at"], drift.GetProperty("sessions")[0].GetProperty("detectors")[0].Keys());
        Assert.Equal(["model_freshness", "adaptation_speed", "prediction_accuracy", "learning_efficiency", "business_impact"], success.Keys());
        Assert.True(success.GetProperty("model_freshness").GetProperty("average_age_seconds").GetDouble() >= 0);
        Assert.Contains(catalog.GetProperty("learners").EnumerateArray(), learner => learner.Text("name") == "logistic-regression");
    }

    [Fact]
    public async Task A_backup_is_a_job_that_is_still_known_after_a_restart()
    {
        await using var server = await ApiServer.Start();
        await server.Admin.Started();

        var answer = await server.Admin.Post("backups", "");
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        var job = await answer.Success();
        Assert.Equal(["job_id", "status", "status_url"], job.Keys());
        await Eventually.Holds(async () => (await server.Admin.Got(job.Text("status_url"))).Text("status") is "succeeded" or "failed", "the backup is over");
        var done = await server.Admin.Got(job.Text("status_url"));

        Assert.Empty(((string[])["job_id", "kind", "status", "phase", "progress", "started_at", "finished_at", "result", "error"]).Except(done.Keys()));
        Assert.Equal("succeeded", done.Text("status"));
        Assert.True(File.Exists(Path.Combine(server.Home, "backups", done.GetProperty("result").Text("name"))));
        await server.Restart();
        Assert.Equal(done.ToString(), (await server.Admin.Got(job.Text("status_url"))).ToString());
        Assert.Single((await server.Admin.Got("jobs")).GetProperty("jobs").EnumerateArray());
        await (await server.Admin.GetAsync("jobs/none")).Problem(404);
    }

    [Fact]
    public async Task Events_of_all_sessions_are_read_on_from_where_one_was()
    {
        await using var server = await ApiServer.Start();
        var ids = new[] { await server.Admin.Started(), await server.Admin.Started(Asking.Start.Replace("BTCUSDT", "ETHUSDT")) };
        for (var i = 0; i < 10; i++)
            await server.Admin.Posted($"sessions/{ids[i % 2]}/outcomes", $$"""{"outcome_id":"o{{i}}","features":[1,2,3],"actual":1}""");
        var seen = new List<(string, long, long)>();
        var next = "";
        await Eventually.Holds(
            async () =>
            {
                var page = await server.Admin.Got($"events?limit=3{(next == "" ? "" : $"&after={next}")}");
                seen.AddRange(page.GetProperty("events").EnumerateArray().Select(e => (e.Text("symbol"), e.Long("seq"), e.Long("n"))));
                next = page.Text("next");
                return seen.Count >= 10;
            },
            "ten events");

        Assert.Equal(10, seen.Distinct().Count());
        Assert.Equal(seen.Where(e => e.Item1 == "BTCUSDT").OrderBy(e => e.Item2), seen.Where(e => e.Item1 == "BTCUSDT"));
        var of = await server.Admin.Got($"events?session={ids[0]}&after=3");
        Assert.Equal(4, of.GetProperty("events")[0].Long("seq"));
        Assert.Equal(["type", "seq", "n", "at", "symbol", "data"], of.GetProperty("events")[0].Keys());
        await (await server.Admin.GetAsync("events?after=17")).Problem(400);
    }

    [Fact]
    public async Task A_journal_is_read_entry_by_entry()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,null,3],"prediction_id":"p","context":{"note":"x"}}""");
        await server.Admin.Posted($"sessions/{id}/outcomes", """{"prediction_id":"p","actual":1,"pnl":2.5}""");

        var first = await server.Admin.Got($"journal/{id}?limit=2");
        var rest = await server.Admin.Got($"journal/{id}?from={first.Long("next")}");

        Assert.Equal(["start", "ask"], first.GetProperty("entries").EnumerateArray().Select(e => e.Text("kind")));
        Assert.Equal("x", first.GetProperty("entries")[1].GetProperty("data").GetProperty("context").Text("note"));
        var answer = Assert.Single(rest.GetProperty("entries").EnumerateArray());
        Assert.Equal(("answer", 2L, 2.5), (answer.Text("kind"), answer.GetProperty("data").Long("question"), answer.GetProperty("data").GetProperty("pnl").GetDouble()));
        await (await server.Admin.GetAsync("journal/none")).Problem(404);
    }
}
