using Hone.Host.Configuration;
using Hone.Host.Feeds;
using Hone.Host.Operating;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;
using Hone.Host.Tests.Serving;
using Hone.Trading;
using Hone.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Operating;

/// <summary>A real server with sessions, and the endpoints by which they are watched.</summary>
internal sealed class OperatedServer : IAsyncDisposable
{
    private static long _asked;

    private OperatedServer(SessionHost host, MemoryJournal journal, FeedRunners feeds, TestServer web) => (Sessions, Journal, Feeds, Web) = (host, journal, feeds, web);

    public SessionHost Sessions { get; }

    public MemoryJournal Journal { get; }

    public FeedRunners Feeds { get; }

    public TestServer Web { get; }

    public static async Task<OperatedServer> Start(Func<ServeOptions, ServeOptions>? change = null)
    {
        var journal = new MemoryJournal();
        var host = await SessionHost.Open(TradingCatalog.BuiltIn(), journal, new SessionLimits(), TimeProvider.System);
        var feeds = new FeedRunners(host, new HoneConfig());
        var web = await TestServer.Start(
            Map,
            change,
            services => services.AddSingleton(host).AddSingleton(feeds).AddSingleton<StreamHub>().AddOperating());
        return new(host, journal, feeds, web);
    }

    /// <summary>Starts a session that is asked with two features.</summary>
    public async Task<SessionWriter> StartSession(string symbol, string name = "default")
    {
        var (writer, started) = await Sessions.Start(new LiveSetup { Id = SessionIds.New(), Symbol = symbol, Name = name, Features = ["rsi", "macd"], FeaturesAreNamed = true });
        Assert.True(started);
        return writer;
    }

    /// <summary>Asks and answers questions whose outcome the first feature tells.</summary>
    public static async Task Learn(SessionWriter session, int answers)
    {
        for (var i = 0; i < answers; i++)
        {
            var number = Interlocked.Increment(ref _asked);
            var x = (number * 37 % 100 / 100.0) - 0.5;
            var asked = await session.Submit(new PredictCommand([new PredictItem(new AskInput { Features = [x, 1 - x], PredictionId = $"q{number}" }, null, (UInt128)number)]));
            Assert.Null(asked.Refusal);
            var answered = await session.Submit(new OutcomeCommand(new OutcomeItem { PredictionId = $"q{number}", Actual = x > 0 ? 1 : 0 }));
            Assert.Null(answered.Refusal);
        }
    }

    /// <summary>Feeds a market of hourly bars into a trading session and waits until it has taken them.</summary>
    public async Task<SessionWriter> FeedMarket(string symbol, int bars)
    {
        var runner = await Feeds.Start(new ScriptedFeed(symbol, bars), mayLieAhead: false, CancellationToken.None);
        await Eventually.Holds(() => runner.Session!.Read(s => s.Trading?.Bars ?? 0) >= bars, () => $"the session took {runner.Session!.Read(s => s.Trading?.Bars)} bars; {runner.Problem}");
        return runner.Session!;
    }

    /// <summary>The metrics page.</summary>
    public async Task<string> Metrics()
    {
        using var client = Web.Client(Role.Read);
        return await client.GetStringAsync("/metrics");
    }

    public async ValueTask DisposeAsync()
    {
        await Feeds.DisposeAsync();
        await Web.DisposeAsync();
        await Sessions.DisposeAsync();
    }

    private static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperating();
        app.MapPost("/api/v1/sessions/{id}/predict", Predict).RequireKey(Role.Ingest);
        app.MapGet("/api/v1/fail", IResult () => throw new InvalidDataException("of a test"));
    }

    private static async Task<IResult> Predict(string id, SessionHost host)
    {
        if (host.Find(id) is not { } session)
            return TypedResults.NotFound();
        var command = await session.Submit(new PredictCommand([new PredictItem(new AskInput { Features = [0.1, 0.9] }, null, 1)]));
        return command.Refusal is { } refusal ? TypedResults.StatusCode(refusal.Status) : TypedResults.Ok();
    }
}

/// <summary>Waits for what happens elsewhere.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static Task Holds(Func<bool> condition, Func<string> otherwise) => Holds(() => Task.FromResult(condition()), otherwise);

    public static async Task Holds(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var begun = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(begun.Elapsed < Patience, otherwise());
            await Task.Delay(50);
        }
    }
}
