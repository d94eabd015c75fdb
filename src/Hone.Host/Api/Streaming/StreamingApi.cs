using System.Globalization;
using System.Net.WebSockets;
using Hone.Host.Api.Events;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Streaming;

/// <summary>What sessions emit, as it happens: one WebSocket per session, resumable from a seq.</summary>
public static class StreamingApi
{
    /// <summary>Maps the stream and its tickets.</summary>
    public static void MapStreaming(this IEndpointRouteBuilder app)
    {
        var streaming = app.MapGroup(WebServer.ApiRoot + "/streaming").WithTags("Streaming");

        streaming.MapPost("/tickets", CreateTicket).RequireKey(Role.Read)
            .WithSummary("A ticket for one WebSocket")
            .WithDescription("For browsers, which cannot send a header with a WebSocket: send {\"ticket\": …} as the first message. It works once, for 30 seconds.")
            .WithExample(null, """{"ticket":"3q2-7wHk0bNcV9aXoLrT","expires_at":"2026-01-31T14:00:30Z"}""");
        // A client without a header says who it is with its first message; until then it hears nothing.
        streaming.MapGet("/{symbol}", Stream).WithoutKey()
            .WithSummary("Messages of a session (WebSocket)")
            .WithDescription("Messages {type, seq, n, at, symbol, data}; with from_seq everything from that entry on first, then what happens. An entry may have several messages, numbered by n: whoever comes back asks from the seq of its last message and skips what it has. Who does not read is dropped with a reason and the seq to go on from.")
            .Produces(StatusCodes.Status101SwitchingProtocols).WithExample(null, EventExample.Message);
    }

    private static Results<Ok<TicketView>, ProblemHttpResult> CreateTicket(HttpContext context, StreamTickets tickets)
        => tickets.Create(KeyHolder.Of(context)!) is var (ticket, expires)
            ? TypedResults.Ok(new TicketView(ticket, expires.UtcDateTime))
            : TypedResults.Problem("Too many tickets wait to be used; try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task Stream(HttpContext context, string symbol, SessionHost host, StreamHub hub, StreamAccess access, StreamTimes times, ServerEnding ending)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ProblemException(StatusCodes.Status426UpgradeRequired, "This address speaks WebSocket; ask with the headers of an upgrade.");
        var holder = KeyHolder.Of(context);
        if (holder is null && context.Request.Headers.Authorization.Count > 0)
            throw new ProblemException(StatusCodes.Status401Unauthorized, "The key is wrong, expired or revoked.");
        var fromSeq = FromSeq(context.Request.Query["from_seq"]);
        // Whoever has not said who it is learns nothing of what there is.
        var writer = holder is not null ? Session(host, symbol, context.Request.Query["name"]) : null;
        using var connection = new StreamConnection(await context.WebSockets.AcceptWebSocketAsync(), holder, hub, access, times, ending.Token);
        if (holder is null)
        {
            if (!await connection.TakeTicket())
                return;
            writer = Find(host, symbol, context.Request.Query["name"]);
            if (writer is null)
            {
                await connection.Close(WebSocketCloseStatus.PolicyViolation, "there is no active session of this symbol");
                return;
            }
        }
        await connection.Run(writer!, fromSeq);
    }

    private static SessionWriter Session(SessionHost host, string symbol, string? name)
        => Find(host, symbol, name) ?? throw new ProblemException(StatusCodes.Status404NotFound, $"There is no active session of '{symbol}'{(name is null ? "" : $" named '{name}'")}; GET sessions lists them.");

    // Without a name the default session, or the only one there is.
    private static SessionWriter? Find(SessionHost host, string symbol, string? name)
    {
        if (host.Find(symbol, name ?? "default") is { } found)
            return found;
        var ofSymbol = name is null ? host.Active.Where(w => w.Setup.Symbol == symbol).Take(2).ToArray() : [];
        return ofSymbol.Length == 1 ? ofSymbol[0] : null;
    }

    private static long? FromSeq(string? text)
    {
        if (text is null)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && seq >= 0
            ? seq
            : throw new ProblemException(StatusCodes.Status400BadRequest, $"from_seq is '{text}'; it must be a whole number of 0 or more.", new Dictionary<string, string[]> { ["from_seq"] = ["a whole number of 0 or more"] });
    }
}

/// <summary>A ticket.</summary>
/// <param name="Ticket">What to send as the first message.</param>
/// <param name="ExpiresAt">Until when it works.</param>
public sealed record TicketView(string Ticket, DateTime ExpiresAt);
