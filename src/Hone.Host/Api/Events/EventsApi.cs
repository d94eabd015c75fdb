using System.Globalization;
using Hone.Adapters.Journals;
using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Hone.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Events;

/// <summary>What active sessions emitted, for clients that poll.</summary>
public static class EventsApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapEvents(this IEndpointRouteBuilder app)
    {
        app.MapGet("/events", List).RequireKey(Role.Read).WithTags("Events")
            .WithSummary("What active sessions emitted: predictions, outcomes, bars, trades, drift, adaptations.")
            .WithDescription(
                "Without after from the oldest event that is kept; with after=next of the last answer, what came since. The place is opaque: seqs count per session, and it holds one for each. With session= it may also be the seq of an event. "
                + "Events of a session come in its order; of several sessions by their time within a page. An event appears here up to a second after it happened; the WebSocket is quicker.")
            .WithExample(null, $$"""{"events":[{{EventExample.Message}}],"next":"DJ0vbnobTVgAAAAAAAAAEgAAAAA"}""");
    }

    private static async Task<JsonAnswer> List(
        SessionHost host, IJournal journal, ServeOptions options, CancellationToken cancel, string? after = null, int limit = Paging.LimitDefault, string? session = null, string? symbol = null)
    {
        Paging.Check(limit, options);
        if (session is not null && host.Find(session) is null)
            throw SessionLookup.Unknown(session);
        var writers = host.Active.Where(w => (session is null || w.Id == session) && (symbol is null || w.Setup.Symbol == symbol)).OrderBy(w => w.Id, StringComparer.Ordinal).ToArray();
        if (writers.Length > EventCursor.SessionsMax)
            throw Refusals.Field(StatusCodes.Status422UnprocessableEntity, "session", $"is missing: there are {writers.Length} active sessions, and one place can follow {EventCursor.SessionsMax}; filter by session or symbol.");
        var cursor = Cursor(after, session);
        var pages = new List<(SessionWriter Writer, Queue<Emission> Events)>();
        foreach (var writer in writers)
            if (await Page(journal, writer, cursor[writer.Id], limit, cancel) is { Count: > 0 } events)
                pages.Add((writer, events));
        return JsonAnswer.Object(json =>
        {
            json.WriteStartArray("events"u8);
            for (var i = 0; i < limit && pages.Count > 0; i++)
            {
                // The earliest of those that are next in their sessions.
                var (writer, events) = pages.MinBy(p => p.Events.Peek().AtUs);
                var emission = events.Dequeue();
                MessageJson.Write(json, SessionFacts.Of(writer.Setup).Words, emission);
                cursor[writer.Id] = (emission.Seq, emission.N);
                if (events.Count == 0)
                    pages.RemoveAll(p => p.Writer == writer);
            }
            json.WriteEndArray();
            json.WriteString("next"u8, cursor.ToString());
        });
    }

    private static EventCursor Cursor(string? after, string? session)
    {
        if (after is null)
            return new EventCursor();
        // No text of a cursor is as short as a number.
        if (session is not null && after.Length < 20 && long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            return new EventCursor { [session] = (seq, int.MaxValue) };
        return EventCursor.Parse(after);
    }

    private static async Task<Queue<Emission>> Page(IJournal journal, SessionWriter writer, (long Seq, int N) place, int limit, CancellationToken cancel)
    {
        var events = new Queue<Emission>();
        var from = place.N == int.MaxValue ? place.Seq + 1 : Math.Max(1, place.Seq);
        var known = from == place.Seq ? place.N + 1 : 0;
        foreach (var emission in await journal.Emissions(writer.Id, from, limit + known, cancel))
            if (emission.Seq > place.Seq || emission.N > place.N)
                events.Enqueue(emission);
        return events;
    }
}
