using System.Net;
using Hone.Adapters.Journals;
using Hone.Host.Configuration;
using Hone.Host.Serving.Keys;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Operating;

public sealed class ReadinessTests
{
    [Fact]
    public async Task A_server_without_trouble_is_ready_and_names_what_it_looked_at()
    {
        await using var server = await OperatedServer.Start();
        await server.StartSession("BTCUSDT");

        var (status, checks) = await Ready(server);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.All(["disk", "feeds", "journal", "sessions"], name => Assert.Equal(("ready", null), checks[name]));
    }

    [Theory]
    [InlineData(JournalStatus.Refusing, "degraded")]
    [InlineData(JournalStatus.Dead, "failed")]
    public async Task A_journal_that_does_not_write_makes_the_server_not_ready_but_alive(JournalStatus journal, string state)
    {
        await using var server = await OperatedServer.Start();
        (server.Journal.Status, server.Journal.Problem) = (journal, "The disk is full.");

        var (status, checks) = await Ready(server);
        using var anybody = server.Web.Client(null);
        using var live = await anybody.GetAsync("/health/live");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(state, checks["journal"].State);
        Assert.StartsWith("The disk is full.", checks["journal"].Detail);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task A_session_that_stands_still_makes_the_server_not_ready_and_is_named()
    {
        await using var server = await OperatedServer.Start();
        await server.StartSession("BTCUSDT", "sound");
        var broken = await server.StartSession("BTCUSDT", "broken");
        server.Journal.Failure = new JournalConflictException("the batch does not continue the session");
        await broken.Submit(new Hone.Host.Serving.PredictCommand([new(new() { Features = [1, 2] }, null, 1)]));
        server.Journal.Failure = null;

        var (status, checks) = await Ready(server);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("degraded", checks["sessions"].State);
        Assert.Contains($"1 of 2 sessions stand still: {broken.Id} (BTCUSDT).", checks["sessions"].Detail);
    }

    [Fact]
    public async Task Too_little_room_makes_the_server_not_ready()
    {
        await using var server = await OperatedServer.Start(o => o with { Telemetry = o.Telemetry with { DiskFreeMibMin = 1 << 20 } });
        // A disk with a TiB to spare would be room enough even so.
        Assert.SkipWhen(Hone.Host.Operating.DiskSpace.FreeBytes(server.Web.Options.Home) >= 1L << 40, "The disk of temporary files has more than a TiB free.");

        var (status, checks) = await Ready(server);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("degraded", checks["disk"].State);
    }

    [Fact]
    public async Task A_feed_that_lags_reconnects_or_failed_makes_the_server_not_ready()
    {
        await using var server = await OperatedServer.Start(o => o with { Telemetry = o.Telemetry with { FeedLagMax = TimeSpan.FromHours(-2) } });
        await server.FeedMarket("ETHUSDT", 30);
        var feed = (ScriptedFeed)Assert.Single(server.Feeds.All).Feed;

        // An hour's step and two hours less than nothing: whatever has passed is too long.
        var lagging = await Ready(server);
        feed.Status = feed.Status with { State = "waiting" };
        var closed = await Ready(server);
        feed.Status = feed.Status with { State = "reconnecting", Problem = "The exchange closed the connection." };
        var reconnecting = await Ready(server);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, lagging.Status);
        Assert.Contains("ETHUSDT has brought no bar", lagging.Checks["feeds"].Detail);
        Assert.Equal(HttpStatusCode.OK, closed.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reconnecting.Status);
        Assert.Equal("ETHUSDT is reconnecting: The exchange closed the connection.", reconnecting.Checks["feeds"].Detail);
    }

    [Fact]
    public async Task Nobody_without_a_key_learns_what_is_wrong()
    {
        await using var server = await OperatedServer.Start();
        (server.Journal.Status, server.Journal.Problem) = (JournalStatus.Dead, "The disk burns.");
        using var stranger = server.Web.Client(null);

        using var answer = await stranger.GetAsync("/health/ready");

        await answer.Problem(401);
        Assert.DoesNotContain("burns", await answer.Content.ReadAsStringAsync());
    }

    private static async Task<(HttpStatusCode Status, Dictionary<string, (string State, string? Detail)> Checks)> Ready(OperatedServer server)
    {
        using var client = server.Web.Client(Role.Read);
        using var answer = await client.GetAsync("/health/ready");
        var root = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return (answer.StatusCode, root.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!, c => (c.GetProperty("state").GetString()!, c.GetProperty("detail").GetString())));
    }
}
