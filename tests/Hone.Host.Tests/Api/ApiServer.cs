using System.Text.Json;
using Hone.Adapters.Journals;
using Hone.Host.Api;
using Hone.Host.Api.Streaming;
using Hone.Host.Configuration;
using Hone.Host.Feeds;
using Hone.Host.Operating;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;
using Hone.Host.Tests.Serving;
using Hone.Trading;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Hone.Host.Tests.Api;

/// <summary>The whole API on a free loopback port over an embedded journal in a folder of its own. It can be stopped and started again on what it has kept.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HoneConfig _config;
    private readonly StringWriter _log = new();
    private IJournal _journal = null!;
    private SessionHost _host = null!;
    private WebApplication _app = null!;
    private readonly StreamTimes _times;
    private CancellationTokenSource _ending = null!;
    private readonly List<HttpClient> _clients = [];

    private readonly TradingCatalog _catalog;

    private ApiServer(HoneConfig config, TimeProvider time, StreamTimes times, TradingCatalog catalog)
    {
        _times = times;
        _catalog = catalog;
        _config = config with { Serve = config.Serve with { Urls = ["http://127.0.0.1:0"], Home = _folder["home"], LogDetail = LogDetail.Warning } };
        Time = time;
    }

    public TimeProvider Time { get; }

    public string Home => _config.Serve.Home;

    public SessionHost Host => _host;

    public IJournal Journal => _journal;

    public string AdminKey => File.ReadAllText(Path.Combine(Home, "admin.key")).Trim();

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    /// <summary>A client that may do everything.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>Starts a server.</summary>
    public static async Task<ApiServer> Start(HoneConfig? config = null, TimeProvider? time = null, StreamTimes? times = null, TradingCatalog? catalog = null)
    {
        var server = new ApiServer(config ?? new HoneConfig(), time ?? TimeProvider.System, times ?? new StreamTimes(), catalog ?? TradingCatalog.BuiltIn());
        await server.Open();
        return server;
    }

    /// <summary>Ends the server and starts another on what it kept.</summary>
    public async Task Restart()
    {
        await Close();
        await Open();
    }

    /// <summary>A client with a key of this role; without one for null.</summary>
    public HttpClient Client(Role? role)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(_app.Urls.First() + "/api/v1/"), Timeout = TimeSpan.FromMinutes(2) };
        if (role is { } needed)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", needed == Role.Admin ? AdminKey : NewKey(needed));
        _clients.Add(client);
        return client;
    }

    /// <summary>A key of this role that works at once.</summary>
    public string NewKey(Role role)
    {
        var (_, key) = _app.Services.GetRequiredService<KeyFile>().Create(role, "of a test", null);
        // Read at once, not when the ring looks next.
        _app.Services.GetRequiredService<KeyRing>().Look();
        return key;
    }

    private async Task Open()
    {
        Directory.CreateDirectory(Home);
        _journal = await JournalStore.OpenAsync(_config.Serve.Store, Home, TestContext.Current.CancellationToken);
        _host = await SessionHost.Open(_catalog, _journal, new SessionLimits(), Time);
        _app = WebServer.Build(_config.Serve, new ServerSurroundings(TextWriter.Synchronized(_log), Time, null), AddParts, app =>
        {
            app.MapApi();
            app.MapOperating();
        });
        await _app.StartAsync();
        Admin = Client(Role.Admin);
    }

    private void AddParts(IServiceCollection services)
    {
        services.AddSingleton(_config);
        services.AddSingleton(_host.Catalog);
        services.AddSingleton(_host);
        services.AddSingleton(_journal);
        _ending = new CancellationTokenSource();
        services.AddSingleton(new ServerEnding(_ending.Token));
        services.AddSingleton(new FeedRunners(_host, _config));
        services.AddApi();
        services.AddOperating();
        services.AddSingleton(_times);
    }

    private async Task Close()
    {
        foreach (var client in _clients)
            client.Dispose();
        _clients.Clear();
        await _ending.CancelAsync();
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _app.StopAsync(impatient.Token);
        await _app.DisposeAsync();
        await _host.DisposeAsync();
        await _journal.DisposeAsync();
        _ending.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        _folder.Dispose();
    }
}

/// <summary>What tests of the API ask again and again.</summary>
internal static class Asking
{
    /// <summary>A small session with three named features.</summary>
    public const string Start = """{"symbol":"BTCUSDT","config":{"features":["rsi","macd","flow"],"members":["logistic-regression","no-change"]}}""";

    public static Task<HttpResponseMessage> Post(this HttpClient client, string path, string json, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Answers.Json(json) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request);
    }

    public static async Task<JsonElement> Posted(this HttpClient client, string path, string json, string? key = null) => await (await client.Post(path, json, key)).Success();

    public static async Task<JsonElement> Got(this HttpClient client, string path) => await (await client.GetAsync(path)).Success();

    /// <summary>Starts a session and says its id.</summary>
    public static async Task<string> Started(this HttpClient client, string json = Start) => (await client.Posted("sessions/start", json)).GetProperty("session_id").GetString()!;

    /// <summary>Names of an object's members, in order.</summary>
    public static string[] Keys(this JsonElement json) => [.. json.EnumerateObject().Select(m => m.Name)];

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Long(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    public static string Detail(this JsonElement problem) => problem.Text("detail");
}
