using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hone.Host.Serving.Json;

namespace Hone.Host.Tests.Serving;

public sealed class JsonBodyTests
{
    [Fact]
    public async Task Every_malformed_body_is_400_with_a_problem_that_says_what_is_wrong_where()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();
        var bodies = MalformedBodies.Of(TestApi.Valid, "name", "size").ToArray();

        Assert.True(bodies.Length >= 40);
        foreach (var (name, body) in bodies)
        {
            var answer = await client.PostAsync("/api/v1/things", Json(body));
            Assert.True(400 == (int)answer.StatusCode, $"{name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            var problem = await answer.Problem(400);
            Assert.True(problem.GetProperty("errors").EnumerateObject().Any(), name);
            Assert.DoesNotContain("Hone.", problem.ToString());
            Assert.DoesNotContain("System.", problem.ToString());
        }
        await (await client.PostAsync("/api/v1/things", Answers.Json(TestApi.Valid))).Success();
    }

    [Theory]
    [InlineData("""{"name":"a","size":"1","values":[]}""", "size", "is \"1\"; it must be a finite number.")]
    [InlineData("""{"name":"a","size":1,"values":[1,"x"]}""", "values[1]", "is \"x\"; it must be a finite number.")]
    [InlineData("""{"name":"a","size":1,"values":[1,1e400]}""", "values[1]", "is 1e400; it must be a finite number.")]
    [InlineData("""{"name":"a","size":1,"values":[],"extra":{"a":[0,{"b":1e999}]}}""", "extra.a[1].b", "is 1e999; it must be a finite number.")]
    [InlineData("""{"name":"a","size":1,"values":[],"extra":{"a":"\ud800"}}""", "extra.a", "holds half of a surrogate pair; it must be Unicode text.")]
    [InlineData("""{"name":"a","size":1,"values":[],"side":"up"}""", "side", "is \"up\"; it must be one of long, short.")]
    [InlineData("""{"name":"a","size":1,"values":[],"side":1}""", "side", "is 1; it must be one of long, short.")]
    [InlineData("""{"name":"a","size":1,"values":[],"at":"yesterday"}""", "at", "is \"yesterday\"; it must be a moment such as \"2026-01-31T14:00:00Z\".")]
    [InlineData("""{"name":"a","size":1,"values":[],"at":"2026-01-31T14:00:00"}""", "at", "is \"2026-01-31T14:00:00\"; it must be a moment such as \"2026-01-31T14:00:00Z\".")]
    [InlineData("""{"name":"a","size":1,"values":[],"count":1.5}""", "count", "is 1.5; it must be a whole number.")]
    [InlineData("""{"name":"a","size":1}""", "values", "is missing; it must be a list; each must be a finite number.")]
    [InlineData("""{"name":null,"size":1,"values":[]}""", "name", "is null; it must be a text.")]
    [InlineData("""{"name":"a","size":1,"values":[],"sise":1}""", "sise", "is not known here; known: name, size, values, at, side, extra, count.")]
    [InlineData("""{"name":"a","size":1,"values":[],"size":2}""", "size", "stands there twice.")]
    [InlineData("""{"name":"a","size":1,"values":[],"extra":{"a":1,"a":2}}""", "extra", "holds 'a' twice.")]
    [InlineData("""[]""", "$", "is a list; it must be an object with name, size, values, at, side, extra, count.")]
    [InlineData("""null""", "$", "is null; it must be an object with name, size, values, at, side, extra, count.")]
    public void A_problem_names_the_field_what_was_found_and_what_is_expected(string body, string field, string what)
    {
        var problem = Assert.Throws<Hone.Host.Serving.ProblemException>(() => JsonReading.Read<Thing>(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(400, problem.Status);
        var (path, messages) = Assert.Single(problem.Errors!);
        Assert.Equal((field, what), (path, Assert.Single(messages)));
    }

    [Fact]
    public void Every_missing_field_is_named()
    {
        var problem = Assert.Throws<Hone.Host.Serving.ProblemException>(() => JsonReading.Read<Thing>("{}"u8));

        Assert.Equal(["name", "size", "values"], problem.Errors!.Keys);
    }

    [Theory]
    [InlineData("2026-01-31T14:00:00Z", 14, 0)]
    [InlineData("2026-01-31T15:00:00.5+01:00", 14, 500_000)]
    [InlineData("2026-01-31T09:00-05:00", 14, 0)]
    public void A_moment_is_read_with_its_offset(string text, int hour, int micros)
    {
        var read = JsonReading.Read<Thing>(Encoding.UTF8.GetBytes($$"""{"name":"a","size":1,"values":[],"at":"{{text}}"}"""));

        Assert.Equal(new DateTime(2026, 1, 31, hour, 0, 0, DateTimeKind.Utc).AddMicroseconds(micros), read.At);
    }

    [Fact]
    public async Task A_number_that_does_not_exist_is_null_in_an_answer()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();

        Assert.Equal("""{"name":"a","size":null}""", await client.GetStringAsync("/api/v1/things/a"));
        Assert.Equal("[null,null,1.5,null]", JsonSerializer.Serialize<double[]>([double.NaN, double.PositiveInfinity, 1.5, double.NegativeInfinity], StrictJson.Options));
        Assert.Equal("[null,1.5]", JsonSerializer.Serialize<float[]>([float.NaN, 1.5f], StrictJson.Options));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_body_that_does_not_say_it_is_JSON_is_415(string? type)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();
        var content = Answers.Json(TestApi.Valid);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        await (await client.PostAsync("/api/v1/things", content)).Problem(415);
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new("application/json") } };
}
