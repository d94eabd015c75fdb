using System.Buffers;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text.Json;
using Hone.Host.Api.Rendering;
using Hone.Host.Serving;
using Hone.Trading.Live;

namespace Hone.Host.Api.Streaming;

/// <summary>One open stream: first what the client has missed, from the journal, then what happens.</summary>
internal sealed class StreamConnection(WebSocket socket, StreamHub hub, CancellationToken stopping) : IDisposable
{
    // What a client may say is a ticket and nothing else.
    private const int MessageBytesMax = 64 << 10;
    private const int EmissionsAtOnce = 512;
    private static readonly TimeSpan TicketTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    // A client that does not take a message for so long does not read.
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private long _nextSeq;
    private int _nextN;

    /// <summary>Waits for the first message, which must be a ticket; closes the stream when it is none.</summary>
    public async Task<ClaimsPrincipal?> ReadTicket(StreamTickets tickets)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        limit.CancelAfter(TicketTimeout);
        try
        {
            var message = await Receive(limit.Token);
            if (message is not null && TicketOf(message) is { } ticket && tickets.Use(ticket) is { } owner)
                return owner;
            await Close(WebSocketCloseStatus.PolicyViolation, "the first message must be {\"ticket\": …} with a valid ticket");
        }
        catch (OperationCanceledException)
        {
            await Close(WebSocketCloseStatus.PolicyViolation, "no ticket came in time");
        }
        catch (WebSocketException)
        {
            // It hung up.
        }
        return null;
    }

    /// <summary>Sends until the client leaves, does not keep up, or the server ends.</summary>
    /// <param name="writer">The session.</param>
    /// <param name="fromSeq">First entry that is wanted; null for what happens from now on.</param>
    public async Task Run(SessionWriter writer, long? fromSeq)
    {
        using var listener = hub.Listen(writer.Id);
        var words = new SessionWords(writer.Setup);
        var reading = Read();
        try
        {
            var now = writer.Read(session => session.Seq);
            _nextSeq = fromSeq is { } from ? Math.Max(1, from) : now + 1;
            if (fromSeq is not null)
                await SendGap(writer, words);
            while (!_ending.IsCancellationRequested)
            {
                listener.Restart();
                await CatchUp(writer, words);
                if (!await Follow(listener, writer, words))
                    break;
            }
            await Close(stopping.IsCancellationRequested ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, stopping.IsCancellationRequested ? "the server is stopping" : "bye");
        }
        catch (SlowReaderException)
        {
            listener.CountAsDropped();
            // The socket may be stuck in the message that did not go out; it is cut if the reason does not get through.
            await Close((WebSocketCloseStatus)1008, $"too slow; go on with from_seq={_nextSeq}");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            await Close(stopping.IsCancellationRequested ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, stopping.IsCancellationRequested ? "the server is stopping" : "bye");
        }
        finally
        {
            await _ending.CancelAsync();
            await reading;
        }
    }

    /// <summary>Closes the stream with a reason; cuts it when the client does not listen.</summary>
    public async Task Close(WebSocketCloseStatus status, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await socket.CloseOutputAsync(status, reason, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or InvalidOperationException)
        {
            socket.Abort();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private async Task SendGap(SessionWriter writer, SessionWords words)
    {
        var first = await writer.FirstSeq(_ending.Token);
        if (_nextSeq >= first)
            return;
        await Send(json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "gap");
            json.WriteNumber("seq"u8, first);
            json.WriteNumber("n"u8, 0);
            json.WriteNull("at"u8);
            json.WriteString("symbol"u8, words.Setup.Symbol);
            json.WriteStartObject("data"u8);
            json.WriteNumber("from_seq"u8, _nextSeq);
            json.WriteNumber("first_seq"u8, first);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        _nextSeq = first;
    }

    private async Task CatchUp(SessionWriter writer, SessionWords words)
    {
        while (true)
        {
            var limit = EmissionsAtOnce;
            var emissions = await writer.EmissionsFrom(_nextSeq, limit, _ending.Token);
            // One entry may emit more than a page.
            while (emissions.Count == limit && emissions[^1].Seq == _nextSeq && emissions[^1].N < _nextN + limit && limit < 1 << 20)
                emissions = await writer.EmissionsFrom(_nextSeq, limit *= 4, _ending.Token);
            foreach (var emission in emissions)
                await Send(words, emission);
            if (emissions.Count < limit)
                return;
        }
    }

    // Until the place in the stream is lost; false when the session ends.
    private async Task<bool> Follow(StreamHub.Listener listener, SessionWriter writer, SessionWords words)
    {
        while (true)
        {
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            quiet.CancelAfter(HeartbeatInterval);
            try
            {
                if (!await listener.Reader.WaitToReadAsync(quiet.Token))
                    return false;
            }
            catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
            {
                await Heartbeat(writer, words);
                continue;
            }
            while (listener.Reader.TryRead(out var emissions))
                foreach (var emission in emissions)
                    await Send(words, emission);
            // What was missed is in the journal: read on from there. Only one who does not take messages at all is dropped.
            if (listener.HasMissed)
                return true;
        }
    }

    private async Task Heartbeat(SessionWriter writer, SessionWords words)
    {
        var (seq, at) = writer.Read(session => (session.Seq, session.NowUs));
        await Send(json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "heartbeat");
            json.WriteNumber("seq"u8, seq);
            json.WriteNumber("n"u8, 0);
            json.WriteTime("at", at);
            json.WriteString("symbol"u8, words.Setup.Symbol);
            json.WriteStartObject("data"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private async ValueTask Send(SessionWords words, Emission emission)
    {
        // What came from the journal may come once more from memory.
        if ((emission.Seq, emission.N).CompareTo((_nextSeq, _nextN)) < 0)
            return;
        await Send(json => MessageJson.Write(json, words, emission));
        (_nextSeq, _nextN) = (emission.Seq, emission.N + 1);
    }

    private async ValueTask Send(Action<Utf8JsonWriter> write)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer))
            write(json);
        var sending = socket.SendAsync(_buffer.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, _ending.Token);
        if (sending.IsCompletedSuccessfully)
            return;
        try
        {
            await sending.AsTask().WaitAsync(SendTimeout, _ending.Token);
        }
        catch (TimeoutException)
        {
            throw new SlowReaderException();
        }
    }

    // A client says nothing after its ticket; reading answers its closing and notices that it is gone.
    private async Task Read()
    {
        try
        {
            while (await Receive(_ending.Token) is not null)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It hung up, or the stream ends.
        }
        await _ending.CancelAsync();
    }

    // One whole message, its fragments counted together; null when the client closes.
    private async Task<byte[]?> Receive(CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            using var message = new MemoryStream();
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
                if (part.MessageType == WebSocketMessageType.Close)
                    return null;
                if (message.Length + part.Count > MessageBytesMax)
                {
                    await Close(WebSocketCloseStatus.MessageTooBig, $"a message has at most {MessageBytesMax} bytes");
                    return null;
                }
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                    return message.ToArray();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? TicketOf(byte[] message)
    {
        try
        {
            using var document = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 2 });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("ticket"u8, out var ticket) && ticket.ValueKind == JsonValueKind.String
                ? ticket.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class SlowReaderException : Exception;
}
