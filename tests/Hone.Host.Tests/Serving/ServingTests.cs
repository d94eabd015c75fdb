using System.Net;
using System.Text.Json;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Tests.Serving;

public sealed class ServingTests
{
    [Fact]
    public async Task Stopping_takes_no_new_connections_finishes_requests_and_then_closes_what_they_used()
    {
        using var folder = new TemporaryFolder();
        var api = new TestApi();
        var events = new List<string>();
        using var log = new StringWriter();
        var around = new ServerSurroundings(TextWriter.Synchronized(log), TimeProvider.System, null);
        var app = WebServer.Build(new ServeOptions { Urls = ["http://127.0.0.1:0"], Home = folder["home"] }, around, s => s.AddSingleton<Adapters.Journals.IJournal>(new DocumentJournal()), api.MapAll);
        using var stop = new CancellationTokenSource();
        var addresses = new TaskCompletionSource<Uri>();
        Task AfterRequests()
        {
            events.Add("closed");
            return Task.CompletedTask;
        }
        var serving = WebServer.Serve(app, urls => addresses.SetResult(new Uri(urls.Single())), AfterRequests, stop.Token);
        using var client = new HttpClient { BaseAddress = await addresses.Task };
        client.DefaultRequestHeaders.Authorization = new("Bearer", File.ReadAllText(folder["home/admin.key"]).Trim());
        var slow = client.GetStringAsync("/api/v1/slow");
        await api.Inside.Task;

        stop.Cancel();
        using var late = new HttpClient { BaseAddress = client.BaseAddress };
        await Eventually.Holds(async () =>
        {
            try
            {
                await late.GetAsync("/health/live");
                return false;
            }
            catch (HttpRequestException)
            {
                return true;
            }
        }, "no new connection is taken");
        Assert.False(serving.IsCompleted);
        Assert.Empty(events);
        api.Gate.SetResult();

        Assert.Equal("done", await slow);
        await serving.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["closed"], events);
        Assert.Contains(" 1003 ", log.ToString());
    }

    [Fact]
    public async Task Ready_is_503_while_a_check_is_degraded_or_fails_and_live_stays()
    {
        var check = new Check();
        await using var server = await TestServer.Start(TestApi.Map, addServices: s => s.AddSingleton<IReadinessCheck>(check));
        using var client = server.Client(Role.Read);

        var ready = await (await client.GetAsync("/health/ready")).Success();
        Assert.Equal("ready", ready.GetProperty("status").GetString());
        Assert.Equal(["audit-log", "disk"], ready.GetProperty("checks").EnumerateArray().Select(c => c.GetProperty("name").GetString()));
        foreach (var (result, state) in (IEnumerable<(Func<ReadinessResult>, string)>)[(() => new(Readiness.Degraded, "slow"), "degraded"), (() => new(Readiness.Failed, "full"), "failed"), (() => throw new IOException("broken"), "failed")])
        {
            check.Result = result;
            var answer = await client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var view = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal(state, view.GetProperty("status").GetString());
            Assert.NotNull(view.GetProperty("checks")[1].GetProperty("detail").GetString());
            Assert.True(answer.Headers.CacheControl!.NoStore);
            await (await client.GetAsync("/health/live")).Success();
        }
    }

    [Fact]
    public async Task Problems_of_every_origin_have_one_form()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();

        var busy = await client.GetAsync("/api/v1/busy");
        Assert.Equal("The journal is full; free some room.", (await busy.Problem(503)).GetProperty("detail").GetString());
        Assert.Equal(TimeSpan.FromSeconds(7), busy.Headers.RetryAfter!.Delta);
        Assert.Equal("Two sessions want the same name.", (await (await client.GetAsync("/api/v1/typed")).Problem(409)).GetProperty("detail").GetString());
        await (await client.GetAsync("/api/v1/listen")).Problem(400);
        // Whatever the client says that it understands: a problem is a problem.
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        await (await client.GetAsync("/api/v1/typed")).Problem(409);
        await (await client.GetAsync("/nothing")).Problem(404);
    }

    [Theory]
    [InlineData(LogForm.Text)]
    [InlineData(LogForm.Json)]
    public async Task No_key_code_or_cookie_is_ever_logged_at_any_level(LogForm form)
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Log = form });
        using var client = server.Client();
        using var reader = server.Client(Role.Read);
        using var nobody = server.Client(null);
        var code = server.App.Services.GetRequiredService<Hone.Host.Serving.Browsers.SignInCodes>().Issue();

        await client.GetAsync("/api/v1/things/a");
        await client.GetAsync($"/api/v1/things/a?key={server.AdminKey}");
        await client.GetAsync($"/api/v1/things/{server.AdminKey}");
        await client.GetAsync("/api/v1/fail?x=query-secret");
        await client.PostAsync("/api/v1/things", Answers.Json("""{"name":"body-secret"}"""));
        await reader.PostAsync("/api/v1/switch", null);
        nobody.DefaultRequestHeaders.Authorization = new("Bearer", "hone_wrong-but-perhaps-nearly-right");
        await nobody.GetAsync("/api/v1/things/a");
        nobody.DefaultRequestHeaders.Authorization = null;
        var cookie = (await nobody.PostAsync("/api/v1/sign-in", Answers.Json(JsonSerializer.Serialize(new { code })))).Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];
        server.App.Services.GetRequiredService<ILogger<ServingTests>>().LogCritical(new InvalidOperationException("it was " + server.AdminKey), "{Key}", server.AdminKey);

        var log = server.Log;
        Assert.True(log.Split('\n').Length > 8, log);
        foreach (var secret in (string[])[server.AdminKey, reader.DefaultRequestHeaders.Authorization!.Parameter!, code, code.Replace("-", ""), cookie, "nearly-right", "body-secret", "query-secret"])
            Assert.DoesNotContain(secret, log);
        if (form == LogForm.Json)
            Assert.All(log.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.True(JsonDocument.Parse(line).RootElement.GetProperty("event_id").GetInt32() >= 0));
    }

    [Fact]
    public async Task A_line_break_in_an_address_begins_no_line_of_the_log()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();

        await client.GetAsync("/api/v1/things/a%0a2026-01-01T00:00:00Z%20info%201003%20forged:%20Stopped.");

        Assert.DoesNotContain("\n2026-01-01", server.Log);
        Assert.Contains("forged", server.Log);
    }

    [Fact]
    public async Task A_proxy_that_is_known_says_who_asks_and_any_other_does_not()
    {
        static void Map(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder app)
            => app.MapGet("/who", (Microsoft.AspNetCore.Http.HttpContext context) => $"{context.Request.Scheme} {context.Connection.RemoteIpAddress}").WithoutKey();
        await using var behind = await TestServer.Start(Map, o => o with { KnownProxies = ["127.0.0.1"] });
        await using var alone = await TestServer.Start(Map);

        foreach (var (server, expected) in (IEnumerable<(TestServer, string)>)[(behind, "https 192.0.2.7"), (alone, "http 127.0.0.1")])
        {
            using var client = server.Client(null);
            client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.1, 192.0.2.7");
            client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            Assert.Equal(expected, await client.GetStringAsync("/who"));
        }
    }

    [Fact]
    public void No_event_id_is_used_twice()
    {
        var ids = typeof(ServerLog).GetMethods().Select(m => m.GetCustomAttributes(typeof(LoggerMessageAttribute), false).Cast<LoggerMessageAttribute>().SingleOrDefault()?.EventId).OfType<int>().ToArray();

        Assert.True(ids.Length > 10);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    private sealed class Check : IReadinessCheck
    {
        public string Name => "disk";

        public Func<ReadinessResult> Result { get; set; } = () => ReadinessResult.Ready;

        ReadinessResult IReadinessCheck.Check() => Result();
    }
}
