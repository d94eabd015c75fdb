using System.Text.Json;
using Hone.Host.Serving;
using Hone.Host.Serving.Browsers;
using Hone.Host.Serving.Keys;

namespace Hone.Host.Api.Streaming;

/// <summary>Who may hear a stream: the holder of a key, a browser that has signed in, or who has a ticket of one of them; and only as long as they may.</summary>
public sealed class StreamAccess(KeyRing keys, BrowserSessions browsers, StreamTickets tickets)
{
    /// <summary>Whether the key is still valid, or the browser still signed in.</summary>
    public bool StillHas(KeyHolder holder) => keys.Knows(holder) || browsers.Knows(holder);

    /// <summary>Takes the ticket of a first message; null when it is none, or none that is valid.</summary>
    public KeyHolder? Use(byte[] message) => TicketOf(message) is { } ticket && tickets.Use(ticket) is { } holder && StillHas(holder) ? holder : null;

    private static string? TicketOf(byte[] message)
    {
        try
        {
            using var document = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 2 });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("ticket"u8, out var ticket) && ticket.ValueKind == JsonValueKind.String
                ? ticket.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text with half a surrogate pair.
            return null;
        }
    }
}
