using System.Collections.Concurrent;
using System.Threading.Channels;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>Hands what sessions emit to whoever listens. A listener that does not keep up loses its place, never the session its speed.</summary>
public sealed class StreamHub
{
    /// <summary>Batches that may wait for one listener.</summary>
    public const int WaitingMax = 256;

    private readonly ConcurrentDictionary<string, Listener[]> _listeners = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _dropped;

    /// <summary>A hub for the sessions of a host.</summary>
    public StreamHub(SessionHost host) => host.Emitted += OnEmitted;

    /// <summary>Listeners at the moment.</summary>
    public int Count => _listeners.Values.Sum(list => list.Length);

    /// <summary>Listeners that were dropped for not keeping up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Listens to a session from now on.</summary>
    public Listener Listen(string sessionId)
    {
        var listener = new Listener(this, sessionId);
        lock (_gate)
            _listeners.AddOrUpdate(sessionId, _ => [listener], (_, list) => [.. list, listener]);
        return listener;
    }

    private void Remove(Listener listener)
    {
        lock (_gate)
            if (_listeners.TryGetValue(listener.SessionId, out var list))
            {
                Listener[] rest = [.. list.Where(other => other != listener)];
                if (rest.Length > 0)
                    _listeners[listener.SessionId] = rest;
                else
                    _listeners.TryRemove(listener.SessionId, out _);
            }
    }

    private void OnEmitted(SessionWriter writer, IReadOnlyList<Emission> emissions)
    {
        if (!_listeners.TryGetValue(writer.Id, out var list))
            return;
        foreach (var listener in list)
            listener.Offer(emissions);
    }

    /// <summary>One listener. While it catches up from the journal nothing is kept for it; afterwards a bounded number of batches.</summary>
    public sealed class Listener(StreamHub hub, string sessionId) : IDisposable
    {
        private readonly Channel<IReadOnlyList<Emission>> _waiting = Channel.CreateBounded<IReadOnlyList<Emission>>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
        private int _missed;

        /// <summary>The session it listens to.</summary>
        public string SessionId => sessionId;

        /// <summary>Whether it has lost its place since the last call of <see cref="Restart"/>.</summary>
        public bool HasMissed => Volatile.Read(ref _missed) != 0;

        /// <summary>What waits for it.</summary>
        public ChannelReader<IReadOnlyList<Emission>> Reader => _waiting.Reader;

        /// <summary>Forgets what waits: it will be read from the journal.</summary>
        public void Restart()
        {
            while (_waiting.Reader.TryRead(out _))
            {
            }
            Volatile.Write(ref _missed, 0);
        }

        /// <summary>Counts a listener that is let go for not keeping up.</summary>
        public void CountAsDropped() => Interlocked.Increment(ref hub._dropped);

        /// <inheritdoc/>
        public void Dispose() => hub.Remove(this);

        internal void Offer(IReadOnlyList<Emission> emissions)
        {
            if (!_waiting.Writer.TryWrite(emissions))
                Volatile.Write(ref _missed, 1);
        }
    }
}
