using System.Text.Json;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

/// <summary>The OpenAPI document of the whole server says what its answers look like, and they do.</summary>
public sealed class DocumentedApiTests
{
    [Fact]
    public async Task Every_operation_has_a_summary_and_an_answer_with_schema_and_example()
    {
        await using var server = await ApiServer.Start();
        var lacking = new List<string>();
        var operations = 0;
        foreach (var (name, operation) in Operations(await Document(server)))
        {
            operations++;
            if (!operation.TryGetProperty("summary", out var summary) || summary.GetString()!.Length < 10)
                lacking.Add($"{name}: summary");
            if (operation.TryGetProperty("requestBody", out var body) && !body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _))
                lacking.Add($"{name}: example of the request");
            var good = operation.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] is '1' or '2').ToArray();
            if (good.Length == 0)
                lacking.Add($"{name}: answer");
            foreach (var answer in good.Where(r => r.Name != "204"))
                if (!answer.Value.TryGetProperty("content", out var content) || content.EnumerateObject().Any(c => !c.Value.TryGetProperty("schema", out _) || !c.Value.TryGetProperty("example", out _)))
                    lacking.Add($"{name}: schema and example of {answer.Name}");
        }
        Assert.Empty(lacking);
        Assert.True(operations > 35, $"{operations} operations");
    }

    [Fact]
    public async Task The_examples_have_the_keys_of_real_answers()
    {
        await using var server = await ApiServer.Start();
        var document = await Document(server);
        var admin = server.Admin;
        var seen = new List<string>();

        var started = await admin.Posted("sessions/start", """{"symbol":"BTCUSDT","config":{"features":["rsi","macd"],"members":["logistic-regression","passive-aggressive","no-change"]}}""");
        var id = started.Text("session_id");
        Same("post /api/v1/sessions/start", started);
        Same("post /api/v1/sessions/{id}/predict", await admin.Posted($"sessions/{id}/predict", Request("post /api/v1/sessions/{id}/predict")));
        Same("post /api/v1/sessions/{id}/outcomes", await admin.Posted($"sessions/{id}/outcomes", Request("post /api/v1/sessions/{id}/outcomes")));
        Same("get /api/v1/sessions/{id}/metrics", await admin.Got($"sessions/{id}/metrics"));
        Same("get /api/v1/sessions/{id}", await admin.Got($"sessions/{id}"));
        Same("get /api/v1/sessions", await admin.Got("sessions"));
        Same("get /api/v1/drift/status", await admin.Got("drift/status"));
        await admin.Posted($"sessions/{id}/predict", """{"features":[1,2],"market_id":"rain-2026-02-01"}""");
        Same("post /api/v1/markets/resolve", await admin.Posted("markets/resolve", """{"market_id":"rain-2026-02-01","outcome":"yes"}"""));
        foreach (var root in (string[])["/api/v1", ""])
        {
            Same($"post {root}/ml/online/add_training_data", await admin.Posted($"{root}/ml/online/add_training_data", Request($"post {root}/ml/online/add_training_data")));
            Same($"post {root}/ml/online/update", await admin.Posted($"{root}/ml/online/update", Request($"post {root}/ml/online/update")));
            Same($"get {root}/ml/online/stats", await admin.Got($"{root}/ml/online/stats"));
            Same($"post {root}/ml/hybrid/predict", await admin.Posted($"{root}/ml/hybrid/predict", Request($"post {root}/ml/hybrid/predict")));
            Same($"get {root}/ml/hybrid/status", await admin.Got($"{root}/ml/hybrid/status"));
        }
        Same("get /api/v1/success-metrics", await admin.Got("success-metrics"));
        Same("get /api/v1/journal/{session}", await admin.Got($"journal/{id}?from=3&limit=1"));
        var accepted = await admin.Posted($"sessions/{id}/verify", "");
        Same("post /api/v1/sessions/{id}/verify", accepted);
        Same("post /api/v1/backups", await admin.Posted("backups", ""));
        Same("get /api/v1/jobs", await admin.Got("jobs"));
        Same("get /api/v1/jobs/{id}", await admin.Got(accepted.Text("status_url")));
        var outcome = default(JsonElement);
        await Eventually.Holds(
            async () =>
            {
                var events = (await admin.Got($"events?session={id}")).GetProperty("events").EnumerateArray();
                outcome = events.FirstOrDefault(e => e.Text("type") == "outcome");
                return outcome.ValueKind == JsonValueKind.Object;
            },
            "no outcome among the events");
        Same("get /api/v1/events", JsonDocument.Parse($$"""{"events":[{{outcome.GetRawText()}}],"next":"x"}""").RootElement);
        Same("get /api/v1/catalog", await admin.Got("catalog"), part: "learners");
        Same("get /health/live", await admin.Got("/health/live"));
        Same("get /health/ready", await admin.Got("/health/ready"));
        Same("delete /api/v1/sessions/{id}", await (await admin.DeleteAsync($"sessions/{id}")).Success());
        Assert.Equal(29, seen.Count);

        string Request(string name) => Operation(document, name).GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText();

        void Same(string name, JsonElement real, string? part = null)
        {
            var answers = Operation(document, name).GetProperty("responses").EnumerateObject().First(r => r.Name[0] == '2');
            var example = answers.Value.GetProperty("content").GetProperty("application/json").GetProperty("example");
            Compare(name, part is null ? example : example.GetProperty(part), part is null ? real : real.GetProperty(part));
            seen.Add(name);
        }
    }

    [Fact]
    public async Task The_example_of_bars_has_the_keys_of_a_real_answer()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started("""{"symbol":"BTCUSDT@1h","config":{"trading":true}}""");
        var bars = (await server.Admin.Posted($"sessions/{id}/bars", NounTests.Bars(0, 300))).GetProperty("bars").EnumerateArray();
        var example = Operation(await Document(server), "post /api/v1/sessions/{id}/bars").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("example").GetProperty("bars")[0];

        var filled = bars.First(b => b.GetProperty("fills").GetArrayLength() > 0 && b.GetProperty("orders").GetArrayLength() > 0);

        Assert.Equal(example.Keys().Where(k => k != "features"), filled.Keys().Where(k => k != "features"));
        foreach (var list in (string[])["fills", "orders"])
            Compare(list, example.GetProperty(list), filled.GetProperty(list));
    }

    // Lists are compared by their first items; what is null on one side says nothing of its keys.
    private static void Compare(string where, JsonElement example, JsonElement real)
    {
        if (example.ValueKind == JsonValueKind.Null || real.ValueKind == JsonValueKind.Null)
            return;
        Assert.True(Kind(example) == Kind(real), $"{where}: the example is {example}, the answer {real}");
        if (example.ValueKind == JsonValueKind.Array && example.GetArrayLength() > 0 && real.GetArrayLength() > 0)
            Compare($"{where}[0]", example[0], real[0]);
        // What a job found is its own.
        if (example.ValueKind != JsonValueKind.Object || where.EndsWith(".result", StringComparison.Ordinal))
            return;
        Assert.True(example.Keys().SequenceEqual(real.Keys()), $"{where}: the example has {string.Join(", ", example.Keys())}, the answer {string.Join(", ", real.Keys())}");
        foreach (var member in example.EnumerateObject())
            Compare($"{where}.{member.Name}", member.Value, real.GetProperty(member.Name));
    }

    private static JsonValueKind Kind(JsonElement value) => value.ValueKind == JsonValueKind.False ? JsonValueKind.True : value.ValueKind;

    private static JsonElement Operation(JsonElement document, string name)
        => Operations(document).FirstOrDefault(o => o.Name == name).Operation is { ValueKind: JsonValueKind.Object } found ? found : throw new InvalidOperationException($"The document has no {name}.");

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document)
        => document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => ($"{o.Name} {(p.Name.Length > 1 ? p.Name.TrimEnd('/') : p.Name)}", o.Value)));

    private static Task<JsonElement> Document(ApiServer server) => server.Admin.Got("/openapi/v1.json");
}
