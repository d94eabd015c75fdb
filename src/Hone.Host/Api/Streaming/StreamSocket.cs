using System.Buffers;
using System.Net.WebSockets;
using System.Text;

namespace Hone.Host.Api.Streaming;

/// <summary>
/// A WebSocket whose client may be slow, silent or hostile. A send or a receive is never cancelled: that would abort the socket, and the reason of the closing would not get through.
/// Whoever is out of patience stops waiting, closes, and cuts the line only when the closing does not get through either.
/// </summary>
internal sealed class StreamSocket : IDisposable
{
    // What a client may say is a ticket and nothing else.
    private const int MessageBytesMax = 64 << 10;

    // A close frame has no room for more.
    private const int ReasonBytesMax = 123;

    private readonly WebSocket _socket;
    private readonly StreamTimes _times;
    private readonly CancellationTokenSource _left = new();
    private readonly TaskCompletionSource<byte[]?> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    /// <summary>Begins to read what the client says.</summary>
    public StreamSocket(WebSocket socket, StreamTimes times)
    {
        (_socket, _times, Left) = (socket, times, _left.Token);
        _reading = Read();
    }

    /// <summary>Cancelled when the client has left or is being closed for what it sent.</summary>
    public CancellationToken Left { get; }

    /// <summary>The first message; null when the client leaves before it.</summary>
    public Task<byte[]?> First => _first.Task;

    /// <summary>Sends a text.</summary>
    /// <param name="message">The text; must stay as it is when this throws.</param>
    /// <param name="cancel">Stops waiting, not the sending.</param>
    /// <exception cref="TimeoutException">The client does not take it.</exception>
    public ValueTask Send(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        var sending = _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        return sending.IsCompletedSuccessfully ? default : new ValueTask(sending.AsTask().WaitAsync(_times.Send, cancel));
    }

    /// <summary>Closes the stream with a reason and waits a moment for the client's answer; cuts the line when the client does not listen.</summary>
    /// <param name="status">Why, as a number.</param>
    /// <param name="reason">Why, as a text; cut to what a frame holds.</param>
    /// <param name="patience">How long what is under way may take before it.</param>
    public async Task Close(WebSocketCloseStatus status, string reason, TimeSpan patience)
    {
        await SendClose(status, reason, patience);
        // Whoever hangs up while the client still sends resets the line, and the client may never see the reason.
        if (await Task.WhenAny(_reading, Task.Delay(_times.Closing)) != _reading)
            _socket.Abort();
        await _reading;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Dispose();
        _socket.Dispose();
    }

    private async Task SendClose(WebSocketCloseStatus status, string reason, TimeSpan patience)
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        while (Encoding.UTF8.GetByteCount(reason) > ReasonBytesMax)
            reason = reason[..^1];
        try
        {
            await _socket.CloseOutputAsync(status, reason, CancellationToken.None).WaitAsync(patience);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException or WebSocketException or InvalidOperationException)
        {
            _socket.Abort();
        }
    }

    // Up to the client's closing. After the first message it has nothing to say; reading on answers its pings and notices that it is gone.
    private async Task Read()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var message = new MemoryStream();
            var isTooLarge = false;
            while (await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } part)
            {
                if (isTooLarge)
                    continue;
                // Its fragments counted together.
                if (message.Length + part.Count > MessageBytesMax)
                {
                    isTooLarge = true;
                    message.SetLength(0);
                    await SendClose(WebSocketCloseStatus.MessageTooBig, $"a message has at most {MessageBytesMax} bytes", _times.Closing);
                    await End();
                    continue;
                }
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                _first.TrySetResult(message.ToArray());
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It hung up.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        await End();
    }

    private async Task End()
    {
        _first.TrySetResult(null);
        await _left.CancelAsync();
    }
}
