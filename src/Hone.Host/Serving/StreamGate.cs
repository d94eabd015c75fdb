using Hone.Host.Configuration;

namespace Hone.Host.Serving;

/// <summary>Counts open streams: the web server's own limit would answer 500 to the first one too many. Tells all of them when the server ends.</summary>
public sealed class StreamGate(ServeLimits limits) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private int _open;

    /// <summary>Streams that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Cancelled when the server ends.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Takes a place; false when there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= limits.WebSocketsMax)
            return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>Gives it back.</summary>
    public void Leave() => Interlocked.Decrement(ref _open);

    /// <summary>Ends all streams in good order.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
