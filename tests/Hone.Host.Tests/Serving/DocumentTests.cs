using System.Text.Json;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Serving;

public sealed class DocumentTests
{
    [Fact]
    public async Task The_document_needs_a_key_to_read()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var nobody = server.Client(null);
        using var reader = server.Client(Role.Read);

        await (await nobody.GetAsync("/openapi/v1.json")).Problem(401);
        Assert.StartsWith("3.1", (await (await reader.GetAsync("/openapi/v1.json")).Success()).GetProperty("openapi").GetString());
    }

    [Fact]
    public async Task The_document_lists_exactly_the_endpoints_that_there_are()
    {
        await using var server = await TestServer.Start(TestApi.Map);

        Assert.Equal(Endpoints.Documented(server), Endpoints.InDocument(await Document(server)));
    }

    [Fact]
    public async Task It_answers_without_a_key_at_these_addresses_alone()
    {
        await using var server = await TestServer.Start(TestApi.Map);

        Expectation.Holds("endpoints without a key", string.Join('\n', Endpoints.WithoutKey(server)) + "\n");
    }

    [Fact]
    public async Task Every_endpoint_but_those_is_401_without_a_key()
    {
        await using var server = await TestServer.Start(TestApi.Map);

        await Endpoints.CheckKeyIsNeeded(server);
    }

    [Fact]
    public async Task An_operation_says_which_role_it_needs_how_it_fails_and_what_it_looks_like()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        var document = await Document(server);

        var post = document.GetProperty("paths").GetProperty("/api/v1/things").GetProperty("post");
        Assert.Contains("role ingest", post.GetProperty("description").GetString());
        Assert.True(post.GetProperty("security")[0].TryGetProperty("bearer", out _));
        Assert.Equal("http", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("type").GetString());
        foreach (var status in (string[])["400", "401", "403", "413", "415", "422", "429", "500"])
            Assert.Equal("#/components/schemas/Problem", post.GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString());
        Assert.Equal(JsonDocument.Parse(TestApi.Valid).RootElement.ToString(), post.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example").ToString().Replace("\n", "").Replace(" ", ""));
        Assert.Equal(1.5, post.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("example").GetProperty("size").GetDouble());
        Assert.Contains(post.GetProperty("parameters").EnumerateArray(), p => p.GetProperty("name").GetString() == "Idempotency-Key");
        var thing = document.GetProperty("components").GetProperty("schemas").GetProperty("Thing").GetProperty("properties");
        Assert.Contains("number", thing.GetProperty("size").GetProperty("type").ToString());
        Assert.Equal("date-time", thing.GetProperty("at").GetProperty("format").GetString());
    }

    private static async Task<JsonElement> Document(TestServer server)
    {
        using var client = server.Client();
        return await (await client.GetAsync("/openapi/v1.json")).Success();
    }
}

/// <summary>The endpoints of a server, from the server itself.</summary>
internal static class Endpoints
{
    private const string OfTheDocument = "/openapi/";

    /// <summary>Endpoints that the OpenAPI document must have: "GET /path".</summary>
    public static IEnumerable<string> Documented(TestServer server)
        => All(server).Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null).SelectMany(Names).Where(n => !n.Contains(OfTheDocument, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>Endpoints that an OpenAPI document has.</summary>
    public static IEnumerable<string> InDocument(JsonElement document)
        => document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}")).Order(StringComparer.Ordinal);

    /// <summary>Endpoints that answer everybody.</summary>
    public static IEnumerable<string> WithoutKey(TestServer server)
        => All(server).Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).SelectMany(Names).Order(StringComparer.Ordinal);

    /// <summary>Asks every other endpoint without a key.</summary>
    public static async Task CheckKeyIsNeeded(TestServer server)
    {
        using var nobody = server.Client(null);
        var open = WithoutKey(server).ToHashSet();
        var asked = 0;
        foreach (var name in All(server).SelectMany(Names).Where(n => !open.Contains(n)))
        {
            var (method, path) = (name.Split(' ')[0], System.Text.RegularExpressions.Regex.Replace(name.Split(' ')[1], "{[^}]*}", "v1"));
            var answer = await nobody.SendAsync(new(new HttpMethod(method), path));
            Assert.True(401 == (int)answer.StatusCode, $"{name}: {(int)answer.StatusCode}");
            asked++;
        }
        Assert.True(asked > 0);
    }

    private static IEnumerable<RouteEndpoint> All(TestServer server) => server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static IEnumerable<string> Names(RouteEndpoint endpoint)
        => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => $"{m} /{endpoint.RoutePattern.RawText!.Trim('/')}");
}
