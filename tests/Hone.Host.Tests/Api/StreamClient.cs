using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Hone.Host.Tests.Api;

/// <summary>A client of a stream.</summary>
internal sealed class StreamClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] _buffer = new byte[1 << 16];
    private SocketsHttpHandler? _handler;

    private StreamClient()
    {
    }

    public ClientWebSocket Socket { get; } = new() { Options = { CollectHttpResponseDetails = true } };

    /// <summary>Opens a stream.</summary>
    /// <param name="server">The server.</param>
    /// <param name="query">Symbol and query.</param>
    /// <param name="key">Key for the header; null for none.</param>
    /// <param name="origin">Page that opens it; null for a program.</param>
    /// <param name="cookie">Cookie of a browser.</param>
    /// <param name="receiveBytes">Size of the socket's receive buffer; null for the system's.</param>
    public static async Task<StreamClient> Open(ApiServer server, string query, string? key, string? origin = null, string? cookie = null, int? receiveBytes = null)
    {
        var client = new StreamClient();
        if (key is not null)
            client.Socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        if (origin is not null)
            client.Socket.Options.SetRequestHeader("Origin", origin);
        if (cookie is not null)
            client.Socket.Options.SetRequestHeader("Cookie", cookie);
        client._handler = new SocketsHttpHandler { UseCookies = false };
        if (receiveBytes is { } bytes)
            client._handler.ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = bytes };
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            };
        try
        {
            await client.Socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/api/v1/streaming/{query}"), new HttpMessageInvoker(client._handler), default).WaitAsync(Patience);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Opens a stream with the admin's key.</summary>
    public static Task<StreamClient> Open(ApiServer server, string query) => Open(server, query, server.AdminKey);

    /// <summary>Status with which the server refuses to open it.</summary>
    public static async Task<HttpStatusCode> Refused(ApiServer server, string query, string? key, string? origin = null, string? cookie = null)
    {
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        if (key is not null)
            socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        if (cookie is not null)
            socket.Options.SetRequestHeader("Cookie", cookie);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/api/v1/streaming/{query}"), default).WaitAsync(Patience));
        return socket.HttpStatusCode;
    }

    /// <summary>The next message; null once the server has closed.</summary>
    public async Task<JsonElement?> Next()
    {
        using var message = new MemoryStream();
        while (true)
        {
            var part = await Socket.ReceiveAsync(_buffer, default).WaitAsync(Patience);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }

    /// <summary>Messages up to the first one of which this holds, that one included; heartbeats are left out.</summary>
    public async Task<List<JsonElement>> Until(Func<JsonElement, bool> isLast)
    {
        var messages = new List<JsonElement>();
        while (await Next() is { } message)
        {
            if (message.Text("type") == "heartbeat")
                continue;
            messages.Add(message);
            if (isLast(message))
                return messages;
        }
        throw new InvalidOperationException($"Closed after {messages.Count} messages: {Closing}");
    }

    /// <summary>Reads up to the server's closing and answers it.</summary>
    public async Task<(WebSocketCloseStatus? Status, string? Reason, List<JsonElement> Messages)> UntilClosed()
    {
        var messages = new List<JsonElement>();
        while (await Next() is { } message)
            messages.Add(message);
        if (Socket.State == WebSocketState.CloseReceived)
            await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Patience);
        return (Socket.CloseStatus, Socket.CloseStatusDescription, messages);
    }

    public Task Say(string text) => Socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).WaitAsync(Patience);

    /// <summary>How the server closed.</summary>
    public string Closing => $"{Socket.CloseStatus} {Socket.CloseStatusDescription}";

    public void Dispose()
    {
        Socket.Dispose();
        _handler?.Dispose();
    }
}

/// <summary>What tests of streams ask of messages.</summary>
internal static class StreamMessages
{
    public static (long Seq, int N) Place(this JsonElement message) => (message.Long("seq"), message.GetProperty("n").GetInt32());
}
