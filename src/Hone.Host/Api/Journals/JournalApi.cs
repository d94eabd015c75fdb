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

namespace Hone.Host.Api.Journals;

/// <summary>What happened to a session, entry by entry.</summary>
public static class JournalApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapJournal(this IEndpointRouteBuilder app)
    {
        app.MapGet("/journal/{session}", List).RequireKey(Role.Read).WithTags("Journal")
            .WithSummary("Entries of a session's journal from a seq on, readable by kind, a page at a time. Those that were compacted are left out.")
            .WithExample(
                null,
                """
                {"session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT","first_seq":1,"entries":[{"seq":18,"kind":"answer","at":"2026-01-31T14:00:00Z","received_at":"2026-01-31T14:00:00Z",
                 "link":"9b1c3e5f7a2d4b6c8e0f1a3b5c7d9e1f","data":{"question":17,"actual":1,"pnl":12.5,"weight":1,"side":null}}],"next":null}
                """);
    }

    private static async Task<JsonAnswer> List(string session, SessionHost host, IJournal journal, ServeOptions options, CancellationToken cancel, long from = 1, int limit = Paging.LimitDefault)
    {
        Paging.Check(limit, options);
        if (from < 1)
            throw Refusals.Field("from", $"is {from}; entries are numbered from 1.");
        var setup = host.Find(session)?.Setup ?? (await host.LoadStopped(session, cancel)).Setup;
        var first = await journal.FirstSeq(session, cancel);
        var entries = new List<JournalEntry>();
        // One more than is shown tells whether there is a next page.
        await foreach (var entry in journal.Entries(session, from, long.MaxValue, cancel))
        {
            entries.Add(entry);
            if (entries.Count > limit)
                break;
        }
        var words = SessionFacts.Of(setup).Words;
        return JsonAnswer.Object(json =>
        {
            json.WriteString("session_id"u8, setup.Id);
            json.WriteString("symbol"u8, setup.Symbol);
            json.WriteNumber("first_seq"u8, first);
            json.WriteStartArray("entries"u8);
            foreach (var entry in entries.Take(limit))
                EntryJson.Write(json, words, entry);
            json.WriteEndArray();
            if (entries.Count > limit)
                json.WriteNumber("next"u8, entries[limit].Seq);
            else
                json.WriteNull("next"u8);
        });
    }
}
