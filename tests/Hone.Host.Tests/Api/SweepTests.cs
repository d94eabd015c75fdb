using System.Text.RegularExpressions;
using Hone.Host.Serving.Keys;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Api;

/// <summary>What must hold for every endpoint of the product, whichever there are.</summary>
public sealed partial class SweepTests
{
    /// <summary>Every POST that takes a body: a body that it takes, a required member that is no number, and a number of it. BTCUSDT is the session under {id}.</summary>
    private static readonly (string Path, string Body, string Text, string? Number)[] Bodies =
    [
        ("/api/v1/sessions/start", """{"symbol":"ETHUSDT","config":{"features":3}}""", "symbol", null),
        ("/api/v1/sessions/{id}/outcomes", """{"outcome_id":"o1","features":[1,2,3],"actual":1}""", "outcome_id", "actual"),
        ("/api/v1/sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"p1"}""", "features", null),
        ("/api/v1/sessions/{id}/bars", """{"bars":[{"timestamp":"2024-01-01T00:00:00Z","open":1,"high":2,"low":0.5,"close":1.5,"volume":10}]}""", "bars", null),
        ("/api/v1/markets/resolve", """{"market_id":"m","outcome":"yes"}""", "market_id", null),
        ("/api/v1/ml/online/add_training_data", """{"symbol":"SOLUSDT","features":[1,2,3],"target":1,"id":"e1"}""", "symbol", "target"),
        ("/api/v1/ml/online/update", """{"symbol":"SOLUSDT"}""", "symbol", null),
        ("/api/v1/ml/hybrid/predict", """{"symbol":"SOLUSDT","features":[1,2,3],"technical_signal":0.5,"technical_confidence":0.5}""", "symbol", "technical_signal"),
        ("/ml/online/add_training_data", """{"symbol":"SOLUSDT","features":[1,2,3],"target":1,"id":"e2"}""", "symbol", "target"),
        ("/ml/online/update", """{"symbol":"SOLUSDT"}""", "symbol", null),
        ("/ml/hybrid/predict", """{"symbol":"SOLUSDT","features":[1,2,3],"technical_signal":0.5,"technical_confidence":0.5}""", "symbol", "technical_signal"),
    ];

    /// <summary>Those that read no body.</summary>
    private static readonly string[] Bodiless = ["/api/v1/backups", "/api/v1/jobs/{id}/cancel", "/api/v1/sessions/{id}/verify", "/api/v1/streaming/tickets", "/api/v1/sign-out", "/api/v1/sign-in/codes"];

    [Fact]
    public async Task Only_these_endpoints_answer_without_a_key()
    {
        await using var api = await WholeApi.Start();

        // The stream is one of them: it says nothing before it has a ticket.
        Expectation.Holds("endpoints of the product without a key", string.Join('\n', Endpoints.WithoutKey(api.Web)) + "\n");
        await Endpoints.CheckKeyIsNeeded(api.Web);
    }

    [Fact]
    public async Task The_OpenAPI_document_lists_exactly_the_endpoints_that_there_are()
    {
        await using var api = await WholeApi.Start();
        using var client = api.Admin();

        Assert.Equal(Endpoints.Documented(api.Web), Endpoints.InDocument(await client.Got("/openapi/v1.json")));
    }

    [Fact]
    public async Task Each_role_may_do_what_the_table_says_and_no_more()
    {
        await using var api = await WholeApi.Start();
        var open = Endpoints.WithoutKey(api.Web).ToHashSet();
        var clients = Enum.GetValues<Role>().ToDictionary(role => role, role => api.Web.Client(role));
        var table = new List<string>();
        foreach (var name in Endpoints.Documented(api.Web).Where(n => !open.Contains(n)))
        {
            var (method, path) = (name.Split(' ')[0], Parameter().Replace(name.Split(' ')[1], "v1"));
            var allowed = new List<Role>();
            foreach (var (role, client) in clients)
            {
                var answer = await client.SendAsync(new(new HttpMethod(method), path) { Content = method == "POST" ? Answers.Json("{}") : null });
                if ((int)answer.StatusCode == 403)
                    Assert.Contains("This needs a key with the role", (await answer.Problem(403)).Detail());
                else
                    allowed.Add(role);
            }
            // A role may what those below it may.
            Assert.Equal(clients.Keys.Where(r => r >= allowed[0]), allowed);
            table.Add($"{allowed[0].ToString().ToLowerInvariant()} {name}");
        }
        foreach (var client in clients.Values)
            client.Dispose();
        Expectation.Holds("roles of endpoints", string.Join('\n', table) + "\n");
    }

    [Fact]
    public async Task Every_malformed_body_is_refused_by_every_POST_with_a_problem()
    {
        await using var api = await WholeApi.Start();
        using var client = api.Admin();
        var id = await client.Started();
        var trading = await client.Started("""{"symbol":"BTCUSDT@1h","config":{"trading":true,"asset_class":"crypto"}}""");
        await client.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"market_id":"m"}""");
        var posts = Endpoints.Documented(api.Web).Where(n => n.StartsWith("POST ", StringComparison.Ordinal)).Select(n => n[5..]);
        // A new endpoint must come into one of the lists.
        Assert.Equal([.. Bodies.Select(b => b.Path), .. Bodiless, "/api/v1/sign-in"], posts.ToHashSet());

        foreach (var (path, valid, text, number) in Bodies)
        {
            var address = path.Replace("{id}", path.EndsWith("/bars", StringComparison.Ordinal) ? trading : id);
            foreach (var (name, body) in MalformedBodies.Of(valid, text, number))
                await Refused(client, address, name, body, name == "null for a number as actual" ? 422 : 400);
            await client.Posted(address, valid);
        }
        // Nothing of it arrived but what was valid: an outcome, and that of a market.
        Assert.Equal(2, (await client.Got($"sessions/{id}/metrics")).Long("resolved"));
    }

    [Fact]
    public async Task No_address_leaves_the_tree_or_makes_the_server_fail()
    {
        await using var api = await WholeApi.Start();

        Assert.True(await TraversalTests.Check(api.Web) >= 6 * 60);
    }

    private static async Task Refused(HttpClient client, string path, string name, byte[] body, int status = 400)
    {
        var answer = await client.PostAsync(path, new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });
        Assert.True(status == (int)answer.StatusCode, $"{path}, {name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        var problem = await answer.Problem(status);
        Assert.True(problem.GetProperty("errors").EnumerateObject().Any(), $"{path}, {name}");
        Assert.DoesNotContain("Hone.", problem.ToString());
        Assert.DoesNotContain("System.", problem.ToString());
    }

    [GeneratedRegex("{[^}]*}")]
    private static partial Regex Parameter();
}
