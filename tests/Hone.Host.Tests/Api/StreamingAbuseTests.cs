using System.Net;
using System.Net.WebSockets;
using Hone.Host.Api.Streaming;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Browsers;
using Hone.Host.Serving.Keys;
using Hone.Host.Tests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Api;

/// <summary>Who may open a stream, and what those cannot do who mean ill or do not read.</summary>
public sealed class StreamingAbuseTests
{
    [Fact]
    public async Task A_ticket_opens_one_stream_without_a_header()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        var ticket = await Ticket(server);
        using var stream = await StreamClient.Open(server, "BTCUSDT?from_seq=1", key: null);
        await stream.Say(ticket);
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3]}""");
        Assert.Equal("prediction", (await stream.Next())!.Value.Text("type"));

        using var second = await StreamClient.Open(server, "BTCUSDT", key: null);
        await second.Say(ticket);
        await AssertRefused(second);
    }

    [Fact]
    public async Task A_ticket_that_is_too_old_is_refused()
    {
        var time = new ManualTime();
        await using var server = await ApiServer.Start(time: time);
        await server.Admin.Started();
        var ticket = await Ticket(server);
        time.Advance(StreamTickets.Lifetime + TimeSpan.FromMilliseconds(1));

        using var stream = await StreamClient.Open(server, "BTCUSDT", key: null);
        await stream.Say(ticket);

        await AssertRefused(stream);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"ticket\":5}")]
    [InlineData("{\"ticket\":\"\\ud800\"}")]
    [InlineData("{\"ticket\":\"0123456789abcdef\"}")]
    public async Task A_first_message_that_is_no_ticket_closes_the_stream(string message)
    {
        await using var server = await ApiServer.Start();
        await server.Admin.Started();
        using var stream = await StreamClient.Open(server, "BTCUSDT", key: null);

        await stream.Say(message);

        await AssertRefused(stream);
    }

    [Fact]
    public async Task Who_sends_no_ticket_is_told_so_and_closed()
    {
        await using var server = await ApiServer.Start(times: new StreamTimes { Ticket = TimeSpan.FromMilliseconds(100) });
        await server.Admin.Started();
        using var stream = await StreamClient.Open(server, "BTCUSDT", key: null);

        var (status, reason, messages) = await stream.UntilClosed();

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "no ticket came within 0.1 s"), (status, reason));
        Assert.Empty(messages);
    }

    [Fact]
    public async Task Without_a_ticket_nobody_learns_which_sessions_there_are()
    {
        await using var server = await ApiServer.Start();
        await server.Admin.Started();
        foreach (var symbol in (string[])["BTCUSDT", "NONE"])
        {
            using var stream = await StreamClient.Open(server, symbol, key: null);
            await stream.Say("{}");
            await AssertRefused(stream);
        }
        using var known = await StreamClient.Open(server, new string('N', 300), key: null);
        await known.Say(await Ticket(server));
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "there is no active session of this symbol"), ((await known.UntilClosed()).Status, known.Socket.CloseStatusDescription));
        Assert.Equal(HttpStatusCode.NotFound, await StreamClient.Refused(server, "NONE", server.AdminKey));
        Assert.Equal(HttpStatusCode.BadRequest, await StreamClient.Refused(server, "BTCUSDT?from_seq=-1", server.AdminKey));
    }

    [Fact]
    public async Task A_key_that_is_revoked_opens_no_stream_and_ends_those_that_are_open()
    {
        await using var server = await ApiServer.Start(times: new StreamTimes { Heartbeat = TimeSpan.FromMilliseconds(50) });
        await server.Admin.Started();
        var key = server.NewKey(Role.Read);
        using var byKey = await StreamClient.Open(server, "BTCUSDT", key);
        using var byTicket = await StreamClient.Open(server, "BTCUSDT", key: null);
        using var reader = server.Client(null);
        reader.DefaultRequestHeaders.Authorization = new("Bearer", key);
        await byTicket.Say((await reader.Posted("streaming/tickets", "{}")).ToString().Replace("\"expires_at\"", "\"until\""));
        Assert.Equal("heartbeat", (await byTicket.Next())!.Value.Text("type"));
        var unused = (await reader.Posted("streaming/tickets", "{}")).ToString();

        var file = server.Services.GetRequiredService<KeyFile>();
        file.Revoke(Assert.Single(file.Read()).Id);
        server.Services.GetRequiredService<KeyRing>().Look();

        foreach (var stream in (StreamClient[])[byKey, byTicket])
            Assert.Equal((WebSocketCloseStatus.PolicyViolation, "the key was revoked or has expired"), ((await stream.UntilClosed()).Status, stream.Socket.CloseStatusDescription));
        Assert.Equal(HttpStatusCode.Unauthorized, await StreamClient.Refused(server, "BTCUSDT", key));
        using var late = await StreamClient.Open(server, "BTCUSDT", key: null);
        await late.Say(unused);
        await AssertRefused(late);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_dropped_with_the_place_to_go_on_from_and_nobody_else_notices()
    {
        var times = new StreamTimes { Send = TimeSpan.FromMilliseconds(300), Dropping = TimeSpan.FromMinutes(2) };
        await using var server = await ApiServer.Start(times: times);
        var id = await server.Admin.Started();
        var hub = server.Services.GetRequiredService<StreamHub>();
        using var deaf = await StreamClient.Open(server, "BTCUSDT", server.AdminKey, receiveBytes: 4096);
        using var other = await StreamClient.Open(server, "BTCUSDT?from_seq=1");
        var hearing = other.Until(m => m.Text("type") == "prediction" && m.GetProperty("data").Text("prediction_id") == "last");
        await Eventually.Holds(() => Task.FromResult(hub.Count == 2), "both listen");

        var asked = 0;
        await Eventually.Holds(async () =>
        {
            await server.Admin.Posted($"sessions/{id}/predict", $$"""{"batch":[{{string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"features":[{{i}},2,3]}"""))}}]}""");
            asked += 500;
            Assert.InRange(hub.WaitingLongest, 0, StreamHub.WaitingMax);
            return hub.Dropped == 1;
        }, "the deaf one is dropped");
        await server.Admin.Posted($"sessions/{id}/predict", """{"features":[1,2,3],"prediction_id":"last"}""");

        Assert.Equal(asked + 1, (await hearing).Count(m => m.Text("type") == "prediction"));
        var (status, reason, messages) = await deaf.UntilClosed();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, status);
        Assert.StartsWith("too slow; go on with from_seq=", reason);
        Assert.Equal(2, messages[0].Long("seq"));
        // What was under way when it was dropped still came, and is the place to go on from.
        Assert.Equal($"too slow; go on with from_seq={messages[^1].Long("seq")}", reason);
        Assert.Equal(messages.Select(m => m.Place()).Distinct().Order(), messages.Select(m => m.Place()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task A_message_over_64_KiB_closes_the_stream_however_it_is_cut(int fragments)
    {
        await using var server = await ApiServer.Start();
        await server.Admin.Started();
        foreach (var key in (string?[])[null, server.AdminKey])
        {
            using var stream = await StreamClient.Open(server, "BTCUSDT", key);
            var message = new byte[(64 << 10) + 1];
            message.AsSpan().Fill((byte)' ');
            for (var i = 0; i < fragments; i++)
                await stream.Socket.SendAsync(message.AsMemory((int)((long)message.Length * i / fragments)..(int)((long)message.Length * (i + 1) / fragments)), WebSocketMessageType.Text, i == fragments - 1, default);

            Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await stream.UntilClosed()).Status);
        }
    }

    [Fact]
    public async Task A_foreign_page_is_refused_with_and_without_the_cookie()
    {
        await using var server = await ApiServer.Start();
        await server.Admin.Started();
        var signedIn = await server.Client(null).Post("sign-in", $$"""{"code":"{{server.Services.GetRequiredService<SignInCodes>().Issue()}}"}""");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var own = $"http://{server.Address.Authority}";

        foreach (var (key, sent) in ((string?, string?)[])[(null, null), (null, cookie), (server.AdminKey, null)])
            Assert.Equal(HttpStatusCode.Forbidden, await StreamClient.Refused(server, "BTCUSDT", key, "https://evil.example", sent));
        // A cookie without an origin comes from no browser.
        Assert.Equal(HttpStatusCode.Forbidden, await StreamClient.Refused(server, "BTCUSDT", null, null, cookie));
        using var page = await StreamClient.Open(server, "BTCUSDT", null, own, cookie);
        Assert.Equal(WebSocketState.Open, page.Socket.State);
    }

    [Fact]
    public async Task One_stream_too_many_is_503_and_a_place_becomes_free_again()
    {
        var config = new HoneConfig();
        await using var server = await ApiServer.Start(config with { Serve = config.Serve with { Limits = config.Serve.Limits with { WebSocketsMax = 2 } } });
        await server.Admin.Started();
        using var first = await StreamClient.Open(server, "BTCUSDT");
        using (await StreamClient.Open(server, "BTCUSDT"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StreamClient.Refused(server, "BTCUSDT", server.AdminKey));

        await Eventually.Holds(async () =>
        {
            try
            {
                using var again = await StreamClient.Open(server, "BTCUSDT");
                return true;
            }
            catch (WebSocketException)
            {
                return false;
            }
        }, "a place becomes free");
        Assert.Equal(WebSocketState.Open, first.Socket.State);
    }

    private static async Task<string> Ticket(ApiServer server)
    {
        var ticket = await server.Admin.Posted("streaming/tickets", "{}");
        Assert.Equal(["ticket", "expires_at"], ticket.Keys());
        return $$"""{"ticket":"{{ticket.Text("ticket")}}"}""";
    }

    private static async Task AssertRefused(StreamClient stream)
    {
        var (status, reason, messages) = await stream.UntilClosed();
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "the first message must be {\"ticket\": \"...\"} with a ticket that is valid"), (status, reason));
        Assert.Empty(messages);
    }
}
