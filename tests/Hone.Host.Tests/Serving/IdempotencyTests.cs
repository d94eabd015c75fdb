using System.Net;
using Hone.Host.Serving.Keys;

namespace Hone.Host.Tests.Serving;

public sealed class IdempotencyTests
{
    private const string Path = "/api/v1/effects";

    [Fact]
    public async Task A_thousand_requests_at_once_with_one_key_have_one_effect_and_one_answer()
    {
        var api = new TestApi();
        await using var server = await TestServer.Start(api.MapAll, o => o with { Limits = o.Limits with { ConnectionsMax = 2_000 } });
        using var client = server.Client(Role.Ingest);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => client.SendAsync(Post("one"))));

        Assert.Equal(1, api.Effects);
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
        var bodies = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()));
        Assert.Equal("""{"number":1,"key":"one"}""", Assert.Single(bodies.Distinct()));
        Assert.Single(answers, a => !a.Headers.Contains("Idempotency-Replayed"));
        Assert.All(answers, a => Assert.Equal("/api/v1/effects/a", a.Headers.Location?.OriginalString));
        Assert.All(answers, a => Assert.Equal("application/json; charset=utf-8", a.Content.Headers.ContentType?.ToString()));
    }

    [Fact]
    public async Task The_same_key_with_another_body_or_query_is_422_and_does_nothing()
    {
        var api = new TestApi();
        await using var server = await TestServer.Start(api.MapAll);
        using var client = server.Client();

        await (await client.SendAsync(Post("k"))).Success();
        await (await client.SendAsync(Post("k", """{"name":"b"}"""))).Problem(422);
        var request = Post("k");
        request.RequestUri = new Uri(Path + "?x=1", UriKind.Relative);
        await (await client.SendAsync(request)).Problem(422);

        Assert.Equal(1, api.Effects);
    }

    [Fact]
    public async Task Another_holder_or_another_address_is_another_request_and_without_a_key_each_is_new()
    {
        var api = new TestApi();
        await using var server = await TestServer.Start(api.MapAll);
        using var one = server.Client(Role.Ingest);
        using var other = server.Client(Role.Ingest);

        await (await one.SendAsync(Post("k"))).Success();
        await (await other.SendAsync(Post("k"))).Success();
        await (await one.SendAsync(Post(null))).Success();
        await (await one.SendAsync(Post(null))).Success();

        Assert.Equal(4, api.Effects);
    }

    [Fact]
    public async Task An_answer_that_says_that_nothing_was_done_is_not_kept()
    {
        var api = new TestApi();
        await using var server = await TestServer.Start(api.MapAll);
        using var client = server.Client();

        foreach (var status in (int[])[409, 422, 429, 500, 503])
            await (await client.SendAsync(Post("k", $$"""{"name":"a","fail":{{status}}}"""))).Problem(status);
        await (await client.SendAsync(Post("k", """{"nam":"a"}"""))).Problem(400);
        await (await client.SendAsync(Post("k"))).Success();

        Assert.Equal(1, api.Effects);
        Assert.Single(server.Journal.All);
    }

    [Fact]
    public async Task A_key_ends_after_a_day()
    {
        var api = new TestApi();
        var time = new ManualTime();
        await using var server = await TestServer.Start(api.MapAll, time: time);
        using var client = server.Client();

        await (await client.SendAsync(Post("k"))).Success();
        time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.True((await client.SendAsync(Post("k"))).Headers.Contains("Idempotency-Replayed"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await client.SendAsync(Post("k"))).Headers.Contains("Idempotency-Replayed"));

        Assert.Equal(2, api.Effects);
    }

    [Fact]
    public async Task An_endpoint_that_keeps_its_own_keys_gets_each_request_and_its_key()
    {
        var api = new TestApi();
        await using var server = await TestServer.Start(api.MapAll);
        using var client = server.Client();

        for (var i = 1; i <= 2; i++)
        {
            var request = Post("\"k-1\"");
            request.RequestUri = new Uri("/api/v1/own-effects", UriKind.Relative);
            var answer = await (await client.SendAsync(request)).Success();
            Assert.Equal((i, "k-1"), (answer.GetProperty("number").GetInt32(), answer.GetProperty("key").GetString()));
        }
        Assert.Empty(server.Journal.All);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("\"\"")]
    [InlineData("LONG")]
    public async Task A_key_that_cannot_be_one_is_400(string key)
    {
        var api = new TestApi();
        await using var server = await TestServer.Start(api.MapAll);
        using var client = server.Client();

        var answer = await client.SendAsync(Post(key == "LONG" ? new string('k', 129) : key));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, api.Effects);
    }

    private static HttpRequestMessage Post(string? key, string body = """{"name":"a"}""")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Answers.Json(body) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }
}
