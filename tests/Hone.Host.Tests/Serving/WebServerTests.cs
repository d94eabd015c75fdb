using Hone.Host.Serving.Keys;

namespace Hone.Host.Tests.Serving;

public sealed class WebServerTests
{
    [Fact]
    public async Task It_says_that_it_lives_to_everybody()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client(null);

        Assert.Equal("live", (await (await client.GetAsync("/health/live")).Success()).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("GET", "/api/v1/things/a", 401)]
    [InlineData("GET", "/health/ready", 401)]
    [InlineData("GET", "/nothing", 401)]
    [InlineData("DELETE", "/api/v1/things", 401)]
    public async Task Without_a_key_there_is_no_answer_but_401(string method, string path, int status)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client(null);

        var answer = await client.SendAsync(new(new HttpMethod(method), path));

        await answer.Problem(status);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    [InlineData("hone_")]
    public async Task A_wrong_key_is_401_and_says_so(string header)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        Assert.Contains("wrong", (await (await client.GetAsync("/health/ready")).Problem(401)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task With_a_key_an_unknown_address_is_404_and_a_wrong_method_405()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();

        await (await client.GetAsync("/nothing")).Problem(404);
        var answer = await client.DeleteAsync("/api/v1/things");
        await answer.Problem(405);
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_role_reaches_what_it_may_and_no_more()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var reader = server.Client(Role.Read);
        using var feeder = server.Client(Role.Ingest);

        await (await reader.GetAsync("/api/v1/things/a")).Success();
        var refused = await (await reader.PostAsync("/api/v1/things", Answers.Json(TestApi.Valid))).Problem(403);
        Assert.Equal("This needs a key with the role ingest; this one has the role read.", refused.GetProperty("detail").GetString());
        await (await feeder.PostAsync("/api/v1/things", Answers.Json(TestApi.Valid))).Success();
    }

    [Fact]
    public async Task A_failure_inside_is_500_with_an_id_and_without_a_word_about_the_code()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();

        var answer = await client.GetAsync("/api/v1/fail");

        var problem = await answer.Problem(500);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("secret detail", text);
        Assert.DoesNotContain("   at ", text);
        Assert.DoesNotContain("Exception", text);
        Assert.Contains(problem.GetProperty("trace_id").GetString()!, server.Log);
        Assert.Contains("secret detail", server.Log);
    }

    [Theory]
    [InlineData(false, Role.Admin, 403)]
    [InlineData(true, Role.Operate, 403)]
    [InlineData(true, Role.Admin, 204)]
    public async Task What_cannot_be_taken_back_needs_an_admin_and_the_switch(bool isAllowed, Role role, int status)
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { AllowDangerous = isAllowed });
        using var client = server.Client(role);

        var answer = await client.DeleteAsync("/api/v1/for-ever");

        Assert.Equal(status, (int)answer.StatusCode);
        if (status != 204)
            await answer.Problem(403);
    }
}
