using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Hone.Host.Serving.Keys;

namespace Hone.Host.Tests.Serving;

public sealed class LimitsTests
{
    [Fact]
    public async Task A_key_that_asks_too_often_is_429_with_the_time_to_come_again_and_others_are_not()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { RequestsPerSecond = 3 } });
        using var eager = server.Client(Role.Read);
        using var other = server.Client(Role.Read);

        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 200 && answers.All(a => a.StatusCode == HttpStatusCode.OK); i++)
            answers.Add(await eager.GetAsync("/api/v1/things/a"));

        var refused = answers[^1];
        await refused.Problem(429);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.True(answers.Count > 3);
        await (await other.GetAsync("/api/v1/things/a")).Success();
    }

    [Fact]
    public async Task Who_has_no_key_is_counted_by_address()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { AnonymousRequestsPerSecond = 2 } });
        using var nobody = server.Client(null);
        using var somebody = server.Client();

        var last = HttpStatusCode.OK;
        for (var i = 0; i < 200 && last == HttpStatusCode.OK; i++)
            last = (await nobody.GetAsync("/health/live")).StatusCode;

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        await (await somebody.GetAsync("/api/v1/things/a")).Success();
    }

    [Fact]
    public async Task Wrong_keys_are_stopped_after_a_few_and_a_right_one_from_the_same_address_is_not()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { WrongKeysPerMinute = 3 } });
        using var wrong = server.Client(null);
        using var right = server.Client();
        wrong.DefaultRequestHeaders.Authorization = new("Bearer", "hone_wrong");

        for (var i = 0; i < 3; i++)
            await (await wrong.GetAsync("/api/v1/things/a")).Problem(401);
        var refused = await wrong.GetAsync("/api/v1/things/a");
        await refused.Problem(429);
        Assert.NotNull(refused.Headers.RetryAfter);
        await (await right.GetAsync("/api/v1/things/a")).Success();
        Assert.Equal(3, server.Log.Split(" 1203 ").Length - 1);
    }

    [Fact]
    public async Task Heavy_requests_run_a_few_at_a_time()
    {
        var api = new TestApi();
        await using var server = await TestServer.Start(api.MapAll, o => o with { Limits = o.Limits with { HeavyRequestsMax = 1 } });
        using var client = server.Client();

        var running = Enumerable.Range(0, 12).Select(_ => client.PostAsync("/api/v1/heavy", null)).ToArray();
        var refused = await Task.WhenAny(running);
        await (await refused).Problem(429);
        Assert.NotNull((await refused).Headers.RetryAfter);
        // All have arrived once those that find no place have their answer.
        while (running.Count(request => request.IsCompleted) < 7)
            await Task.WhenAny(running.Where(request => !request.IsCompleted));
        api.Gate.SetResult();
        var answers = await Task.WhenAll(running);
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_413_whether_it_says_so_or_not(bool saysSo)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();
        var content = Answers.Json($$"""{"name":"{{new string('a', 1 << 20)}}","size":1,"values":[]}""");
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/things") { Content = content };
        request.Headers.TransferEncodingChunked = saysSo ? null : true;

        await (await client.SendAsync(request)).Problem(413);
    }

    [Theory]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: {20000}{20000}\r\n\r\n", 431)]
    [InlineData("GET /{9000} HTTP/1.1\r\nHost: localhost\r\n\r\n", 414)]
    [InlineData("GET /health/live HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost:\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET http://evil.example/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.0\r\n\r\n", 400)]
    [InlineData("POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", 200)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n", 200)]
    public async Task What_comes_out_of_a_socket_is_answered_as_it_deserves(string request, int status)
    {
        await using var server = await TestServer.Start(TestApi.Map);

        foreach (var count in (int[])[20000, 9000])
            request = request.Replace($"{{{count}}}", new string('a', count));
        var answer = await Exchange(server, request);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.DoesNotContain("Server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Who_sends_its_headers_a_byte_at_a_time_is_cut_off()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { HeadersTimeout = TimeSpan.FromMilliseconds(300) } });
        using var socket = await Connect(server);

        // Each byte keeps an idle connection alive; the time for all headers is what ends it.
        var answer = Read(socket);
        foreach (var b in Encoding.ASCII.GetBytes("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: " + new string('a', 5_000)))
        {
            if (answer.IsCompleted)
                break;
            try
            {
                await socket.SendAsync(new[] { b });
            }
            catch (SocketException)
            {
                break;
            }
            await Task.Delay(10);
        }

        var text = await answer.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(text == "" || text.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task Who_sends_its_body_too_slowly_is_408()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { BodyBytesPerSecondMin = 1e6 } });
        using var socket = await Connect(server);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.AdminKey}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"));

        Assert.StartsWith("HTTP/1.1 408 ", await Read(socket).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_504()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { RequestTimeout = TimeSpan.FromMilliseconds(50) } });
        using var client = server.Client();

        await (await client.GetAsync("/api/v1/late")).Problem(504);
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_and_the_others_stay()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { ConnectionsMax = 2 } });
        using var one = await Connect(server);
        using var two = await Connect(server);
        Assert.StartsWith("HTTP/1.1 200", await Exchange(one));
        Assert.StartsWith("HTTP/1.1 200", await Exchange(two));

        using var three = await Connect(server);
        Assert.Equal("", await Read(three).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.StartsWith("HTTP/1.1 200", await Exchange(one));
    }

    [Fact]
    public async Task One_WebSocket_too_many_is_503_and_the_others_stay()
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Limits = o.Limits with { WebSocketsMax = 1 } });
        using var first = await Listen(server);

        using var second = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        second.Options.SetRequestHeader("Authorization", "Bearer " + server.AdminKey);
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(WebSocketAddress(server), default));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.HttpStatusCode);
        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await Eventually.Holds(async () =>
        {
            try
            {
                using var again = await Listen(server);
                return true;
            }
            catch (WebSocketException)
            {
                return false;
            }
        }, "a place becomes free");
    }

    [Theory]
    [InlineData(null, true, 0)]
    [InlineData("https://evil.example", true, 403)]
    [InlineData("null", true, 403)]
    [InlineData(null, false, 401)]
    public async Task A_WebSocket_needs_a_key_and_no_foreign_page(string? origin, bool hasKey, int status)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        if (hasKey)
            socket.Options.SetRequestHeader("Authorization", "Bearer " + server.AdminKey);
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);

        if (status == 0)
            await socket.ConnectAsync(WebSocketAddress(server), default);
        else
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(WebSocketAddress(server), default));
        Assert.Equal(status == 0 ? 101 : status, (int)socket.HttpStatusCode);
    }

    private static Uri WebSocketAddress(TestServer server) => new($"ws://{server.Address.Authority}/api/v1/listen");

    private static async Task<ClientWebSocket> Listen(TestServer server)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + server.AdminKey);
        await socket.ConnectAsync(WebSocketAddress(server), default);
        await socket.ReceiveAsync(new byte[16], default);
        return socket;
    }

    private static async Task<Socket> Connect(TestServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        return socket;
    }

    private static async Task<string> Exchange(TestServer server, string request)
    {
        using var socket = await Connect(server);
        var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request.Insert(head, "\r\nConnection: close")));
        return await Read(socket).WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task<string> Exchange(Socket socket)
    {
        await socket.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        var bytes = new byte[4096];
        return Encoding.ASCII.GetString(bytes, 0, await socket.ReceiveAsync(bytes));
    }

    // Up to the end of the connection.
    private static async Task<string> Read(Socket socket)
    {
        var text = new StringBuilder();
        var bytes = new byte[4096];
        try
        {
            for (int n; (n = await socket.ReceiveAsync(bytes)) > 0;)
                text.Append(Encoding.ASCII.GetString(bytes, 0, n));
        }
        catch (SocketException)
        {
            // Reset: closed with bytes of ours unread.
        }
        return text.ToString();
    }
}
