using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hone.Adapters.Journals;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Serving;

/// <summary>The real server on a free loopback port with a home of its own; both go with the test.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _log = new();

    private TestServer(Func<ServeOptions, ServeOptions> change, Action<IServiceCollection> addServices, Action<IEndpointRouteBuilder> mapApi, TimeProvider time)
    {
        Options = change(new ServeOptions { Urls = ["http://127.0.0.1:0"], Home = _folder["home"], LogDetail = LogDetail.Trace });
        Time = time;
        void AddServices(IServiceCollection services)
        {
            services.AddSingleton<IJournal>(Journal);
            addServices(services);
        }
        App = WebServer.Build(Options, new ServerSurroundings(TextWriter.Synchronized(_log), time, null), AddServices, mapApi);
        KeyFile = new KeyFile(Options.Home, time);
    }

    public ServeOptions Options { get; }

    public WebApplication App { get; }

    public TimeProvider Time { get; }

    /// <summary>Where answers are kept unless <c>addServices</c> registers another journal.</summary>
    public DocumentJournal Journal { get; } = new();

    public KeyFile KeyFile { get; }

    public Uri Address => new(App.Urls.First());

    public string AdminKey => File.ReadAllText(Path.Combine(Options.Home, "admin.key")).Trim();

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Starts a server.</summary>
    /// <param name="mapApi">Its endpoints.</param>
    /// <param name="change">Changes its options.</param>
    /// <param name="addServices">Adds what the endpoints need.</param>
    /// <param name="time">Its clock; the system's unless given.</param>
    public static async Task<TestServer> Start(
        Action<IEndpointRouteBuilder> mapApi, Func<ServeOptions, ServeOptions>? change = null, Action<IServiceCollection>? addServices = null, TimeProvider? time = null)
    {
        var server = new TestServer(change ?? (o => o), addServices ?? (_ => { }), mapApi, time ?? TimeProvider.System);
        await server.App.StartAsync();
        return server;
    }

    /// <summary>A client with a key of this role; without one for null.</summary>
    public HttpClient Client(Role? role = Role.Admin)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        if (role is { } needed)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", needed == Role.Admin ? AdminKey : NewKey(needed));
        return client;
    }

    private string NewKey(Role role)
    {
        var (_, key) = KeyFile.Create(role, "of a test", null);
        LookAtKeys();
        return key;
    }

    /// <summary>Lets the server look at its keys now, not within a quarter of a second.</summary>
    public void LookAtKeys() => App.Services.GetRequiredService<KeyRing>().Look();

    public async ValueTask DisposeAsync()
    {
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await App.StopAsync(impatient.Token);
        await App.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>What tests ask of answers.</summary>
internal static class Answers
{
    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>The answer's problem; fails when the answer is no problem of this status.</summary>
    public static async Task<JsonElement> Problem(this HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode} in place of {status}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        foreach (var name in (string[])["type", "title", "detail", "trace_id"])
            Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty(name).GetString()), name);
        return problem;
    }

    /// <summary>The answer's JSON; fails when it is no success.</summary>
    public static async Task<JsonElement> Success(this HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
