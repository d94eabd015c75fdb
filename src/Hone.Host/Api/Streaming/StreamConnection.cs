using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Hone.Host.Api.Rendering;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;
using Hone.Trading.Live;

namespace Hone.Host.Api.Streaming;

/// <summary>One open stream: first what the client has missed, from the journal, then what happens.</summary>
internal sealed class StreamConnection : IDisposable
{
    private const int EmissionsAtOnce = 512;

    private readonly StreamSocket _socket;
    private readonly StreamHub _hub;
    private readonly StreamAccess _access;
    private readonly StreamTimes _times;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _ending;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private KeyHolder? _holder;
    private long _lookedAt = Stopwatch.GetTimestamp();
    private long _nextSeq;
    private int _nextN;

    /// <summary>A stream over a socket that was just accepted.</summary>
    /// <param name="socket">The socket; closed with the stream.</param>
    /// <param name="holder">Who listens; null for one who has to send a ticket first.</param>
    /// <param name="hub">Where the messages come from.</param>
    /// <param name="access">Who may listen.</param>
    /// <param name="times">How long it waits.</param>
    /// <param name="stopping">Cancelled when the server ends.</param>
    public StreamConnection(WebSocket socket, KeyHolder? holder, StreamHub hub, StreamAccess access, StreamTimes times, CancellationToken stopping)
    {
        (_socket, _holder, _hub, _access, _times, _stopping) = (new StreamSocket(socket, times), holder, hub, access, times, stopping);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, _socket.Left);
    }

    /// <summary>Waits for the first message, which must be a ticket; closes the stream when it is none.</summary>
    public async Task<bool> TakeTicket()
    {
        try
        {
            // Null: it hung up, and nobody is there to be told.
            if (await _socket.First.WaitAsync(_times.Ticket, _stopping) is { } message && (_holder = _access.Use(message)) is null)
                await Close(WebSocketCloseStatus.PolicyViolation, "the first message must be {\"ticket\": \"...\"} with a ticket that is valid");
        }
        catch (TimeoutException)
        {
            await Close(WebSocketCloseStatus.PolicyViolation, $"no ticket came within {_times.Ticket.TotalSeconds:0.#} s");
        }
        catch (OperationCanceledException)
        {
            await CloseAtTheEnd();
        }
        return _holder is not null;
    }

    /// <summary>Sends until the client leaves, does not keep up, may no longer listen, or the session or the server ends; then closes the stream with the reason.</summary>
    /// <param name="writer">The session.</param>
    /// <param name="fromSeq">First entry that is wanted; null for what happens from now on.</param>
    public async Task Run(SessionWriter writer, long? fromSeq)
    {
        try
        {
            await SendAll(writer, fromSeq);
            await Close(WebSocketCloseStatus.NormalClosure, "the session was stopped");
        }
        catch (TimeoutException)
        {
            // The message that does not go out is still under way; if it does after all, the reason follows it.
            await _socket.Close(WebSocketCloseStatus.PolicyViolation, $"too slow; go on with from_seq={_nextSeq}", _times.Dropping);
        }
        catch (NotAllowedException)
        {
            await Close(WebSocketCloseStatus.PolicyViolation, "the key was revoked or has expired");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            await CloseAtTheEnd();
        }
    }

    /// <summary>Closes the stream with a reason.</summary>
    public Task Close(WebSocketCloseStatus status, string reason) => _socket.Close(status, reason, _times.Closing);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Dispose();
        _socket.Dispose();
    }

    private Task CloseAtTheEnd()
        => _stopping.IsCancellationRequested
            ? Close(WebSocketCloseStatus.EndpointUnavailable, "the server is stopping; come again")
            : Close(WebSocketCloseStatus.NormalClosure, "bye");

    // Returns when the session has ended.
    private async Task SendAll(SessionWriter writer, long? fromSeq)
    {
        // Before the session is looked at: what happens in between is heard.
        using var listener = _hub.Listen(writer);
        var words = new SessionWords(writer.Setup);
        _nextSeq = fromSeq is { } from ? Math.Max(1, from) : writer.Read(session => session.Seq) + 1;
        try
        {
            do
            {
                listener.Restart();
                await SendGap(writer, words);
                await CatchUp(writer, words);
            }
            while (await Follow(listener, writer, words));
        }
        catch (TimeoutException)
        {
            listener.CountAsDropped();
            throw;
        }
    }

    // Entries that are wanted and were compacted, from the first on or while this client was behind.
    private async Task SendGap(SessionWriter writer, SessionWords words)
    {
        var first = await writer.FirstSeq(_ending.Token);
        if (_nextSeq >= first)
            return;
        await Send(json =>
        {
            WriteHead(json, "gap"u8, first, null, words);
            json.WriteStartObject("data"u8);
            json.WriteNumber("from_seq"u8, _nextSeq);
            json.WriteNumber("first_seq"u8, first);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        (_nextSeq, _nextN) = (first, 0);
    }

    private async Task CatchUp(SessionWriter writer, SessionWords words)
    {
        var limit = EmissionsAtOnce;
        while (true)
        {
            var emissions = await writer.EmissionsFrom(_nextSeq, limit, _ending.Token);
            foreach (var emission in emissions)
                await Send(words, emission);
            if (emissions.Count < limit)
                return;
            // The next page begins with the entry that this one ended in: one that fills a page needs a larger one.
            limit = emissions[0].Seq == emissions[^1].Seq ? limit * 4 : EmissionsAtOnce;
        }
    }

    // Until the place in the stream is lost; false when the session has ended.
    private async Task<bool> Follow(StreamHub.Listener listener, SessionWriter writer, SessionWords words)
    {
        while (true)
        {
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            quiet.CancelAfter(_times.Heartbeat);
            try
            {
                if (!await listener.WaitToRead(quiet.Token))
                    return listener.HasMissed;
            }
            catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
            {
                await Heartbeat(writer, words);
                continue;
            }
            while (listener.TryRead(out var emissions))
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
            WriteHead(json, "heartbeat"u8, seq, at, words);
            json.WriteStartObject("data"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static void WriteHead(Utf8JsonWriter json, ReadOnlySpan<byte> type, long seq, long? atUs, SessionWords words)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteNumber("seq"u8, seq);
        json.WriteNumber("n"u8, 0);
        if (atUs is { } at)
            json.WriteTime("at", at);
        else
            json.WriteNull("at"u8);
        json.WriteString("symbol"u8, words.Setup.Symbol);
    }

    private async ValueTask Send(SessionWords words, Emission emission)
    {
        // What came from the journal may come once more from memory.
        if ((emission.Seq, emission.N).CompareTo((_nextSeq, _nextN)) < 0)
            return;
        // Taken down first: if it does not go out, this is where to go on.
        (_nextSeq, _nextN) = (emission.Seq, emission.N);
        await Send(json => MessageJson.Write(json, words, emission));
        _nextN++;
    }

    private ValueTask Send(Action<Utf8JsonWriter> write)
    {
        if (Stopwatch.GetElapsedTime(_lookedAt) >= _times.Heartbeat)
        {
            if (!_access.StillHas(_holder!))
                throw new NotAllowedException();
            _lookedAt = Stopwatch.GetTimestamp();
        }
        _ending.Token.ThrowIfCancellationRequested();
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, JsonAnswer.Options))
            write(json);
        return _socket.Send(_buffer.WrittenMemory, _ending.Token);
    }

    private sealed class NotAllowedException : Exception;
}
