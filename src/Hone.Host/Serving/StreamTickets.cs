using System.Collections.Concurrent;
using System.Security.Cryptography;
using Hone.Host.Serving.Keys;

namespace Hone.Host.Serving;

/// <summary>One-time tickets for clients that cannot send a header with a WebSocket: valid for 30 seconds, for one use.</summary>
public sealed class StreamTickets(TimeProvider time)
{
    /// <summary>How long a ticket is valid.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private const int TicketsMax = 10_000;

    private readonly ConcurrentDictionary<string, (KeyHolder Owner, DateTimeOffset Expires)> _tickets = new(StringComparer.Ordinal);

    /// <summary>Makes a ticket; null when too many wait to be used.</summary>
    public (string Ticket, DateTimeOffset Expires)? Create(KeyHolder owner)
    {
        var now = time.GetUtcNow();
        if (_tickets.Count >= TicketsMax)
        {
            foreach (var (old, (_, until)) in _tickets)
                if (until < now)
                    _tickets.TryRemove(old, out _);
            if (_tickets.Count >= TicketsMax)
                return null;
        }
        var ticket = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var expires = now + Lifetime;
        _tickets[ticket] = (owner, expires);
        return (ticket, expires);
    }

    /// <summary>Takes a ticket: whoever it was made for, or null when it is unknown, used or too old.</summary>
    public KeyHolder? Use(string ticket)
        => _tickets.TryRemove(ticket, out var found) && found.Expires >= time.GetUtcNow() ? found.Owner : null;
}
