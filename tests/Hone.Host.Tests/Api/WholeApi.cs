using Hone.Adapters.Journals;
using Hone.Host.Api;
using Hone.Host.Configuration;
using Hone.Host.Feeds;
using Hone.Host.Operating;
using Hone.Host.Serving;
using Hone.Host.Tests.Serving;
using Hone.Trading;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Api;

/// <summary>Every endpoint of the product, mapped as `hone serve` maps them, in the server that sweeps are written for.</summary>
internal sealed class WholeApi : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly IJournal _journal;
    private readonly SessionHost _host;
    private readonly FeedRunners _feeds;

    private WholeApi(TemporaryFolder folder, IJournal journal, SessionHost host, FeedRunners feeds, TestServer web) => (_folder, _journal, _host, _feeds, Web) = (folder, journal, host, feeds, web);

    public TestServer Web { get; }

    public static async Task<WholeApi> Start()
    {
        var folder = new TemporaryFolder();
        var journal = await JournalStore.OpenAsync("sqlite", folder.Path, TestContext.Current.CancellationToken);
        var host = await SessionHost.Open(TradingCatalog.BuiltIn(), journal, new SessionLimits(), TimeProvider.System);
        var config = new HoneConfig();
        var feeds = new FeedRunners(host, config);
        var web = await TestServer.Start(
            app =>
            {
                app.MapApi();
                app.MapOperating();
            },
            options => options with { Limits = options.Limits with { AnonymousRequestsPerSecond = 100_000, RequestsPerSecond = 100_000, WrongKeysPerMinute = 100_000 } },
            services =>
            {
                services.AddSingleton(config).AddSingleton(host.Catalog).AddSingleton(host).AddSingleton(journal).AddSingleton(feeds).AddSingleton(new ServerEnding(CancellationToken.None));
                services.AddApi();
                services.AddOperating();
            });
        return new(folder, journal, host, feeds, web);
    }

    /// <summary>A client whose addresses begin behind /api/v1/.</summary>
    public HttpClient Admin()
    {
        var client = Web.Client();
        client.BaseAddress = new Uri(Web.Address, "/api/v1/");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _feeds.DisposeAsync();
        await Web.DisposeAsync();
        await _host.DisposeAsync();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }
}
