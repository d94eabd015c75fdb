using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>Hands what sessions emit to whoever listens. A listener that does not keep up loses its place, never the session its speed.</summary>
public sealed class StreamHub
{
    /// <summary>Emissions that may wait for one listener.</summary>
    public const int WaitingMax = 1024;

    private readonly ConcurrentDictionary<string, Listener[]> _listeners = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly SessionHost _host;
    private long _dropped;

    /// <summary>A hub for the sessions of a host.</summary>
    public StreamHub(SessionHost host)
    {
        _host = host;
        host.Emitted += OnEmitted;
        host.Ended += OnEnded;
    }

    /// <summary>Listeners at the moment.</summary>
    public int Count => _listeners.Values.Sum(list => list.Length);

    /// <summary>Listeners that were dropped for not keeping up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Emissions that wait for the listener that is furthest behind; at most <see cref="WaitingMax"/>.</summary>
    public int WaitingLongest => _listeners.Values.SelectMany(list => list).Select(listener => listener.Waiting).DefaultIfEmpty().Max();

    /// <summary>Listens to a session from now on.</summary>
    public Listener Listen(SessionWriter writer)
    {
        var listener = new Listener(this, writer.Id);
        lock (_gate)
            _listeners.AddOrUpdate(writer.Id, _ => [listener], (_, list) => [.. list, listener]);
        // Stopped in between: its end was told before anybody listened.
        if (_host.Find(writer.Id) != writer)
            listener.End();
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
        foreach (var listener in Of(writer))
            listener.Offer(emissions);
    }

    private void OnEnded(SessionWriter writer)
    {
        foreach (var listener in Of(writer))
            listener.End();
    }

    private Listener[] Of(SessionWriter writer) => _listeners.TryGetValue(writer.Id, out var list) ? list : [];

    /// <summary>One listener, for which a bounded number of emissions waits. One that has missed some gets no others before it has begun anew with <see cref="Restart"/>.</summary>
    public sealed class Listener(StreamHub hub, string sessionId) : IDisposable
    {
        private readonly Channel<IReadOnlyList<Emission>> _waiting = Channel.CreateUnbounded<IReadOnlyList<Emission>>(new UnboundedChannelOptions { SingleReader = true });
        private int _count;
        private int _missed;

        /// <summary>The session it listens to.</summary>
        public string SessionId => sessionId;

        /// <summary>Emissions that wait for it.</summary>
        public int Waiting => Volatile.Read(ref _count);

        /// <summary>Whether it has lost its place since the last call of <see cref="Restart"/>.</summary>
        public bool HasMissed => Volatile.Read(ref _missed) != 0;

        /// <summary>Waits until there is something to read or it has lost its place; false when the session has ended.</summary>
        public ValueTask<bool> WaitToRead(CancellationToken cancel) => _waiting.Reader.WaitToReadAsync(cancel);

        /// <summary>Takes what waits, in order.</summary>
        public bool TryRead([NotNullWhen(true)] out IReadOnlyList<Emission>? emissions)
        {
            if (!_waiting.Reader.TryRead(out emissions))
                return false;
            Interlocked.Add(ref _count, -emissions.Count);
            return true;
        }

        /// <summary>Forgets what waits: it will be read from the journal.</summary>
        public void Restart()
        {
            // In this order: what is missed from here on is told again.
            Volatile.Write(ref _missed, 0);
            while (TryRead(out _))
            {
            }
        }

        /// <summary>Counts a listener that is let go for not keeping up.</summary>
        public void CountAsDropped() => Interlocked.Increment(ref hub._dropped);

        /// <inheritdoc/>
        public void Dispose() => hub.Remove(this);

        internal void Offer(IReadOnlyList<Emission> emissions)
        {
            // What comes after a gap would be read before what is missing.
            if (HasMissed)
                return;
            if (Volatile.Read(ref _count) + emissions.Count <= WaitingMax)
            {
                Interlocked.Add(ref _count, emissions.Count);
                _waiting.Writer.TryWrite(emissions);
                return;
            }
            Volatile.Write(ref _missed, 1);
            // Nothing may wait at all: it still has to wake up.
            _waiting.Writer.TryWrite([]);
        }

        internal void End() => _waiting.Writer.TryComplete();
    }
}
